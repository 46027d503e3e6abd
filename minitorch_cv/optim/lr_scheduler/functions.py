"""Schedulers that follow functions of the user's: LambdaLR, MultiplicativeLR."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..optimizer import Optimizer
from .scheduler import LR, LRScheduler, state_of_function

Function = Callable[[int], float]


class _FunctionLR(LRScheduler):
    """What LambdaLR and MultiplicativeLR share: one function for each parameter group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Function | list[Function], last_epoch: int = -1) -> None:
        groups = len(optimizer.param_groups)
        if isinstance(lr_lambda, (list, tuple)):
            if len(lr_lambda) != groups:
                raise ValueError(f"Expected {groups} lr_lambdas, but got {len(lr_lambda)}")
            self.lr_lambdas = list(lr_lambda)
        else:
            self.lr_lambdas = [lr_lambda] * groups
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler keeps; of the functions, the attributes of those that are callable objects."""
        return {**super().state_dict(), "lr_lambdas": [state_of_function(f) for f in self.lr_lambdas]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what state_dict() gave."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for function, state in zip(self.lr_lambdas, state_dict["lr_lambdas"]):
            if state is not None:
                vars(function).update(state)


class LambdaLR(_FunctionLR):
    """The initial learning rate times a function of the epoch.

    Args:     lr_lambda: a function from the epoch to a factor, or one for each parameter group.
    Raises:   ValueError: if their number is not that of the groups. TypeError: if one cannot be called.
    """

    def get_lr(self) -> list[LR]:
        """The learning rates at self.last_epoch."""
        self._warn_if_not_in_step()
        return [base_lr * function(self.last_epoch) for function, base_lr in zip(self.lr_lambdas, self.base_lrs)]


class MultiplicativeLR(_FunctionLR):
    """The present learning rate times a function of the epoch.

    Args:     lr_lambda: a function from the epoch to a factor, or one for each parameter group.
    Raises:   ValueError: if their number is not that of the groups. TypeError: if one cannot be called.
    """

    def get_lr(self) -> list[LR]:
        """The learning rates at self.last_epoch."""
        self._warn_if_not_in_step()
        if self._is_initial:
            return self._unchanged()
        groups = self.optimizer.param_groups
        return [group["lr"] * function(self.last_epoch) for function, group in zip(self.lr_lambdas, groups)]
