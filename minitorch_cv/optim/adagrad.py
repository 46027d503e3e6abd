"""Adagrad: steps scaled by the sum of all squared gradients so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import optimiser
from ..tensors.tensor import Tensor
from .checks import check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step


class Adagrad(ParameterwiseOptimizer):
    """Adagrad: param -= lr / (1 + (t - 1) * lr_decay) * grad / (sqrt(sum) + eps), sum that of grad**2 over all steps.

    Args:     lr_decay: how fast the learning rate falls with the step t.
              weight_decay: this times the parameter is added to its gradient.
              initial_accumulator_value: where the sum begins.
              eps: keeps the division from zero.
              maximize: go up along the gradient.
              foreach, fused: change nothing, which a warning says.
              differentiable: only False.
    Raises:   ValueError: for negative options.
    Source:   Duchi et al. 2011.
    """

    kernel = staticmethod(optimiser.adagrad)
    _neutral = {"foreach": None, "maximize": False, "differentiable": False, "fused": None}

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_not_negative("lr_decay value", lr_decay)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("initial_accumulator_value value", initial_accumulator_value)
        check_not_negative("epsilon value", eps)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self.state_of(param, group)  # PyTorch's Adagrad has its state from the start

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """A sum of the default initial value."""
        start = self.defaults["initial_accumulator_value"]
        return {"step": scalar_state(0), "sum": Tensor.wrap(np.full_like(param.array, start))}

    def fused_state(self, param: Tensor, group: dict[str, Any]) -> tuple[np.ndarray, ...]:
        """The sum of squares."""
        return (self.state_of(param, group)["sum"].array,)

    def fused_numbers(self, group: dict[str, Any], step: float) -> optimiser.Numbers:
        """ADAGRAD_NUMBERS."""
        lr = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        return -1 if group["maximize"] else 1, group["weight_decay"], group["eps"], lr

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of Adagrad."""
        state = self.state_of(param, group)
        lr = float(group["lr"]) / (1 + (next_step(state) - 1) * group["lr_decay"])
        value, total = param.array, state["sum"].array
        if group["weight_decay"] != 0:
            grad = grad + group["weight_decay"] * value
        total += grad * grad
        value -= lr * (grad / (np.sqrt(total) + group["eps"]))
