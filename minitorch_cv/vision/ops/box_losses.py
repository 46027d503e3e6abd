"""Losses of boxes, each against the one that it should be: 1 less how well they overlap."""

from __future__ import annotations

import numpy as np

from ...ops.choosing import maximum, minimum, where
from ...tensors.tensor import Tensor
from ...types import dtype as dt
from .box_arguments import check_boxes
from .loss_reduction import check_reduction, reduced


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 less the generalized IoU of each box and its partner: see generalized_box_iou.

    Args:     boxes1, boxes2: (N, 4) or (4,), "xyxy"; one box against many, too.
              reduction: "none", "mean" (0 if there are no boxes) or "sum".
              eps: added to the areas that are divided by.
    Raises:   ValueError: for another reduction, and boxes of another shape. RuntimeError: for other numbers of boxes.
    Source:   Rezatofighi et al. 2019, "Generalized intersection over union".
    """
    check_reduction(reduction)
    one, two = _pair("generalized_box_iou_loss", boxes1, boxes2)
    intersection, union = _intersection_and_union(one, two)
    w, h = _sides_around(one, two)
    area = w * h
    loss = 1 - (intersection / (union + eps) - (area - union) / (area + eps))
    return reduced(loss, reduction, of_none=0.0)


def distance_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 less the distance IoU of each box and its partner: see distance_box_iou.

    Args:     boxes1, boxes2: (N, 4) or (4,), "xyxy"; one box against many, too.
              reduction: "none", "mean" (0 if there are no boxes) or "sum".
              eps: added to what is divided by.
    Raises:   ValueError: for another reduction, and boxes of another shape. RuntimeError: for other numbers of boxes.
    Source:   Zheng et al. 2020, "Distance-IoU loss".
    """
    check_reduction(reduction)
    one, two = _pair("distance_box_iou_loss", boxes1, boxes2)
    intersection, union = _intersection_and_union(one, two)
    w, h = _sides_around(one, two)
    diagonal = w**2 + h**2 + eps
    (x1, y1, x2, y2), (x3, y3, x4, y4) = one, two
    distance = ((x2 + x1) / 2 - (x3 + x4) / 2) ** 2 + ((y2 + y1) / 2 - (y3 + y4) / 2) ** 2
    return reduced(1 - intersection / (union + eps) + distance / diagonal, reduction, of_none=0.0)


def _pair(op_name: str, boxes1: Tensor, boxes2: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The four coordinates of each, as floats."""
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        check_boxes(op_name, boxes, name)
    try:
        np.broadcast_shapes(boxes1.shape, boxes2.shape)
    except ValueError:
        raise RuntimeError(
            f"{op_name}: expected as many boxes1 as boxes2, or one, got {list(boxes1.shape)} and {list(boxes2.shape)}"
        ) from None
    one, two = (b if b.dtype in (dt.float32, dt.float64) else b.float() for b in (boxes1, boxes2))
    return one.unbind(-1), two.unbind(-1)


def _intersection_and_union(one: tuple[Tensor, ...], two: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    (x1, y1, x2, y2), (x3, y3, x4, y4) = one, two
    w, h = minimum(x2, x4) - maximum(x1, x3), minimum(y2, y4) - maximum(y1, y3)
    intersection = where((w > 0) & (h > 0), w * h, 0.0)
    return intersection, (x2 - x1) * (y2 - y1) + (x4 - x3) * (y4 - y3) - intersection


def _sides_around(one: tuple[Tensor, ...], two: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    """Width and height of the smallest box around two."""
    (x1, y1, x2, y2), (x3, y3, x4, y4) = one, two
    return maximum(x2, x4) - minimum(x1, x3), maximum(y2, y4) - minimum(y1, y3)
