"""What each new element of a resized dimension is made of: the arithmetic of interpolate, PyTorch's to the last bit.

A new element has a place among the old ones: element i of m is at i * n/m (its left end), or at (i + 1/2) * n/m - 1/2
(its middle), and with align_corners at i * (n - 1)/(m - 1). A scale given by the user takes the place of m/n.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..autograd.operation import Array


class Part(NamedTuple):
    """What a dimension's new elements take from its old ones.

    Attributes:
        sources: (m,) which old element; never decreasing.
        shares: (m,) how much of it; None for all.
    """

    sources: Array
    shares: Array | None = None


def nearest_part(n: int, m: int, scale: float | None, dtype: np.dtype, exact: bool, few: bool) -> tuple[Part]:
    """Each new element shows one old one: that at its left end, or, if exact, at its middle.

    Args:     n, m: old and new length.
              few: PyTorch resizes few pixels by another routine, which differs in rounding and where sizes are equal or
                  double.
    """
    if few:
        if not exact and m in (n, 2 * n):
            return (Part(np.arange(m) // (m // n)),)
        step = _step(n, m, scale, np.dtype(np.float32))
        places = (np.arange(m, dtype=np.float32) + step.dtype.type(0.5 if exact else 0)) * step
    else:
        step = _step(n, m, scale, dtype)
        places = _middles(m, step) + dtype.type(0.5) if exact else np.arange(m, dtype=dtype) * step
        places = places.astype(np.float32)
    return (Part(np.minimum(places.astype(np.int64), n - 1)),)


def linear_parts(n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool) -> tuple[Part, ...]:
    """Each new element mixes the two old ones that it stands between."""
    if m == n:
        return (Part(np.arange(m)),)
    if align_corners:
        places = np.arange(m, dtype=dtype) * dtype.type((n - 1) / (m - 1) if m > 1 else 0)
    else:
        places = _middles(m, _step(n, m, scale, dtype))
    before = np.minimum(places.astype(np.int64), n - 1)
    share = np.clip(places - before, 0, 1).astype(dtype)
    return Part(before, 1 - share), Part(np.minimum(before + 1, n - 1), share)


def _step(n: int, m: int, scale: float | None, dtype: np.dtype) -> np.floating:
    return dtype.type(1 / scale) if scale is not None else dtype.type(n) / dtype.type(m)


def _middles(m: int, step: np.floating) -> Array:
    # rounded once, as by the fused multiply-add that PyTorch's compiler makes of this
    return np.maximum((np.float64(step) * (np.arange(m) + 0.5) - 0.5).astype(step.dtype), 0)
