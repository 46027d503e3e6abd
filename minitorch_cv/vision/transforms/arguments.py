"""The arguments that transforms have in common."""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Sequence
from typing import Any

from ...tensors.tensor import Tensor
from .functional.images import get_image_num_channels

TWO_DIMENSIONS = "Please provide only two dimensions (h, w) for size."


def pair_of_sizes(size: Any, message: str = TWO_DIMENSIONS) -> Any:
    """(height, width) from one number, or from one or two in a sequence.

    Raises:   ValueError: with this message, for another number of numbers.
    """
    if isinstance(size, numbers.Number):
        return int(size), int(size)  # type: ignore[call-overload]
    if isinstance(size, Sequence) and len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(message)
    return size


def check_sequence(value: Any, name: str, lengths: Sequence[int]) -> None:
    """Raise unless this is a sequence of one of the lengths.

    Raises:   TypeError, ValueError: if it is not.
    """
    wanted = " or ".join(str(length) for length in lengths)
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a sequence of length {wanted}.")
    if len(value) not in lengths:
        raise ValueError(f"{name} should be a sequence of length {wanted}.")


def range_of_angles(value: Any, name: str, lengths: Sequence[int] = (2,)) -> list[float]:
    """[-value, value] from one number, or what was given, as floats.

    Raises:   TypeError, ValueError: for anything but a number from 0 on or a sequence of one of the lengths.
    """
    if isinstance(value, numbers.Number):
        if value < 0:  # type: ignore[operator]
            raise ValueError(f"If {name} is a single number, it must be positive.")
        value = (-value, value)  # type: ignore[operator]
    else:
        check_sequence(value, name, lengths)
    return [float(degrees) for degrees in value]


def check_scale_and_ratio(scale: Any, ratio: Any, kinds: Any = Sequence) -> None:
    """Raise, or warn, unless these are a range of areas and a range of aspect ratios.

    Raises:   TypeError: if one is no sequence. ValueError: for a ratio that is not above 0.
    """
    if not isinstance(scale, kinds):
        raise TypeError("Scale should be a sequence")
    if not isinstance(ratio, kinds):
        raise TypeError("Ratio should be a sequence")
    if scale[0] > scale[1] or ratio[0] > ratio[1]:
        warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=3)
    if min(ratio) <= 0:
        raise ValueError(f"Ratio should be above 0, got {ratio}")


def check_fill(fill: Any) -> Any:
    """A number or a sequence of them; None stands for 0.

    Raises:   TypeError: for anything else.
    """
    if fill is None:
        return 0
    if not isinstance(fill, (Sequence, numbers.Number)):
        raise TypeError("Fill should be either a sequence or a number.")
    return fill


def fill_for(img: Any, fill: Any) -> Any:
    """A fill as the functions take it: for tensors floats, one for each channel; for PIL images as it is."""
    if not isinstance(img, Tensor) or fill is None:
        return fill
    if isinstance(fill, (int, float)):
        return [float(fill)] * get_image_num_channels(img)
    return [float(value) for value in fill]
