"""Sums, means and products over dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels.summation import accurate_sum, accurate_sum_wide
from .arguments import normalize_dim
from .dimensions import Dims, count, in_dtype, keep_dims, reduced_dims
from .memory_order import tidy
from .numpy_names import numpy_names


def _of_integers(function: Any, x: Array, dims: Dims, keepdim: bool, same_dtype: bool) -> Array:
    return function(x, axis=dims, dtype=x.dtype if same_dtype else np.int64, keepdims=keepdim)


@dataclass(eq=False, repr=False)
class Sum(Operation):
    """The sum over dimensions; integers and bool give int64 unless a dtype was asked for."""

    dims: Dims
    keepdim: bool
    same_dtype: bool = False

    def name(self) -> str:
        """SumBackward0 over all dimensions, 1 over some."""
        return f"SumBackward{0 if self.dims is None else 1}"

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        if x.dtype.kind != "f":
            return _of_integers(np.add.reduce, x, self.dims, self.keepdim, self.same_dtype)
        return tidy(accurate_sum(x, self.dims, self.keepdim))

    def backward(self, grad_out: Array) -> Array:
        return np.broadcast_to(keep_dims(grad_out, len(self.shape), self.dims, self.keepdim), self.shape)


class Nansum(Sum):
    """The sum of what is not NaN."""

    name = Operation.name

    def forward(self, x: Array) -> Array:
        if x.dtype.kind != "f":
            return super().forward(x)
        numbers = ~np.isnan(x)
        self.numbers: Any = numbers if self.needs_grad[0] else None
        return super().forward(np.where(numbers, x, 0))

    def backward(self, grad_out: Array) -> Array:
        return super().backward(grad_out) * self.numbers


@dataclass(eq=False, repr=False)
class Mean(Operation):
    """The mean over dimensions; of nothing it is NaN."""

    dims: Dims
    keepdim: bool

    def name(self) -> str:
        """MeanBackward0 over all dimensions, 1 over some."""
        return f"MeanBackward{0 if self.dims is None else 1}"

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        total = tidy(accurate_sum_wide(x, self.dims, self.keepdim))
        return np.true_divide(total, count(x.shape, self.dims), dtype=total.dtype).astype(x.dtype, copy=False)

    def backward(self, grad_out: Array) -> Array:
        each = keep_dims(grad_out, len(self.shape), self.dims, self.keepdim) / max(count(self.shape, self.dims), 1)
        return np.broadcast_to(each, self.shape)


@dataclass(eq=False, repr=False)
class Prod(Operation):
    """The product over one dimension or all; integers and bool give int64 unless a dtype was asked for."""

    dims: Dims
    keepdim: bool
    same_dtype: bool = False

    def name(self) -> str:
        """ProdBackward0 over all dimensions, 1 over one."""
        return f"ProdBackward{0 if self.dims is None else 1}"

    def forward(self, x: Array) -> Array:
        if x.dtype.kind != "f":
            return _of_integers(np.multiply.reduce, x, self.dims, self.keepdim, self.same_dtype)
        self.x = x
        wide = np.float32 if x.dtype == np.float16 else x.dtype
        y = x.prod(axis=self.dims, dtype=wide, keepdims=self.keepdim)
        self.y = np.asarray(y).astype(x.dtype, copy=False)
        return self.y

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        grad, y = (keep_dims(a, x.ndim, self.dims, self.keepdim) for a in (grad_out, self.y))
        if np.all(x):
            return grad * y / x
        if self.dims is None:
            if np.count_nonzero(x == 0) > 1:  # also where the others are NaN, as in PyTorch
                return np.zeros_like(x)
            return grad * _product_of_others(x.reshape(-1), 0).reshape(x.shape)
        return grad * _product_of_others(x, self.dims[0])


def _product_of_others(x: Array, axis: int) -> Array:
    """For each element the product of all others along an axis, without a division: zeros are welcome."""
    lanes = np.moveaxis(x, axis, -1)
    ones = np.ones((*lanes.shape[:-1], 1), x.dtype)
    before = np.cumprod(np.concatenate([ones, lanes[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, lanes[..., :0:-1]], -1), -1)[..., ::-1]
    return np.moveaxis(before * after, -1, axis)


@numpy_names
def sum(input: V, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The sum over all dimensions or those given (torch.sum).

    Args:     input: any dtype; integers and bool are summed in int64.
              dim: an integer or several; None or () for all.
              keepdim: leave the dimensions, with size 1.
              dtype: convert input to this first.
    """
    x = in_dtype("sum", input, dtype)
    return Sum(reduced_dims("sum", dim, x.array.ndim), keepdim, same_dtype=dtype is not None)(x)


@numpy_names
def nansum(input: V, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The sum of what is not NaN, over all dimensions or those given (torch.nansum)."""
    x = in_dtype("nansum", input, dtype)
    return Nansum(reduced_dims("nansum", dim, x.array.ndim), keepdim, same_dtype=dtype is not None)(x)


@numpy_names
def mean(input: V, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The mean over all dimensions or those given; NaN where there are no elements (torch.mean).

    Args:     input: floats, unless dtype is given.
              dtype: convert input to this first.
    Raises:   RuntimeError: for integers or bool.
    """
    x = in_dtype("mean", input, dtype)
    if not x.dtype.is_floating_point:
        which = "Input dtype" if dtype is None else "Optional dtype"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {which} must be either a floating point or complex dtype. "
            f"Got: {x.dtype.tensor_type}. Convert the tensor first: .float()"
        )
    return Mean(reduced_dims("mean", dim, x.array.ndim), keepdim)(x)


@numpy_names
def prod(input: V, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> V:
    """The product of all elements, or over one dimension (torch.prod).

    Args:     input: any dtype; integers and bool are multiplied in int64.
              dtype: convert input to this first.
    """
    x = in_dtype("prod", input, dtype)
    if dim is None and keepdim:
        raise TypeError("prod(): keepdim=True needs a dim; without one the result is 0-d")
    dims = None if dim is None else (normalize_dim("prod", dim, x.array.ndim),)
    return Prod(dims if x.array.ndim else None, keepdim, same_dtype=dtype is not None)(x)
