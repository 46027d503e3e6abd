"""Functions that make tensors of random numbers: rand, randn, randint, randperm, normal, bernoulli, multinomial ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops import sampling as ops
from ..ops.arguments import as_number, check_tensor
from ..ops.copying import as_asked
from ..ops.sizes import as_integer, is_int
from ..types import dtype as dt
from ..types import memory_format as mf
from ..types.random_source import rng_of
from .factory_arguments import check_common, check_dtype, check_out, check_size, set_requires_grad, write_out
from .filling import like_array
from .tensor import Tensor

Draw = Callable[[tuple[int, ...], np.dtype], np.ndarray]


def _made(
    op_name: str,
    check: Callable[[dt.dtype], None],
    draw: Draw,
    shape: tuple[int, ...],
    out: Any,
    dtype: Any,
    default: dt.dtype | None,
    device: Any,
    layout: Any,
    pin_memory: bool,
    requires_grad: bool,
) -> Any:
    """A tensor of random numbers, or `out` filled with them."""
    check_common(op_name, device, layout, pin_memory)
    if out is not None:
        check_out(op_name, out, dtype)
        check(out.dtype)
        return set_requires_grad(op_name, write_out(op_name, out, draw(shape, out.array.dtype)), requires_grad)
    d = check_dtype(op_name, dtype, default)
    check(d)
    return set_requires_grad(op_name, Tensor.wrap(np.asarray(draw(shape, d.numpy))), requires_grad)


def _into(op_name: str, out: Any, made: Any) -> Any:
    """`made`, or its numbers written into `out`."""
    if out is None:
        return made
    check_out(op_name, out, None)
    return write_out(op_name, out, made.array)


def rand(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    **kwargs: Any,
) -> Any:
    """Numbers in [0, 1), equally likely: `rand(2, 3)` or `rand((2, 3))` (torch.rand)."""
    rng = rng_of("rand", generator)
    return _made(
        "rand",
        lambda d: ops.check_uniform("rand", d, 0, 1),
        lambda shape, d: ops.draw_uniform(rng, shape, d, 0, 1),
        check_size("rand", size, kwargs),
        out,
        dtype,
        None,
        device,
        layout,
        pin_memory,
        requires_grad,
    )


def randn(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    **kwargs: Any,
) -> Any:
    """Normally distributed numbers of mean 0 and variance 1: `randn(2, 3)` or `randn((2, 3))` (torch.randn)."""
    rng = rng_of("randn", generator)
    return _made(
        "randn",
        lambda d: ops.check_float("randn", "normal_kernel_cpu", d),
        lambda shape, d: ops.draw_normal(rng, shape, d, 0, 1),
        check_size("randn", size, kwargs),
        out,
        dtype,
        None,
        device,
        layout,
        pin_memory,
        requires_grad,
    )


def _bounds(op_name: str, args: tuple, low: int | None, high: int | None, rest: int) -> tuple[int, int, tuple]:
    """The bounds of `f(high, ...)` or `f(low, high, ...)`, and the `rest` positional arguments after them."""
    numbers = 0
    while numbers < min(2, len(args)) and is_int(args[numbers]):
        numbers += 1
    given = [int(a) for a in args[:numbers]]
    if high is None and given:
        high = given.pop()
    if low is None:
        low = given.pop() if given else 0
    if high is None or given or len(args) - numbers > rest:
        raise TypeError(
            f"{op_name}() received an invalid combination of arguments - got "
            f"({', '.join(type(a).__name__ for a in args)}); expected (high, ...) or (low, high, ...), both int"
        )
    return low, high, args[numbers:]


def randint(
    *args: Any,
    low: int | None = None,
    high: int | None = None,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """Integers in [low, high), equally likely: `randint(high, size)` or `randint(low, high, size)` (torch.randint).

    Raises:   RuntimeError: if there are none, or the dtype (int64 by default) cannot hold them.
    """
    start, end, rest = _bounds("randint", args, low, high, 1)
    rng = rng_of("randint", generator)
    size = rest[0] if rest else size
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"randint(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    return _made(
        "randint",
        lambda d: ops.check_integers("randint", d, start, end),
        lambda shape, d: ops.draw_integers(rng, shape, d, start, end),
        check_size("randint", (), {"size": size}),
        out,
        dtype,
        dt.int64,
        device,
        layout,
        pin_memory,
        requires_grad,
    )


def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """The integers 0 to n - 1 in a random order, int64 unless dtype says otherwise (torch.randperm).

    Raises:   RuntimeError: if n is negative, or the dtype cannot hold n - 1.
    """
    n = as_integer("randperm", "n", n)
    rng = rng_of("randperm", generator)

    def check(d: dt.dtype) -> None:
        if n - 1 > ops.integer_range(d, signed=True)[1]:
            raise RuntimeError(f"randperm: value {n - 1} cannot be converted to type {d.name} without overflow")

    return _made(
        "randperm",
        check,
        lambda shape, d: rng.permutation(shape[0]).astype(d),
        check_size("randperm", (int(n),), {}),
        out,
        dtype,
        dt.int64,
        device,
        layout,
        pin_memory,
        requires_grad,
    )


def _like(
    op_name: str,
    input: Variable,
    check: Callable[[dt.dtype], None],
    draw: Draw,
    dtype: Any,
    device: Any,
    layout: Any,
    pin_memory: bool,
    requires_grad: bool,
    memory_format: Any,
) -> Any:
    check_common(op_name, device, layout, pin_memory)
    d = check_dtype(op_name, dtype, input.dtype)
    check(d)
    array = like_array(op_name, input.array, d, memory_format)
    array[...] = draw(array.shape, array.dtype)
    return set_requires_grad(op_name, as_asked(Tensor.wrap(array), memory_format, input), requires_grad)


def rand_like(
    input: Variable,
    *,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """Numbers in [0, 1) in the shape, dtype and order of memory of input (torch.rand_like)."""
    check_tensor("rand_like", input)
    rng = rng_of("rand_like", generator)
    return _like(
        "rand_like",
        input,
        lambda d: ops.check_uniform("rand_like", d, 0, 1),
        lambda shape, d: ops.draw_uniform(rng, shape, d, 0, 1),
        dtype,
        device,
        layout,
        pin_memory,
        requires_grad,
        memory_format,
    )


def randn_like(
    input: Variable,
    *,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """Normally distributed numbers in the shape, dtype and order of memory of input (torch.randn_like)."""
    check_tensor("randn_like", input)
    rng = rng_of("randn_like", generator)
    return _like(
        "randn_like",
        input,
        lambda d: ops.check_float("randn_like", "normal_kernel_cpu", d),
        lambda shape, d: ops.draw_normal(rng, shape, d, 0, 1),
        dtype,
        device,
        layout,
        pin_memory,
        requires_grad,
        memory_format,
    )


def randint_like(
    input: Variable,
    *args: Any,
    low: int | None = None,
    high: int | None = None,
    generator: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """Integers in [low, high) in the shape, dtype and order of memory of input: `(x, high)` or `(x, low, high)`.

    Raises:   RuntimeError: if there are none, or the dtype cannot hold them.
    """
    check_tensor("randint_like", input)
    start, end, _ = _bounds("randint_like", args, low, high, 0)
    rng = rng_of("randint_like", generator)
    return _like(
        "randint_like",
        input,
        lambda d: ops.check_integers("randint_like", d, start, end),
        lambda shape, d: ops.draw_integers(rng, shape, d, start, end),
        dtype,
        device,
        layout,
        pin_memory,
        requires_grad,
        memory_format,
    )


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """Normally distributed numbers; of mean and std one is a tensor, or both are, or size is given (torch.normal).

    Raises:   RuntimeError: if an std is negative, or the shapes do not broadcast. NotImplementedError: for integers.
    """
    rng = rng_of("normal", generator)
    if size is not None or not isinstance(mean, Variable):
        mean = as_number("normal", "mean", mean)
    if size is not None or not isinstance(std, Variable):
        std = as_number("normal", "std", std)
    if isinstance(mean, Variable) or isinstance(std, Variable):
        if size is not None or dtype is not None or requires_grad:
            raise TypeError(
                "normal(): size, dtype and requires_grad go with a mean and std that are numbers, not tensors"
            )
        check_common("normal", device, layout, pin_memory)
        return _into("normal", out, ops.normal(mean, std, rng))
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"normal(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    ops.check_std("normal", std)
    return _made(
        "normal",
        lambda d: ops.check_float("normal", "normal_kernel_cpu", d),
        lambda shape, d: ops.draw_normal(rng, shape, d, mean, std),
        check_size("normal", (), {"size": size}),
        out,
        dtype,
        None,
        device,
        layout,
        pin_memory,
        requires_grad,
    )


def bernoulli(input: Variable, p: float | None = None, *, generator: Any = None, out: Any = None) -> Any:
    """1 where an event happens whose probability is the element of input, or p for all, else 0 (torch.bernoulli).

    Raises:   RuntimeError: if a probability is not in [0, 1]. NotImplementedError: for an input of integers without p.
    """
    return _into("bernoulli", out, ops.bernoulli(input, p, rng_of("bernoulli", generator)))


def poisson(input: Variable, generator: Any = None) -> Any:
    """Poisson-distributed counts, their rates the elements of input, in its dtype (torch.poisson).

    Raises:   RuntimeError: if a rate is negative. NotImplementedError: for integers.
    """
    return ops.poisson(input, rng_of("poisson", generator))


def multinomial(
    input: Variable, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Any = None
) -> Any:
    """Indices drawn with the probabilities in the last dimension, which need not sum to 1 (torch.multinomial).

    Args:     input: (categories) or (N, categories), floats.
    Returns:  (num_samples) or (N, num_samples), int64.
    Raises:   RuntimeError: for negative, infinite or NaN probabilities, all zeros, and more samples than categories
              without replacement.
    """
    return _into("multinomial", out, ops.multinomial(input, num_samples, replacement, rng_of("multinomial", generator)))
