"""RAdam: Adam whose first steps are held back while the variance estimate is still poor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors.tensor import Tensor
from .checks import check_betas, check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class RAdam(ParameterwiseOptimizer):
    """Adam with a rectified variance: plain momentum first, adaptive once enough gradients were seen.

    Args:     betas: decay rates of the averages of the gradient and of its square.
              eps: keeps the division from zero.
              weight_decay: this times the parameter is added to its gradient.
              decoupled_weight_decay: shrink the parameter by lr * weight_decay instead.
              maximize: go up along the gradient.
              foreach: changes nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options, or betas outside [0, 1).
    Source:   Liu et al. 2020.
    """

    _neutral = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "capturable": False,
    }

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
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
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Averages of zero."""
        return {"step": scalar_state(0), "exp_avg": zeros_like(param), "exp_avg_sq": zeros_like(param)}

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of RAdam."""
        lr, (beta1, beta2), weight_decay = float(group["lr"]), group["betas"], group["weight_decay"]
        state = self.state_of(param, group)
        step = next_step(state)
        value = param.array
        if weight_decay != 0:
            if group["decoupled_weight_decay"]:
                value *= 1 - lr * weight_decay
            else:
                grad = grad + weight_decay * value
        exp_avg, exp_avg_sq = state["exp_avg"].array, state["exp_avg_sq"].array
        exp_avg += (1 - beta1) * (grad - exp_avg)
        exp_avg_sq *= beta2
        exp_avg_sq += (1 - beta2) * (grad * grad)
        direction = exp_avg / (1 - beta1**step)
        bias_correction2 = 1 - beta2**step
        rho_inf = 2 / (1 - beta2) - 1  # the longest that the average of squares gets ...
        rho = rho_inf - 2 * step * beta2**step / bias_correction2  # ... and how long it is now
        if rho > 5:
            rectification = ((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
            direction *= bias_correction2**0.5 / (np.sqrt(exp_avg_sq) + group["eps"]) * rectification
        value -= lr * direction
