"""The seam between shapes and memory: a tensor's shape is (N, C, H, W), its memory order is the kernels' own business.

Every kernel takes arrays of any strides and passes them through `contiguous` before it loops over them, and takes its
outputs from `empty` or `zeros`. The compiled loops below that seam know one memory order: C-contiguous NCHW.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def contiguous(x: Array) -> Array:
    """`x` itself if compiled loops can take it as it is, else a copy.

    C order alone is not enough: Numba compiles a kernel again for arrays that are read-only or not aligned.
    """
    flags = x.flags
    if flags.c_contiguous and flags.writeable and flags.aligned:
        return x
    return np.array(x, order="C")


def empty(shape: Sequence[int], dtype: Any) -> Array:
    """A new array for a kernel to fill."""
    return np.empty(shape, dtype)


def zeros(shape: Sequence[int], dtype: Any) -> Array:
    """A new array for a kernel to add into."""
    return np.zeros(shape, dtype)
