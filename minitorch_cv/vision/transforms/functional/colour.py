"""Brightness, contrast, saturation, hue and gamma, and images without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ....tensors.tensor import Tensor
from ....types import dtype as dt
from .conversion import convert_image_dtype
from .hue import turned_hue
from .images import (
    check_channels,
    check_pil_image,
    get_image_num_channels,
    is_pil_image,
    max_value,
    pixels_of,
)

if TYPE_CHECKING:
    from PIL.Image import Image


def adjust_brightness(img: Image | Tensor, brightness_factor: float) -> Any:
    """Multiply by a factor: 0 gives black, 1 the image.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    Raises:   ValueError: if the factor is negative (for tensors).
    """
    if isinstance(img, Tensor):
        return blend(check_channels(img), 0.0, _factor("brightness_factor", brightness_factor))
    return _enhanced("Brightness", img, brightness_factor)


def adjust_contrast(img: Image | Tensor, contrast_factor: float) -> Any:
    """Multiply the distance from the mean of the grey image: 0 gives plain grey, 1 the image.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    Raises:   ValueError: if the factor is negative (for tensors).
    """
    if isinstance(img, Tensor):
        factor = _factor("contrast_factor", contrast_factor)
        grey = _grey(img) if check_channels(img, dims=3).shape[-3] == 3 else img
        floats = grey if grey.dtype.is_floating_point else grey.to(dt.float32)
        return blend(img, floats.mean((-3, -2, -1), keepdim=True), factor)
    return _enhanced("Contrast", img, contrast_factor)


def adjust_saturation(img: Image | Tensor, saturation_factor: float) -> Any:
    """Multiply the distance from the grey image: 0 gives that, 1 the image.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    Raises:   ValueError: if the factor is negative (for tensors).
    """
    if isinstance(img, Tensor):
        factor = _factor("saturation_factor", saturation_factor)
        return img if get_image_num_channels(check_channels(img)) == 1 else blend(img, _grey(img), factor)
    return _enhanced("Color", img, saturation_factor)


def adjust_hue(img: Image | Tensor, hue_factor: float) -> Any:
    """Turn the hues round their circle.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W) of numbers from 0 to white, which gradients do not go
                  through. An image without colours stays as it is.
              hue_factor: in [-0.5, 0.5]; both ends turn every colour into its complement.
    Raises:   ValueError: for another factor.
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if isinstance(img, Tensor):
        if get_image_num_channels(check_channels(img)) == 1:
            return img
        pixels = convert_image_dtype(Tensor.wrap(pixels_of("adjust_hue", img)), dt.float32).array
        return convert_image_dtype(Tensor.wrap(turned_hue(pixels, hue_factor)), img.dtype)
    if check_pil_image(img).mode in ("L", "1", "I", "F"):
        return img
    from PIL import Image

    hue, saturation, value = img.convert("HSV").split()
    # bytes turn over at 256, the circle does at 255: Pillow's images and torchvision's have that in common
    turned = np.array(hue) + np.array(int(hue_factor * 255)).astype(np.uint8)
    return Image.merge("HSV", (Image.fromarray(turned), saturation, value)).convert(img.mode)


def adjust_gamma(img: Image | Tensor, gamma: float, gain: float = 1) -> Any:
    """gain * img ** gamma, white being 1: above 1, gamma makes shadows darker, below 1 lighter.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    Raises:   ValueError: if gamma is negative.
    """
    if isinstance(img, Tensor):
        check_channels(img)
    else:
        check_pil_image(img)
    if gamma < 0:
        raise ValueError(f"Gamma should be a non-negative real number, got {gamma}")
    if isinstance(img, Tensor):
        floats = img if img.dtype.is_floating_point else convert_image_dtype(img, dt.float32)
        return convert_image_dtype((gain * floats**gamma).clamp(0, 1), img.dtype)
    table = [(256 - 1e-3) * gain * (value / 255) ** gamma for value in range(256)]
    return img.convert("RGB").point([int(min(max(value, 0), 255)) for value in table] * 3).convert(img.mode)


def rgb_to_grayscale(img: Image | Tensor, num_output_channels: int = 1) -> Any:
    """An image without its colours.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
              num_output_channels: 1, or 3 equal ones.
    Raises:   ValueError: for another number.
    """
    if not isinstance(img, Tensor):
        return _grey_pil_image(check_pil_image(img), num_output_channels)
    check_channels(img, dims=3)
    _check_output_channels(num_output_channels)
    grey = _grey(img) if img.shape[-3] == 3 else img.clone()
    return grey.expand(*img.shape[:-3], 3, *img.shape[-2:]) if num_output_channels == 3 else grey


def to_grayscale(img: Image, num_output_channels: int = 1) -> Image:
    """A PIL image of any mode without its colours.

    Args:     num_output_channels: 1 for mode L, 3 for mode RGB with three equal channels.
    Raises:   TypeError: for tensors; rgb_to_grayscale takes them. ValueError: for another number of channels.
    """
    if not is_pil_image(img):
        raise TypeError(f"Input should be PIL Image, got {type(img)}; rgb_to_grayscale takes tensors")
    return _grey_pil_image(img, num_output_channels)


def blend(img: Tensor, other: Any, share: float) -> Tensor:
    """share * img + (1 - share) * other, a tensor or a number, within the range of img's dtype."""
    return (share * img + (1.0 - share) * other).clamp(0, max_value(img.dtype)).to(img.dtype)


def _factor(name: str, factor: float) -> float:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")
    return float(factor)


def _grey(img: Tensor) -> Tensor:
    red, green, blue = img.unbind(-3)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(img.dtype).unsqueeze(-3)


def _enhanced(what: str, img: Any, factor: float) -> Image:
    check_pil_image(img)
    from PIL import ImageEnhance

    return getattr(ImageEnhance, what)(img).enhance(factor)


def _check_output_channels(num_output_channels: int) -> None:
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels should be either 1 or 3, got {num_output_channels}")


def _grey_pil_image(img: Image, num_output_channels: int) -> Image:
    _check_output_channels(num_output_channels)
    grey = img.convert("L")
    if num_output_channels == 1:
        return grey
    from PIL import Image

    return Image.merge("RGB", (grey, grey, grey))
