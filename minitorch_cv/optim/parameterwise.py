"""ParameterwiseOptimizer: the loop over parameters that all optimisers of this package share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.grad_mode import enable_grad
from ..tensors.tensor import Tensor
from .optimizer import Optimizer


class ParameterwiseOptimizer(Optimizer):
    """An optimiser whose step changes every parameter that has a gradient by one rule, update()."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters that have a gradient.

        Args:     closure: computes the loss again, gradients included, and returns it; called before the update.
        Returns:  what closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                for param in group["params"]:
                    if param.grad is not None:
                        param.check_inplace(f"{type(self).__name__}.step", recording=False)
                        grad = param.grad.array
                        self.update(param, -grad if group["maximize"] else grad, group)
                        param.bump_version()
        return loss

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """Write the new value into param.array.

        Args:     grad: what to go down along; not to be changed.
                  group: the options of the parameter's group.
        """
        raise NotImplementedError

    def state_of(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """The parameter's state, made by first_state() when it is asked for the first time."""
        state = self.state[param]
        if not state:
            state.update(self.first_state(param, group))
        return state

    def first_state(self, param: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """A parameter's state before its first update."""
        raise NotImplementedError


def next_step(state: dict[str, Tensor]) -> float:
    """Count one more step in a parameter's state; the new count, from 1."""
    step = state["step"].array
    step += 1
    return float(step)


def zeros_like(param: Tensor) -> Tensor:
    """Zeros of a parameter's shape, dtype and order of memory."""
    return Tensor.wrap(np.zeros_like(param.array))
