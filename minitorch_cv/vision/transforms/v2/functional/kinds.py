"""What the functions of v2 take, decided in one place: PIL images, and tensors, which stay Images if they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .....tensors.tensor import Tensor
from ....tv_tensors import wrap
from ...functional.images import is_pil_image
from ...interpolation_mode import InterpolationMode, interpolation_mode


def of_images(function: Callable) -> Callable:
    """Let a function of PIL images and tensors refuse everything else, and give an Image for an Image."""

    @wraps(function)
    def checked(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if not (isinstance(inpt, Tensor) or is_pil_image(inpt)):
            raise TypeError(f"{function.__name__}: expected a PIL image or a tensor, got {type(inpt)}")
        return wrap(function(inpt, *args, **kwargs), like=inpt)

    return checked


def of_tensors(function: Callable) -> Callable:
    """The same for functions of tensors alone."""

    @wraps(function)
    def checked(inpt: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(inpt, Tensor):
            raise TypeError(f"{function.__name__}: expected a tensor, got {type(inpt)}; use to_image() before it")
        return wrap(function(inpt, *args, **kwargs), like=inpt)

    return checked


def without_pixels(inpt: Any) -> bool:
    """Whether this is a tensor of no elements, which many functions give back as it is."""
    return isinstance(inpt, Tensor) and not inpt.array.size


def check_fill(fill: Any) -> Any:
    """A fill as it is: a number, one for each channel, or None.

    Raises:   TypeError: for a dict of fills by type, and for anything else.
    """
    if isinstance(fill, dict):
        raise TypeError(
            "fill: a dict of fills for kinds of inputs is not supported; give a number, or one for each channel"
        )
    if fill is not None and not isinstance(fill, (int, float, list, tuple)):
        raise TypeError(f"Got inappropriate fill arg, only Numbers, tuples and lists are allowed, got {type(fill)}")
    return fill


def mode_of(interpolation: str | InterpolationMode | int) -> InterpolationMode:
    """The mode that a user named by its name, by itself or by Pillow's number.

    Raises:   ValueError: for another name or number. TypeError: for anything else.
    """
    if not isinstance(interpolation, str):
        return interpolation_mode(interpolation)
    names = [mode.value for mode in InterpolationMode]
    if interpolation not in names:
        raise ValueError(f"Invalid interpolation mode: '{interpolation}'. Supported string values are: {names}.")
    return InterpolationMode(interpolation)
