"""Pictures of batches: grids, image files, boxes and masks drawn onto images (torchvision.utils)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..autograd.grad_mode import no_grad
from ..ops.joining import cat, stack
from ..tensors.creation import from_numpy
from ..tensors.tensor import Tensor
from ..types.dtype import bool_, uint8

Color = str | tuple[int, int, int]
Colors = list[Color] | Color | None

_NO_ROUNDING_UP = 1e-3  # 1.0 becomes 255: floats are multiplied by a little less than 256, and cut off


@no_grad()
def make_grid(
    tensor: Tensor | list[Tensor],
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[int, int] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """The images of a batch in rows, as one image.

    Args:     tensor: (N, C, H, W), a list of images (C, H, W), or one image, (C, H, W) or (H, W). Grey ones become RGB.
              nrow: images in a row.
              padding: pixels around each image.
              normalize: shift and scale numbers to [0, 1].
              value_range: what becomes 0 and 1; the least and the largest number by default.
              scale_each: for each image by itself.
              pad_value: of the pixels around.
    Returns:  (C, height, width); one image alone comes back without padding.
    Raises:   TypeError: if it is neither a tensor nor a list of tensors, or value_range is no tuple.
    """
    if isinstance(tensor, list):
        for image in tensor:
            if not isinstance(image, Tensor):
                raise TypeError(f"tensor or list of tensors expected, got a list containing {type(image)}")
        tensor = stack(tuple(tensor), 0)  # type: ignore[assignment]
    if not isinstance(tensor, Tensor):
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
    images = tensor
    if images.ndim == 2:
        images = images.unsqueeze(0)
    if images.ndim == 3:
        images = images.unsqueeze(0)
    if images.ndim != 4:
        raise ValueError(
            f"make_grid: expected images (N, C, H, W), (C, H, W) or (H, W), or a list of (C, H, W); got "
            f"{tuple(tensor.shape)}"
        )
    if images.size(1) == 1:
        images = cat((images, images, images), 1)  # type: ignore[assignment]
    if normalize:
        images = _normalized(images, value_range, scale_each)
    if images.size(0) == 1:
        return images.squeeze(0)

    count, channels, height, width = images.shape
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    grid = images.new_full(
        (channels, rows * (height + padding) + padding, columns * (width + padding) + padding), pad_value
    )
    for k in range(count):
        top = k // columns * (height + padding) + padding
        left = k % columns * (width + padding) + padding
        grid[:, top : top + height, left : left + width] = images[k]
    return grid


def _normalized(images: Tensor, value_range: tuple[float, float] | None, scale_each: bool) -> Tensor:
    """Copies of the images with numbers from 0 to 1."""
    if value_range is not None and not isinstance(value_range, tuple):
        raise TypeError("value_range has to be a tuple (min, max) if specified. min and max are numbers")
    images = images.clone()
    for part in images if scale_each else [images]:
        low, high = value_range or (float(part.min()), float(part.max()))
        part.clamp_(min=low, max=high).sub_(low).div_(max(high - low, 1e-5))
    return images


@no_grad()
def save_image(
    tensor: Tensor | list[Tensor], fp: str | Path | BinaryIO, format: str | None = None, **kwargs: Any
) -> None:
    """Write an image, or a batch as a grid, into a file.

    Args:     tensor: as make_grid takes it, floats in [0, 1].
              fp: path, or a file open for writing.
              format: as Pillow names it; by default what the path's ending says.
              kwargs: make_grid's.
    Raises:   ValueError, OSError: if Pillow cannot tell the format, or cannot write it.
    """
    from PIL import Image

    grid = make_grid(tensor, **kwargs)
    pixels = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0).to("cpu", uint8).numpy()
    Image.fromarray(np.ascontiguousarray(pixels)).save(fp, format=format)


@no_grad()
def draw_bounding_boxes(
    image: Tensor,
    boxes: Tensor,
    labels: list[str] | None = None,
    colors: Colors = None,
    fill: bool | None = False,
    width: int = 1,
    font: str | None = None,
    font_size: int | None = None,
    label_colors: Colors = None,
    label_background_colors: Colors = None,
    fill_labels: bool = False,
) -> Tensor:
    """An RGB image with boxes, and labels, drawn onto it by Pillow.

    Args:     image: (C, H, W) with 1 or 3 channels, uint8, or floats in [0, 1].
              boxes: (N, 4) of (xmin, ymin, xmax, ymax), in pixels.
              labels: for each box.
              colors: one for all boxes or a list: names or "#rrggbb", or (red, green, blue) in 0..255.
              fill: whether boxes are filled, transparently.
              width: of the lines, in pixels.
              font: a TrueType file for the labels, and `font_size` its size in points; 10 by default.
              label_colors: of the labels, the boxes' by default.
              label_background_colors: with `fill_labels`, of the boxes around labels; the boxes' colours by default.
              fill_labels: whether labels have a background; they are black by default then.
    Returns:  (3, H, W), of the image's dtype; the image itself, with a warning, if there are no boxes.
    Raises:   TypeError, ValueError: for an image or boxes of another kind, or too few labels or colours.
    """
    from PIL import Image, ImageDraw, ImageFont

    _check_image(image)
    if boxes.ndim != 2 or boxes.size(-1) != 4:
        raise ValueError(f"draw_bounding_boxes: expected boxes (N, 4), got {tuple(boxes.shape)}")
    if (boxes[:, 0] > boxes[:, 2]).any() or (boxes[:, 1] > boxes[:, 3]).any():
        raise ValueError(
            "Boxes need to be in (xmin, ymin, xmax, ymax) format: xmax is not less than xmin, ymax not less than ymin"
        )
    count = len(boxes)
    if count == 0:
        warnings.warn("boxes doesn't contain any box. No box was drawn")
        return image
    if labels is not None and len(labels) != count:
        raise ValueError(
            f"Number of boxes ({count}) and labels ({len(labels)}) mismatch. Please specify labels for each box."
        )
    box_colors = _parse_colors(colors, count)
    text_colors = _parse_colors(label_colors or "black", count) if label_colors or fill_labels else box_colors
    backgrounds = _parse_colors(label_background_colors, count) if label_background_colors else box_colors
    if font is None:
        if font_size is not None:
            warnings.warn("Argument 'font_size' will be ignored since 'font' is not set.")
        text_font: Any = ImageFont.load_default()
    else:
        text_font = ImageFont.truetype(font=font, size=font_size or 10)

    picture = Image.fromarray(_rgb_pixels(image))
    draw = ImageDraw.Draw(picture, "RGBA" if fill else None)
    corners = boxes.array.astype(np.int64).tolist()
    texts: Sequence[str | None] = labels or [None] * count
    for box, color, label, text_color, background in zip(corners, box_colors, texts, text_colors, backgrounds):
        draw.rectangle(box, width=width, outline=color, fill=(*color, 100) if fill else None)
        if label is not None:
            place = (box[0] + width + 1, box[1] + width + 1)
            if fill_labels:
                left, top, right, bottom = draw.textbbox(place, label, font=text_font)
                draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=background)
            draw.text(place, label, fill=text_color, font=text_font)
    drawn = from_numpy(np.array(picture)).permute(2, 0, 1)
    return drawn.to(image.dtype).mul_(1 / 255) if image.dtype.is_floating_point else drawn


@no_grad()
def draw_segmentation_masks(image: Tensor, masks: Tensor, alpha: float = 0.8, colors: Colors = None) -> Tensor:
    """An RGB image with masks blended onto it.

    Args:     image: (3, H, W), uint8, or floats in [0, 1].
              masks: (N, H, W) or (H, W), bool. Pixels in more than one of them become black.
              alpha: how much of the mask one sees, from 0 to 1.
              colors: one for all masks or a list; see draw_bounding_boxes.
    Returns:  (3, H, W), of the image's dtype; the image itself, with a warning, if there are no masks.
    Raises:   TypeError, ValueError: for an image or masks of another kind, or too few colours.
    """
    _check_image(image, (3,))
    if masks.ndim == 2:
        masks = masks.unsqueeze(0)
    if masks.ndim != 3:
        raise ValueError("masks must be of shape (H, W) or (batch_size, H, W)")
    if masks.dtype is not bool_:
        raise ValueError(f"The masks must be of dtype bool. Got {masks.dtype}")
    if masks.shape[-2:] != image.shape[-2:]:
        raise ValueError("The image and the masks must have the same height and width")
    if not len(masks):
        warnings.warn("masks doesn't contain any mask. No mask was drawn")
        return image
    scale = 1 / 255 if image.dtype.is_floating_point else 1
    painted = image.array.copy()
    for mask, color in zip(masks.array, _parse_colors(colors, len(masks))):
        painted[:, mask] = np.multiply(color, scale, dtype=np.float64).astype(painted.dtype)[:, None]
    painted[:, masks.array.sum(axis=0) > 1] = 0
    return (image * (1 - alpha) + Tensor.wrap(painted) * alpha).to(image.dtype)


def _check_image(image: Any, channels: Sequence[int] = (1, 3)) -> None:
    if not isinstance(image, Tensor):
        raise TypeError(f"Tensor expected, got {type(image)}")
    if image.dtype is not uint8 and not image.dtype.is_floating_point:
        raise ValueError(f"The image dtype must be uint8 or float, got {image.dtype}")
    if image.ndim != 3:
        raise ValueError("Pass individual images, not batches")
    if image.size(0) not in channels:
        expected = "grayscale and RGB" if 1 in channels else "RGB"
        raise ValueError(f"Only {expected} images are supported, got {image.size(0)} channels")


def _rgb_pixels(image: Tensor) -> np.ndarray:
    """(H, W, 3) uint8."""
    pixels = image.array.transpose(1, 2, 0)
    if pixels.dtype != np.uint8:
        pixels = (pixels * pixels.dtype.type(256 - _NO_ROUNDING_UP)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def _parse_colors(colors: Colors, count: int) -> list[tuple[int, ...]]:
    """(red, green, blue) for each of `count` things; a palette's if None."""
    from PIL import ImageColor

    if colors is None:
        palette = np.array([2**25 - 1, 2**15 - 1, 2**21 - 1])
        return [tuple((i * palette % 255).tolist()) for i in range(count)]
    if isinstance(colors, list):
        if len(colors) < count:
            raise ValueError(
                f"Number of colors must be equal or larger than the number of objects, but got {len(colors)} < {count}."
            )
    elif not isinstance(colors, (tuple, str)):
        raise ValueError(f"colors must be a tuple or a string, or a list thereof, but got {colors}.")
    elif isinstance(colors, tuple) and len(colors) != 3:
        raise ValueError(f"If passed as tuple, colors should be an RGB triplet, but got {colors}.")
    else:
        colors = [colors] * count
    return [ImageColor.getrgb(color) if isinstance(color, str) else color for color in colors[:count]]
