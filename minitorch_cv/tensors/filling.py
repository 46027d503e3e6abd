"""What the functions that fill new tensors share: the number, and memory in the order of another tensor's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.arguments import is_number
from ..ops.numbers import number_array
from ..types import dtype as dt
from ..types import memory_format as mf


def fill_number(op_name: str, value: Any, d: dt.dtype | None) -> np.ndarray:
    """A fill_value as a 0-d array, in dtype d or in that which tensor() would infer.

    Raises:   TypeError: unless it is a number or a 0-d tensor. RuntimeError: if the dtype cannot hold it.
    """
    if isinstance(value, Variable) and value.array.ndim == 0:
        d, value = d or value.dtype, value.array.item()
    if not is_number(value):
        raise TypeError(f"{op_name}(): argument 'fill_value' must be Number, not {type(value).__name__}")
    if d is None:
        d = dt.bool_ if isinstance(value, bool) else dt.int64 if isinstance(value, (int, np.integer)) else None
    return number_array(op_name, value, d or dt.get_default_dtype())


def like_array(op_name: str, array: np.ndarray, d: dt.dtype, memory_format: Any) -> np.ndarray:
    """A new array of the same shape, by default (preserve_format) with the same order of memory."""
    mf.check_memory_format(op_name, memory_format, array.ndim)
    if memory_format is not mf.preserve_format or array.flags.c_contiguous:
        return mf.empty(array.shape, d.numpy, memory_format)
    slowest_first = _memory_order(array)
    return np.empty([array.shape[k] for k in slowest_first], d.numpy).transpose(np.argsort(slowest_first))


def _memory_order(array: np.ndarray) -> list[int]:
    """The dimensions from the largest to the smallest stride; those of stride 0 stay in their place."""
    strides, order = array.strides, list(range(array.ndim))
    for last in range(array.ndim - 2, -1, -1):  # an insertion sort, because stride 0 compares with none
        at = last
        for k in range(last + 1, array.ndim):
            one, two = strides[order[at]], strides[order[k]]
            if one and two and one < two:
                order[at], order[k] = order[k], order[at]
                at = k
            elif one and two:
                break
    return order
