"""What losses have in common: a reduction, and, for most, a value and slopes element by element."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.grad_mode import grad_state
from ..autograd.operation import Array, Operation
from ..autograd.variable import Variable
from .arguments import unbroadcast

REDUCTIONS = ("none", "mean", "sum")


def chosen_reduction(
    op_name: str, reduction: str, size_average: bool | None = None, reduce: bool | None = None, stacklevel: int = 3
) -> str:
    """The reduction asked for: 'none', 'mean' or 'sum'.

    Args:     size_average, reduce: how it was chosen before PyTorch 0.4.1; if given they decide, with a warning.
    Raises:   ValueError: for another reduction.
    """
    if size_average is not None or reduce is not None:
        return legacy_reduction(size_average, reduce, stacklevel + 1)
    if reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.", stacklevel=stacklevel
        )
        return "mean"
    if reduction not in REDUCTIONS:
        raise ValueError(f"{op_name}: {reduction} is not a valid value for reduction; expected 'none', 'mean' or 'sum'")
    return reduction


def legacy_reduction(size_average: bool | None, reduce: bool | None, stacklevel: int = 3) -> str:
    """The reduction that these two deprecated arguments, of which None means True, ask for; warns."""
    chosen = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{chosen}' instead.",
        stacklevel=stacklevel,
    )
    return chosen


def reduced(losses: Array, reduction: str) -> Array:
    """The losses themselves, their sum, or their mean (NaN if there are none, as in PyTorch)."""
    if reduction == "none":
        return losses
    total = losses.sum()
    return total if reduction == "sum" else total / losses.size


def spread(grad_out: Array, reduction: str, count: int) -> Array:
    """The gradient at each of `count` losses that were reduced: of their shape, or 0-d if it is the same for all."""
    return grad_out / np.asarray(count, grad_out.dtype) if reduction == "mean" else grad_out


def refuse_grad(op_name: str, arg_name: str, tensor: Variable | None) -> None:
    """Raise if a gradient is asked for with respect to an argument that has none."""
    if tensor is not None and grad_state.enabled and tensor.requires_grad:
        raise RuntimeError(
            f"The function '{op_name}' is not differentiable with respect to argument '{arg_name}'. "
            "This input cannot have requires_grad True. Pass a detach()ed tensor."
        )


@dataclass(eq=False, repr=False)
class ElementwiseLoss(Operation):
    """A loss made of each element of broadcast inputs, then reduced: value() and a slope for each input."""

    reduction: str

    def value(self, *inputs: Any) -> Array:
        """The losses before the reduction."""
        raise NotImplementedError

    def slope(self, position: int, *inputs: Any) -> Array:
        """The derivative of value() with respect to the input at `position`."""
        raise NotImplementedError

    def forward(self, *inputs: Any) -> Array:
        self.inputs = inputs
        losses = self.value(*inputs)
        self.shape = losses.shape
        return reduced(losses, self.reduction)

    def backward(self, grad_out: Array) -> tuple:
        grad = spread(grad_out, self.reduction, math.prod(self.shape))
        grads = [
            np.broadcast_to(grad * self.slope(position, *self.inputs), self.shape) if needed else None
            for position, needed in enumerate(self.needs_grad)
        ]
        return tuple(None if g is None else unbroadcast(g, x.shape) for g, x in zip(grads, self.inputs))


class ReducedLoss(ElementwiseLoss):
    """A loss that PyTorch composes of several operations, so that the node of the result is the reduction's."""

    def name(self) -> str:
        """MeanBackward0, SumBackward0, or that of the loss itself."""
        return super().name() if self.reduction == "none" else f"{self.reduction.title()}Backward0"


@dataclass(eq=False, repr=False)
class WeightedReduction(Operation):
    """Losses times weights, then reduced; the mean divides by the sum of the weights, or by the number of losses."""

    reduction: str
    divide_by_weights: bool

    def forward(self, losses: Array, weight: Array) -> Array:
        self.losses, self.weight = losses, weight
        weighted = losses * weight
        if self.reduction != "mean":
            return reduced(weighted, self.reduction)
        self.divisor = weight.sum() if self.divide_by_weights else losses.dtype.type(losses.size)
        self.mean = weighted.sum() / self.divisor
        return self.mean

    def backward(self, grad_out: Array) -> tuple:
        grad = grad_out / self.divisor if self.reduction == "mean" else grad_out
        grad_losses = np.broadcast_to(grad * self.weight, self.losses.shape)
        if not self.needs_grad[1]:
            return grad_losses, None
        grad_weight = unbroadcast(grad * self.losses, self.weight.shape)
        if self.reduction == "mean" and self.divide_by_weights:
            grad_weight = grad_weight - grad * self.mean
        return grad_losses, grad_weight
