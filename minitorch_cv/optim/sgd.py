"""SGD: gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensors.tensor import Tensor
from .checks import check_lr, check_not_negative
from .optimizer import Params
from .parameterwise import ParameterwiseOptimizer


class SGD(ParameterwiseOptimizer):
    """Stochastic gradient descent: param -= lr * buf, with buf = momentum * buf + (1 - dampening) * grad.

    Args:     momentum: how much of the last step's direction is kept, 0 for none.
              dampening: how much less of the gradient enters the direction; the first gradient enters whole.
              weight_decay: this times the parameter is added to its gradient.
              nesterov: look one momentum step ahead.
              maximize: go up along the gradient.
              foreach, differentiable, fused: only their defaults (or False).
    Raises:   ValueError: for negative options, or nesterov without momentum or with dampening.
    Source:   Sutskever et al. 2013, with PyTorch's form of momentum, in which lr multiplies the whole direction.
    """

    _neutral = {"nesterov": False, "maximize": False, "foreach": None, "differentiable": False, "fused": False}

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of gradient descent."""
        momentum, weight_decay = group["momentum"], float(group["weight_decay"])
        value = param.array
        if weight_decay != 0:
            grad = grad + weight_decay * value
        if momentum != 0:
            state = self.state[param]
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = Tensor.wrap(np.array(grad))
                buffer = state["momentum_buffer"].array
            else:
                buffer = state["momentum_buffer"].array
                buffer *= momentum
                buffer += (1 - group["dampening"]) * grad
            grad = grad + momentum * buffer if group["nesterov"] else buffer
        value -= float(group["lr"]) * grad
