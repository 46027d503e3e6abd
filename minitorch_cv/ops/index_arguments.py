"""Index tensors of gather, scatter and their kin: checked before use, and as NumPy's index arrays."""

from __future__ import annotations

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import Variable
from .arguments import check_tensor


def check_indices(op_name: str, index: Variable) -> None:
    """Raise unless `index` is an int32 or int64 tensor."""
    check_tensor(op_name, index, "index")
    if index.array.dtype not in (np.int32, np.int64):
        raise RuntimeError(f"{op_name}(): Expected dtype int32/int64 for index, but got {index.dtype.name}")


def check_vector(op_name: str, index: Variable) -> None:
    """Raise unless `index` has at most one dimension."""
    if index.array.ndim > 1:
        raise IndexError(
            f"{op_name}(): Index is supposed to be a vector, but got dim: {index.array.ndim} with shape "
            f"{list(index.array.shape)}"
        )


def in_range(
    op_name: str, index: Array, n: int, d: int, error: type[Exception] = RuntimeError, negative: bool = False
) -> Array:
    """The index as a copy in int64, counted from the front.

    Args:     n: the size of dimension d, which it indexes.
              negative: negative indices count from the end, and are no error.
    Raises:   error: naming the value and the valid range.
    """
    lowest = -n if negative else 0
    wrong = index[(index < lowest) | (index >= n)]
    if wrong.size:
        valid = f"valid are {lowest} to {n - 1}" if n else "there is no valid one"
        raise error(f"{op_name}: index {int(wrong.flat[0])} is out of bounds for dimension {d} with size {n}; {valid}")
    return index + (index < 0) * n if negative else index.astype(np.int64)


def check_index_fits(op_name: str, shape: tuple[int, ...], index_shape: tuple[int, ...], d: int) -> None:
    """Raise unless an index for each element along dimension d fits into a tensor of the given shape elsewhere."""
    if max(len(shape), 1) != max(len(index_shape), 1):
        raise RuntimeError(
            f"{op_name}: Index tensor must have the same number of dimensions as input tensor, got index "
            f"{list(index_shape)} and input {list(shape)}"
        )
    for axis, (n, m) in enumerate(zip(shape, index_shape)):
        if axis != d and m > n:
            raise RuntimeError(
                f"{op_name}: Size does not match at dimension {axis} expected index {list(index_shape)} to be no "
                f"larger than self {list(shape)} apart from dimension {d}"
            )


def along(d: int, index: Array) -> tuple:
    """Index arrays for NumPy: `index` along dimension d, each place itself along the others."""
    places = [np.arange(n).reshape(n, *(1,) * (index.ndim - axis - 1)) for axis, n in enumerate(index.shape)]
    places[d] = index
    return tuple(places)


def rows_of(d: int, index: Array, ndim: int) -> tuple:
    """Index arrays for NumPy: the vector `index` along dimension d, everything along the others."""
    return tuple([index if axis == d else slice(None) for axis in range(ndim)])
