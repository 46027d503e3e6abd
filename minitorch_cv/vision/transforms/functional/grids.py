"""Where in an image each pixel of a transformed one comes from: grids (height, width, 2) of (x, y).

x = -1 is the left border of the image and x = 1 its right one, so that (0, 0) is the middle, whatever the size. The
arithmetic is that of torchvision's tensors, in the grid's dtype: a pixel that lies halfway between two shows which of
them is nearest by its last bit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....tensors.sequences import linspace
from ....types.dtype import float32


def affine_grid(
    matrix: Sequence[float], size: tuple[int, int], out_size: tuple[int, int], dtype: np.dtype
) -> np.ndarray:
    """The grid of an affine map.

    Args:     matrix: six numbers, two rows of it; in pixels, from the middle of the result to the middle of the image.
              size, out_size: (height, width) of the image and of the result.
    """
    h, w = size
    x, y = _middles(out_size, dtype, centred=True)
    theta = np.array(matrix, dtype).reshape(2, 3) / np.array([[0.5 * w], [0.5 * h]], dtype)
    return np.stack([_row_times(row, x, y) for row in theta], axis=-1)


def perspective_grid(coeffs: Sequence[float], size: tuple[int, int], dtype: np.dtype) -> np.ndarray:
    """The grid of a perspective map of an image of `size` to one of the same size.

    Args:     coeffs: a to h in x = (a*u + b*v + c) / (g*u + h*v + 1), y = (d*u + e*v + f) / (g*u + h*v + 1).
    """
    h, w = size
    x, y = _middles(size, dtype, centred=False)
    above = np.array(coeffs[:6], dtype).reshape(2, 3) / np.array([[0.5 * w], [0.5 * h]], dtype)
    below = _row_times(np.array([*coeffs[6:], 1], dtype), x, y)
    with np.errstate(divide="ignore", invalid="ignore"):  # the horizon
        return np.stack([_row_times(row, x, y) / below - 1 for row in above], axis=-1)


def identity_grid(size: tuple[int, int]) -> np.ndarray:
    """The grid, in float32, that leaves every pixel where it is."""
    y, x = (linspace((1 - n) / n, (n - 1) / n, n, dtype=float32).array for n in size)
    return np.stack(np.broadcast_arrays(x, y[:, None]), axis=-1)


def rotated_size(matrix: Sequence[float], size: tuple[int, int]) -> tuple[int, int]:
    """(height, width) of what holds a whole rotated image.

    Args:     matrix: as affine_grid's.
    """
    h, w = size
    corners = np.array([[-w, -h, 2], [-w, h, 2], [w, h, 2], [w, -h, 2]], np.float32) / 2
    places = corners @ np.array(matrix, np.float32).reshape(2, 3).T
    half = np.array([w, h], np.float32) / 2
    # a hair more than a whole pixel is rounding
    most, least = (np.trunc((extreme + half) / 1e-4) * 1e-4 for extreme in (places.max(axis=0), places.min(axis=0)))
    out_w, out_h = np.ceil(most) - np.floor(least)
    return int(out_h), int(out_w)


def _middles(size: tuple[int, int], dtype: np.dtype, centred: bool) -> tuple[np.ndarray, np.ndarray]:
    """x (width,) and y (height, 1) of the middles of pixels, from the corner of an image or from its middle."""
    h, w = size
    x, y = (np.arange(n, dtype=dtype) + dtype.type(0.5 - (n * 0.5 if centred else 0)) for n in (w, h))
    return x, y[:, None]


def _row_times(row: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x * row[0] + y * row[1] + row[2]
