"""NAdam: Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors.tensor import Tensor
from .checks import check_betas, check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class NAdam(ParameterwiseOptimizer):
    """Adam that looks one momentum step ahead, with a momentum that grows towards betas[0].

    Args:     betas: decay rates of the averages of the gradient and of its square.
              eps: keeps the division from zero.
              weight_decay: this times the parameter is added to its gradient.
              momentum_decay: how fast the momentum grows.
              decoupled_weight_decay: shrink the parameter by lr * weight_decay instead.
              maximize: go up along the gradient.
              foreach: changes nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options, or betas outside [0, 1).
    Source:   Dozat 2016.
    """

    _neutral = {
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
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
        check_not_negative("momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Averages of zero, and an empty product of momenta."""
        return {
            "step": scalar_state(0),
            "mu_product": scalar_state(1),
            "exp_avg": zeros_like(param),
            "exp_avg_sq": zeros_like(param),
        }

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of NAdam."""
        lr, (beta1, beta2), weight_decay = float(group["lr"]), group["betas"], group["weight_decay"]
        state = self.state_of(param, group)
        step = next_step(state)
        value = param.array
        if weight_decay != 0:
            if group["decoupled_weight_decay"]:
                value *= 1 - lr * weight_decay
            else:
                grad = grad + weight_decay * value
        mu = beta1 * (1 - 0.5 * 0.96 ** (step * group["momentum_decay"]))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * group["momentum_decay"]))
        mu_product = state["mu_product"].array
        mu_product *= mu
        product, product_next = float(mu_product), float(mu_product) * mu_next
        exp_avg, exp_avg_sq = state["exp_avg"].array, state["exp_avg_sq"].array
        exp_avg += (1 - beta1) * (grad - exp_avg)
        exp_avg_sq *= beta2
        exp_avg_sq += (1 - beta2) * (grad * grad)
        denominator = np.sqrt(exp_avg_sq / (1 - beta2**step)) + group["eps"]
        value -= lr * (1 - mu) / (1 - product) * (grad / denominator)
        value -= lr * mu_next / (1 - product_next) * (exp_avg / denominator)
