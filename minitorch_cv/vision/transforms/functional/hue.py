"""Colours as hue, saturation and value, and back."""

from __future__ import annotations

import numpy as np


def turned_hue(pixels: np.ndarray, turn: float) -> np.ndarray:
    """An image whose hues are turned.

    Args:     pixels: (..., 3, H, W) floats in [0, 1].
              turn: 1 is once round the circle.
    Returns:  the same shape.
    """
    hue, saturation, value = _hsv(pixels)
    return _rgb((hue + pixels.dtype.type(turn)) % 1, saturation, value)


def _hsv(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue, saturation and value, each (..., H, W) in [0, 1]. Source: Pillow's Convert.c."""
    red, green, blue = (pixels[..., channel, :, :] for channel in range(3))
    most, least = pixels.max(axis=-3), pixels.min(axis=-3)
    chroma = most - least
    grey = most == least  # has no hue; any divisor will do
    saturation = chroma / np.where(grey, 1, most)
    divisor = np.where(grey, 1, chroma)
    to_red, to_green, to_blue = ((most - channel) / divisor for channel in (red, green, blue))
    sixths = np.where(
        most == red,
        to_blue - to_green,
        np.where(most == green, 2 + to_red - to_blue, 4 + to_green - to_red),
    )
    return np.fmod(sixths / 6 + 1, 1).astype(pixels.dtype), saturation, most


def _rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    sixth = np.floor(hue * 6)
    part = hue * 6 - sixth
    low = np.clip(value * (1 - saturation), 0, 1)
    falling = np.clip(value * (1 - saturation * part), 0, 1)
    rising = np.clip(value * (1 - saturation * (1 - part)), 0, 1)
    sixth = sixth.astype(np.int64) % 6
    channels = (
        (value, falling, low, low, rising, value),  # red from one sixth of the circle to the next
        (rising, value, value, falling, low, low),
        (low, low, rising, value, value, falling),
    )
    return np.moveaxis(np.stack([np.choose(sixth, by_sixth) for by_sixth in channels], axis=-1), -1, -3)
