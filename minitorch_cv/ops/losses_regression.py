"""Losses of numbers against numbers: mse, l1, smooth l1 and Huber."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V, Variable
from .arguments import as_number, check_floating, check_tensor, promote
from .losses_base import ElementwiseLoss, ReducedLoss, WeightedReduction, chosen_reduction
from .selection import choose


class MseLoss(ElementwiseLoss):
    """(input - target) ** 2."""

    def value(self, x: Array, target: Array) -> Array:
        difference = x - target
        return difference * difference

    def slope(self, position: int, x: Array, target: Array) -> Array:
        return 2 * (x - target) if position == 0 else 2 * (target - x)


class L1Loss(ReducedLoss):
    """|input - target|; at equality, and for NaN, the gradient is 0."""

    torch_name = "AbsBackward0"

    def value(self, x: Array, target: Array) -> Array:
        return np.abs(x - target)

    def slope(self, position: int, x: Array, target: Array) -> Array:
        sign = (x > target).astype(x.dtype) - (x < target).astype(x.dtype)
        return sign if position == 0 else -sign


@dataclass(eq=False, repr=False)
class HuberLoss(ElementwiseLoss):
    """difference**2 / 2 where that is at most delta wide, delta * (|difference| - delta / 2) beyond."""

    delta: float

    def value(self, x: Array, target: Array) -> Array:
        size, delta = np.abs(x - target), x.dtype.type(self.delta)
        return choose(size < delta, size * size / 2, delta * (size - delta / 2))

    def slope(self, position: int, x: Array, target: Array) -> Array:
        difference = np.clip(x - target, -x.dtype.type(self.delta), x.dtype.type(self.delta))
        return difference if position == 0 else -difference


class SmoothL1Loss(HuberLoss):
    """Huber's loss divided by delta, which PyTorch calls beta here: its outer slope is 1."""

    def value(self, x: Array, target: Array) -> Array:
        return super().value(x, target) / x.dtype.type(self.delta)

    def slope(self, position: int, x: Array, target: Array) -> Array:
        return super().slope(position, x, target) / x.dtype.type(self.delta)


def _operands(op_name: str, input: Variable, target: Variable) -> tuple[Variable, ...]:
    """Both in one dtype, with PyTorch's warning if their shapes differ."""
    check_tensor(op_name, input)
    check_tensor(op_name, target, "target")
    if target.shape != input.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). "
            "This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=3,
        )
    x, t = promote(op_name, input, target)
    check_floating(op_name, x)
    return x, t


def _weighted(
    op_name: str, losses: Variable, input: Variable, weight: Variable, reduction: str, divide_by_weights: bool = True
) -> Any:
    check_tensor(op_name, weight, "weight")
    if weight.shape != input.shape:
        raise ValueError(
            f"{op_name}: Weights and input must have the same size, got {list(weight.shape)} and {list(input.shape)}."
        )
    return WeightedReduction(reduction, divide_by_weights)(*promote(op_name, losses, weight))


def mse_loss(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Variable | None = None,
) -> V:
    """(input - target) ** 2, reduced.

    Args:     input, target: of the same shape; other shapes are broadcast, with a warning.
              reduction: "mean", "sum" or "none".
              weight: multiplies the losses, input's shape; the mean is then divided by the sum of the weights.
    Raises:   ValueError: if weight has another shape, or for another reduction.
    """
    reduction = chosen_reduction("mse_loss", reduction, size_average, reduce)
    operands = _operands("mse_loss", input, target)
    if weight is None:
        return MseLoss(reduction)(*operands)
    return _weighted("mse_loss", MseLoss("none")(*operands), input, weight, reduction)


def l1_loss(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Variable | None = None,
) -> V:
    """|input - target|, reduced; where they are equal the gradient is 0. Arguments as mse_loss."""
    reduction = chosen_reduction("l1_loss", reduction, size_average, reduce)
    operands = _operands("l1_loss", input, target)
    if weight is None:
        return L1Loss(reduction)(*operands)
    return _weighted("l1_loss", L1Loss("none")(*operands), input, weight, reduction)


def smooth_l1_loss(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> V:
    """difference**2 / (2 * beta) where |difference| < beta, |difference| - beta / 2 beyond, reduced.

    Args:     beta: at least 0; with 0 this is l1_loss. Others as mse_loss.
    Raises:   RuntimeError: if beta is negative.
    Source:   Girshick 2015 (Fast R-CNN).
    """
    reduction = chosen_reduction("smooth_l1_loss", reduction, size_average, reduce)
    operands = _operands("smooth_l1_loss", input, target)
    beta = as_number("smooth_l1_loss", "beta", beta)
    if not beta >= 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}.")
    return SmoothL1Loss(reduction, beta)(*operands) if beta else L1Loss(reduction)(*operands)


def huber_loss(
    input: V,
    target: Variable,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Variable | None = None,
) -> V:
    """difference**2 / 2 where |difference| <= delta, delta * (|difference| - delta / 2) beyond, reduced.

    Args:     delta: greater than 0. Others as mse_loss.
              weight: as in mse_loss, but the mean is divided by the number of elements.
    Raises:   RuntimeError: if delta is not positive, or the dtypes differ.
    Source:   Huber 1964.
    """
    reduction = chosen_reduction("huber_loss", reduction)
    check_tensor("huber_loss", input)
    check_tensor("huber_loss", target, "target")
    if input.dtype is not target.dtype:
        raise RuntimeError(
            f"huber_loss: Found dtype {target.dtype.tensor_type} but expected {input.dtype.tensor_type}. "
            f"Convert the target: target.to({input.dtype})."
        )
    operands = _operands("huber_loss", input, target)
    delta = as_number("huber_loss", "delta", delta)
    if not delta > 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}.")
    if weight is None:
        return HuberLoss(reduction, delta)(*operands)
    return _weighted("huber_loss", HuberLoss("none", delta)(*operands), input, weight, reduction, False)
