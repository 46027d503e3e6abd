"""8-bit images in another size, in integers, as Pillow and PyTorch's kernels for bytes do it, to the bit."""

from __future__ import annotations

import numpy as np

from ....ops.resized_dimension import antialiased_shares, cubic_parts, linear_parts

_BITS = 15  # of a share, with its sign in 16
_MOST_BITS = 22


def resized_bytes(pixels: np.ndarray, height: int, width: int, mode: str, antialias: bool) -> np.ndarray:
    """Columns, then rows, as mixtures of the old ones, rounded to bytes in between.

    Args:     pixels: (..., H, W) uint8.
              mode: 'bilinear', 'bicubic', or, with antialias, 'lanczos'.
    Returns:  (..., height, width) uint8.
    """
    h, w = pixels.shape[-2:]
    if width != w:
        pixels = _mixed(pixels, _shares(w, width, mode, antialias))
    if height != h:
        pixels = _mixed(pixels.swapaxes(-1, -2), _shares(h, height, mode, antialias)).swapaxes(-1, -2)
    return pixels


def _mixed(pixels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(..., n) uint8 times shares (m, n), which are cut to whole numbers of some bits, as (..., m) uint8."""
    bits = _precision(shares.max())
    whole = np.trunc(shares * (1 << bits) + np.copysign(0.5, shares))
    # Products of whole numbers below 2**53 are exact in float64, for which there are fast matrix products.
    sums = pixels.astype(np.float64) @ whole.T + (1 << (bits - 1))
    return np.clip(np.floor(sums / (1 << bits)), 0, 255).astype(np.uint8)


def _precision(largest: float) -> int:
    """The most bits behind the point with which the largest share still fits."""
    for bits in range(_MOST_BITS):
        if int(0.5 + largest * (1 << (bits + 1))) >= 1 << _BITS:
            return bits
    return _MOST_BITS


def _shares(n: int, m: int, mode: str, antialias: bool) -> np.ndarray:
    """(m, n) float64: how much of each old element is in each new one."""
    dtype = np.dtype(np.float64)
    if antialias:
        return antialiased_shares(n, m, None, dtype, False, mode)  # type: ignore[return-value]
    parts = (cubic_parts if mode == "bicubic" else linear_parts)(n, m, None, dtype, False)
    shares = np.zeros((m, n))
    for part in parts:
        np.add.at(shares, (np.arange(m), part.sources), 1.0 if part.shares is None else part.shares)
    return shares
