"""The seam between shapes and memory: a tensor's shape is (N, C, H, W), its memory order is the kernels' own business.

Every kernel takes arrays of any strides. Below this seam compiled loops know two memory orders:

- C order, for everything that is not an image: `contiguous`, `empty`, `zeros`.
- Channels last (NHWC) for maps of images: `channels_last` gives the (N, H, W, C) array behind an (N, C, H, W) one,
  `empty_image` an (N, C, H, W) view of new (N, H, W, C) memory. All channels of a pixel lie side by side there, so a
  vector instruction takes 16 channels at once. Element-wise NumPy functions keep the order of their input; images
  come from a decoder in this order: between the layers of a network nothing is ever converted.

The memory of new arrays, if they are large, comes from the buffer pool (memory.py).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import memory

Array = np.ndarray[Any, Any]


def contiguous(x: Array) -> Array:
    """`x` itself if compiled loops can take it as it is, else a copy.

    C order alone is not enough: Numba compiles a kernel again for arrays that are read-only or not aligned.
    """
    flags = x.flags
    if flags.c_contiguous and flags.writeable and flags.aligned:
        return x
    made = empty(x.shape, x.dtype)
    np.copyto(made, x)
    return made


def empty(shape: Sequence[int], dtype: Any) -> Array:
    """A new array for a kernel to fill."""
    if math.prod(shape) * 8 < memory.MIN_BYTES:  # most requests: whatever the dtype
        return np.empty(shape, dtype)
    dtype = np.dtype(dtype)
    if math.prod(shape) * dtype.itemsize < memory.MIN_BYTES:
        return np.empty(shape, dtype)
    return memory.take(shape, dtype)


def zeros(shape: Sequence[int], dtype: Any) -> Array:
    """A new array for a kernel to add into."""
    dtype = np.dtype(dtype)
    if math.prod(shape) * dtype.itemsize < memory.MIN_BYTES:
        return np.zeros(shape, dtype)
    made = memory.take(shape, dtype)
    made.fill(0)
    return made


def empty_like(x: Array) -> Array:
    """A new array for a kernel to fill, of `x`'s shape, dtype and order of dimensions in memory, without its gaps."""
    if x.nbytes < memory.MIN_BYTES:
        return np.empty_like(x)
    if x.flags.c_contiguous:
        return memory.take(x.shape, x.dtype)
    steps = [abs(stride) for stride in x.strides]
    outermost_first = sorted(range(x.ndim), key=steps.__getitem__, reverse=True)
    made = memory.take([x.shape[d] for d in outermost_first], x.dtype)
    return made.transpose(sorted(range(x.ndim), key=outermost_first.__getitem__))


def channels_last(x: Array) -> Array:
    """The contiguous (N, H, W, C) array of an (N, C, H, W) one: its own memory if that is so, else a copy."""
    return contiguous(x.transpose(0, 2, 3, 1))


def empty_image(n: int, c: int, h: int, w: int, dtype: Any) -> Array:
    """A new (N, C, H, W) array for a kernel to fill; its memory is (N, H, W, C)."""
    return empty((n, h, w, c), dtype).transpose(0, 3, 1, 2)
