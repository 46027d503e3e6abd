"""A part of an image."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ....nn import functional as nn
from ....tensors.tensor import Tensor
from ..interpolation_mode import InterpolationMode
from .flipping import hflip, vflip
from .images import check_pil_image, check_tensor_image, get_dimensions
from .padding import pad
from .resizing import resize

if TYPE_CHECKING:
    from PIL.Image import Image


def crop(img: Image | Tensor, top: int, left: int, height: int, width: int) -> Any:
    """The part of an image that begins at (top, left); what of it lies outside the image is 0.

    Args:     img: PIL image, or tensor (..., H, W), of which the part is a view if it lies inside.
    """
    if not isinstance(img, Tensor):
        return check_pil_image(img).crop((left, top, left + width, top + height))
    h, w = check_tensor_image(img).array.shape[-2:]
    if top >= 0 and left >= 0 and top + height <= h and left + width <= w:
        return img[..., top : top + height, left : left + width]
    first_row, rows, above, below = _inside(h, top, height)
    first_column, columns, before, after = _inside(w, left, width)
    part = img[..., first_row : first_row + rows, first_column : first_column + columns]
    return nn.pad(part, (before, after, above, below))


def _inside(n: int, start: int, length: int) -> tuple[int, int, int, int]:
    """Of `length` rows from `start` on: the first one that the n rows have, how many, and how many before and after."""
    first = min(max(start, 0), n)
    count = max(min(start + length, n) - first, 0)
    before = min(max(-start, 0), length)
    return first, count, before, length - before - count


def center_crop(img: Image | Tensor, output_size: int | Sequence[int]) -> Any:
    """The middle of an image; a smaller image gets a black border first.

    Args:     img: PIL image or tensor (..., H, W).
              output_size: (height, width), or one number for both.
    """
    height, width = _pair(output_size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        more_h, more_w = max(height - h, 0), max(width - w, 0)
        img = pad(img, (more_w // 2, more_h // 2, (more_w + 1) // 2, (more_h + 1) // 2))
        h, w = h + more_h, w + more_w
        if (height, width) == (h, w):
            return img
    return crop(img, round((h - height) / 2), round((w - width) / 2), height, width)


def resized_crop(
    img: Image | Tensor,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: InterpolationMode = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Any:
    """crop, then resize, whose arguments see."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def five_crop(img: Image | Tensor, size: int | Sequence[int]) -> tuple:
    """The corners and the middle: (top left, top right, bottom left, bottom right, middle).

    Raises:   ValueError: if the image is smaller than size, (height, width) or one number for both.
    """
    height, width = _pair(size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        raise ValueError(f"Requested crop size {(height, width)} is bigger than input size {(h, w)}")
    corners = [(top, left) for top in (0, h - height) for left in (0, w - width)]
    return (*(crop(img, top, left, height, width) for top, left in corners), center_crop(img, (height, width)))


def ten_crop(img: Image | Tensor, size: int | Sequence[int], vertical_flip: bool = False) -> tuple:
    """five_crop of the image, and of the flipped image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def _pair(size: Any) -> tuple[int, int]:
    if isinstance(size, numbers.Number):
        return int(size), int(size)  # type: ignore[call-overload]
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise ValueError(f"Please provide only two dimensions (h, w) for size, got {size}")
    return size[0], size[1]
