"""Running results along a dimension: cumsum, cumprod, logcumsumexp, cummax, cummin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import return_types
from ..types.dtype import as_dtype
from .arguments import check_tensor, normalize_dim
from .c_names import C_NAMES
from .dimensions import in_dtype
from .memory_order import tidy
from .numpy_names import numpy_names
from .picking import Pick
from .pointwise import refuse_bool, refuse_integers


def _accumulate(ufunc: np.ufunc, x: Array, dim: int, same_dtype: bool) -> Array:
    """In float64 for floats, so that a million float32 keep their digits; integers and bool in int64."""
    lanes = np.atleast_1d(x)
    wide = np.float64 if x.dtype.kind == "f" else x.dtype if same_dtype else np.int64
    result = tidy(ufunc.accumulate(lanes, axis=dim, dtype=wide)).reshape(x.shape)
    return result.astype(x.dtype, copy=False) if x.dtype.kind == "f" else result


def _sum_from_end(x: Array, dim: int) -> Array:
    return np.flip(np.add.accumulate(np.flip(x, dim), axis=dim), dim)


@dataclass(eq=False, repr=False)
class Cumsum(Operation):
    """The sum of all elements up to each."""

    dim: int
    same_dtype: bool = False

    def forward(self, x: Array) -> Array:
        return _accumulate(np.add, x, self.dim, self.same_dtype)

    def backward(self, grad_out: Array) -> Array:
        wide = np.atleast_1d(grad_out).astype(np.float64)
        return _sum_from_end(wide, self.dim).reshape(grad_out.shape).astype(grad_out.dtype)


@dataclass(eq=False, repr=False)
class Cumprod(Operation):
    """The product of all elements up to each."""

    dim: int
    same_dtype: bool = False

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        return _accumulate(np.multiply, x, self.dim, self.same_dtype)

    def backward(self, grad_out: Array) -> Array:
        """Element i is in the products from i on: sum them, and divide by it.

        The first zero of a lane is no divisor: with 1 in its place the same sum, up to the next zero, is its gradient.
        The elements behind it stand in zero products only.
        """
        x, grad = (np.atleast_1d(a).astype(np.float64) for a in (self.x, grad_out))
        zeros_so_far = np.add.accumulate(x == 0, axis=self.dim, dtype=np.int64)
        first_zero = (x == 0) & (zeros_so_far == 1)
        without_first = np.multiply.accumulate(np.where(first_zero, 1, x), axis=self.dim)
        before_zero = zeros_so_far == 0
        sums = _sum_from_end(np.where(before_zero, grad * without_first, 0), self.dim) / np.where(x == 0, 1, x)
        sums_of_zero = _sum_from_end(np.where(zeros_so_far <= 1, grad * without_first, 0), self.dim)
        result = np.where(before_zero, sums, np.where(first_zero, sums_of_zero, 0))
        return result.reshape(grad_out.shape).astype(grad_out.dtype)


@dataclass(eq=False, repr=False)
class Logcumsumexp(Operation):
    """log(sum(exp(x))) of all elements up to each, without overflow."""

    dim: int

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        self.y = _running_logsumexp(np.atleast_1d(x).astype(np.float64), self.dim).reshape(x.shape).astype(x.dtype)
        return self.y

    def backward(self, grad_out: Array) -> Array:
        """The sum over i from j on of grad[i] * exp(x[j] - y[i]): of positive and of negative ones as logarithms."""
        x, y, grad = (np.flip(np.atleast_1d(a).astype(np.float64), self.dim) for a in (self.x, self.y, grad_out))
        sums = [np.exp(_running_logsumexp(np.log(np.maximum(part, 0)) - y, self.dim) + x) for part in (grad, -grad)]
        return np.flip(sums[0] - sums[1], self.dim).reshape(grad_out.shape).astype(grad_out.dtype)


def _running_logsumexp(x: Array, dim: int) -> Array:
    return np.logaddexp.accumulate(x, axis=dim)


class Cummax(Pick):
    """The largest element up to each, the last of several, and its index."""

    repeats = True

    def indices(self, x: Array) -> Array:
        """Of the latest element that none before it exceeds; a NaN is exceeded by NaN only."""
        return _latest(x, np.maximum.accumulate(x, axis=self.dim), self.dim, np.greater_equal)


class Cummin(Pick):
    """The smallest element up to each, the last of several, and its index."""

    repeats = True

    def indices(self, x: Array) -> Array:
        """Of the latest element that none before it undercuts; a NaN is undercut by NaN only."""
        return _latest(x, np.minimum.accumulate(x, axis=self.dim), self.dim, np.less_equal)


def _latest(x: Array, running: Array, dim: int, reaches: np.ufunc) -> Array:
    """The index of the latest element that is itself the running extreme, for each place."""
    shape = [1] * x.ndim
    shape[dim] = x.shape[dim]
    places = np.arange(x.shape[dim]).reshape(shape)
    return np.maximum.accumulate(np.where(reaches(x, running) | (x != x), places, 0), axis=dim)


@numpy_names
def cumsum(input: V, dim: int, *, dtype: Any = None) -> V:
    """The running sum along a dimension; integers and bool in int64 (torch.cumsum)."""
    x = in_dtype("cumsum", input, dtype)
    return Cumsum(normalize_dim("cumsum", dim, x.array.ndim), same_dtype=dtype is not None)(x)


@numpy_names
def cumprod(input: V, dim: int, *, dtype: Any = None) -> V:
    """The running product along a dimension; integers and bool in int64 (torch.cumprod)."""
    x = in_dtype("cumprod", input, dtype)
    return Cumprod(normalize_dim("cumprod", dim, x.array.ndim), same_dtype=dtype is not None)(x)


def _inplace(op_name: str, op: type[Cumsum] | type[Cumprod], input: V, dim: int, dtype: Any) -> V:
    check_tensor(op_name, input)
    if dtype is not None and as_dtype(dtype) is not input.dtype:
        raise RuntimeError(
            f"{op_name}: Bad in-place call: input tensor dtype {C_NAMES[input.dtype]} and output tensor dtype "
            f"{C_NAMES[as_dtype(dtype)]} should match"
        )
    refuse_bool(op_name, input)
    return op(normalize_dim(op_name, dim, input.array.ndim), True).inplace(input)


@numpy_names
def cumsum_(input: V, dim: int, *, dtype: Any = None) -> V:
    """Take the running sum along a dimension, in place; dtype can only be input's."""
    return _inplace("cumsum_", Cumsum, input, dim, dtype)


@numpy_names
def cumprod_(input: V, dim: int, *, dtype: Any = None) -> V:
    """Take the running product along a dimension, in place; dtype can only be input's."""
    return _inplace("cumprod_", Cumprod, input, dim, dtype)


@numpy_names
def logcumsumexp(input: V, dim: int) -> V:
    """log(sum(exp(input))) of all elements up to each along a dimension, without overflow (torch.logcumsumexp).

    Raises:   NotImplementedError: for integers.
    """
    refuse_integers("logcumsumexp", input)
    return Logcumsumexp(normalize_dim("logcumsumexp", dim, input.array.ndim))(input)


@numpy_names
def cummax(input: Variable, dim: int) -> Any:
    """The running maximum along a dimension and its index, the latest of several (torch.cummax).

    Returns:  the named tuple (values, indices).
    """
    check_tensor("cummax", input)
    return return_types.cummax(*Cummax(normalize_dim("cummax", dim, input.array.ndim))(input))


@numpy_names
def cummin(input: Variable, dim: int) -> Any:
    """The running minimum along a dimension and its index, the latest of several (torch.cummin).

    Returns:  the named tuple (values, indices).
    """
    check_tensor("cummin", input)
    return return_types.cummin(*Cummin(normalize_dim("cummin", dim, input.array.ndim))(input))
