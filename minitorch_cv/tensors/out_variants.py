"""The front door's functions that can write into a given tensor: torch.add(a, b, out=c).

Tensor's methods and torch.nn.functional have no `out`, as in PyTorch; so it is added here, once, to the operations
below.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from ..autograd.grad_mode import grad_state
from ..autograd.variable import Variable
from ..ops import (
    arithmetic,
    choosing,
    clamping,
    exponential,
    gamma_functions,
    inverses,
    joining,
    pairwise_functions,
    powers,
    reductions,
    rounding,
    scans,
    sigmoids,
    sorting,
    trigonometry,
    vector_products,
)
from ..ops import (
    matmul as products,
)
from ..ops.c_names import C_NAMES
from ..types.promotion import can_cast

F = TypeVar("F", bound=Callable[..., Any])


def takes_out(function: F, same_dtype: bool = False) -> F:
    """Let `function`, which gives one tensor, be called with out=, a tensor that gets the result and is returned.

    `out` may be one of the inputs. Its dtype has to be able to hold the result's, or, with `same_dtype`, to be the
    same; if its shape is another one it is resized, with a warning unless it was empty. No gradient flows through it.
    """

    @functools.wraps(function)
    def wrapper(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if out is None:
            return result
        if same_dtype and isinstance(out, Variable) and out.dtype is not result.dtype:
            raise RuntimeError(
                f"{function.__name__}(): Expected out tensor to have dtype {C_NAMES[result.dtype]}, but got "
                f"{C_NAMES[out.dtype]} instead"
            )
        return _write(function.__name__, result, out, (*args, *kwargs.values()))

    return wrapper  # type: ignore[return-value]


def _write(op_name: str, result: Variable, out: Any, arguments: tuple) -> Variable:
    if not isinstance(out, Variable):
        raise TypeError(f"{op_name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if grad_state.enabled and any(v.requires_grad for v in (out, *_tensors(arguments))):
        raise RuntimeError(
            f"{op_name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad. Call it inside `with no_grad():`, or use what it returns without out=."
        )
    if not can_cast(result.dtype, out.dtype):
        raise RuntimeError(
            f"{op_name}(): result type {result.dtype.tensor_type} can't be cast to the desired output type "
            f"{out.dtype.tensor_type}"
        )
    if out.shape == result.shape:
        out.check_inplace(op_name, False)
        np.copyto(out.array, result.array, casting="unsafe")
    else:
        if out.array.size:
            warnings.warn(
                f"An output with one or more elements was resized since it had shape {list(out.shape)}, which does not "
                f"match the required output shape {list(result.shape)}. This behavior is deprecated: reuse a tensor by "
                "resizing it to zero elements first, or pass one of the right shape.",
                stacklevel=4,
            )
        out.array = result.array.astype(out.array.dtype)
    out.bump_version()
    return out


def _tensors(arguments: tuple) -> Iterator[Variable]:
    """The tensors among the arguments, and in their sequences."""
    for argument in arguments:
        if isinstance(argument, Variable):
            yield argument
        elif isinstance(argument, (list, tuple)):
            yield from _tensors(tuple(argument))


add, sub, mul, div = (takes_out(f) for f in (arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div))
pow, neg, remainder = (takes_out(f) for f in (arithmetic.pow, arithmetic.neg, arithmetic.remainder))
matmul, mm, bmm, mv, dot, addmv = (
    takes_out(f, same_dtype=True)
    for f in (products.matmul, products.mm, products.bmm, products.mv, products.dot, products.addmv)
)
exp, log, log1p = (takes_out(f) for f in (exponential.exp, exponential.log, exponential.log1p))
abs, sqrt, square, reciprocal = (takes_out(f) for f in (powers.abs, powers.sqrt, powers.square, powers.reciprocal))
sin, cos, tan, tanh = (takes_out(f) for f in (trigonometry.sin, trigonometry.cos, trigonometry.tan, trigonometry.tanh))
floor, ceil, round, sigmoid = (takes_out(f) for f in (rounding.floor, rounding.ceil, rounding.round, sigmoids.sigmoid))
clamp, maximum, minimum = (takes_out(f) for f in (clamping.clamp, choosing.maximum, choosing.minimum))
sum, mean, cat, stack = (takes_out(f) for f in (reductions.sum, reductions.mean, joining.cat, joining.stack))
inverse, matrix_power, cross, vdot = (
    takes_out(f, same_dtype=True)
    for f in (inverses.inverse, inverses.matrix_power, vector_products.cross, vector_products.vdot)
)
addr, kron = takes_out(products.addr), takes_out(vector_products.kron)
digamma, erfc, erfinv, i0, lgamma, polygamma, sinc = (
    takes_out(f)
    for f in (
        gamma_functions.digamma,
        gamma_functions.erfc,
        gamma_functions.erfinv,
        gamma_functions.i0,
        gamma_functions.lgamma,
        gamma_functions.polygamma,
        gamma_functions.sinc,
    )
)
hypot, xlogy, logaddexp2, copysign, gcd, lcm, nextafter = (
    takes_out(f)
    for f in (
        pairwise_functions.hypot,
        pairwise_functions.xlogy,
        pairwise_functions.logaddexp2,
        pairwise_functions.copysign,
        pairwise_functions.gcd,
        pairwise_functions.lcm,
        pairwise_functions.nextafter,
    )
)
logcumsumexp, float_power, msort = (
    takes_out(f, same_dtype=True) for f in (scans.logcumsumexp, pairwise_functions.float_power, sorting.msort)
)
