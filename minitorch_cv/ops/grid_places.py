"""Which pixels of a row, or of a column, make up what lies at places between them, and how much of each.

Places are normalised: -1 and 1 are the ends, of the images' borders or, with align_corners, of the outermost pixels'
middles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..autograd.operation import Array
from .resized_dimension import keys_cubic, keys_cubic_slope


class Read(NamedTuple):
    """One of the pixels that make up what lies at each place.

    Attributes:
        pixel: which, 0 to n - 1.
        share: how much of it; 0 where there is none.
        slope: the derivative of the share by the normalised place.
    """

    pixel: Array
    share: Array
    slope: Array


def reads(places: Array, n: int, mode: str, padding_mode: str, align_corners: bool) -> list[Read]:
    """What makes up each place: one pixel for 'nearest', two for 'bilinear', four for 'bicubic'.

    Args:     places: normalised, any shape, float32 or float64. What is no number lies outside.
              n: how many pixels there are.
              padding_mode: what lies outside: 'zeros', 'border' (the outermost pixel) or 'reflection'.
    """
    dtype = places.dtype.type
    scale = dtype((n - 1) / 2 if align_corners else n / 2)
    place = (places + dtype(1)) * scale - dtype(0 if align_corners else 0.5)
    turn = np.ones_like(place)
    if padding_mode == "zeros":
        place = np.nan_to_num(np.clip(place, -3, n + 2), nan=-3)  # far outside there is nothing either
    elif mode != "bicubic":  # of which each of the four pixels may lie outside
        place, turn = _padded(place, n, padding_mode, align_corners)
    if mode == "nearest":
        return [_read(np.rint(place), n, np.ones_like(place), np.zeros_like(place))]
    before = np.floor(place)
    beyond = place - before
    if mode == "bilinear":
        slope = scale * turn
        return [_read(before, n, 1 - beyond, -slope), _read(before + 1, n, beyond, slope)]
    found = []
    for step in (-1, 0, 1, 2):
        distance = beyond - dtype(step)
        pixel = before + step
        if padding_mode != "zeros":
            pixel = np.rint(_padded(pixel, n, padding_mode, align_corners)[0])
        slope = keys_cubic_slope(distance, -0.75) * scale
        found.append(_read(pixel, n, keys_cubic(np.abs(distance), -0.75).astype(dtype), slope.astype(dtype)))
    return found


def _read(pixel: Array, n: int, share: Array, slope: Array) -> Read:
    inside = (pixel >= 0) & (pixel < n)
    nothing = share.dtype.type(0)
    at = np.where(inside, pixel, 0).astype(np.int64)
    return Read(at, np.where(inside, share, nothing), np.where(inside, slope, nothing))


def _padded(place: Array, n: int, padding_mode: str, align_corners: bool) -> tuple[Array, Array]:
    """The places inside that places outside stand for, and the derivatives: 1, -1 where mirrored, 0 where they end."""
    dtype = place.dtype.type
    turn = np.ones_like(place)
    place = np.nan_to_num(place, nan=-1, posinf=n, neginf=-1)  # as good as any other place outside
    if padding_mode == "reflection":
        low = dtype(0 if align_corners else -0.5)
        span = dtype(n - 1 if align_corners else n)
        if span == 0:
            return np.zeros_like(place), np.zeros_like(place)
        turn = np.where(place < low, dtype(-1), dtype(1))
        beyond = np.abs(place - low)
        back = np.floor(beyond / span) % 2 == 1
        beyond = np.fmod(beyond, span)
        place = np.where(back, span - beyond, beyond) + low
        turn = np.where(back, -turn, turn)
    ended = (place <= 0) | (place >= n - 1)
    return np.clip(place, 0, n - 1), np.where(ended, dtype(0), turn)
