"""What the operations on boxes do with their arguments first."""

from __future__ import annotations

from typing import Any

from ...ops.arguments import check_tensor
from ...tensors.tensor import Tensor
from ...types import dtype as dt

FORMATS = ("xyxy", "xywh", "cxcywh")
ROTATED = ("xywhr", "cxcywhr", "xyxyxyxy")


def check_boxes(op_name: str, boxes: Any, arg_name: str = "boxes", or_more: bool = False) -> None:
    """Raise unless it is a tensor (..., 4).

    Args:     or_more: whether more numbers, such as a score, may stand behind the four.
    """
    check_tensor(op_name, boxes, arg_name)
    columns = boxes.shape[-1] if boxes.ndim else 0
    if columns != 4 and not (or_more and columns > 4):
        raise ValueError(
            f"{op_name}: expected {arg_name} (..., 4), four numbers for each box in the last dimension, got "
            f"{list(boxes.shape)}"
        )


def refuse_rotated(op_name: str, *formats: str) -> None:
    """Raise for torchvision's formats of rotated boxes, which are not here."""
    for fmt in formats:
        if fmt in ROTATED:
            raise NotImplementedError(
                f"{op_name}: rotated boxes ({fmt}) are not supported; supported are {', '.join(FORMATS)}"
            )


def upcast(numbers: Tensor) -> Tensor:
    """Float16 as float32, small integers as int32: products of them would overflow."""
    if numbers.is_floating_point():
        return numbers if numbers.dtype in (dt.float32, dt.float64) else numbers.float()
    return numbers if numbers.dtype in (dt.int32, dt.int64) else numbers.int()
