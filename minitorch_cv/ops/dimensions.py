"""The dimensions that a reduction takes away, and putting them back for its gradient."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V
from ..types import dtype as dt
from .arguments import check_tensor, normalize_dims, to_dtype

Dims = tuple[int, ...] | None


def reduced_dims(op_name: str, dim: Any, ndim: int) -> Dims:
    """The dimensions that `dim` names, counted from the front; None for all: if it names none, or there are none."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    return normalize_dims(op_name, dim, ndim) or None


def keep_dims(array: Array, ndim: int, dims: Dims, kept: bool) -> Array:
    """What a reduction gave, with size 1 in each dimension that it took away, so that it broadcasts with its input.

    Args:     ndim: of the reduction's input.
              kept: the reduction was made with keepdim=True.
    """
    if kept or ndim == 0:
        return array
    return np.expand_dims(array, tuple(range(ndim)) if dims is None else dims)


def count(shape: tuple[int, ...], dims: Dims) -> int:
    """How many elements of a tensor of this shape go into each result."""
    return prod(shape) if dims is None else prod(shape[d] for d in dims)


def in_dtype(op_name: str, input: V, dtype: Any) -> V:
    """`input` in the dtype that a dtype= argument asks for, if it does."""
    check_tensor(op_name, input)
    return input if dtype is None else to_dtype(input, dt.as_dtype(dtype))  # type: ignore[return-value]


def check_not_empty(op_name: str, shape: tuple[int, ...], dims: Dims) -> None:
    """Raise if a result would have to be found among no elements."""
    if dims is None:
        if prod(shape) == 0:
            raise RuntimeError(
                f"{op_name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
                f"dim with the 'dim' argument. (The input's shape is {list(shape)}.)"
            )
        return
    for d in dims if shape else ():
        if shape[d] == 0:
            raise IndexError(
                f"{op_name}(): Expected reduction dim {d} to have non-zero size, but the shape is {list(shape)}."
            )
