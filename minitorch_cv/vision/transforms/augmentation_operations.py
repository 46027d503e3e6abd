"""The operations that automatic augmentation chooses from, and how strong each can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensors.sequences import linspace
from ...types.dtype import float32
from . import draws
from . import functional as F
from .interpolation_mode import InterpolationMode

SIGNED = {"ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast", "Sharpness"}
OF_NO_STRENGTH = {"Identity", "AutoContrast", "Equalize", "Invert"}

Operation = Callable[[Any, float, InterpolationMode, Any], Any]
Limits = dict[str, tuple[float, float]]


def _affine(
    translate: Callable = lambda m: (0, 0), shear: Callable = lambda m: (0.0, 0.0), center: Any = None
) -> Operation:
    return lambda img, m, interpolation, fill: F.affine(
        img, 0.0, translate(m), 1.0, shear(m), interpolation=interpolation, fill=fill, center=center
    )


def _tones(function: Callable) -> Operation:
    return lambda img, magnitude, interpolation, fill: function(img, magnitude)


def _slope(magnitude: float) -> float:
    """The angle, in degrees, of a line that rises so much on a length of 1."""
    return math.degrees(math.atan(magnitude))


OPERATIONS: dict[str, Operation] = {
    "Identity": _tones(lambda img, m: img),
    "ShearX": _affine(shear=lambda m: (_slope(m), 0.0), center=(0, 0)),
    "ShearY": _affine(shear=lambda m: (0.0, _slope(m)), center=(0, 0)),
    "TranslateX": _affine(translate=lambda m: (int(m), 0)),
    "TranslateY": _affine(translate=lambda m: (0, int(m))),
    "Rotate": lambda img, m, interpolation, fill: F.rotate(img, m, interpolation=interpolation, fill=fill),
    "Brightness": _tones(lambda img, m: F.adjust_brightness(img, 1 + m)),
    "Color": _tones(lambda img, m: F.adjust_saturation(img, 1 + m)),
    "Contrast": _tones(lambda img, m: F.adjust_contrast(img, 1 + m)),
    "Sharpness": _tones(lambda img, m: F.adjust_sharpness(img, 1 + m)),
    "Posterize": _tones(lambda img, m: F.posterize(img, int(m))),
    "Solarize": _tones(F.solarize),
    "AutoContrast": _tones(lambda img, m: F.autocontrast(img)),
    "Equalize": _tones(lambda img, m: F.equalize(img)),
    "Invert": _tones(lambda img, m: F.invert(img)),
}


def strength(operation: str, step: int, steps: int, limits: Limits) -> float:
    """How strong an operation is at one of the steps between its limits; 0 for those that have no strength.

    Args:     limits: by operation, the weakest and the strongest; of Posterize the bits that it keeps.
    """
    if operation in OF_NO_STRENGTH:
        return 0.0
    weakest, strongest = limits[operation]
    if operation == "Posterize":
        return float(weakest - np.rint(np.float32(step / ((steps - 1) / (weakest - strongest)))))
    return linspace(weakest, strongest, steps, dtype=float32)[step].item()


def either_way(operation: str, magnitude: float) -> float:
    """The magnitude, or for operations that have two directions its opposite, equally likely."""
    return -magnitude if operation in SIGNED and draws.chance(0.5) else magnitude
