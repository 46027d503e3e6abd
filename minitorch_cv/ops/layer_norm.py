"""Normalisation over an item's last dimensions: layer_norm, rms_norm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.moments import row_moments, row_products
from ..kernels.summation import accurate_sum
from .arguments import as_number, check_floating, check_same_dtype, check_tensor, tuple_of
from .channel_norm import scaled_and_shifted


@dataclass(eq=False, repr=False)
class RowNorm(Operation):
    """v * weight + bias for rows v = (x - mean) / std, with a mean and std of each row that a subclass defines.

    x is seen as R rows of as many elements as its last `dims` dimensions hold; weight and bias have one for each.
    """

    dims: int
    eps: float

    def _statistics(self, mean: Array, var: Array) -> tuple[Array, Array]:
        """What to subtract, and the square that stands under the root, from the true mean and variance (R,)."""
        raise NotImplementedError

    def _mean_gradient(self, sums: Array) -> Array:
        """The gradient's part that goes through the mean, from the sums of the rows of the gradient (R,)."""
        raise NotImplementedError

    def forward(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        self.length = max(math.prod(x.shape[x.ndim - self.dims :]), 1)
        mean, squares = row_moments(self._rows(x))
        self.mean, square = self._statistics(mean, squares / self.length)
        self.inverse_std = 1 / np.sqrt(square + self.eps)
        self.x, self.weight = x, weight
        y = self._normalized()
        if weight is not None:
            y *= weight
        if bias is not None:
            y += bias
        return y

    def backward(self, grad_out: Array) -> tuple:
        leading = tuple(range(grad_out.ndim - self.dims))
        grad_x = grad_weight = None
        if self.needs_grad[0]:
            # with u = grad_out * weight: grad_x = (u - mean(u) - v * mean(u*v)) / std
            u = grad_out if self.weight is None else grad_out * self.weight
            sums, products = row_products(self._rows(u), self._rows(self.x), self.mean)
            mean_uv = products * self.inverse_std / self.length
            factor, summand = -mean_uv * self.inverse_std**2, -self._mean_gradient(sums) * self.inverse_std
            grad_x = scaled_and_shifted(self._rows(self.x)[None], self.mean, factor, summand)[0]
            grad_x += self._rows(u) * self.inverse_std[:, None].astype(u.dtype)
            grad_x = grad_x.reshape(grad_out.shape)
        if self.needs_grad[1]:
            grad_weight = accurate_sum(grad_out * self._normalized(), leading)
        return grad_x, grad_weight, accurate_sum(grad_out, leading)

    def _rows(self, x: Array) -> Array:
        lengths = x.shape[x.ndim - self.dims :]
        return x.reshape(math.prod(x.shape[: x.ndim - self.dims]), math.prod(lengths))

    def _normalized(self) -> Array:
        rows = self._rows(self.x)[None]
        return scaled_and_shifted(rows, self.mean, self.inverse_std, 0.0).reshape(self.x.shape)


class LayerNorm(RowNorm):
    """std is that of the row about its mean."""

    torch_name = "NativeLayerNormBackward0"

    def _statistics(self, mean: Array, var: Array) -> tuple[Array, Array]:
        return mean, var

    def _mean_gradient(self, sums: Array) -> Array:
        return sums / self.length


class RMSNorm(RowNorm):
    """Nothing is subtracted, and std is the root of the row's mean square."""

    torch_name = "MulBackward0"

    def _statistics(self, mean: Array, var: Array) -> tuple[Array, Array]:
        return np.zeros_like(mean), var + mean**2

    def _mean_gradient(self, sums: Array) -> Array:
        return np.zeros_like(sums)


def layer_norm(
    input: V,
    normalized_shape: tuple[int, ...],
    weight: Variable | None = None,
    bias: Variable | None = None,
    eps: float = 1e-5,
) -> V:
    """Normalise the last dimensions of each item, together, to mean 0 and variance 1.

    Args:     input: (..., *normalized_shape), float32 or float64.
              weight, bias: of shape normalized_shape; factor and summand of each element.
    Raises:   RuntimeError: for shapes that do not fit and mixed dtypes.
    Source:   Ba et al. 2016.
    """
    shape = _check("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    return LayerNorm(len(shape), as_number("layer_norm", "eps", eps, "float"))(input, weight, bias)


def rms_norm(
    input: V,
    normalized_shape: tuple[int, ...],
    weight: Variable | None = None,
    eps: float | None = None,
) -> V:
    """Divide the last dimensions of each item by the root of their mean square.

    Args:     input: (..., *normalized_shape), float32 or float64.
              weight: of shape normalized_shape; factor of each element.
              eps: added to the mean square; by default the smallest number that makes 1 larger in input's dtype.
    Raises:   RuntimeError: for shapes that do not fit and mixed dtypes.
    Source:   Zhang and Sennrich 2019.
    """
    shape = _check("rms_norm", input, normalized_shape, weight=weight)
    least = np.finfo(input.array.dtype).eps if eps is None else as_number("rms_norm", "eps", eps, "float")
    return RMSNorm(len(shape), float(least))(input, weight, None)


def _check(op_name: str, input: Variable, normalized_shape: Any, **parameters: Variable | None) -> tuple[int, ...]:
    check_floating(op_name, input)
    if not isinstance(normalized_shape, (tuple, list)):
        raise TypeError(
            f"{op_name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not "
            f"{type(normalized_shape).__name__}"
        )
    if not normalized_shape:
        raise RuntimeError(
            f"{op_name}: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    shape = tuple_of(len(normalized_shape), op_name, "normalized_shape", normalized_shape)
    for name, given in parameters.items():
        if given is None:
            continue
        check_tensor(op_name, given, name)
        if given.array.shape != shape:
            raise RuntimeError(
                f"{op_name}: Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(given.array.shape)} and normalized_shape = {list(shape)}"
            )
    if input.array.shape[-len(shape) :] != shape:
        raise RuntimeError(
            f"{op_name}: Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {', '.join(map(str, shape))}], but got input of size{list(input.array.shape)}"
        )
    check_same_dtype(op_name, input=input, **parameters)
    return shape
