"""What each new element of a resized dimension is made of: the arithmetic of interpolate, PyTorch's to the last bit.

A new element has a place among the old ones: element i of m is at i * n/m (its left end), or at (i + 1/2) * n/m - 1/2
(its middle), and with align_corners at i * (n - 1)/(m - 1). A scale given by the user takes the place of m/n.
"""

from __future__ import annotations

from collections.abc import Callable
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
        places = np.maximum(_middles(m, step), 0) + dtype.type(0.5) if exact else np.arange(m, dtype=dtype) * step
        places = places.astype(np.float32)
    return (Part(np.minimum(places.astype(np.int64), n - 1)),)


def linear_parts(n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool) -> tuple[Part, ...]:
    """Each new element mixes the two old ones that it stands between."""
    if m == n:
        return (Part(np.arange(m)),)
    places = np.maximum(_places(n, m, scale, dtype, align_corners), 0)
    before = np.minimum(places.astype(np.int64), n - 1)
    share = np.clip(places - before, 0, 1).astype(dtype)
    return Part(before, 1 - share), Part(np.minimum(before + 1, n - 1), share)


def cubic_parts(n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool) -> tuple[Part, ...]:
    """Each new element is read off Keys' cubic through the four old ones around it; the ends go on beyond."""
    places = _places(n, m, scale, dtype, align_corners)
    before = np.floor(places)
    beyond = places - before
    return tuple(
        Part(
            np.clip(before + step, 0, n - 1).astype(np.int64),
            keys_cubic(np.abs(beyond - dtype.type(step)), -0.75).astype(dtype),
        )
        for step in (-1, 0, 1, 2)
    )


def antialiased_shares(
    n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool, mode: str
) -> Array | None:
    """(m, n): how much of each old element is in each new one; None for all if the length stays.

    Each new element is a mean of the old ones below a filter that is as wide as the new element.

    Args:     mode: a key of FILTERS.
    Source:   Pillow's resize.
    """
    if m == n:
        return None
    # with align_corners PyTorch takes the other step, but begins at the left end all the same
    step = _step(n, m, scale, dtype, align_corners)
    stretch = max(step, dtype.type(1))
    radius, weigh = FILTERS[mode]
    reach = dtype.type(radius) * stretch
    middles = (np.float64(step) * (np.arange(m) + 0.5)).astype(dtype)
    first = np.maximum((middles - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((middles + reach + 0.5).astype(np.int64), n)
    below = first + np.arange(int((last - first).max()))[:, None]  # (the most below a filter, m)
    inside = below < last
    distances = np.abs((below.astype(dtype) - middles + dtype.type(0.5)) * (dtype.type(1) / stretch))
    heights = np.where(inside, weigh(distances), dtype.type(0))
    shares = np.zeros((m, n), dtype)
    shares[np.nonzero(inside)[1], below[inside]] = (heights / heights.sum(axis=0))[inside]
    return shares


def keys_cubic(x: Array, a: float) -> Array:
    """Keys' cubic at distances x, of slope `a` at distance 1.

    Source:   Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing".
    """
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def keys_cubic_slope(x: Array, a: float) -> Array:
    """The derivative of keys_cubic(|x|) by x."""
    d = np.abs(x)
    near = (3 * (a + 2) * d - 2 * (a + 3)) * d
    far = ((3 * d - 10) * d + 8) * a
    return np.sign(x) * np.where(d < 1, near, np.where(d < 2, far, 0))


# Of each filter how far it reaches, in new elements, and its height at a distance.
FILTERS: dict[str, tuple[int, Callable[[Array], Array]]] = {
    "bilinear": (1, lambda x: np.maximum(1 - x, 0)),
    "bicubic": (2, lambda x: keys_cubic(x, -0.5)),
    "lanczos": (3, lambda x: np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)),
}


def _step(n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool = False) -> np.floating:
    """From one new element to the next, in old ones."""
    if align_corners:
        return dtype.type((n - 1) / (m - 1) if m > 1 else 0)
    return dtype.type(1 / scale) if scale is not None else dtype.type(n) / dtype.type(m)


def _places(n: int, m: int, scale: float | None, dtype: np.dtype, align_corners: bool) -> Array:
    """Where the new elements' middles lie, counted from the middle of the first old one."""
    step = _step(n, m, scale, dtype, align_corners)
    return np.arange(m, dtype=dtype) * step if align_corners else _middles(m, step)


def _middles(m: int, step: np.floating) -> Array:
    # rounded once, as by the fused multiply-add that PyTorch's compiler makes of this
    return (np.float64(step) * (np.arange(m) + 0.5) - 0.5).astype(step.dtype)
