"""Sums whose rounding error hardly grows with the number of terms.

NumPy adds pairwise only along what lies contiguous in memory; along other axes it adds one number after the other,
and a million float32 lose three digits. Here such axes are summed in blocks, and the blocks' sums in blocks again.

- `accurate_sum(x, axes, keepdims=False)` -> the sum over `axes` (None: all), in x's dtype
- `accurate_sum_wide(...)` -> the same, but of float16 in float32, to go on computing with

x: float16 (added up in float32), float32 or float64, any shape and memory order.
"""

from math import prod

import numpy as np

from minitorch_cv.kernels.layout import Array

BLOCK = 128  # as many terms as NumPy adds in a row in its pairwise sums


def accurate_sum(x: Array, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Array:
    """The sum over `axes`, in x's dtype."""
    return accurate_sum_wide(x, axes, keepdims).astype(x.dtype, copy=False)


def accurate_sum_wide(x: Array, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Array:
    """The sum over `axes`, in float32 if x is float16."""
    if x.dtype == np.float16:
        x = x.astype(np.float32)
    axes = tuple(range(x.ndim)) if axes is None else axes
    scattered = _scattered_axes(x, axes)
    if prod(x.shape[axis] for axis in scattered) > BLOCK:
        for axis in scattered:
            x = _sum_in_blocks(x, axis)
    return np.asarray(x.sum(axis=axes, keepdims=keepdims))


def _scattered_axes(x: Array, axes: tuple[int, ...]) -> list[int]:
    """The axes that do not form, together, one contiguous run of memory."""
    run = x.itemsize
    scattered = []
    for axis in sorted(axes, key=lambda a: abs(x.strides[a])):
        if abs(x.strides[axis]) == run:
            run *= x.shape[axis]
        elif x.shape[axis] != 1:
            scattered.append(axis)
    return scattered


def _sum_in_blocks(x: Array, axis: int) -> Array:
    """The sum over one axis, which is kept with size 1."""
    while x.shape[axis] > BLOCK:
        blocks, rest = divmod(x.shape[axis], BLOCK)
        whole, tail = np.split(x, [blocks * BLOCK], axis)
        shape = (*x.shape[:axis], blocks, BLOCK, *x.shape[axis + 1 :])
        sums = np.add.reduce(whole.reshape(shape), axis=axis + 1)
        x = np.concatenate([sums, np.add.reduce(tail, axis=axis, keepdims=True)], axis) if rest else sums
    return np.add.reduce(x, axis=axis, keepdims=True)
