"""Python numbers as elements of a tensor."""

from __future__ import annotations

import numpy as np

from ..autograd.operation import Array
from ..types import dtype as dt


def number_array(op_name: str, value: bool | int | float, d: dt.dtype) -> Array:
    """A number as a 0-d array of dtype d; fractions are cut off, negative integers wrap for uint8.

    Raises:   RuntimeError: if the dtype cannot hold it. ValueError: for integers beyond 64 bits.
    """
    check_fits(op_name, value, d)
    if d.is_floating_point and np.isfinite(value) and abs(value) > float(np.finfo(d.numpy).max):
        raise RuntimeError(f"{op_name}: value cannot be converted to type {d.name} without overflow: {value}")
    return np.array(value).astype(d.numpy)


def check_fits(op_name: str, value: bool | int | float, d: dt.dtype) -> None:
    """Raise if value is out of the range of an integer dtype."""
    if isinstance(value, (int, np.integer)) and not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"{op_name}: Overflow when unpacking long long: {value} does not fit into int64")
    if d.is_floating_point or d is dt.bool_:
        return
    lowest, highest = number_range(d, isinstance(value, (float, np.floating)))
    if not lowest <= value <= highest:  # NaN neither
        raise RuntimeError(f"{op_name}: value cannot be converted to type {d.name} without overflow: {value}")


def number_range(d: dt.dtype, floats: bool) -> tuple[int, int]:
    """The numbers that an integer dtype takes: negative integers (not floats) wrap for uint8."""
    limits = np.iinfo(d.numpy)
    return (limits.min if floats or limits.min < 0 else -limits.max), limits.max


def even_steps(first: float, last: float, count: int, dtype: np.dtype) -> Array:
    """float64 numbers from first to last, both included, counted from the nearer end; in linspace's arithmetic."""
    if count < 2:
        return np.full(count, first, np.float64)
    step = (last - first) / (count - 1)
    if dtype == np.float32:  # PyTorch rounds the ends and the step; it multiplies by that and adds in one go
        first, last = float(np.float32(first)), float(np.float32(last))
        step = float(np.float32(np.float32(last - first) / np.float32(count - 1)))
    positions = np.arange(count)
    return np.where(positions < count // 2, first + step * positions, last - step * (count - 1 - positions))
