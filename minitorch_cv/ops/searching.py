"""searchsorted and bucketize: where numbers belong in a sequence that is in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import V, Variable
from .arguments import check_tensor, is_number


def searchsorted(
    sorted_sequence: V,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Variable | None = None,
) -> V:
    """At which index each number would have to stand for a sequence to stay in order (torch.searchsorted).

    Args:     sorted_sequence: in ascending order along the last dimension.
              input: a tensor whose dimensions but the last are those of sorted_sequence; if that has one dimension, any
                tensor or a plain number.
              out_int32: give int32 rather than int64.
              right: behind equal ones rather than before; the same as side='right'.
              side: 'left' or 'right'.
              sorter: indices that put sorted_sequence in order, if it is not.
    Raises:   RuntimeError: for other shapes, and right=True with side='left'.
    """
    check_tensor("searchsorted", sorted_sequence, "sorted_sequence")
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    sequence = sorted_sequence.array
    if sorter is not None:
        check_tensor("searchsorted", sorter, "sorter")
        if sorter.array.shape != sequence.shape:
            raise RuntimeError(
                "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{list(sequence.shape)} and got sorter tensor {list(sorter.array.shape)}"
            )
        sequence = np.take_along_axis(sequence, sorter.array, axis=-1)
    values = _values("searchsorted", input)
    if sequence.ndim != 1 and (sequence.ndim == 0 or values.shape[:-1] != sequence.shape[:-1] or values.ndim == 0):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            f"tensor and input value tensor must match, but we got boundaries tensor {list(sequence.shape)} and input "
            f"value tensor {list(values.shape)}"
        )
    which: Any = "right" if right or side == "right" else "left"
    if sequence.ndim == 1:
        found = np.asarray(np.searchsorted(sequence, values, which))
    else:
        found = np.empty(values.shape, np.int64)
        for row in np.ndindex(*sequence.shape[:-1]):
            found[row] = np.searchsorted(sequence[row], values[row], which)
    return type(sorted_sequence).wrap(found.astype(np.int32 if out_int32 else np.int64))


def bucketize(input: Any, boundaries: V, *, out_int32: bool = False, right: bool = False) -> V:
    """Between which boundaries each number lies (torch.bucketize): the index of the first that is not below it.

    Args:     boundaries: one dimension, in ascending order.
              right: the index of the first that is above it.
    Raises:   RuntimeError: for boundaries of other dimensions.

    >>> from minitorch_cv import tensor
    >>> bucketize(tensor([0.5, 2.0, 9.0]), tensor([1.0, 2.0, 3.0]))
    tensor([0, 1, 3])
    """
    check_tensor("bucketize", boundaries, "boundaries")
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"bucketize: boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def _values(op_name: str, input: Any) -> np.ndarray:
    if is_number(input):
        return np.asarray(input)
    check_tensor(op_name, input)
    return input.array
