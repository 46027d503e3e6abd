"""Labels given as class indices: checked once, before anything is indexed with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import Variable
from ..kernels.labels import outside_labels
from .arguments import check_tensor
from .known import kind, known
from .losses_base import refuse_grad


def check_class_indices(op_name: str, input: Variable, target: Variable, ignore_index: int) -> None:
    """Raise unless `target` labels each position of `input` with one of its classes, or ignore_index.

    Args:     input: (C,), (N, C) or (N, C, d1, ...).
              target: () or (1,), (N,) or (N, d1, ...), int64 or uint8.
    Raises:   ValueError, RuntimeError: for shapes that do not fit, or another dtype.
              IndexError: for a label out of range.
    """
    known(_KNOWN, (op_name, kind(input), kind(target)), lambda: _check_shape_and_dtype(op_name, input, target))
    labels, classes = target.array, input.array.shape[min(input.array.ndim - 1, 1)]
    if outside_labels(labels, classes, ignore_index):
        outside = ((labels < 0) | (labels >= classes)) & (labels != ignore_index)
        raise IndexError(
            f"Target {labels[outside][0].item()} is out of bounds. {op_name}: expected 0 <= target < {classes}, "
            f"the number of classes in input {list(input.shape)}, or ignore_index={ignore_index}."
        )


_KNOWN: dict[Any, None] = {}


def _check_shape_and_dtype(op_name: str, input: Variable, target: Variable) -> None:
    _check_shape(op_name, input.shape, target.shape)
    if target.array.dtype not in (np.int64, np.uint8):
        found = target.dtype.tensor_type
        raise RuntimeError(
            f"{op_name}: expected target dtype to be Long or Byte, but got {found} (expected scalar type Long but "
            f"found {found}). Class indices: target.long()."
            + (f" Class probabilities: in input's shape, {list(input.shape)}." if op_name == "cross_entropy" else "")
        )


def _check_shape(op_name: str, shape: tuple[int, ...], target_shape: tuple[int, ...]) -> None:
    shapes = f"input {list(shape)}, target {list(target_shape)}"
    if not shape:
        raise ValueError(f"{op_name}: Expected 1 or more dimensions (got 0)")
    if len(shape) == 1:
        if len(target_shape) == 1 and target_shape != (1,):
            raise ValueError(
                f"{op_name}: For 1D input, 1D target must have size 1, but got target size: {target_shape[0]}"
            )
    else:
        batch = target_shape[0] if target_shape else 0
        if batch != shape[0] or not target_shape:
            raise ValueError(
                f"{op_name}: Expected input batch_size ({shape[0]}) to match target batch_size ({batch}): {shapes}"
            )
    if len(shape) <= 2:
        if len(target_shape) > 1:
            raise RuntimeError(f"{op_name}: 0D or 1D target tensor expected, multi-target not supported: {shapes}")
    elif target_shape != (shape[0], *shape[2:]):
        raise RuntimeError(
            f"{op_name}: Expected target size {[shape[0], *shape[2:]]}, got {list(target_shape)}: {shapes}"
        )


def check_class_weight(op_name: str, weight: Variable | None, input: Variable) -> None:
    """Raise unless `weight` is None or has one number for each class, in input's dtype, and wants no gradient."""
    if weight is None:
        return
    check_shape_of_class_weight(op_name, weight, input)
    if weight.dtype is not input.dtype:
        raise RuntimeError(
            f"{op_name}: expected scalar type {input.dtype.tensor_type} but found {weight.dtype.tensor_type} for "
            f"weight. Convert it: weight.to({input.dtype})."
        )
    refuse_grad(op_name, "weight", weight)


def check_shape_of_class_weight(op_name: str, weight: Variable, input: Variable) -> None:
    """Raise unless `weight` has one number for each class."""
    check_tensor(op_name, weight, "weight")
    classes = input.shape[min(input.ndim - 1, 1)] if input.ndim else 0
    if weight.shape != (classes,):
        raise RuntimeError(
            f"{op_name}: weight tensor should be defined either for all {classes} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )


class LabelledPositions:
    """Checked labels made ready for indexing.

    Args:     x: (C,), (N, C) or (N, C, d1, ...).
              target: (), (1,), (N,) or (N, d1, ...).
              weight: (C,) or None.
    """

    def __init__(self, x: Array, target: Array, weight: Array | None, ignore_index: int) -> None:
        self.axis = min(x.ndim - 1, 1)  # of the classes
        labels = target.reshape(()) if x.ndim == 1 else target
        self.kept = labels != ignore_index
        self.labels = np.where(self.kept, labels, 0).astype(np.intp)  # of the positions' shape; ignored ones point at 0
        ones = self.kept.astype(x.dtype)
        # an ignored position weighs nothing even if its class's weight is infinite
        self.weights = ones if weight is None else np.where(self.kept, weight[self.labels], ones)

    def of(self, x: Array) -> Array:
        """At each position, x's number for the label."""
        return np.take_along_axis(x, np.expand_dims(self.labels, self.axis), self.axis).squeeze(self.axis)

    def add_to(self, x: Array, values: Array) -> None:
        """At each position, add a value to x's number for the label."""
        index = np.expand_dims(self.labels, self.axis)
        picked = np.take_along_axis(x, index, self.axis)
        np.put_along_axis(x, index, picked + np.expand_dims(values, self.axis), self.axis)
