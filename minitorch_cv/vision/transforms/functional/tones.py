"""Other numbers for the numbers of an image: inverted, fewer, or spread over the whole range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ....ops.choosing import where
from ....ops.comparison import isfinite
from ....tensors.tensor import Tensor
from ....types import dtype as dt
from .images import check_channels, check_pil_image, max_value, pixels_of

if TYPE_CHECKING:
    from PIL.Image import Image


def invert(img: Image | Tensor) -> Any:
    """White minus the image.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    """
    if isinstance(img, Tensor):
        return max_value(img.dtype) - check_channels(img, dims=3)
    return _with_pillow("invert", img)


def posterize(img: Image | Tensor, bits: int) -> Any:
    """Keep the first bits of every byte.

    Args:     img: PIL image, or uint8 tensor (..., 1 or 3, H, W).
              bits: 0 to 8.
    Raises:   ValueError: for another number of bits. TypeError: for a tensor of another dtype.
    """
    if not 0 <= bits <= 8:
        raise ValueError(f"The number if bits should be between 0 and 8. Got {bits}")
    if not isinstance(img, Tensor):
        return _with_pillow("posterize", img, bits)
    _check_bytes(check_channels(img, dims=3))
    return img & (256 - 2 ** (8 - bits))


def solarize(img: Image | Tensor, threshold: float) -> Any:
    """Invert what is as light as the threshold, or lighter.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    Raises:   TypeError: if no number of the tensor's dtype is as large.
    """
    if not isinstance(img, Tensor):
        return _with_pillow("solarize", img, threshold)
    check_channels(img, dims=3)
    if threshold > max_value(img.dtype):
        raise TypeError(f"Threshold should be less than bound of img. Got {threshold} for {img.dtype}")
    return where(img >= threshold, invert(img), img)


def autocontrast(img: Image | Tensor) -> Any:
    """Stretch every channel so that its darkest pixel is 0 and its lightest white.

    Args:     img: PIL image, or tensor (..., 1 or 3, H, W).
    """
    if not isinstance(img, Tensor):
        return _with_pillow("autocontrast", img)
    check_channels(img, dims=3)
    white = max_value(img.dtype)
    dtype = img.dtype if img.dtype.is_floating_point else dt.float32
    least, most = img.amin((-2, -1), keepdim=True).to(dtype), img.amax((-2, -1), keepdim=True).to(dtype)
    stretch = white / (most - least)
    stretched = isfinite(stretch)  # a channel of one number stays as it is
    return ((img - where(stretched, least, 0.0)) * where(stretched, stretch, 1.0)).clamp(0, white).to(img.dtype)


def equalize(img: Image | Tensor) -> Any:
    """Spread every channel's numbers so that all occur about equally often.

    Args:     img: PIL image, or uint8 tensor (C, H, W) or (N, C, H, W) with one or three channels.
    Raises:   TypeError: for another tensor.
    """
    if not isinstance(img, Tensor):
        return _with_pillow("equalize", img)
    if not 3 <= img.array.ndim <= 4:
        raise TypeError(f"Input image tensor should have 3 or 4 dimensions, but found {img.array.ndim}")
    _check_bytes(img)
    return equalized_bytes(check_channels(img))


def equalized_bytes(img: Tensor) -> Tensor:
    """The same of a uint8 tensor (..., H, W) with any number of channels."""
    pixels = pixels_of("equalize", img)
    equalized = np.empty_like(pixels)
    for channel in np.ndindex(pixels.shape[:-2]):
        equalized[channel] = _equal_numbers(pixels[channel])[pixels[channel]]
    return Tensor.wrap(equalized)


def _equal_numbers(channel: np.ndarray) -> np.ndarray:
    """(256,) uint8: the new number for each old one. Source: Pillow's ImageOps.equalize."""
    counts = np.bincount(channel.reshape(-1), minlength=256)
    lightest = counts[np.flatnonzero(counts)[-1:]].sum()
    step = (counts.sum() - lightest) // 255
    if step == 0:
        return np.arange(256, dtype=np.uint8)
    darker = np.cumsum(counts) - counts
    return np.clip((darker + step // 2) // step, 0, 255).astype(np.uint8)


def _check_bytes(img: Tensor) -> None:
    if img.dtype is not dt.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {img.dtype}")


def _with_pillow(operation: str, img: Any, *args: Any) -> Image:
    check_pil_image(img)
    from PIL import ImageOps

    return getattr(ImageOps, operation)(img, *args)
