"""ParameterwiseOptimizer: the loop over parameters that all optimisers of this package share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.grad_mode import enable_grad
from ..kernels.optimiser import Memory, Numbers, Updates
from ..tensors.tensor import Tensor
from .optimizer import Optimizer


class ParameterwiseOptimizer(Optimizer):
    """An optimiser whose step changes every parameter that has a gradient by one rule, update().

    A subclass may also name a `kernel` (kernels/optimiser.py) that does the same to float32 parameters, all at once;
    then it defines fused_state(), count_step() and fused_numbers().
    """

    kernel: Callable[..., None] | None = None

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters that have a gradient.

        Args:     closure: computes the loss again, gradients included, and returns it; called before the update.
        Returns:  what closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        updates = None if self.kernel is None else Updates(self.kernel)
        name = f"{type(self).__name__}.step"
        with np.errstate(all="ignore"):
            for group in self.param_groups:
                numbers: dict[float, Numbers] = {}  # by step: what many parameters share
                for param in group["params"]:
                    grad = param._grad
                    if grad is not None:
                        param.check_inplace(name, recording=False)
                        if updates is None or not self._gather(updates, numbers, param, grad.array, group):
                            self.update(param, -grad.array if group["maximize"] else grad.array, group)
                        param.bump_version()
            if updates is not None:
                updates.run()
        return loss

    def _gather(
        self, updates: Updates, numbers: dict[float, Numbers], param: Tensor, grad: np.ndarray, group: dict[str, Any]
    ) -> bool:
        """Leave a parameter to the kernel; whether that can be."""
        state = self.fused_state(param, group)
        if state is None:
            return False
        memories: dict[int, Memory] = self.__dict__.setdefault("_memories", {})
        memory = memories.get(id(param))
        if memory is None or not memory.is_of((param.array, *state)):
            memory = memories[id(param)] = Memory((param.array, *state))
        at = memory.address_of(grad) if memory.supported else None
        if at is None:
            return False
        step = self.count_step(param)
        known = numbers.get(step)
        if known is None:
            known = numbers[step] = self.fused_numbers(group, step)
        updates.add(memory, grad, at, known)
        return True

    def update(self, param: Tensor, grad: np.ndarray, group: dict[str, Any]) -> None:
        """Write the new value into param.array.

        Args:     grad: what to go down along; not to be changed.
                  group: the options of the parameter's group.
        """
        raise NotImplementedError

    def fused_state(self, param: Tensor, group: dict[str, Any]) -> tuple[np.ndarray, ...] | None:
        """The arrays that the kernel takes after parameter and gradient; None to leave this update to update()."""
        raise NotImplementedError

    def count_step(self, param: Tensor) -> float:
        """Count one more step of a parameter; the new count, from 1, or 0 where no number depends on it."""
        return next_step(self.state[param])

    def fused_numbers(self, group: dict[str, Any], step: float) -> Numbers:
        """The numbers that the kernel takes."""
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
    array = state["step"].array
    step = float(array) + 1
    array[...] = step
    return step


def zeros_like(param: Tensor) -> Tensor:
    """Zeros of a parameter's shape, dtype and order of memory."""
    return Tensor.wrap(np.zeros_like(param.array))
