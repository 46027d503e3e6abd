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


def _slope(magnitude: float) -> float:
    """The angle, in degrees, of a line that rises so much on a length of 1."""
    return math.degrees(math.atan(magnitude))


def operations_with(functions: Any) -> dict[str, Operation]:
    """The operations by name, made of the functions of a module: transforms.functional or transforms.v2.functional."""

    def affine(
        translate: Callable = lambda m: (0, 0), shear: Callable = lambda m: (0.0, 0.0), center: Any = None
    ) -> Operation:
        return lambda img, m, interpolation, fill: functions.affine(
            img, 0.0, translate(m), 1.0, shear(m), interpolation=interpolation, fill=fill, center=center
        )

    def tones(function: Callable) -> Operation:
        return lambda img, magnitude, interpolation, fill: function(img, magnitude)

    return {
        "Identity": tones(lambda img, m: img),
        "ShearX": affine(shear=lambda m: (_slope(m), 0.0), center=(0, 0)),
        "ShearY": affine(shear=lambda m: (0.0, _slope(m)), center=(0, 0)),
        "TranslateX": affine(translate=lambda m: (int(m), 0)),
        "TranslateY": affine(translate=lambda m: (0, int(m))),
        "Rotate": lambda img, m, interpolation, fill: functions.rotate(img, m, interpolation=interpolation, fill=fill),
        "Brightness": tones(lambda img, m: functions.adjust_brightness(img, 1 + m)),
        "Color": tones(lambda img, m: functions.adjust_saturation(img, 1 + m)),
        "Contrast": tones(lambda img, m: functions.adjust_contrast(img, 1 + m)),
        "Sharpness": tones(lambda img, m: functions.adjust_sharpness(img, 1 + m)),
        "Posterize": tones(lambda img, m: functions.posterize(img, int(m))),
        "Solarize": tones(functions.solarize),
        "AutoContrast": tones(lambda img, m: functions.autocontrast(img)),
        "Equalize": tones(lambda img, m: functions.equalize(img)),
        "Invert": tones(lambda img, m: functions.invert(img)),
    }


OPERATIONS = operations_with(F)


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
