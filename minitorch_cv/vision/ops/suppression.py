"""Non-maximum suppression: of boxes that overlap, the one with the highest score (torchvision.ops.boxes)."""

from __future__ import annotations

import numpy as np

from ...kernels.suppression import suppressed
from ...ops.arguments import check_floating, check_same_dtype, check_tensor
from ...ops.sorting import argsort
from ...tensors.tensor import Tensor


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """The boxes that are left if each one drops those of lower scores that overlap it.

    Overlap is box_iou, in the boxes' dtype: where it equals iou_threshold up to rounding, either may come out.

    Args:     boxes: (N, 4), "xyxy", float32 or float64.
              scores: (N,), same dtype. Of equal ones the first counts as the higher.
              iou_threshold: what overlaps more is dropped.
    Returns:  int64 indices, those of the highest scores first.
    Raises:   RuntimeError: for other shapes and dtypes.

    >>> boxes = Tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 5.0], [6.0, 0.0, 9.0, 3.0]])
    >>> nms(boxes, Tensor([0.5, 0.9, 0.7]), 0.5)
    tensor([1, 2])
    """
    return _kept("nms", boxes, scores, None, iou_threshold)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """nms within each category: boxes of different ones do not drop each other.

    torchvision moves the boxes of each category, up to a thousand of them, to a place of their own for this, which
    rounds; here they are compared as they are.

    Args:     boxes, scores, iou_threshold: as for nms.
              idxs: (N,), the category of each box.
    Returns:  int64 indices, those of the highest scores first.
    Raises:   RuntimeError: for other shapes and dtypes.
    """
    check_tensor("batched_nms", boxes, "boxes")
    check_tensor("batched_nms", idxs, "idxs")
    if not boxes.array.size:  # of whatever shape and dtype
        return Tensor.wrap(np.empty(0, np.int64))
    return _kept("batched_nms", boxes, scores, idxs, iou_threshold)


def _kept(op_name: str, boxes: Tensor, scores: Tensor, idxs: Tensor | None, iou_threshold: float) -> Tensor:
    check_floating(op_name, boxes, "boxes")
    check_floating(op_name, scores, "scores")
    check_same_dtype(op_name, boxes=boxes, scores=scores)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise RuntimeError(f"{op_name}: expected boxes (N, 4), got {list(boxes.shape)}")
    for name, values in (("scores", scores), ("idxs", idxs)):
        if values is not None and tuple(values.shape) != (len(boxes),):
            raise RuntimeError(
                f"{op_name}: expected {name} ({len(boxes)},), one for each of the boxes {list(boxes.shape)}, got "
                f"{list(values.shape)}"
            )
    order = argsort(scores.detach(), 0, descending=True, stable=True).array
    groups = np.zeros(len(boxes), np.int64) if idxs is None else np.unique(idxs.array, return_inverse=True)[1]
    return Tensor.wrap(order[~suppressed(boxes.array, order, groups, iou_threshold)[order]])
