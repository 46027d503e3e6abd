"""Arrays from what users hand over: numbers, nested lists, NumPy arrays, tensors."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.numbers import number_range
from ..types import dtype as dt
from ..types.promotion import promote_types

_MOST_DIMENSIONS = 64  # NumPy's limit
_NUMBERS = {bool, int, float}


def array_of(op_name: str, data: Any, d: dt.dtype | None = None) -> np.ndarray:
    """A new array with the elements of data, in dtype d or in that which PyTorch infers.

    Inferred: float -> the default dtype, int -> int64, bool -> bool; NumPy arrays and tensors keep theirs.

    Raises:   ValueError: for ragged lists, negative strides, integers beyond 64 bits. TypeError, RuntimeError: for what
              holds no numbers, or numbers that dtype d cannot hold.
    """
    if isinstance(data, Variable):
        return _converted(data.array, d or data.dtype)
    if isinstance(data, np.ndarray):
        check_array(op_name, data)
        return _converted(data, d or dt.from_numpy(data.dtype))
    sizes, leaves = _nested(op_name, data)
    if not leaves:
        return np.empty(sizes, (d or dt.get_default_dtype()).numpy)
    if isinstance(leaves[0], np.ndarray) and all(isinstance(leaf, np.ndarray) for leaf in leaves):
        return _stacked(op_name, sizes, leaves, d)
    return _of_numbers(op_name, leaves, d).reshape(sizes)


def check_array(op_name: str, array: np.ndarray) -> None:
    """Raise unless a tensor can share the array's memory."""
    dt.from_numpy(array.dtype)
    if not array.dtype.isnative:
        raise ValueError(
            f"{op_name}: given numpy array has byte order different from the native byte order. Conversion between "
            "byte orders is currently not supported."
        )
    if any(s < 0 for s in array.strides):
        raise ValueError(
            f"{op_name}: At least one stride in the given numpy array is negative, and tensors with negative strides "
            "are not currently supported. (You can probably work around this by making a copy of your array with "
            "array.copy().)"
        )
    if any(s % array.itemsize for s in array.strides):
        raise ValueError(
            f"{op_name}: given numpy array strides not a multiple of the element byte size. Copy the numpy array to "
            "reallocate the memory."
        )


def warn_read_only(array: np.ndarray) -> None:
    """Warn if the array that a tensor will share cannot be written to."""
    if not array.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable; in-place operations on the tensor that shares it will raise. You "
            "may want to copy the array before converting it to a tensor.",
            UserWarning,
            stacklevel=3,
        )


def is_sequence(value: Any) -> bool:
    """Whether `value` holds further data: lists, tuples and what is like them, and arrays with dimensions."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, (Sequence, memoryview, bytearray)) or (
        hasattr(value, "__len__")
        and hasattr(value, "__getitem__")
        and not isinstance(value, (Variable, dict, np.generic))
    )


def _nested(op_name: str, data: Any) -> tuple[list[int], list]:
    """The sizes of nested sequences, and their leaves in order. Arrays of one shape count as leaves."""
    sizes: list[int] = []
    level = [data]
    while level and _holds_more(level[0]):
        if all(isinstance(item, np.ndarray) for item in level) and len({item.shape for item in level}) == 1:
            return sizes, level
        if len(sizes) == _MOST_DIMENSIONS:
            raise ValueError(f"{op_name}: too many dimensions '{type(level[0]).__name__}'; does it contain itself?")
        length = len(level[0])
        if not set(map(type, level)) <= {list, tuple} or set(map(len, level)) != {length}:
            _check_level(op_name, level, len(sizes))
        sizes.append(length)
        level = list(chain.from_iterable(level))
    if not set(map(type, level)) <= _NUMBERS:
        for item in level:
            if _holds_more(item):
                raise TypeError(
                    f"{op_name}: '{type(item).__name__}' object cannot be interpreted as a number at dim {len(sizes)}"
                )
    return sizes, level


def _check_level(op_name: str, level: list, dim: int) -> None:
    """Raise unless all items are sequences of one length."""
    length = len(level[0])
    for item in level:
        if not _holds_more(item):
            raise TypeError(f"{op_name}: not a sequence: {item!r} at dim {dim}, where others have {length} items")
        if len(item) != length:
            raise ValueError(f"{op_name}: expected sequence of length {length} at dim {dim} (got {len(item)})")


def _holds_more(value: Any) -> bool:
    return is_sequence(value) and not isinstance(value, (str, bytes))


def _stacked(op_name: str, sizes: list[int], arrays: list, d: dt.dtype | None) -> np.ndarray:
    for array in arrays:
        dt.from_numpy(array.dtype)
    inferred = dt.from_numpy(np.result_type(*{a.dtype for a in arrays})) if d is None else d
    stacked = np.stack([_converted(a, inferred) for a in arrays])
    return stacked.reshape(*sizes, *arrays[0].shape)


def _of_numbers(op_name: str, leaves: list, d: dt.dtype | None) -> np.ndarray:
    kinds = set(map(type, leaves))
    if not kinds <= _NUMBERS:
        d = d or _inferred(leaves)
        leaves = [_as_number(leaf) for leaf in leaves]
        kinds = set(map(type, leaves))
    if d is None:
        d = dt.get_default_dtype() if float in kinds else dt.int64 if int in kinds else dt.bool_
    if float not in kinds:
        try:
            exact = np.array(leaves, np.int64 if int in kinds else bool)
        except OverflowError:
            raise ValueError(
                f"{op_name}: Overflow when unpacking long long: an integer does not fit into int64"
            ) from None
    else:
        exact = np.array(leaves, np.float64)
    if d.numpy.kind in "iu":
        lowest, highest = number_range(d, floats=exact.dtype.kind == "f")
        wrong = ~((exact >= lowest) & (exact <= highest))
        if exact.dtype.kind == "f":
            wrong |= exact >= 2.0**63  # float(highest) may round up
        if wrong.any():
            raise RuntimeError(
                f"{op_name}: value cannot be converted to type {d.name} without overflow: {exact[wrong][0].item()}"
            )
    return _converted(exact, d)


def _inferred(leaves: list) -> dt.dtype:
    """The dtype that the leaves' dtypes promote to."""
    found: dt.dtype | None = None
    for leaf in leaves:
        if isinstance(leaf, (Variable, np.ndarray, np.generic)):
            own = dt.from_numpy((leaf.array if isinstance(leaf, Variable) else leaf).dtype)
        elif isinstance(leaf, bool):
            own = dt.bool_
        elif isinstance(leaf, int):
            own = dt.int64
        elif isinstance(leaf, float):
            own = dt.get_default_dtype()
        else:
            _refuse(leaf)
        found = own if found is None else promote_types(found, own)
    assert found is not None, "there are leaves"
    return found


def _as_number(leaf: Any) -> Any:
    if isinstance(leaf, (bool, int, float)) and not isinstance(leaf, np.generic):
        return leaf
    if isinstance(leaf, Variable):
        if leaf.array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, got shape {list(leaf.array.shape)}; "
                "torch.stack(tensors) joins tensors of one shape"
            )
        return leaf.array.item()
    if isinstance(leaf, (np.generic, np.ndarray)):
        dt.from_numpy(leaf.dtype)
        return leaf.item()
    return _refuse(leaf)


def _refuse(leaf: Any) -> Any:
    if isinstance(leaf, (str, bytes)):
        raise TypeError(f"new(): invalid data type '{type(leaf).__name__}': a tensor holds numbers")
    raise RuntimeError(
        f"Could not infer dtype of {type(leaf).__name__}; a tensor is made of numbers, sequences of numbers, NumPy "
        "arrays and tensors"
    )


def _converted(array: np.ndarray, d: dt.dtype) -> np.ndarray:
    with np.errstate(all="ignore"):
        return array.astype(d.numpy, order="C")
