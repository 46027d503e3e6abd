"""A border around an image."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....nn import functional as nn
from ....tensors.tensor import Tensor
from .images import check_pil_image, check_tensor_image

if TYPE_CHECKING:
    from PIL.Image import Image

PADDING_MODES = ("constant", "edge", "reflect", "symmetric")


def pad(
    img: Image | Tensor,
    padding: int | Sequence[int],
    fill: float | Sequence[float] | None = 0,
    padding_mode: str = "constant",
) -> Any:
    """Put a border around an image; a negative number cuts off instead.

    Args:     img: PIL image, or tensor (..., H, W): for 'reflect' and 'edge' (H, W) must have one or two dimensions
                  before them.
              padding: pixels on all sides; or (left and right, top and bottom); or (left, top, right, bottom).
              fill: of the border, for 'constant'; for PIL images one for each channel as well.
              padding_mode: 'constant', 'edge' (repeats the outermost pixel), 'reflect' (mirrors the image without the
                  outermost pixel), or 'symmetric' (with it).
    Raises:   TypeError, ValueError: for arguments that are not of this form.
    """
    check_padding(padding, padding_mode)
    if not isinstance(fill, numbers.Number) and (isinstance(img, Tensor) or not isinstance(fill, (tuple, list))):
        if fill is not None:
            raise TypeError(
                f"Got inappropriate fill arg {fill!r}: pad takes a number, and for PIL images one for each channel"
            )
        fill = 0
    sides = sides_of(padding)
    if isinstance(img, Tensor):
        return _pad_tensor(check_tensor_image(img), *sides, fill, padding_mode)
    return _pad_pil_image(check_pil_image(img), sides, fill, padding_mode)


def check_padding(padding: Any, padding_mode: Any) -> None:
    """Raise unless these are a padding and a mode for it.

    Raises:   TypeError, ValueError: if they are not.
    """
    if not isinstance(padding, (numbers.Number, tuple, list)):
        raise TypeError(f"Got inappropriate padding arg {padding!r}: it should be an int, or a tuple of them")
    if not isinstance(padding_mode, str):
        raise TypeError(f"Got inappropriate padding_mode arg {padding_mode!r}: it should be a str")
    if isinstance(padding, (tuple, list)) and len(padding) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(padding)} element tuple")
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"Padding mode should be either constant, edge, reflect or symmetric, got {padding_mode!r}")


def sides_of(padding: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom)."""
    if isinstance(padding, numbers.Number):
        padding = (padding,)
    if len(padding) == 4:
        return tuple(padding)
    return (padding[0], padding[-1], padding[0], padding[-1])


def _pad_tensor(img: Tensor, left: int, top: int, right: int, bottom: int, fill: Any, padding_mode: str) -> Tensor:
    if padding_mode == "symmetric":
        rows, columns = (_mirrored(*of) for of in ((img.shape[-2], top, bottom), (img.shape[-1], left, right)))
        return img[..., rows, :][..., columns]
    batch = img.unsqueeze(0) if img.array.ndim < 4 else img
    around = (left, right, top, bottom)
    if padding_mode == "constant":
        padded = nn.pad(batch, around, value=int(fill) if img.array.dtype.kind in "iu" else fill)
    else:
        padded = nn.pad(batch, around, mode="replicate" if padding_mode == "edge" else "reflect")
    return padded.squeeze(0) if img.array.ndim < 4 else padded


def _mirrored(n: int, before: int, after: int) -> Tensor:
    """Which of n rows are seen where, if there are mirrors at both ends."""
    if max(before, after) > n:
        raise ValueError(f"pad: padding {(before, after)} in mode 'symmetric' is more than the image's {n} pixels")
    places = np.arange(-before, n + after)
    return Tensor.wrap(np.where(places < 0, -1 - places, np.where(places < n, places, 2 * n - 1 - places)))


def _pad_pil_image(img: Image, sides: tuple[int, int, int, int], fill: Any, padding_mode: str) -> Image:
    from PIL import Image, ImageOps

    palette = img.getpalette() if img.mode == "P" else None
    if padding_mode == "constant":
        padded = ImageOps.expand(img, border=sides, fill=pil_fill(fill, img))
    else:
        left, top, right, bottom = (-min(side, 0) for side in sides)
        if left or top or right or bottom:
            img = img.crop((left, top, img.width - right, img.height - bottom))
        left, top, right, bottom = (max(side, 0) for side in sides)
        pixels = np.asarray(img)
        around = ((top, bottom), (left, right), (0, 0))[: pixels.ndim]
        padded = Image.fromarray(np.pad(pixels, around, padding_mode))  # type: ignore[call-overload]
    if palette is not None:
        padded.putpalette(palette)
    return padded


def pil_fill(fill: Any, img: Image) -> Any:
    """A fill as Pillow wants it: integers, one for each channel; floats for mode F.

    Raises:   ValueError: if there are more or fewer than channels.
    """
    channels = len(img.getbands())
    if fill is None:
        fill = 0
    if isinstance(fill, (int, float)) and channels > 1:
        fill = (fill,) * channels
    if isinstance(fill, (list, tuple)):
        if len(fill) == 1:
            fill = tuple(fill) * channels
        elif len(fill) != channels:
            raise ValueError(
                "The number of elements in 'fill' does not match the number of channels of the image "
                f"({len(fill)} != {channels})"
            )
        return tuple(fill) if img.mode == "F" else tuple(int(value) for value in fill)
    return fill if img.mode == "F" else int(fill)
