"""Losses of yes-or-no labels: binary cross-entropy of probabilities and of logits, soft margin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import broadcast_shape, check_floating, check_tensor, promote, to_dtype, unbroadcast
from .logistic import sigmoid, softplus
from .losses_base import ElementwiseLoss, chosen_reduction, reduced, refuse_grad, spread


class BinaryCrossEntropy(ElementwiseLoss):
    """-(target log(x) + (1 - target) log(1 - x)), the logarithms cut off at -100, times an optional weight."""

    def value(self, x: Array, target: Array, weight: Array | None) -> Array:
        losses = (target - 1) * np.maximum(np.log1p(-x), -100) - target * np.maximum(np.log(x), -100)
        return losses if weight is None else losses * weight

    def slope(self, position: int, x: Array, target: Array, weight: Array | None) -> Array:
        if position == 0:
            slope = (x - target) / np.maximum((1 - x) * x, x.dtype.type(1e-12))
        else:
            slope = np.log1p(-x) - np.log(x)
        return slope if weight is None else slope * weight


class BinaryCrossEntropyWithLogits(ElementwiseLoss):
    """BinaryCrossEntropy of sigmoid(x), its log(x) term times an optional pos_weight."""

    def value(self, x: Array, target: Array, weight: Array | None, pos_weight: Array | None) -> Array:
        factor = 1 if pos_weight is None else 1 + (pos_weight - 1) * target
        losses = (1 - target) * x + factor * softplus(-x)
        return losses if weight is None else losses * weight

    def slope(self, position: int, x: Array, target: Array, weight: Array | None, pos_weight: Array | None) -> Array:
        if position == 1:
            slope = -x if pos_weight is None else (pos_weight - 1) * softplus(-x) - x
        elif pos_weight is None:
            slope = sigmoid(x) - target
        else:
            slope = (pos_weight * target + 1 - target) * sigmoid(x) - pos_weight * target
        return slope if weight is None else slope * weight


class SoftMarginLoss(ElementwiseLoss):
    """log(1 + exp(-target x)); finite also where PyTorch's exp overflows."""

    def value(self, x: Array, target: Array) -> Array:
        return softplus(-target * x)

    def slope(self, position: int, x: Array, target: Array) -> Array:
        return -target * sigmoid(-target * x)


@dataclass(eq=False, repr=False)
class MultilabelSoftMarginLoss(Operation):
    """Binary cross-entropy of logits, averaged over the classes, which are the last dimension, then reduced."""

    reduction: str

    def name(self) -> str:
        """That of the last of the operations of which PyTorch composes it."""
        return {"none": "DivBackward0", "sum": "SumBackward0", "mean": "MeanBackward0"}[self.reduction]

    def forward(self, x: Array, target: Array, weight: Array | None) -> Array:
        self.x, self.target, self.weight = x, target, weight
        self.weight_shape = () if weight is None else weight.shape
        losses = self._losses() if weight is None else self._losses() * weight
        self.axis = x.ndim - 1  # the input's last dimension, also where the target has more
        self.shape = losses.shape
        return reduced(losses.sum(axis=self.axis) / self._classes(), self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        x, target, weight = self.x, self.target, self.weight
        row_shape = self.shape[: self.axis] + self.shape[self.axis + 1 :]
        rows = spread(grad_out, self.reduction, int(np.prod(row_shape)))
        grad = np.expand_dims(np.broadcast_to(rows, row_shape) / self._classes(), self.axis)
        weighted = grad if weight is None else grad * weight
        return (
            unbroadcast(weighted * ((1 - target) * sigmoid(x) - target * sigmoid(-x)), x.shape),
            unbroadcast(weighted * -x, target.shape) if self.needs_grad[1] else None,
            unbroadcast(grad * self._losses(), self.weight_shape) if self.needs_grad[2] else None,
        )

    def _losses(self) -> Array:
        return self.target * softplus(-self.x) + (1 - self.target) * softplus(self.x)

    def _classes(self) -> Array:
        return np.asarray(self.x.shape[-1], self.x.dtype)


def _fitting_weight(op_name: str, arg_name: str, weight: Variable | None, input: Variable) -> Variable | None:
    """A weight that broadcasts to the input's shape, in its dtype."""
    if weight is None:
        return None
    check_tensor(op_name, weight, arg_name)
    refuse_grad(op_name, arg_name, weight)
    shape = broadcast_shape(op_name, weight.shape, input.shape)
    if shape != tuple(input.shape):
        raise RuntimeError(
            f"{op_name}: output with shape {list(input.shape)} doesn't match the broadcast shape {list(shape)}; "
            f"{arg_name} has shape {list(weight.shape)}, which must broadcast to that of the input"
        )
    return to_dtype(weight, input.dtype)


def _check_probabilities(op_name: str, arg_name: str, x: Variable) -> None:
    outside = ~((x.array >= 0) & (x.array <= 1))
    if outside.any():
        raise RuntimeError(
            f"{op_name}: all elements of {arg_name} should be between 0 and 1, got {x.array[outside][0].item()}."
            + (" For logits use binary_cross_entropy_with_logits." if arg_name == "input" else "")
        )


def binary_cross_entropy(
    input: V,
    target: Variable,
    weight: Variable | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """-(target log(input) + (1 - target) log(1 - input)), the logarithms at least -100, reduced.

    Args:     input, target: in [0, 1], of one shape and dtype.
              weight: multiplies the losses, broadcast to their shape.
    Raises:   ValueError: if the shapes differ. RuntimeError: for numbers outside [0, 1], and if the dtypes differ.
    """
    reduction = chosen_reduction("binary_cross_entropy", reduction, size_average, reduce)
    check_floating("binary_cross_entropy", input)
    check_tensor("binary_cross_entropy", target, "target")
    if target.shape != input.shape:
        raise ValueError(
            f"binary_cross_entropy: Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
        )
    if target.dtype is not input.dtype:
        raise RuntimeError(
            f"binary_cross_entropy: Found dtype {target.dtype.tensor_type} but expected {input.dtype.tensor_type}. "
            f"Convert the target: target.to({input.dtype})."
        )
    weight = _fitting_weight("binary_cross_entropy", "weight", weight, input)
    _check_probabilities("binary_cross_entropy", "input", input)
    _check_probabilities("binary_cross_entropy", "target", target)
    return BinaryCrossEntropy(reduction)(input, target, weight)


def binary_cross_entropy_with_logits(
    input: V,
    target: Variable,
    weight: Variable | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Variable | None = None,
) -> V:
    """Binary_cross_entropy of sigmoid(input), computed without overflow.

    Args:     input: logits.
              target: float, of input's shape.
              weight: multiplies the losses, broadcast to their shape.
              pos_weight: multiplies their target * log(sigmoid(input)) term: above 1 it raises the recall.
    Raises:   ValueError: if the shapes differ. RuntimeError: for a target that is not float.
    """
    op_name = "binary_cross_entropy_with_logits"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    check_floating(op_name, input)
    check_tensor(op_name, target, "target")
    if target.shape != input.shape:
        raise ValueError(
            f"{op_name}: Target size ({target.shape}) must be the same as input size ({input.shape}). "
            "For class indices use cross_entropy; a lone last dimension goes with squeeze(1)."
        )
    if not target.dtype.is_floating_point:
        raise RuntimeError(
            f"{op_name}: result type {input.dtype.tensor_type} can't be cast to the desired output type "
            f"{target.dtype.tensor_type}. Convert the target: target.float()."
        )
    check_floating(op_name, target, "target")
    x = to_dtype(input, target.dtype)  # as in PyTorch, the target's dtype is the result's
    return BinaryCrossEntropyWithLogits(reduction)(
        x, target, _fitting_weight(op_name, "weight", weight, x), _fitting_weight(op_name, "pos_weight", pos_weight, x)
    )


def soft_margin_loss(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """log(1 + exp(-target * input)), reduced.

    Args:     input: logits.
              target: 1 or -1, broadcast with input.
    """
    reduction = chosen_reduction("soft_margin_loss", reduction, size_average, reduce)
    check_floating("soft_margin_loss", input)
    check_tensor("soft_margin_loss", target, "target")
    refuse_grad("soft_margin_loss", "target", target)
    broadcast_shape("soft_margin_loss", input.shape, target.shape)
    return SoftMarginLoss(reduction)(input, to_dtype(target, input.dtype))


def multilabel_soft_margin_loss(
    input: V,
    target: Variable,
    weight: Variable | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """Binary cross-entropy of sigmoid(input) with each class's label, averaged over the classes, reduced.

    Args:     input: (N, C) logits; the classes are the last dimension.
              target: (N, C) of 0 and 1.
              weight: (C,).
    Returns:  for reduction="none" (N,).
    Raises:   IndexError: if input has no dimensions.
    """
    op_name = "multilabel_soft_margin_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    check_floating(op_name, input)
    check_tensor(op_name, target, "target")
    if input.ndim == 0:
        raise IndexError(f"{op_name}: Dimension specified as -1 but tensor has no dimensions; expected input (N, C)")
    if weight is None:
        return MultilabelSoftMarginLoss(reduction)(*promote(op_name, input, target), None)
    check_tensor(op_name, weight, "weight")
    return MultilabelSoftMarginLoss(reduction)(*promote(op_name, input, target, weight))
