"""Images read off at the places of a grid (torch.nn.functional.grid_sample, without gradients)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def sample(batch: np.ndarray, grid: np.ndarray, mode: str, fill: Sequence[float] | None) -> np.ndarray:
    """What images show at the places of a grid.

    Args:     batch: (N, C, H, W), of the grid's dtype.
              grid: (height, width, 2) of (x, y), -1 and 1 being the images' borders.
              mode: "nearest" or "bilinear".
              fill: what lies outside the images, one number or one for each channel; None for 0.
    Returns:  (N, C, height, width).
    Source:   torchvision: where images end, bilinear mixes what it has read, which is darker there already, with `fill`
              by the share of the images in it.
    """
    n, c, h, w = batch.shape
    pixels = batch.transpose(0, 2, 3, 1).reshape(n, h * w, c)
    x, y = (_pixels(grid[..., i].reshape(-1), length) for i, length in ((0, w), (1, h)))
    if mode == "nearest":
        sampled, share = _read(pixels, np.rint(x), np.rint(y), h, w)
    else:
        left, top = np.floor(x), np.floor(y)
        right_share, bottom_share = x - left, y - top
        sampled, share = np.zeros((n, x.size, c), batch.dtype), np.zeros(x.size, batch.dtype)
        for column, x_share in ((left, 1 - right_share), (left + 1, right_share)):
            for row, y_share in ((top, 1 - bottom_share), (top + 1, bottom_share)):
                read, inside = _read(pixels, column, row, h, w)
                weight = x_share * y_share
                sampled += read * weight[:, None]
                share += inside * weight
    if fill is not None:
        share = share[:, None]
        sampled = sampled * share + (1 - share) * np.array(fill, batch.dtype)
    return sampled.reshape(n, *grid.shape[:2], c).transpose(0, 3, 1, 2)


def _pixels(places: np.ndarray, n: int) -> np.ndarray:
    """From -1 ... 1 to the pixels 0 ... n - 1; what is far outside, or nowhere, to just outside."""
    pixels = (places + 1) * places.dtype.type(n / 2) - places.dtype.type(0.5)
    return np.nan_to_num(np.clip(pixels, -2, n + 1), nan=-2)


def _read(pixels: np.ndarray, x: np.ndarray, y: np.ndarray, h: int, w: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, places, C): the pixels at whole places, 0 outside; and (places,): 1 where there is an image, 0 outside."""
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    index = np.where(inside, y * w + x, 0).astype(np.int64)
    share = inside.astype(pixels.dtype)
    return np.take(pixels, index, axis=1) * share[:, None], share
