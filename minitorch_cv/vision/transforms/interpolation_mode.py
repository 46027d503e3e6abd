"""How pixels between pixels are made up: the names, and Pillow's numbers for them."""

from __future__ import annotations

from enum import Enum
from typing import Any


class InterpolationMode(Enum):
    """Ways to make up pixels between pixels. PIL images take all; tensors nearest, bilinear and, to resize, bicubic."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


PIL_NUMBERS = {
    InterpolationMode.NEAREST: 0,
    InterpolationMode.NEAREST_EXACT: 0,
    InterpolationMode.LANCZOS: 1,
    InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3,
    InterpolationMode.BOX: 4,
    InterpolationMode.HAMMING: 5,
}
_BY_NUMBER = {number: mode for mode, number in PIL_NUMBERS.items() if mode is not InterpolationMode.NEAREST_EXACT}


def interpolation_mode(interpolation: Any) -> InterpolationMode:
    """The mode that a user named by itself or by Pillow's number.

    Raises:   TypeError: for anything else. ValueError: for a number that Pillow does not have.
    """
    if isinstance(interpolation, InterpolationMode):
        return interpolation
    if not isinstance(interpolation, int):
        raise TypeError(
            "Argument interpolation should be a InterpolationMode or a corresponding Pillow integer constant, "
            f"got {interpolation!r}"
        )
    if interpolation not in _BY_NUMBER:
        known = ", ".join(f"{number} ({mode.value})" for number, mode in sorted(_BY_NUMBER.items()))
        raise ValueError(f"Argument interpolation: Pillow has no filter {interpolation}; it has {known}")
    return _BY_NUMBER[int(interpolation)]
