"""Adamax: Adam with the largest gradient in place of the average of squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors.tensor import Tensor
from .checks import check_betas, check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class Adamax(ParameterwiseOptimizer):
    """Adamax: param -= lr * m / u, m the bias-corrected average of grad, u = max(betas[1] * u, |grad| + eps).

    Args:     betas: decay rates of the average and of the maximum.
              eps: keeps the division from zero.
              weight_decay: this times the parameter is added to its gradient.
              maximize: go up along the gradient.
              foreach: changes nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options, or betas outside [0, 1).
    Source:   Kingma and Ba 2015.
    """

    _neutral = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """An average and a maximum of zero."""
        return {"step": scalar_state(0), "exp_avg": zeros_like(param), "exp_inf": zeros_like(param)}

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of Adamax."""
        beta1, beta2 = group["betas"]
        state = self.state_of(param, group)
        step = next_step(state)
        value = param.array
        if group["weight_decay"] != 0:
            grad = grad + group["weight_decay"] * value
        exp_avg, exp_inf = state["exp_avg"].array, state["exp_inf"].array
        exp_avg += (1 - beta1) * (grad - exp_avg)
        np.maximum(exp_inf * beta2, np.abs(grad) + group["eps"], out=exp_inf)
        value -= float(group["lr"]) / (1 - beta1**step) * (exp_avg / exp_inf)
