"""Losses of distributions: Kullback-Leibler divergence, Poisson and Gaussian negative log-likelihood."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V, Variable
from .arguments import as_number, check_floating, check_tensor, is_number, promote, promote_floating
from .arithmetic import div
from .losses_base import ReducedLoss, chosen_reduction
from .reshaping import unsqueeze


@dataclass(eq=False, repr=False)
class KlDivLoss(ReducedLoss):
    """target (log(target) - x); with log_target, exp(target) (target - x)."""

    log_target: bool

    def value(self, x: Array, target: Array) -> Array:
        if self.log_target:
            return np.exp(target) * (target - x)
        return np.where(target == 0, np.zeros((), x.dtype), target * np.log(target)) - target * x

    def slope(self, position: int, x: Array, target: Array) -> Array:
        if self.log_target:
            return np.exp(target) * (-1 if position == 0 else target - x + 1)
        # target / target is 1, but NaN at 0, where PyTorch has no gradient either
        return -target if position == 0 else np.log(target) + target / target - x


@dataclass(eq=False, repr=False)
class PoissonNllLoss(ReducedLoss):
    """exp(x) - target x, or x - target log(x + eps); `full` adds Stirling's approximation of log(target!)."""

    log_input: bool
    full: bool
    eps: float

    def value(self, x: Array, target: Array) -> Array:
        losses = np.exp(x) - target * x if self.log_input else x - target * np.log(x + x.dtype.type(self.eps))
        if not self.full:
            return losses
        stirling = target * np.log(target) - target + np.log(target * x.dtype.type(2 * math.pi)) / 2
        return losses + np.where(target <= 1, np.zeros((), x.dtype), stirling)

    def slope(self, position: int, x: Array, target: Array) -> Array:
        shifted = x + x.dtype.type(self.eps)
        if position == 0:
            return np.exp(x) - target if self.log_input else 1 - target / shifted
        slope = -x if self.log_input else -np.log(shifted)
        # (the product, not a choice: NaN where the logarithm does not exist, as in PyTorch)
        return slope + (target > 1) * (np.log(target) + 1 / (2 * target)) if self.full else slope


@dataclass(eq=False, repr=False)
class GaussianNllLoss(ReducedLoss):
    """(log(var) + (x - target)**2 / var) / 2; var is at least eps, which its gradient does not notice."""

    full: bool
    eps: float

    def value(self, x: Array, target: Array, var: Array) -> Array:
        var = np.maximum(var, var.dtype.type(self.eps))
        losses = (np.log(var) + (x - target) ** 2 / var) / 2
        return losses + losses.dtype.type(0.5 * math.log(2 * math.pi)) if self.full else losses

    def slope(self, position: int, x: Array, target: Array, var: Array) -> Array:
        var = np.maximum(var, var.dtype.type(self.eps))
        scaled = (x - target) / var
        return (1 / var - scaled * scaled) / 2 if position == 2 else -scaled if position else scaled


def kl_div(
    input: V,
    target: Variable,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> V:
    """target * (log(target) - input), reduced: the divergence of the distribution target from exp(input).

    Args:     input: log-probabilities.
              target: probabilities, or, with log_target=True, log-probabilities; broadcast with input.
              reduction: "batchmean" divides the sum by the batch size, as the definition has it; "mean", which divides
                  by the number of elements, warns of this; "sum" or "none".
    Raises:   RuntimeError: for integers.
    """
    by_batch = reduction == "batchmean"
    legacy = size_average is not None or reduce is not None
    if reduction == "mean" and not legacy:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    reduction = chosen_reduction("kl_div", "sum" if by_batch else reduction, size_average, reduce)
    check_tensor("kl_div", input)
    check_tensor("kl_div", target, "target")
    if not (input.dtype.is_floating_point and target.dtype.is_floating_point):
        raise RuntimeError(
            f"kl_div: Integral inputs not supported: input is {input.dtype.name}, target is {target.dtype.name}"
        )
    x, t = promote("kl_div", input, target)
    check_floating("kl_div", x)
    loss = KlDivLoss(reduction, bool(log_target))(x, t)
    return div(loss, input.shape[0]) if by_batch and input.ndim else loss


def poisson_nll_loss(
    input: V,
    target: Variable,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> V:
    """The negative log-likelihood of Poisson-distributed counts, reduced.

    Args:     input: the logarithm of the expected counts, or, with log_input=False, the expected counts.
              target: counts, broadcast with input.
              full: add Stirling's approximation of log(target!) where target > 1.
              eps: keeps log(input + eps) finite.
    """
    reduction = chosen_reduction("poisson_nll_loss", reduction, size_average, reduce)
    check_tensor("poisson_nll_loss", input)
    check_tensor("poisson_nll_loss", target, "target")
    x, t = promote_floating("poisson_nll_loss", input, target)
    check_floating("poisson_nll_loss", x)
    eps = as_number("poisson_nll_loss", "eps", eps)
    return PoissonNllLoss(reduction, bool(log_input), bool(full), eps)(x, t)


def gaussian_nll_loss(
    input: V,
    target: Variable,
    var: Variable | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> V:
    """The negative log-likelihood of normally distributed numbers, reduced.

    Args:     input: expected values.
              var: variances, at least 0: a number, input's shape, that shape without its last dimension, or with one
                  dimension of size 1.
              full: add the constant log(2 pi) / 2.
              eps: the least variance computed with; below it the gradient is as if it were not.
    Raises:   ValueError: if a variance is negative, or var has another shape.
    """
    op_name = "gaussian_nll_loss"
    check_tensor(op_name, input)
    check_tensor(op_name, target, "target")
    if is_number(var):
        variance: Variable = input.wrap(np.asarray(var, promote_floating(op_name, input)[0].array.dtype))
    else:
        variance = _fitting_variance(op_name, var, input)
    if (variance.array < 0).any():
        raise ValueError(f"{op_name}: var has negative entry/entries, the least is {variance.array.min().item()}")
    reduction = chosen_reduction(op_name, reduction)
    eps = as_number(op_name, "eps", eps)
    operands = promote_floating(op_name, input, target, variance)
    check_floating(op_name, operands[0])
    return GaussianNllLoss(reduction, bool(full), eps)(*operands)


def _fitting_variance(op_name: str, var: Any, input: Variable) -> Variable:
    check_tensor(op_name, var, "var")
    if var.shape == input.shape:
        return var
    if var.shape == input.shape[:-1]:
        return unsqueeze(var, -1)
    differing = [(n, m) for n, m in zip(input.shape, var.shape) if n != m]
    if var.ndim != input.ndim or len(differing) != 1 or differing[0][1] != 1:
        raise ValueError(
            f"{op_name}: var is of incorrect size {list(var.shape)}; expected that of input, {list(input.shape)}, "
            "the same without its last dimension, or with one dimension of size 1"
        )
    return var
