"""RMSprop: steps scaled by a running average of the squared gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import optimiser
from ..tensors.tensor import Tensor
from .checks import check_lr, check_not_negative
from .optimizer import Params, scalar_state
from .parameterwise import ParameterwiseOptimizer, next_step, zeros_like


class RMSprop(ParameterwiseOptimizer):
    """RMSprop: param -= lr * grad / (sqrt(v) + eps), v a running average of grad**2.

    Args:     alpha: decay rate of the average.
              eps: added after the square root.
              weight_decay: this times the parameter is added to its gradient.
              momentum: how much of the last step's direction is kept.
              centered: divide by the gradient's estimated standard deviation, not its root mean square.
              maximize: go up along the gradient.
              foreach: changes nothing, which a warning says.
              capturable, differentiable: only False.
    Raises:   ValueError: for negative options.
    Source:   Hinton's lecture notes, 2012; centered: Graves 2013.
    """

    kernel = staticmethod(optimiser.rmsprop)
    _neutral = {
        "momentum": 0,
        "centered": False,
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_not_negative("epsilon value", eps)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """Averages of zero."""
        state = {"step": scalar_state(0), "square_avg": zeros_like(param)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros_like(param)
        if group["centered"]:
            state["grad_avg"] = zeros_like(param)
        return state

    def fused_state(self, param: Tensor, group: dict[str, Any]) -> tuple[np.ndarray, ...]:
        """The averages and the buffer."""
        state = self.state_of(param, group)
        squares = state["square_avg"].array
        buffer = state["momentum_buffer"].array if group["momentum"] > 0 else squares
        return squares, buffer, state["grad_avg"].array if group["centered"] else squares

    def fused_numbers(self, group: dict[str, Any], step: float) -> optimiser.Numbers:
        """RMSPROP_NUMBERS."""
        sign, alpha, lr = -1 if group["maximize"] else 1, group["alpha"], float(group["lr"])
        momentum = max(group["momentum"], 0)
        return sign, group["weight_decay"], alpha, 1 - alpha, group["centered"], group["eps"], momentum, lr

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of RMSprop."""
        alpha, weight_decay = group["alpha"], group["weight_decay"]
        state = self.state_of(param, group)
        next_step(state)
        value = param.array
        if weight_decay != 0:
            grad = grad + weight_decay * value
        variance = square_avg = state["square_avg"].array
        square_avg *= alpha
        square_avg += (1 - alpha) * (grad * grad)
        if group["centered"]:
            grad_avg = state["grad_avg"].array
            grad_avg += (1 - alpha) * (grad - grad_avg)
            variance = square_avg - grad_avg * grad_avg
        direction = grad / (np.sqrt(variance) + group["eps"])
        if group["momentum"] > 0:
            buffer = state["momentum_buffer"].array
            buffer *= group["momentum"]
            buffer += direction
            direction = buffer
        value -= float(group["lr"]) * direction
