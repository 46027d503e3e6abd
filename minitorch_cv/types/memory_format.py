"""Layouts and memory formats: what PyTorch's `layout=` and `memory_format=` arguments take here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class layout:
    """How elements are stored; the only instance is `strided`, dense memory."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # copies and pickles give the one instance back


class memory_format:
    """The order in which a tensor's dimensions lie in memory."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")


def check_layout(op_name: str, value: object) -> None:
    """Raise unless `value` is None or strided."""
    if value is not None and value is not strided:
        raise RuntimeError(f"{op_name}: layout {value!r} is not supported; this library has torch.strided only")


def check_memory_format(op_name: str, value: object, ndim: int | None = None) -> None:
    """Raise unless `value` is a memory format, and, where ndim is given, one for tensors of so many dimensions."""
    if not isinstance(value, memory_format):
        raise TypeError(
            f"{op_name}(): argument 'memory_format' must be torch.memory_format, not {type(value).__name__}; "
            "supported are torch.contiguous_format, torch.preserve_format and torch.channels_last"
        )
    if value is channels_last and ndim not in (None, 4):
        raise RuntimeError(
            f"{op_name}: required rank 4 tensor to use channels_last format, but got {ndim} dimension(s); it is for "
            "images (N, C, H, W)"
        )


def empty(shape: Sequence[int], numpy_dtype: np.dtype, format: memory_format = contiguous_format) -> Array:
    """A new array in contiguous_format or channels_last."""
    if format is not channels_last:
        return np.empty(shape, numpy_dtype)
    n, c, h, w = shape
    return np.empty((n, h, w, c), numpy_dtype).transpose(0, 3, 1, 2)


def copy(x: Array, numpy_dtype: np.dtype, format: memory_format) -> Array:
    """A copy without gaps; preserve_format keeps the order of memory."""
    if format is channels_last:
        return x.transpose(0, 2, 3, 1).astype(numpy_dtype, order="C").transpose(0, 3, 1, 2)
    return x.astype(numpy_dtype, order="C" if format is contiguous_format else "K")


def is_channels_last(x: Array) -> bool:
    """Whether memory runs in the order N, H, W, C without gaps, the sizes of the dimensions being (N, C, H, W)."""
    return x.ndim == 4 and bool(x.transpose(0, 2, 3, 1).flags.c_contiguous) and (x.size > 0 or x.shape[1] == 1)


def format_of(x: Array) -> memory_format:
    """The format in which to make arrays that go with this one."""
    return channels_last if is_channels_last(x) else contiguous_format


def suggests_channels_last(x: Array) -> bool:
    """Whether the strides ask for channels_last to be kept; with gaps too, but not if both formats describe them.

    Source:   PyTorch's is_channels_last_strides_2d.
    """
    if x.ndim != 4 or x.size == 0 or x.strides[1] == 0:
        return False
    least = 0
    for d in (1, 3, 2, 0):
        if x.strides[d] < least or (d == 0 and least == x.strides[1]):
            return False
        least = x.strides[d] * (x.shape[d] if x.shape[d] > 1 else 1)
    return True
