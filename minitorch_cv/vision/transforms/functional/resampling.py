"""Weights with which the rows of an image are mixed to give it another height (or its columns, another width).

The arithmetic is PyTorch's: places are computed in the image's dtype, as they decide which pixels count.
"""

from __future__ import annotations

import numpy as np

_RADIUS = {"bilinear": 1, "bicubic": 2}  # how far from its middle a filter reaches, in pixels


def antialiased_weights(n: int, m: int, mode: str, dtype: np.dtype) -> np.ndarray:
    """(m, n): each new pixel is a mean of the old ones below a filter that is as wide as the new pixel.

    Source:   Pillow's resize.
    """
    scale = dtype.type(n) / dtype.type(m)
    stretch = max(scale, dtype.type(1))
    reach = dtype.type(_RADIUS[mode]) * stretch
    middles = (np.float64(scale) * (np.arange(m) + 0.5)).astype(dtype)[:, None]
    pixels = np.arange(n)
    first = np.maximum((middles - reach + 0.5).astype(np.int64), 0)
    last = np.minimum((middles + reach + 0.5).astype(np.int64), n)
    distances = (pixels - middles + 0.5) / stretch
    weights = np.where((first <= pixels) & (pixels < last), _filter(mode, distances), 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(dtype)


def _filter(mode: str, distances: np.ndarray) -> np.ndarray:
    x = np.abs(distances)
    return np.maximum(1 - x, 0) if mode == "bilinear" else _cubic(x, -0.5)


def _cubic(x: np.ndarray, a: float) -> np.ndarray:
    """Keys' cubic through the pixels, of slope `a` at distance 1."""
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * a - 4 * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def bicubic_weights(n: int, m: int, dtype: np.dtype) -> np.ndarray:
    """(m, n): each new pixel is read off a cubic through the four old ones around its middle."""
    scale = dtype.type(n) / dtype.type(m)
    places = (np.float64(scale) * (np.arange(m) + 0.5) - 0.5).astype(dtype)
    before = np.floor(places)
    weights = np.zeros((m, n), dtype)
    for step in (-1, 0, 1, 2):
        pixels = np.clip(before + step, 0, n - 1).astype(np.int64)  # beyond the border its pixel goes on
        weights[np.arange(m), pixels] += _cubic(np.abs(places - before - step), -0.75).astype(dtype)
    return weights
