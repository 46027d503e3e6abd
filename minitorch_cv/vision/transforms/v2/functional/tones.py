"""The tones of tensors as v2 changes them: of every number of channels and every dtype of images."""

from __future__ import annotations

import numpy as np

from .....ops.choosing import where
from .....tensors.tensor import Tensor
from .....types import dtype as dt
from ...functional.colour import blend
from ...functional.conversion import convert_image_dtype
from ...functional.filtering import smoothed
from ...functional.images import check_channels, check_tensor_image, max_value
from ...functional.tones import equalized_bytes


def inverted(img: Tensor) -> Tensor:
    """White minus the image (..., H, W)."""
    return max_value(img.dtype) - _numbers("invert", img)


def posterized(img: Tensor, bits: int) -> Tensor:
    """The first bits of all numbers of an image (..., H, W); of floats as many levels from 0 to below 1.

    Raises:   TypeError: for anything but 0 to 8 bits.
    """
    if not isinstance(bits, int) or not 0 <= bits <= 8:
        raise TypeError(f"bits must be a positive integer in the range [0, 8], got {bits} instead.")
    if _numbers("posterize", img).dtype.is_floating_point:
        levels = 1 << bits
        return (img * levels).floor().clamp(0, levels - 1) * (1.0 / levels)
    most = max_value(img.dtype).bit_length()
    return img if bits >= most else img & (((1 << bits) - 1) << (most - bits))


def solarized(img: Tensor, threshold: float) -> Tensor:
    """An image (..., H, W) whose numbers from the threshold on are inverted.

    Raises:   TypeError: if no number of the dtype is as large.
    """
    if threshold > max_value(img.dtype):
        raise TypeError(f"Threshold should be less or equal the maximum value of the dtype, but got {threshold}")
    return where(img >= threshold, inverted(img), img)


def stretched(img: Tensor) -> Tensor:
    """An image (..., 1 or 3, H, W) whose channels reach from 0 to white."""
    check_channels(img, dims=3)
    if not img.array.size:
        return img
    white = max_value(img.dtype)
    floats = img if img.dtype.is_floating_point else img.to(dt.float32)
    least, most = floats.amin((-2, -1), keepdim=True), floats.amax((-2, -1), keepdim=True)
    plain = most == least  # a channel of one number stays as it is
    level = where(plain, 1.0, (most - least) * (1.0 / white)).to(floats.dtype)
    return ((floats - where(plain, 0.0, least)) / level).clamp(0, white).to(img.dtype)


def equalized(img: Tensor) -> Tensor:
    """An image (..., H, W) whose numbers, as bytes, occur about equally often in each channel."""
    if not _numbers("equalize", img).array.size:
        return img
    return convert_image_dtype(equalized_bytes(convert_image_dtype(img, dt.uint8)), img.dtype)


def contrasted(img: Tensor, factor: float) -> Tensor:
    """An image (..., 1 or 3, H, W) whose distances from the mean of the grey image are multiplied."""
    check_channels(img, dims=3)
    _check_factor("contrast_factor", factor)
    if not img.array.size:
        return img
    grey = _grey(img) if img.array.shape[-3] == 3 else img
    floats = grey if grey.dtype.is_floating_point else grey.to(dt.float32)
    return blend(img, floats.mean((-3, -2, -1), keepdim=True), float(factor))


def saturated(img: Tensor, factor: float) -> Tensor:
    """An image (..., 1 or 3, H, W) whose distances from the grey image are multiplied."""
    check_channels(img, dims=3)
    _check_factor("saturation_factor", factor)
    return img if img.array.shape[-3] == 1 else blend(img, _grey(img), float(factor))


def sharpened(img: Tensor, factor: float) -> Tensor:
    """An image (..., 1 or 3, H, W) whose distances from a slightly blurred one are multiplied."""
    check_channels(img, dims=3)
    _check_factor("sharpness_factor", factor)
    if not img.array.size or min(img.array.shape[-2:]) <= 2:
        return img
    floats = img if img.dtype.is_floating_point else img.to(dt.float32)
    made = floats + (1.0 - float(factor)) * (smoothed(img) - floats)
    return made.clamp(0, max_value(img.dtype)).to(img.dtype)


def _grey(img: Tensor) -> Tensor:
    """(..., 1, H, W) in floats; whole ones for integers and bools."""
    red, green, blue = img.unbind(-3)
    grey = (0.2989 * red + 0.587 * green + 0.114 * blue).unsqueeze(-3)
    return grey if img.dtype.is_floating_point else grey.floor()


def _check_factor(name: str, factor: float) -> None:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")


def _numbers(op_name: str, img: Tensor) -> Tensor:
    if img.array.dtype == np.bool_:
        raise TypeError(f"{op_name}: expected an image of integers or floats, got torch.bool; use to_dtype() before it")
    return check_tensor_image(img)
