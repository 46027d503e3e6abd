"""How much boxes overlap: intersection over union, and two measures that tell boxes apart that do not touch."""

from __future__ import annotations

from ...ops.choosing import maximum, minimum
from ...tensors.tensor import Tensor
from .box_arguments import FORMATS, check_boxes, refuse_rotated, upcast
from .boxes import box_area


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """The area of the intersection of every two boxes over that of their union (the Jaccard index).

    Args:     boxes1, boxes2: (..., N, 4), or one box (4,), and (..., M, 4).
              fmt: "xyxy", "xywh" or "cxcywh".
    Returns:  (..., N, M); NaN for two boxes without area.
    Raises:   ValueError: for another format, and boxes of another shape. NotImplementedError: for rotated boxes.
              IndexError: for one box as boxes2.
    """
    refuse_rotated("box_iou", fmt)
    if fmt not in FORMATS:
        raise ValueError(f"Unsupported format '{fmt}'. box_iou supports {', '.join(FORMATS)}")
    intersection, union = _intersection_and_union("box_iou", boxes1, boxes2, fmt)
    return intersection / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """box_iou less the share of the smallest box around both that neither covers: from -1, far apart, to 1, the same.

    Args:     boxes1, boxes2: (..., N, 4), or one box (4,), and (..., M, 4), "xyxy".
    Returns:  (..., N, M).
    Raises:   ValueError: for boxes of another shape. IndexError: for one box as boxes2.
    Source:   Rezatofighi et al. 2019, "Generalized intersection over union".
    """
    intersection, union = _intersection_and_union("generalized_box_iou", boxes1, boxes2, "xyxy")
    sides = _sides_around(boxes1, boxes2)
    area = sides[..., 0] * sides[..., 1]
    return intersection / union - (area - union) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """box_iou less the squared distance of the centres over the squared diagonal of the smallest box around both.

    Args:     boxes1, boxes2: (..., N, 4), or one box (4,), and (..., M, 4), "xyxy".
              eps: added to the diagonal's square.
    Returns:  (..., N, M).
    Raises:   ValueError: for boxes of another shape. IndexError: for one box as boxes2.
    Source:   Zheng et al. 2020, "Distance-IoU loss".
    """
    _check_sets("distance_box_iou", boxes1, boxes2)
    boxes1, boxes2 = upcast(boxes1), upcast(boxes2)
    diagonal = (_sides_around(boxes1, boxes2) ** 2).sum(-1) + eps
    one, two = ((boxes[..., :2] + boxes[..., 2:]) / 2 for boxes in (boxes1, boxes2))
    distance = ((one[..., None, :] - two[..., None, :, :]) ** 2).sum(-1)
    return box_iou(boxes1, boxes2) - distance / diagonal


def _check_sets(op_name: str, boxes1: Tensor, boxes2: Tensor) -> None:
    check_boxes(op_name, boxes1, "boxes1")
    check_boxes(op_name, boxes2, "boxes2")
    if boxes2.ndim < 2:
        raise IndexError(f"{op_name}: expected boxes2 (..., N, 4), got one box: give it as boxes2[None]")


def _intersection_and_union(op_name: str, boxes1: Tensor, boxes2: Tensor, fmt: str) -> tuple[Tensor, Tensor]:
    """The areas (..., N, M) that two boxes have in common, and that they cover together."""
    _check_sets(op_name, boxes1, boxes2)
    (first1, last1), (first2, last2) = _corners(boxes1, fmt), _corners(boxes2, fmt)
    first = maximum(first1[..., None, :], first2[..., None, :, :])  # (..., N, M, 2)
    last = minimum(last1[..., None, :], last2[..., None, :, :])
    sides = upcast(last - first).clamp(min=0)
    intersection = sides[..., 0] * sides[..., 1]
    return intersection, box_area(boxes1, fmt)[..., None] + box_area(boxes2, fmt)[..., None, :] - intersection


def _corners(boxes: Tensor, fmt: str) -> tuple[Tensor, Tensor]:
    """The upper left and the lower right corners, (..., 2) each."""
    start, rest = boxes[..., :2], boxes[..., 2:]
    if fmt == "xyxy":
        return start, rest
    return (start, start + rest) if fmt == "xywh" else (start - rest / 2, start + rest / 2)


def _sides_around(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Width and height of the smallest box around two: (..., N, M, 2)."""
    first = minimum(boxes1[..., None, :2], boxes2[..., None, :, :2])
    last = maximum(boxes1[..., None, 2:], boxes2[..., None, :, 2:])
    return upcast(last - first).clamp(min=0)
