"""Reading x[...]: an index expression split into what makes a view and what gathers elements.

PyTorch (and this) first applies ints, slices, None and Ellipsis, which gives a view, then all index tensors and masks
at once, which copies. (NumPy counts an int beside an index array as an index array, and so orders the result's
dimensions differently where a slice stands between the two.)
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import Variable

_VALID = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices"


@dataclass
class IndexExpression:
    """What x[...] asks for.

    basic:     for x: ints, slices and None, or () if x is taken as it is.
    view_name: what PyTorch calls the node of the last basic step.
    advanced:  for what basic gives: at each dimension slice(None) or an index array, masks being turned into index
               arrays; or one mask for all dimensions. None if there are no index arrays.
    masks_only: all index arrays came from masks.
    """

    basic: tuple
    view_name: str
    advanced: tuple | None
    masks_only: bool = False


def read_index(index: Any, shape: tuple[int, ...]) -> IndexExpression:
    """Check an index expression against the shape it is for.

    Raises:   IndexError: for indices out of range, too many of them, masks of another shape, and what is no index.
              ValueError: for slices with a step below 1. TypeError: for slices of other things than integers.
    """
    return _read([_as_index(item) for item in (index if _is_tuple(index) else (index,))], shape)


def _read(items: list, shape: tuple[int, ...]) -> IndexExpression:
    consumed = sum(_dimensions_of(item) for item in items)
    if consumed > len(shape):
        if not shape and isinstance(items[0], int):
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
                "convert a 0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}: got {consumed}")
    reader = _Reader(shape, len(shape) - consumed)
    for item in items:
        reader.read(item)
    return reader.expression()


class _Reader:
    """Walks along the dimensions of the tensor and of the view that the basic part makes."""

    def __init__(self, shape: tuple[int, ...], skipped_by_ellipsis: int) -> None:
        self.shape = shape
        self.skipped = skipped_by_ellipsis
        self.basic: list = []
        self.view_name = ""
        self.view_shape: list[int] = []
        self.arrays: dict[int, Array] = {}  # dimension of the view -> index array or mask
        self.position = 0  # dimension of the tensor

    def read(self, item: Any) -> None:
        if item is Ellipsis:
            self.pass_over(self.skipped)
            self.view_name = self.view_name or "AliasBackward0"
        elif item is None:
            self.insert("UnsqueezeBackward0")
        elif isinstance(item, int):
            n = self.require(1)
            if not -n <= item < n:
                raise IndexError(_out_of_bounds(item, self.position, n))
            self.basic.append(item)
            self.position += 1
            self.view_name = "SelectBackward0"
        elif isinstance(item, slice):
            self.read_slice(item)
        elif item.dtype == bool and item.ndim == 0:  # True or False: a new dimension of size 1 or 0
            self.arrays[len(self.view_shape)] = np.zeros(int(item), np.int64)
            self.insert(self.view_name)
        else:
            count = _dimensions_of(item)
            self.require(count)
            self.arrays[len(self.view_shape)] = item
            self.pass_over(count)

    def read_slice(self, item: slice) -> None:
        n = self.require(1)
        start, stop, step = item.indices(n)
        if step < 0:
            raise ValueError(f"step must be greater than zero, got {step}; torch.flip reverses a dimension")
        whole = (start, stop, step) == (0, n, 1)
        if not whole or not self.view_name:
            self.view_name = "SliceBackward0"
        self.basic.append(slice(None) if whole else slice(start, stop, step))
        self.view_shape.append(len(range(start, stop, step)))
        self.position += 1

    def require(self, count: int) -> int:
        """The size of the current dimension, if there are `count` more (a second Ellipsis can go beyond the last)."""
        if self.position + count > len(self.shape):
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-len(self.shape)}, {len(self.shape) - 1}], "
                f"but got {self.position})"
            )
        return self.shape[self.position]

    def insert(self, view_name: str) -> None:
        self.basic.append(None)
        self.view_shape.append(1)
        self.view_name = view_name

    def pass_over(self, count: int) -> None:
        whole = self.shape[self.position : self.position + count]
        self.basic += [slice(None)] * len(whole)
        self.view_shape += whole
        self.position += count

    def expression(self) -> IndexExpression:
        self.view_shape += self.shape[self.position :]
        takes_all = all(isinstance(item, slice) and item == slice(None) for item in self.basic)
        if not self.arrays:
            return IndexExpression(tuple(self.basic), self.view_name or "AliasBackward0", None)
        basic = () if takes_all else tuple(self.basic)
        masks_only = all(array.dtype == bool for array in self.arrays.values())
        return IndexExpression(basic, self.view_name or "SliceBackward0", self.advanced(), masks_only)

    def advanced(self) -> tuple:
        whole = self.arrays.get(0)
        if len(self.arrays) == 1 and whole is not None and whole.dtype == bool and whole.ndim == len(self.view_shape):
            _check_mask(whole, self.view_shape, 0)
            return (whole.copy(),)
        found: list = [slice(None)] * len(self.view_shape)
        for start, array in self.arrays.items():
            parts = [array]
            if array.dtype == bool:
                _check_mask(array, self.view_shape, start)
                parts = list(array.nonzero())
            for d, part in enumerate(parts, start):
                found[d] = _in_range(part, d, self.view_shape[d])
        _check_broadcast([a for a in found if not isinstance(a, slice)])
        return tuple(found)


def read_index_tensors(op_name: str, indices: Any, shape: tuple[int, ...]) -> IndexExpression:
    """What index_put(indices, ...) asks for: an index array for each leading dimension, or a mask for several.

    Raises:   TypeError, IndexError: as read_index.
    """
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"{op_name}(): argument 'indices' must be tuple of Tensors, not {type(indices).__name__}")
    for position, item in enumerate(indices):
        if not isinstance(item, Variable):
            raise TypeError(
                f"{op_name}(): expected Tensor as element {position} in argument 'indices', but got "
                f"{type(item).__name__}"
            )
    if not indices:
        raise IndexError(f"{op_name}: at least one index tensor is needed")
    if any(t.array.ndim == 0 and t.array.dtype in (np.bool_, np.uint8) for t in indices):
        raise IndexError(f"{op_name}: a mask needs at least one dimension; x[mask] = value takes 0-d masks")
    return _read([_index_array(t.array) for t in indices], shape)  # 0-d integers are index arrays here, not ints


def _is_tuple(index: Any) -> bool:
    """Whether an index is several: a tuple, or, as in PyTorch (deprecated there), a short list that holds others."""
    if isinstance(index, tuple):
        return True
    if isinstance(index, (Variable, np.ndarray)) or not _is_sequence(index) or len(index) >= 32:
        return False
    if any(
        item is None or item is Ellipsis or isinstance(item, (slice, Variable)) or _is_sequence(item) for item in index
    ):
        warnings.warn(
            "Using a non-tuple sequence for multidimensional indexing is deprecated; use x[tuple(seq)] instead of "
            "x[seq].",
            UserWarning,
            stacklevel=5,
        )
        return True
    return False


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple, range, np.ndarray))


def _as_index(item: Any) -> Any:
    """An int, a slice, None, Ellipsis, or an array of int64 or bool."""
    if item is None or item is Ellipsis or isinstance(item, slice):
        return item
    if isinstance(item, (bool, np.ndarray)):
        array = np.asarray(item)
        if array.dtype.kind in "iuf" and array.dtype != np.uint8:  # as in PyTorch, which takes more of arrays
            array = array.astype(np.int64)
        return _int_or_array(_index_array(array))
    if isinstance(item, Variable):
        return _int_or_array(_index_array(item.array))
    if isinstance(item, (int, np.integer)):
        return int(item)
    if _is_sequence(item):
        return _sequence(item)
    name = (
        type(item).__qualname__
        if type(item).__module__ == "builtins"
        else f"{type(item).__module__}.{type(item).__qualname__}"
    )
    raise (TypeError if isinstance(item, str) else IndexError)(f"{_VALID} (got {name})")


def _sequence(item: Any) -> Array:
    array = np.array(item)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{_VALID}; a {type(item).__name__} must hold integers or bools, got {item!r}")
    return array if array.dtype == bool else array.astype(np.int64)


def _index_array(array: Array) -> Array:
    """An integer array or a mask."""
    if array.dtype == np.uint8:
        if array.ndim:
            warnings.warn(
                "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
                UserWarning,
                stacklevel=7,
            )
        return array.astype(bool)
    if (array.dtype != bool and array.dtype.kind != "i") or (array.ndim and array.dtype in (np.int8, np.int16)):
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, got {array.dtype}")
    return array


def _int_or_array(array: Array) -> Any:
    return int(array) if array.ndim == 0 and array.dtype != bool else array


def _dimensions_of(item: Any) -> int:
    if item is None or item is Ellipsis:
        return 0
    if isinstance(item, (int, slice)):
        return 1
    return item.ndim if item.dtype == bool else 1


def _out_of_bounds(value: int, d: int, n: int) -> str:
    valid = f"valid are {-n} to {n - 1}" if n else "there is no valid one"
    return f"index {value} is out of bounds for dimension {d} with size {n}; {valid}"


def _check_mask(mask: Array, shape: list[int], start: int) -> None:
    for d, n in enumerate(mask.shape):
        if shape[start + d] != n:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {d} does not match the shape of the indexed tensor "
                f"{shape} at index {start + d}"
            )


def _in_range(index: Array, d: int, n: int) -> Array:
    """A copy, int64 and counted from the front."""
    if index.size:
        low, high = int(index.min()), int(index.max())
        if low < -n or high >= n:
            raise IndexError(_out_of_bounds(low if low < -n else high, d, n))
        if low < 0:
            index = index + (index < 0) * n
    return index.astype(np.int64)


def _check_broadcast(arrays: list[Array]) -> None:
    try:
        np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        raise IndexError(
            "shape mismatch: indexing tensors could not be broadcast together with shapes "
            + ", ".join(str(list(a.shape)) for a in arrays)
        ) from None
