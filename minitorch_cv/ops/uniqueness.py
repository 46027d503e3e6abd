"""Which values there are, and how many: unique, unique_consecutive, bincount, histc. They have no derivatives."""

from __future__ import annotations

import functools
import math
import operator
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import as_number, check_tensor, normalize_dim
from .pointwise import refuse_integers
from .undifferentiable import Undifferentiable


def unique(
    input: Variable,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The values that occur, each once (torch.unique); two NaN are two values.

    Args:     sorted: in order; this library always gives them so.
              return_inverse: also the index of each element's value among the results.
              return_counts: also how often each value occurs.
              dim: compare whole slices along this dimension; None: single elements.
    Returns:  a tensor, or a tuple (values, inverse, counts) of what was asked for.
    """
    check_tensor("unique", input)
    axis = None if dim is None else normalize_dim("unique", dim, input.array.ndim)
    values, inverse, counts = Undifferentiable("unique", functools.partial(_unique, axis=axis))(input)
    results = [values] + [inverse] * bool(return_inverse) + [counts] * bool(return_counts)
    return tuple(results) if len(results) > 1 else values


def _unique(x: Array, axis: int | None) -> tuple[Array, Array, Array]:
    x = x if axis is None else np.atleast_1d(x)
    values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=axis, equal_nan=False)
    return values, inverse.reshape(x.shape if axis is None else x.shape[axis]), counts


def unique_consecutive(
    input: Variable, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The values without those that are equal to the one before (torch.unique_consecutive).

    Args:     return_inverse: also the index of each element's value among the results.
              return_counts: also how many equal ones stood there.
              dim: compare whole slices along this dimension; None: single elements.
    Returns:  a tensor, or a tuple (values, inverse, counts) of what was asked for.
    """
    check_tensor("unique_consecutive", input)
    axis = None if dim is None else normalize_dim("unique_consecutive", dim, input.array.ndim)
    if axis is not None and input.array.ndim and input.array.size == 0 and input.array.shape[axis]:
        raise RuntimeError(
            "unique_consecutive: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied "
            f"(the shape is {list(input.array.shape)})"
        )
    function = functools.partial(_runs, axis=axis)
    values, inverse, counts = Undifferentiable("unique_consecutive", function)(input)
    results = [values] + [inverse] * bool(return_inverse) + [counts] * bool(return_counts)
    return tuple(results) if len(results) > 1 else values


def _runs(x: Array, axis: int | None) -> tuple[Array, Array, Array]:
    lines = np.moveaxis(np.atleast_1d(x), axis, 0) if axis is not None else x.reshape(-1)
    count = len(lines)
    different = (
        (lines[1:] != lines[:-1]).reshape(count - 1, math.prod(lines.shape[1:])).any(axis=1)
        if count
        else np.zeros(0, bool)
    )
    starts = np.concatenate([np.ones(min(count, 1), bool), different])
    values = lines[starts]
    inverse = np.cumsum(starts, dtype=np.int64) - 1
    return (
        values if axis is None else np.ascontiguousarray(np.moveaxis(values, 0, axis)),
        inverse.reshape(x.shape) if axis is None else inverse,
        np.bincount(inverse, minlength=len(values)),
    )


def bincount(input: V, weights: Variable | None = None, minlength: int = 0) -> V:
    """How often each of the integers 0, 1, 2 ... occurs (torch.bincount).

    Args:     input: (N,) integers, not negative.
              weights: (N,) what each element counts; None: 1.
              minlength: at least so many results.
    Returns:  (max(input) + 1,) int64; with weights float32 for float32, else float64.
    Raises:   RuntimeError: for an input of more dimensions, negative numbers, or weights of another length.
    """
    check_tensor("bincount", input)
    if input.array.dtype.kind not in "iu":
        raise NotImplementedError(
            f"\"bincount\" not implemented for '{input.dtype.tensor_type}'; it takes integers. Convert with .long()."
        )
    array = input.array
    if array.ndim != 1 or (array < 0).any():
        raise RuntimeError(
            f"bincount only supports 1-d non-negative integral inputs. Got shape {list(array.shape)}"
            + (f" and the number {array.min()}." if (array < 0).any() else ".")
        )
    if isinstance(minlength, bool) or not hasattr(minlength, "__index__"):
        raise TypeError(f"bincount(): argument 'minlength' must be int, not {type(minlength).__name__}")
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, got {minlength}")
    if weights is None:
        return input.wrap(np.bincount(array, minlength=operator.index(minlength)))
    check_tensor("bincount", weights, "weights")
    if weights.array.shape != array.shape:
        raise RuntimeError(
            "bincount: weights should be 1-d and have the same length as input, but input has shape "
            f"{list(array.shape)}, weights {list(weights.array.shape)}"
        )
    result_dtype = np.float32 if weights.dtype is dt.float32 else np.float64

    def weighted(x: Array, w: Array) -> Array:
        return np.bincount(x, w.astype(np.float64), minlength=operator.index(minlength)).astype(result_dtype)

    return Undifferentiable("bincount", weighted)(input, weights)


def histc(input: V, bins: int = 100, min: float = 0, max: float = 0) -> V:
    """How many elements lie in each of `bins` equal intervals from min to max (torch.histc).

    Args:     input: floats; elements outside and NaN are not counted.
              min, max: the limits, both included; if equal, the smallest and largest element.
    Returns:  (bins,) in input's dtype.
    Raises:   RuntimeError: for no bins, max below min, or limits that are not finite.
    """
    refuse_integers("histc", input)
    if isinstance(bins, bool) or not hasattr(bins, "__index__"):
        raise TypeError(f"histc(): argument 'bins' must be int, not {type(bins).__name__}")
    if bins <= 0:
        raise RuntimeError(f"histc(): bins must be > 0, but got {bins}")
    x = input.array.reshape(-1)
    low, high = float(as_number("histc", "min", min)), float(as_number("histc", "max", max))
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"torch.histc: range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError(f"torch.histc: max must be larger than min, but min is {low:g}, max {high:g}")
    if low == high:
        low, high = low - 1, high + 1
    inside = x[(x >= low) & (x <= high)]
    number = x.dtype.type
    places = ((inside - number(low)) * number(bins) / (number(high) - number(low))).astype(np.int64)
    places = np.minimum(places, bins - 1)  # the last interval includes its end
    return input.wrap(np.bincount(places, minlength=bins).astype(x.dtype))
