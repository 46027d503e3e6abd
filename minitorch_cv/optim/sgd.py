"""SGD: gradient descent, with momentum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import optimiser
from ..tensors.tensor import Tensor
from .checks import check_lr, check_not_negative
from .optimizer import Params
from .parameterwise import ParameterwiseOptimizer

_PART_BYTES = 1 << 18  # of a parameter that is updated at a time, so that what is computed on the way stays small


class SGD(ParameterwiseOptimizer):
    """Stochastic gradient descent: param -= lr * buf, with buf = momentum * buf + (1 - dampening) * grad.

    Args:     momentum: how much of the last step's direction is kept, 0 for none.
              dampening: how much less of the gradient enters the direction; the first gradient enters whole.
              weight_decay: this times the parameter is added to its gradient.
              nesterov: look one momentum step ahead.
              maximize: go up along the gradient.
              foreach, fused: change nothing, which a warning says.
              differentiable: only False.
    Raises:   ValueError: for negative options, or nesterov without momentum or with dampening.
    Source:   Sutskever et al. 2013, with PyTorch's form of momentum, in which lr multiplies the whole direction.
    """

    kernel = staticmethod(optimiser.sgd)
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

    def fused_state(self, param: Tensor, group: dict[str, Any]) -> tuple[np.ndarray, ...] | None:
        """The buffer; the first update makes it."""
        if group["momentum"] == 0:
            return (param.array,)  # which the kernel then leaves alone
        buffer = self.state[param].get("momentum_buffer")
        return None if buffer is None else (buffer.array,)

    def count_step(self, param: Tensor) -> float:
        """SGD does not count."""
        return 0

    def fused_numbers(self, group: dict[str, Any], step: float) -> optimiser.Numbers:
        """SGD_NUMBERS."""
        sign, weight_decay = -1 if group["maximize"] else 1, float(group["weight_decay"])
        momentum, dampening = group["momentum"], group["dampening"]
        return sign, weight_decay, momentum, 1 - dampening, group["nesterov"], float(group["lr"])

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """One step of gradient descent."""
        value, weight_decay = param.array, float(group["weight_decay"])
        known = buffer = None
        if group["momentum"] != 0:
            known = self.state[param].get("momentum_buffer")
            buffer = np.empty_like(grad) if known is None else known.array
        for part in _parts(value):
            direction = grad[part]
            if weight_decay != 0:
                direction = direction + weight_decay * value[part]
            if buffer is not None:
                direction = self._with_momentum(buffer[part], direction, group, first=known is None)
            value[part] -= float(group["lr"]) * direction
        if buffer is not None and known is None:
            self.state[param]["momentum_buffer"] = Tensor.wrap(buffer)

    @staticmethod
    def _with_momentum(buffer: np.ndarray, grad: np.ndarray, group: dict[str, Any], first: bool) -> np.ndarray:
        """Bring a gradient into the buffer; the direction to go down along."""
        if first:
            buffer[...] = grad
        else:
            buffer *= group["momentum"]
            buffer += (1 - group["dampening"]) * grad
        return grad + group["momentum"] * buffer if group["nesterov"] else buffer


def _parts(array: np.ndarray) -> list[Any]:
    """Indices of parts of an array that a core's cache can hold; rows are not cut."""
    if array.nbytes <= _PART_BYTES:
        return [...]
    rows = max(1, len(array) * _PART_BYTES // array.nbytes)
    return [slice(start, start + rows) for start in range(0, len(array), rows)]
