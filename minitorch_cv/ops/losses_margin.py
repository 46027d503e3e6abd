"""Losses that ask for a margin: hinge embedding, margin ranking, multi-class and multi-label margin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import as_number, broadcast_shape, check_floating, check_tensor, promote_floating
from .losses_base import ReducedLoss, chosen_reduction, reduced, refuse_grad, spread


@dataclass(eq=False, repr=False)
class HingeEmbeddingLoss(ReducedLoss):
    """x where target is 1, max(0, margin - x) where it is -1, the sum of both elsewhere."""

    margin: float

    def value(self, x: Array, target: Array) -> Array:
        zero = np.zeros((), x.dtype)
        apart = np.maximum(x.dtype.type(self.margin) - x, 0)
        return np.where(target != -1, x, zero) + np.where(target != 1, apart, zero)

    def slope(self, position: int, x: Array, target: Array) -> Array:
        apart = (target != 1) & (x.dtype.type(self.margin) - x >= 0)
        return (target != -1).astype(x.dtype) - apart.astype(x.dtype)


@dataclass(eq=False, repr=False)
class MarginRankingLoss(ReducedLoss):
    """max(0, margin - target (x1 - x2))."""

    margin: float

    def value(self, x1: Array, x2: Array, target: Array) -> Array:
        return np.maximum(self._shortfall(x1, x2, target), 0)

    def slope(self, position: int, x1: Array, x2: Array, target: Array) -> Array:
        counts = self._shortfall(x1, x2, target) >= 0
        return counts * (-target if position == 0 else target if position == 1 else x2 - x1)

    def _shortfall(self, x1: Array, x2: Array, target: Array) -> Array:
        return x1.dtype.type(self.margin) - target * (x1 - x2)


@dataclass(eq=False, repr=False)
class MultiMarginLoss(Operation):
    """The mean over the other classes of max(0, margin - x[label] + x[other]) ** p, times weight[label], reduced."""

    reduction: str
    p: int
    margin: float

    def forward(self, x: Array, target: Array, weight: Array | None) -> Array:
        self.x, self.target, self.weight = x, target, weight
        rows, labels = x.reshape(-1, x.shape[-1] if x.ndim else 1), target.reshape(-1)
        self.each = np.arange(len(rows)), labels
        shortfall = x.dtype.type(self.margin) - rows[self.each][:, None] + rows
        # only what is greater than 0 counts, which NaN is not
        self.shortfall = np.where(shortfall > 0, shortfall, np.zeros((), x.dtype))
        self.shortfall[self.each] = 0
        losses = self.shortfall.sum(axis=1) if self.p == 1 else (self.shortfall * self.shortfall).sum(axis=1)
        self.factor = np.full(len(rows), 1 / rows.shape[1], x.dtype)
        if weight is not None:
            self.factor *= weight[labels]
        return reduced((losses * self.factor).reshape(target.shape), self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        grad = spread(grad_out, self.reduction, len(self.factor)).reshape(-1) * self.factor
        slope = (self.shortfall > 0).astype(grad_out.dtype) if self.p == 1 else 2 * self.shortfall
        grad_x = grad[:, None] * slope
        grad_x[self.each] = -grad_x.sum(axis=1)
        return grad_x.reshape(self.x.shape), None, None


@dataclass(eq=False, repr=False)
class MultilabelMarginLoss(Operation):
    """The sum over labels y and classes c that are no labels of max(0, 1 - x[y] + x[c]), divided by C, reduced.

    A row's labels are its targets before the first -1; one given twice counts twice.
    """

    reduction: str

    def forward(self, x: Array, target: Array) -> Array:
        self.x, self.target = x, target
        rows, targets = x.reshape(-1, x.shape[-1] if x.ndim else 1), target.reshape(-1, x.shape[-1] if x.ndim else 1)
        n, c = rows.shape
        given = np.logical_and.accumulate(targets >= 0, axis=1)
        self.labels = np.where(given, targets, 0)
        is_label = np.zeros((n, c), bool)
        is_label[np.nonzero(given)[0], targets[given]] = True
        # (N, label, class)
        shortfall = 1 - np.take_along_axis(rows, self.labels, 1)[:, :, None] + rows[:, None, :]
        self.counts = (shortfall > 0) & given[:, :, None] & ~is_label[:, None, :]
        losses = np.where(self.counts, shortfall, np.zeros((), x.dtype)).sum(axis=(1, 2)) / x.dtype.type(c)
        return reduced(losses.reshape(x.shape[:-1]), self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        n, _, c = self.counts.shape
        grad = spread(grad_out, self.reduction, n).reshape(-1, 1) / grad_out.dtype.type(c)
        grad_rows = grad * self.counts.sum(axis=1)
        by_label = grad * -self.counts.sum(axis=2)
        np.add.at(grad_rows, (np.arange(n)[:, None], self.labels), by_label)
        return grad_rows.reshape(self.x.shape), None


def hinge_embedding_loss(
    input: V,
    target: Variable,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """`input`, a distance, for target 1, and what it lacks to the margin for target -1, reduced.

    Args:     target: 1 or -1, broadcast with input.
    """
    op_name = "hinge_embedding_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    check_floating(op_name, input)
    check_tensor(op_name, target, "target")
    broadcast_shape(op_name, target.shape, input.shape)
    margin = as_number(op_name, "margin", margin)
    return HingeEmbeddingLoss(reduction, margin)(input, target.detached())


def margin_ranking_loss(
    input1: V,
    input2: Variable,
    target: Variable,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """max(0, margin - target * (input1 - input2)), reduced: input1 shall be larger for target 1, smaller for -1.

    Args:     input1, input2, target: with as many dimensions each, broadcast.
    Raises:   RuntimeError: for other numbers of dimensions.
    """
    op_name = "margin_ranking_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    for arg_name, tensor in (("input1", input1), ("input2", input2), ("target", target)):
        check_tensor(op_name, tensor, arg_name)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            f"margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape}"
        )
    margin = as_number(op_name, "margin", margin)
    operands = promote_floating(op_name, input1, input2, target)
    check_floating(op_name, operands[0], "input1")
    return MarginRankingLoss(reduction, margin)(*operands)


def _check_rows(op_name: str, input: Variable, target: Variable) -> None:
    check_floating(op_name, input)
    check_tensor(op_name, target, "target")
    if input.ndim > 2 or 0 in input.shape[-1:]:
        raise RuntimeError(
            f"{op_name}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(input.shape)}"
        )
    if target.array.dtype != np.int64:
        raise RuntimeError(
            f"{op_name}: expected scalar type Long but found {target.dtype.tensor_type} for target; use target.long()"
        )


def multi_margin_loss(
    input: V,
    target: Variable,
    p: int = 1,
    margin: float = 1.0,
    weight: Variable | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """The mean over classes of max(0, margin - input[label] + input[other]) ** p, reduced.

    Args:     input: (N, C) or (C,).
              target: (N,) or (), int64.
              p: 1 or 2.
              weight: (C,), multiplies each position's loss by its label's weight.
    Raises:   IndexError: for a label out of range. ValueError, RuntimeError: for arguments that do not fit.
    """
    op_name = "multi_margin_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"{op_name}: only p == 1 and p == 2 supported, got {p}")
    _check_rows(op_name, input, target)
    margin = as_number(op_name, "margin", margin)
    n, classes = input.shape[0] if input.ndim == 2 else 1, input.shape[-1] if input.ndim else 1
    if target.shape != (n,) and not (input.ndim < 2 and target.ndim == 0):
        raise RuntimeError(
            f"{op_name}: target tensor should be 1-D with size equal to the number of input samples (batch size). "
            f"Expected target size {[n]}, but got {list(target.shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None:
        check_tensor(op_name, weight, "weight")
        if weight.ndim != 1:
            raise ValueError(f"{op_name}: weight must be one-dimensional, got shape {list(weight.shape)}")
        if weight.shape != (classes,):
            raise RuntimeError(f"{op_name}: inconsistent weight size, expected {classes} but got {list(weight.shape)}")
        if weight.dtype is not input.dtype:
            raise RuntimeError(
                f"{op_name}: expected scalar type {input.dtype.tensor_type} but found {weight.dtype.tensor_type} "
                "for weight"
            )
        refuse_grad(op_name, "weight", weight)
    outside = (target.array < 0) | (target.array >= classes)
    if outside.any():
        raise IndexError(
            f"{op_name}: target out of range: {target.array[outside][0].item()}, expected 0 <= target < {classes}"
        )
    return MultiMarginLoss(reduction, p, margin)(input, target, weight)


def multilabel_margin_loss(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """max(0, 1 - input[label] + input[other]), summed over labels and other classes, divided by C, reduced.

    Args:     input: (N, C) or (C,).
              target: class indices, int64, of input's shape; those of a row before its first -1 are its labels.
    Raises:   IndexError: for a label out of range. RuntimeError: for shapes or dtypes that do not fit.
    """
    op_name = "multilabel_margin_loss"
    reduction = chosen_reduction(op_name, reduction, size_average, reduce)
    _check_rows(op_name, input, target)
    if target.shape != input.shape:
        raise RuntimeError(
            f"{op_name}: inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}"
        )
    classes = input.shape[-1] if input.ndim else 1
    outside = (target.array < -1) | (target.array >= classes)
    if outside.any():
        raise IndexError(
            f"{op_name}: argument 'target' is out of range: {target.array[outside][0].item()}, expected labels "
            f"0 <= target < {classes}, or -1 after the last of them"
        )
    return MultilabelMarginLoss(reduction)(input, target)
