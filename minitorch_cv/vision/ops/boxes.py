"""Boxes: their areas, formats and corners, and which are large enough (torchvision.ops.boxes).

A box is four numbers in the last dimension, as its format says: "xyxy", two corners; "xywh", a corner, width and
height; "cxcywh", the centre, width and height. Where none is said it is "xyxy" with x1 < x2 and y1 < y2.
"""

from __future__ import annotations

from ...ops.choosing import where
from ...ops.joining import stack
from ...tensors.creation import zeros
from ...tensors.tensor import Tensor
from .box_arguments import FORMATS, check_boxes, refuse_rotated, upcast


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """The areas (...) of boxes (..., 4).

    Raises:   ValueError: for another format, and boxes of another shape.
    """
    if fmt not in FORMATS:
        raise ValueError(
            f"Unsupported Bounding Box area for given format {fmt}; box_area supports {', '.join(FORMATS)}"
        )
    check_boxes("box_area", boxes, or_more=True)
    boxes = upcast(boxes)
    if fmt == "xyxy":
        return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return boxes[..., 2] * boxes[..., 3]


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Boxes (..., 4) in another format; a copy if it is the same.

    Args:     in_fmt, out_fmt: "xyxy", "xywh" or "cxcywh".
    Raises:   ValueError: for other formats, and boxes of another shape. NotImplementedError: for rotated boxes.

    >>> box_convert(Tensor([[1.0, 2.0, 5.0, 8.0]]), "xyxy", "cxcywh")
    tensor([[3., 5., 4., 6.]])
    """
    refuse_rotated("box_convert", in_fmt, out_fmt)
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError(
            f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}; box_convert "
            f"supports {', '.join(FORMATS)}"
        )
    check_boxes("box_convert", boxes)
    if in_fmt == out_fmt:
        return boxes.clone()
    return _from_corners(_to_corners(boxes, in_fmt), out_fmt)


def _to_corners(boxes: Tensor, fmt: str) -> Tensor:
    if fmt == "xyxy":
        return boxes
    x, y, w, h = boxes.unbind(-1)
    if fmt == "xywh":
        return stack((x, y, x + w, y + h), -1)
    return stack((x - 0.5 * w, y - 0.5 * h, x + 0.5 * w, y + 0.5 * h), -1)


def _from_corners(boxes: Tensor, fmt: str) -> Tensor:
    if fmt == "xyxy":
        return boxes
    x1, y1, x2, y2 = boxes.unbind(-1)
    if fmt == "xywh":
        return stack((x1, y1, x2 - x1, y2 - y1), -1)
    return stack(((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1), -1)


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes (..., 4) with what sticks out of an image cut off.

    Args:     size: height and width of the image.
    Raises:   ValueError: for boxes of another shape.
    """
    check_boxes("clip_boxes_to_image", boxes)
    height, width = size
    x, y = boxes[..., 0::2].clamp(min=0, max=width), boxes[..., 1::2].clamp(min=0, max=height)
    return stack((x, y), boxes.ndim).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The int64 indices, in their order, of those boxes (N, 4) of which no side is smaller than min_size.

    Raises:   ValueError: for boxes of another shape.
    """
    check_boxes("remove_small_boxes", boxes, or_more=True)
    w, h = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    return where((w >= min_size) & (h >= min_size))[0]


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The smallest boxes around what is not zero in masks.

    The corners are the first and the last row and column themselves: a mask of one pixel gives x1 = x2.

    Args:     masks: (N, H, W), any dtype.
    Returns:  (N, 4) float32; zeros for a mask of zeros.
    Raises:   ValueError: for masks of another shape.
    """
    if masks.ndim != 3 and masks.numel():
        raise ValueError(f"masks_to_boxes: expected masks (N, H, W), got {list(masks.shape)}")
    if masks.numel() == 0:
        return zeros(0, 4)
    height, width = masks.shape[1:]
    filled = masks.bool()
    rows, columns = filled.any(dim=2), filled.any(dim=1)
    x1, y1 = columns.int().argmax(dim=1), rows.int().argmax(dim=1)
    x2 = width - 1 - columns.flip(1).int().argmax(dim=1)
    y2 = height - 1 - rows.flip(1).int().argmax(dim=1)
    boxes: Tensor = stack((x1, y1, x2, y2), 1).float()
    boxes[~rows.any(dim=1)] = 0
    return boxes
