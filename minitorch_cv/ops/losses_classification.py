"""Losses of one class out of several: cross-entropy, by hand, and negative log-likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import softmax as kernels
from .arguments import as_number, check_floating, check_tensor, dtype_of_operands, to_dtype
from .class_indices import LabelledPositions, check_class_indices, check_class_weight, check_shape_of_class_weight
from .losses_base import chosen_reduction, reduced
from .sizes import as_integer
from .softmax import shifted_exponentials


@dataclass(eq=False, repr=False)
class NllLoss(Operation):
    """-weight[label] * x[label] at each position; the mean divides by the sum of those weights."""

    reduction: str
    ignore_index: int

    def forward(self, x: Array, target: Array, weight: Array | None) -> Array:
        self.input_shape, self.target, self.weight = x.shape, target, weight
        positions = LabelledPositions(x, target, weight, self.ignore_index)
        losses = np.where(positions.kept, -positions.of(x) * positions.weights, np.zeros((), x.dtype))
        self.positions = positions
        self.total_weight = positions.weights.sum()
        return losses.sum() / self.total_weight if self.reduction == "mean" else reduced(losses, self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        positions = self.positions
        grad = grad_out / self.total_weight if self.reduction == "mean" else grad_out
        grad_x = np.zeros(self.input_shape, grad_out.dtype)
        positions.add_to(grad_x, np.where(positions.kept, -grad * positions.weights, np.zeros_like(grad_out)))
        return grad_x, None, None


@dataclass(eq=False, repr=False)
class CrossEntropy(Operation):
    """The negative log-likelihood of log_softmax(x), both steps at once.

    With p = softmax(x), the gradient is p minus 1 at the label: what backward computes, times weights.
    """

    reduction: str
    ignore_index: int
    label_smoothing: float

    def name(self) -> str:
        """NllLossBackward0; with label smoothing, AddBackward0."""
        return "AddBackward0" if self.label_smoothing else "NllLossBackward0"

    def forward(self, x: Array, target: Array, weight: Array | None) -> Array:
        self.by_kernel = kernels.supports(x) and target.dtype == np.int64
        if self.by_kernel:
            losses, weights, p = kernels.cross_entropy(x, target, weight, self.ignore_index, self.label_smoothing)
            self.total_weight = weights.sum()
            if self.needs_grad[0]:
                self.target, self.weight, self.probabilities = target, weight, p
            return losses.sum() / self.total_weight if self.reduction == "mean" else reduced(losses, self.reduction)
        positions = LabelledPositions(x, target, weight, self.ignore_index)
        shifted, exponentials, total = shifted_exponentials(x, (positions.axis,))
        log_total = np.log(total)
        losses = (log_total.squeeze(positions.axis) - positions.of(shifted)) * positions.weights
        if self.label_smoothing:
            rest = self._smoothing(x, weight, positions.axis) * (log_total - shifted)
            losses = losses * x.dtype.type(1 - self.label_smoothing) + rest.sum(axis=positions.axis)
        losses = np.where(positions.kept, losses, np.zeros((), x.dtype))
        self.total_weight = positions.weights.sum()
        if self.needs_grad[0]:
            self.positions, self.target, self.weight = positions, target, weight
            self.probabilities = np.divide(exponentials, total, out=exponentials)
        return losses.sum() / self.total_weight if self.reduction == "mean" else reduced(losses, self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        grad = grad_out / self.total_weight if self.reduction == "mean" else grad_out
        if self.by_kernel:
            options = self.ignore_index, self.label_smoothing
            grad = np.broadcast_to(grad, self.target.shape)
            grad_x = kernels.cross_entropy_backward(self.probabilities, self.target, self.weight, *options, grad)
            return grad_x, None, None
        positions, p = self.positions, self.probabilities
        grad = np.where(positions.kept, grad, np.zeros_like(grad))
        by_label = grad * positions.weights
        if not self.label_smoothing:
            grad_x = p * np.expand_dims(by_label, positions.axis)
            positions.add_to(grad_x, -by_label)
            return grad_x, None, None
        by_label = by_label * p.dtype.type(1 - self.label_smoothing)
        grad = np.expand_dims(grad, positions.axis)
        smoothing = self._smoothing(p, self.weight, positions.axis)
        by_class = np.expand_dims(by_label, positions.axis) + grad * smoothing.sum()
        grad_x = p * by_class - grad * smoothing
        positions.add_to(grad_x, -by_label)
        return grad_x, None, None

    def _smoothing(self, x: Array, weight: Array | None, axis: int) -> Array:
        """What label smoothing adds to each class's weight, for all positions the same: (C, 1, ...)."""
        classes = x.shape[axis]
        weights = np.ones(classes, x.dtype) if weight is None else weight
        return (weights * x.dtype.type(self.label_smoothing / classes)).reshape(-1, *[1] * (x.ndim - axis - 1))


@dataclass(eq=False, repr=False)
class CrossEntropyOfProbabilities(Operation):
    """-sum over classes of weight * target * log_softmax(x); the mean divides by the number of positions."""

    torch_name = "DivBackward1"
    reduction: str
    label_smoothing: float

    def forward(self, x: Array, target: Array, weight: Array | None) -> Array:
        self.axis = min(x.ndim - 1, 1)
        shifted, exponentials, total = shifted_exponentials(x, (self.axis,))
        self.target, self.weight = target, weight
        self.log_p = shifted - np.log(total)
        self.probabilities = np.divide(exponentials, total, out=exponentials) if self.needs_grad[0] else None
        losses = -(self.log_p * self._weighted_target()).sum(axis=self.axis)
        self.positions = np.divide(x.size, x.shape[self.axis]).astype(x.dtype)
        return losses.sum() / self.positions if self.reduction == "mean" else reduced(losses, self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        grad = grad_out / self.positions if self.reduction == "mean" else grad_out
        grad = np.expand_dims(grad, self.axis) if self.reduction == "none" else grad
        grad_x = grad_target = grad_weight = None
        if self.needs_grad[0]:
            weighted = self._weighted_target()
            grad_x = grad * (self.probabilities * weighted.sum(axis=self.axis, keepdims=True) - weighted)
        if self.needs_grad[1]:
            grad_target = grad * -self.log_p * self._weight() * self.log_p.dtype.type(1 - self.label_smoothing)
        if self.needs_grad[2]:
            others = tuple(d for d in range(self.log_p.ndim) if d != self.axis)
            grad_weight = (grad * -self.log_p * self._smoothed_target()).sum(axis=others)
        return grad_x, grad_target, grad_weight

    def _weight(self) -> Array:
        shape = (-1, *[1] * (self.log_p.ndim - self.axis - 1))
        return np.ones((), self.log_p.dtype) if self.weight is None else self.weight.reshape(shape)

    def _smoothed_target(self) -> Array:
        number, classes = self.log_p.dtype.type, self.log_p.shape[self.axis]
        if not self.label_smoothing:
            return self.target
        return self.target * number(1 - self.label_smoothing) + number(self.label_smoothing / classes)

    def _weighted_target(self) -> Array:
        return self._smoothed_target() * self._weight()


def nll_loss(
    input: V,
    target: Variable,
    weight: Variable | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """The negative log-likelihood of the labels: -weight[label] * input[label], reduced.

    Args:     input: (C,), (N, C) or (N, C, d1, ...) log-probabilities, as log_softmax gives them.
              target: (), (N,) or (N, d1, ...) class indices, int64 or uint8.
              weight: (C,), input's dtype.
              ignore_index: positions with this label count for nothing.
              reduction: "mean" divides by the sum of the labels' weights (NaN if all are ignored); "sum", "none".
    Raises:   IndexError: for a label out of range. ValueError, RuntimeError: for shapes or dtypes that do not fit.
    """
    reduction = chosen_reduction("nll_loss", reduction, size_average, reduce)
    check_floating("nll_loss", input)
    check_tensor("nll_loss", target, "target")
    check_class_weight("nll_loss", weight, input)
    ignore_index = as_integer("nll_loss", "ignore_index", ignore_index)
    check_class_indices("nll_loss", input, target, ignore_index)
    return NllLoss(reduction, ignore_index)(input, target, weight)


def cross_entropy(
    input: V,
    target: Variable,
    weight: Variable | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> V:
    """The cross-entropy of softmax(input) with the target, reduced; finite for any finite logits.

    Args:     input: (C,), (N, C) or (N, C, d1, ...) logits.
              target: class indices, int64 or uint8: (), (N,) or (N, d1, ...); or class probabilities, input's shape.
              weight: (C,).
              ignore_index: positions with this label count for nothing; for class indices only.
              reduction: "mean" divides the sum by the sum of the labels' weights (NaN if all are ignored), or, for
                  class probabilities, by the number of positions; "sum", "none".
              label_smoothing: the share of each target that is spread evenly over all classes, 0 to 1.
    Raises:   IndexError: for a label out of range. ValueError, RuntimeError: for shapes or dtypes that do not fit.
    """
    reduction = chosen_reduction("cross_entropy", reduction, size_average, reduce)
    check_floating("cross_entropy", input)
    check_tensor("cross_entropy", target, "target")
    label_smoothing = as_number("cross_entropy", "label_smoothing", label_smoothing, "float")
    ignore_index = as_integer("cross_entropy", "ignore_index", ignore_index)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if target.shape == input.shape:
        return _of_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    check_class_weight("cross_entropy", weight, input)
    check_class_indices("cross_entropy", input, target, ignore_index)
    return CrossEntropy(reduction, ignore_index, label_smoothing)(input, target, weight)


def _of_probabilities(
    input: Variable,
    target: Variable,
    weight: Variable | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Any:
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            "cross_entropy: Expected floating point type for target with class probabilities, got "
            f"{target.dtype.tensor_type}: target has input's shape, {list(input.shape)}. For a one-hot target pass "
            "target.float(), or target.argmax(1) for class indices."
        )
    if input.ndim == 0:
        raise IndexError("cross_entropy: Dimension specified as 1 but tensor has no dimensions; expected input (N, C)")
    if ignore_index >= 0:
        raise RuntimeError("cross_entropy: ignore_index is not supported for floating point target")
    if weight is not None:
        check_shape_of_class_weight("cross_entropy", weight, input)
    operands = (input, target, weight)
    d = dtype_of_operands("cross_entropy", *(v for v in operands if v is not None))
    op = CrossEntropyOfProbabilities(reduction, label_smoothing)
    return op(*(None if v is None else to_dtype(v, d) for v in operands))
