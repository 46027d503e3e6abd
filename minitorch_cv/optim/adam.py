"""Adam and AdamW: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import optimiser
from ..tensors.tensor import Tensor
from .checks import check_betas, check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class Adam(ParameterwiseOptimizer):
    """Adam: param -= lr * m / (sqrt(v) + eps), m and v the bias-corrected averages of grad and of grad**2.

    Args:     betas: decay rates of the two averages.
              eps: keeps the division from zero.
              weight_decay: this times the parameter is added to its gradient.
              amsgrad: divide by the largest v so far.
              maximize: go up along the gradient.
              decoupled_weight_decay: shrink the parameter by lr * weight_decay instead (AdamW).
              foreach, fused: change nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options, or betas outside [0, 1).
    Source:   Kingma and Ba 2015; amsgrad: Reddi et al. 2018.
    """

    kernel = staticmethod(optimiser.adam)
    _neutral = {
        "amsgrad": False,
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "fused": None,
    }

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_lr(lr)
        check_not_negative("epsilon value", eps)
        check_betas(betas)
        check_not_negative("weight_decay value", weight_decay)
        if {isinstance(beta, float) for beta in betas} != {True} and not all(isinstance(b, Tensor) for b in betas):
            raise ValueError("betas must be either both floats or both Tensors")
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Averages of zero."""
        state = {"step": scalar_state(0), "exp_avg": zeros_like(param), "exp_avg_sq": zeros_like(param)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros_like(param)
        return state

    def fused_state(self, param: Tensor, group: dict[str, Any]) -> tuple[np.ndarray, ...]:
        """The averages."""
        state = self.state_of(param, group)
        squares = state["exp_avg_sq"].array
        largest = state["max_exp_avg_sq"].array if group["amsgrad"] else squares
        return state["exp_avg"].array, squares, largest

    def fused_numbers(self, group: dict[str, Any], step: float) -> optimiser.Numbers:
        """ADAM_NUMBERS."""
        lr, weight_decay = float(group["lr"]), group["weight_decay"]
        beta1, beta2 = map(float, group["betas"])
        decoupled = group["decoupled_weight_decay"]
        return (
            -1 if group["maximize"] else 1,
            0 if decoupled else weight_decay,
            1 - lr * weight_decay if decoupled else 1,
            1 - beta1,
            beta2,
            1 - beta2,
            (1 - beta2**step) ** -0.5,
            group["eps"],
            group["amsgrad"],
            lr / (1 - beta1**step),
        )

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of Adam."""
        lr, weight_decay = float(group["lr"]), group["weight_decay"]
        beta1, beta2 = map(float, group["betas"])
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
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"].array
            exp_avg_sq = np.maximum(largest, exp_avg_sq, out=largest)
        denominator = np.sqrt(exp_avg_sq) / (1 - beta2**step) ** 0.5 + group["eps"]
        value -= lr / (1 - beta1**step) * (exp_avg / denominator)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly, by lr * weight_decay, instead of changing gradients.

    Args, Raises: as Adam.
    Source:   Loshchilov and Hutter 2019.
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True  # whatever the loaded state says
