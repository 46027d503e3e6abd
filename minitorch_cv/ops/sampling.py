"""Random numbers: tensors filled in place, and samples whose distribution a tensor sets. The numbers are NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import Variable
from ..types import dtype as dt
from .arguments import broadcast_shape, check_tensor

Rng = np.random.Generator


@dataclass(eq=False, repr=False)
class Sample(Operation):
    """Random numbers whose distribution the inputs set. How they move with the inputs is not known: no slope, zeros."""

    draw: Callable[..., Array]  # arrays in, an array out
    torch_name: str

    def forward(self, *inputs: Array) -> Array:
        self.shapes = tuple(x.shape for x in inputs)
        return self.draw(*inputs)

    def backward(self, grad_out: Array) -> tuple:
        return tuple(np.zeros(shape, grad_out.dtype) for shape in self.shapes)


# ---- arrays of random numbers -------------------------------------------------------------------------------------


def _working(d: np.dtype) -> type:
    """The format NumPy draws in for a result of dtype `d`."""
    return np.float64 if d == np.float64 else np.float32


def draw_uniform(rng: Rng, shape: tuple[int, ...], d: np.dtype, low: float, high: float) -> Array:
    """Numbers in [low, high), equally likely."""
    drawn = (rng.random(shape, _working(d)) * (high - low) + low).astype(d)
    # rounding must not reach `high`, which is excluded
    return np.minimum(drawn, np.nextafter(d.type(high), d.type(low))) if low < high else drawn


def draw_normal(rng: Rng, shape: tuple[int, ...], d: np.dtype, mean: Any, std: Any) -> Array:
    """Normally distributed numbers; mean and std are numbers or arrays."""
    return np.asarray(rng.standard_normal(shape, _working(d)) * std + mean).astype(d)


def draw_integers(rng: Rng, shape: tuple[int, ...], d: np.dtype, low: int, high: int) -> Array:
    """Integers in [low, high), equally likely, in any dtype."""
    return np.asarray(rng.integers(low, high, shape, np.int64)).astype(d)


def draw_bernoulli(rng: Rng, d: np.dtype, p: Array) -> Array:
    """1 with probability p, else 0.

    Raises:   RuntimeError: if an element of p is outside [0, 1].
    """
    if not np.all((p >= 0) & (p <= 1)):
        raise RuntimeError("bernoulli: Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    return np.asarray(rng.random(p.shape, np.float64) < p).astype(d)


# ---- checks -------------------------------------------------------------------------------------------------------


def check_float(op_name: str, kernel: str, d: dt.dtype) -> None:
    """Raise NotImplementedError, in PyTorch's words, unless d is a floating-point dtype."""
    if not d.is_floating_point:
        raise NotImplementedError(
            f"{op_name}: \"{kernel}\" not implemented for '{d.tensor_type}'; supported are float16, float32 and float64"
        )


def check_uniform(op_name: str, d: dt.dtype, low: float, high: float) -> None:
    """Raise unless numbers in [low, high) of dtype d can be drawn."""
    check_float(op_name, "check_uniform_bounds", d)
    if not low <= high:
        raise RuntimeError(
            f"{op_name}: uniform_ expects to return a [from, to) range, but found from={low} > to={high}"
        )


def check_std(op_name: str, std: float) -> None:
    """Raise if a standard deviation is negative."""
    if not std >= 0:
        raise RuntimeError(f"{op_name}: normal expects std >= 0.0, but found std {std}")


def check_integers(op_name: str, d: dt.dtype, low: int, high: int) -> None:
    """Raise unless integers in [low, high) exist and dtype d holds them."""
    for bound in (low, high - 1):
        if not -(1 << 63) <= bound < 1 << 63:
            raise ValueError(f"{op_name}: Overflow when unpacking long long: {bound} does not fit into int64")
    if low >= high:
        raise RuntimeError(f"{op_name}: random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    smallest, largest = integer_range(d, signed=True)
    for name, value in (("from", low), ("to - 1", high - 1)):
        if not smallest <= value <= largest:
            raise RuntimeError(f"{op_name}: {name} is out of bounds for {d.name} [{smallest}, {largest}], got {value}")


def integer_range(d: dt.dtype, signed: bool) -> tuple[int, int]:
    """The smallest (0 unless signed) and largest integer of dtype d; for floats, of those without gaps between."""
    if d is dt.bool_:
        return 0, 1
    if d.is_floating_point:
        largest = 1 << (np.finfo(d.numpy).nmant + 1)
        if signed:
            return int(np.finfo(d.numpy).min), int(np.finfo(d.numpy).max)
        return 0, largest
    return dt.iinfo(d).min if signed else 0, dt.iinfo(d).max


# ---- in place -----------------------------------------------------------------------------------------------------


def _fill(input: Variable, name: str, draw: Callable[[tuple[int, ...], np.dtype], Array]) -> Any:
    return Sample(lambda target: draw(target.shape, target.dtype), name).inplace(input)


def uniform_(input: Variable, low: float, high: float, rng: Rng) -> Any:
    """Fill with numbers in [low, high), in place.

    Raises:   RuntimeError: if low > high. NotImplementedError: for integers.
    """
    check_uniform("uniform_", input.dtype, low, high)
    return _fill(input, "UniformBackward0", lambda shape, d: draw_uniform(rng, shape, d, low, high))


def normal_(input: Variable, mean: float, std: float, rng: Rng) -> Any:
    """Fill normally, in place.

    Raises:   RuntimeError: if std < 0. NotImplementedError: for integers.
    """
    check_std("normal_", std)
    check_float("normal_", "normal_kernel_cpu", input.dtype)
    return _fill(input, "NormalBackward0", lambda shape, d: draw_normal(rng, shape, d, mean, std))


def log_normal_(input: Variable, mean: float, std: float, rng: Rng) -> Any:
    """Fill with exp of normally distributed numbers, in place.

    Raises:   RuntimeError: if std <= 0. NotImplementedError: for integers.
    """
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    check_float("log_normal_", "log_normal_cpu", input.dtype)
    return _fill(
        input,
        "LogNormalBackward0",
        lambda shape, d: np.exp(draw_normal(rng, shape, np.dtype(np.float64), mean, std)).astype(d),
    )


def exponential_(input: Variable, lambd: float, rng: Rng) -> Any:
    """Fill with the exponential distribution of rate lambd, in place.

    Raises:   RuntimeError: if lambd <= 0, and for integers.
    """
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    _check_continuous("exponential_", "Exponential", input.dtype)
    return _fill(
        input,
        "ExponentialBackward0",
        lambda shape, d: (rng.standard_exponential(shape, _working(d)) / lambd).astype(d),
    )


def cauchy_(input: Variable, median: float, sigma: float, rng: Rng) -> Any:
    """Fill with the Cauchy distribution, in place.

    Raises:   RuntimeError: if sigma <= 0, and for integers.
    """
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    _check_continuous("cauchy_", "Cauchy", input.dtype)
    return _fill(
        input, "CauchyBackward0", lambda shape, d: np.asarray(rng.standard_cauchy(shape) * sigma + median).astype(d)
    )


def _check_continuous(op_name: str, distribution: str, d: dt.dtype) -> None:
    if not d.is_floating_point:
        raise RuntimeError(
            f"{op_name}: {distribution} distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {d.tensor_type}"
        )


def geometric_(input: Variable, p: float, rng: Rng) -> Any:
    """Fill with the number of trials up to the first success of probability p, in place.

    Raises:   RuntimeError: unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    return _fill(input, "GeometricBackward0", lambda shape, d: np.asarray(rng.geometric(p, shape)).astype(d))


def random_(input: Variable, low: int, high: int, rng: Rng) -> Any:
    """Fill with integers in [low, high), in place.

    Raises:   RuntimeError: if there are none, or the dtype cannot hold them.
    """
    check_integers("random_", input.dtype, low, high)
    return _fill(input, "RandomBackward0", lambda shape, d: draw_integers(rng, shape, d, low, high))


def bernoulli_(input: Variable, p: Variable | float, rng: Rng) -> Any:
    """Fill with 1 where an event of probability p (a number, or a tensor that broadcasts) happens, else 0, in place.

    Raises:   RuntimeError: if p is not in [0, 1]. NotImplementedError: for a tensor p of integers.
    """
    if isinstance(p, Variable):
        check_float("bernoulli_", "bernoulli_tensor_cpu_p_", p.dtype)
        if broadcast_shape("bernoulli_", input.array.shape, p.array.shape) != input.array.shape:
            raise RuntimeError(
                f"bernoulli_: p of shape {list(p.array.shape)} does not broadcast to {list(input.array.shape)}"
            )
        draw = lambda target, prob: draw_bernoulli(rng, target.dtype, np.broadcast_to(prob, target.shape))  # noqa: E731
        return Sample(draw, "BernoulliBackward1").inplace(input, p)
    _check_probability(p)
    return _fill(
        input, "BernoulliBackward2", lambda shape, d: draw_bernoulli(rng, d, np.broadcast_to(np.float64(p), shape))
    )


def _check_probability(p: float) -> None:
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")


# ---- samples ------------------------------------------------------------------------------------------------------


def bernoulli(input: Variable, p: float | None, rng: Rng) -> Any:
    """1 where an event happens whose probability is the element of input, or p for all, else 0.

    Raises:   RuntimeError: if a probability is not in [0, 1]. NotImplementedError: for an input of integers without p.
    """
    check_tensor("bernoulli", input)
    if p is not None:
        _check_probability(p)
        return Sample(
            lambda x: draw_bernoulli(rng, x.dtype, np.broadcast_to(np.float64(p), x.shape)), "BernoulliBackward2"
        )(input)
    check_float("bernoulli", "bernoulli_tensor_cpu_p_", input.dtype)
    return Sample(lambda x: draw_bernoulli(rng, x.dtype, x), "BernoulliBackward0")(input)


def normal(mean: Variable | float, std: Variable | float, rng: Rng) -> Any:
    """Normally distributed numbers about each element of mean, with each element of std; one of them is a tensor.

    Returns:  of mean's dtype if it is a tensor, else of std's.
    Raises:   RuntimeError: if an std is negative, or the shapes do not broadcast. NotImplementedError: for integers.
    """
    for value in (mean, std):
        if isinstance(value, Variable):
            check_float("normal", "normal_kernel_cpu", value.dtype)
    if isinstance(mean, Variable) and not isinstance(std, Variable):
        check_std("normal", std)
        return Sample(lambda m: draw_normal(rng, m.shape, m.dtype, m, std), "NormalBackward1")(mean)
    assert isinstance(std, Variable), "one of the two is a tensor"
    if not np.all(std.array >= 0):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if not isinstance(mean, Variable):
        return Sample(lambda s: draw_normal(rng, s.shape, s.dtype, mean, s), "NormalBackward2")(std)
    shape = broadcast_shape("normal", mean.array.shape, std.array.shape)
    return Sample(lambda m, s: draw_normal(rng, shape, m.dtype, m, s), "NormalBackward3")(mean, std)


def poisson(input: Variable, rng: Rng) -> Any:
    """Poisson-distributed counts, their rates the elements of input, in its dtype.

    Raises:   RuntimeError: if a rate is negative. NotImplementedError: for integers.
    """
    check_tensor("poisson", input)
    check_float("poisson", "poisson_cpu", input.dtype)
    if not np.all(input.array >= 0):
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return Sample(lambda rate: np.asarray(rng.poisson(rate)).astype(rate.dtype), "PoissonBackward0")(input)


def multinomial(input: Variable, num_samples: int, replacement: bool, rng: Rng) -> Any:
    """Indices drawn with the probabilities in the last dimension, which need not sum to 1.

    Args:     input: (categories) or (N, categories), floats.
    Returns:  (num_samples) or (N, num_samples), int64.
    Raises:   RuntimeError: for negative, infinite or NaN probabilities, all zeros, and more samples than categories
              without replacement.
    """
    check_tensor("multinomial", input)
    probabilities = input.array
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.tensor_type}")
    if probabilities.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: prob_dist must be 1 or 2 dim, got shape {list(probabilities.shape)}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial: cannot sample n_sample <= 0 samples, got {num_samples}")
    categories = probabilities.shape[-1]
    if not replacement and num_samples > categories:
        raise RuntimeError(
            "multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement, got "
            f"n_sample={num_samples} and prob_dist.size(-1)={categories}"
        )
    p = probabilities.astype(np.float64)
    if not np.all(np.isfinite(p) & (p >= 0)):
        raise RuntimeError("multinomial: probability tensor contains either `inf`, `nan` or element < 0")
    if not np.all(p.sum(axis=-1) > 0):
        raise RuntimeError("multinomial: invalid multinomial distribution (sum of probabilities <= 0)")
    if replacement:
        indices = _with_replacement(rng, p, num_samples)
    else:
        # the smallest of exponential waiting times with rates p: index i comes first with probability p[i] / sum(p)
        with np.errstate(divide="ignore"):
            waiting = rng.standard_exponential(p.shape) / p
        indices = np.argsort(waiting, axis=-1, kind="stable")[..., :num_samples]
    return input.wrap(np.ascontiguousarray(indices, np.int64))


def _with_replacement(rng: Rng, p: Array, num_samples: int) -> Array:
    rows = p.reshape(-1, p.shape[-1])
    drawn = np.empty((len(rows), num_samples), np.int64)
    for row, out in zip(rows, drawn):
        edges = np.cumsum(row)
        out[:] = np.searchsorted(edges, rng.random(num_samples) * edges[-1], side="right")
        np.minimum(out, np.flatnonzero(row)[-1], out=out)  # rounding must not pick what has no probability
    return drawn.reshape(*p.shape[:-1], num_samples)
