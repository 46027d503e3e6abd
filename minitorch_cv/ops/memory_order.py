"""Keeping the order of memory of maps (autograd/memory_order.py) where NumPy would not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..autograd.memory_order import has_channels_innermost
from ..autograd.operation import Array
from ..kernels.layout import empty


def tidy(result: Array) -> Array:
    """A result that NumPy laid as it liked, in the order of its dimensions, where PyTorch has it, or channels last."""
    return result if result.flags.c_contiguous or has_channels_innermost(result) else result.copy(order="C")


def empty_in_order_of(arrays: Sequence[Array], shape: Sequence[int]) -> Array:
    """A new array of as many dimensions, in their order of memory if that is channels last in all of them."""
    dtype = arrays[0].dtype
    if all(map(has_channels_innermost, arrays)):
        order = _outermost_first(arrays[0])
        if all(_outermost_first(a) == order for a in arrays):
            return empty([shape[d] for d in order], dtype).transpose(np.argsort(order))
    return empty(shape, dtype)


def take(x: Array, positions: Array, axis: int) -> Array:
    """np.take of a vector of positions, in x's order of memory if that is channels last."""
    if not has_channels_innermost(x):
        return np.take(x, positions, axis)
    order = _outermost_first(x)
    return np.take(x.transpose(order), positions, order.index(axis)).transpose(np.argsort(order))


def by_element(function: Callable[[Array], Array], x: Array) -> Array:
    """A function of each element, for one that would convert memory that is channels last."""
    if not has_channels_innermost(x):
        return function(x)
    order = _outermost_first(x)
    return function(x.transpose(order)).transpose(np.argsort(order))


def _outermost_first(x: Array) -> list[int]:
    return sorted(range(x.ndim), key=lambda d: -x.strides[d])
