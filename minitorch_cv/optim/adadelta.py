"""Adadelta: steps whose size follows from running averages of squared gradients and of squared steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors.tensor import Tensor
from .checks import check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class Adadelta(ParameterwiseOptimizer):
    """Adadelta: param -= lr * sqrt(u + eps) / sqrt(v + eps) * grad, u and v averages of squared steps and gradients.

    Args:     rho: decay rate of both averages.
              eps: under both square roots.
              weight_decay: this times the parameter is added to its gradient.
              maximize: go up along the gradient.
              foreach: changes nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options, or rho outside [0, 1].
    Source:   Zeiler 2012.
    """

    _neutral = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_not_negative("epsilon value", eps)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Averages of zero."""
        return {"step": scalar_state(0), "square_avg": zeros_like(param), "acc_delta": zeros_like(param)}

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of Adadelta."""
        rho, eps = group["rho"], group["eps"]
        state = self.state_of(param, group)
        next_step(state)
        value = param.array
        if group["weight_decay"] != 0:
            grad = grad + group["weight_decay"] * value
        square_avg, acc_delta = state["square_avg"].array, state["acc_delta"].array
        square_avg *= rho
        square_avg += (1 - rho) * (grad * grad)
        delta = np.sqrt(acc_delta + eps) / np.sqrt(square_avg + eps) * grad
        acc_delta *= rho
        acc_delta += (1 - rho) * (delta * delta)
        value -= float(group["lr"]) * delta
