"""Variance and standard deviation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels.summation import accurate_sum_wide
from .arguments import as_number, check_tensor
from .dimensions import Dims, count, keep_dims, reduced_dims
from .memory_order import tidy
from .numpy_names import numpy_names
from .reductions import Mean


@dataclass(eq=False, repr=False)
class Var(Operation):
    """The sum of squared distances from the mean, divided by the number of elements less `correction`.

    Source:   Chan, Golub and LeVeque 1983, the corrected two-pass algorithm: sum(d)**2 / n takes away what the rounding
              of the mean has added to sum(d**2), d = x - mean.
    """

    dims: Dims
    correction: float
    keepdim: bool

    def forward(self, x: Array) -> Array:
        self.x: Any = x if self.needs_grad[0] else None
        total = count(x.shape, self.dims)
        distances = np.asarray(x - self._mean(x))
        off = accurate_sum_wide(distances, self.dims, self.keepdim)
        squares = accurate_sum_wide(np.square(distances, out=distances), self.dims, self.keepdim)
        number = squares.dtype.type
        variance = (squares - off * off / number(total)) / number(max(total - self.correction, 0))
        return tidy(np.asarray(variance).astype(x.dtype, copy=False))

    def _mean(self, x: Array) -> Array:
        total = accurate_sum_wide(x, self.dims, keepdims=True)
        return total / total.dtype.type(count(x.shape, self.dims))

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        grad = keep_dims(grad_out, x.ndim, self.dims, self.keepdim)
        distances = x - self._mean(x)
        freedom = count(x.shape, self.dims) - self.correction
        if self.dims is None and freedom <= 0:  # as PyTorch: the slope where the variance is infinite
            return grad * np.where(distances == 0, np.nan, np.inf)
        return grad * np.divide(2.0, freedom).astype(x.dtype) * distances


class Std(Var):
    """The square root of the variance; its gradient where that is 0 is 0."""

    def forward(self, x: Array) -> Array:
        self.y = np.asarray(np.sqrt(super().forward(x)))
        return self.y

    def backward(self, grad_out: Array) -> Array:
        return super().backward(np.where(self.y == 0, 0, grad_out / (2 * self.y)))


def _spread(op_name: str, kind: type[Var], input: V, dim: Any, unbiased: Any, keepdim: bool, correction: Any) -> Var:
    """The operation that a call of var or std asks for."""
    check_tensor(op_name, input)
    if isinstance(dim, bool):  # var(x, unbiased)
        if unbiased is not None:
            raise TypeError(f"{op_name}(): argument 'dim' must be int or tuple of ints, not bool")
        dim, unbiased = None, dim
    if unbiased is not None and correction is not None:
        raise TypeError(f"{op_name}() got both 'unbiased' and 'correction'; unbiased=True means correction=1")
    if not input.dtype.is_floating_point:
        raise RuntimeError(
            f"{op_name}: std and var only support floating point and complex dtypes, got {input.dtype.tensor_type}. "
            "Convert the tensor first: .float()"
        )
    if correction is None:
        correction = 1 if unbiased is None else int(bool(unbiased))
    correction = as_number(op_name, "correction", correction)
    dims = reduced_dims(op_name, dim, input.array.ndim)
    if count(input.array.shape, dims) <= correction:
        warnings.warn(
            f"{op_name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).",
            stacklevel=4,
        )
    return kind(dims, correction, bool(keepdim))


@numpy_names
def var(
    input: V, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> V:
    """The variance over all dimensions or those given (torch.var).

    Args:     input: floats.
              dim: an integer or several; None for all. `var(input, False)` is read as unbiased=False.
              unbiased: the older way to say correction=1 (True) or correction=0 (False).
              correction: the sum of squares is divided by the number of elements less this; 1 by default.
    Raises:   RuntimeError: for integers or bool.
    """
    return _spread("var", Var, input, dim, unbiased, keepdim, correction)(input)


@numpy_names
def std(
    input: V, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> V:
    """The standard deviation over all dimensions or those given (torch.std); arguments as var."""
    return _spread("std", Std, input, dim, unbiased, keepdim, correction)(input)


@numpy_names
def var_mean(
    input: V, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[V, V]:
    """The variance and the mean (torch.var_mean); arguments as var."""
    op = _spread("var_mean", Var, input, dim, unbiased, keepdim, correction)
    return op(input), Mean(op.dims, op.keepdim)(input)


@numpy_names
def std_mean(
    input: V, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[V, V]:
    """The standard deviation and the mean (torch.std_mean); arguments as var."""
    op = _spread("std_mean", Std, input, dim, unbiased, keepdim, correction)
    return op(input), Mean(op.dims, op.keepdim)(input)
