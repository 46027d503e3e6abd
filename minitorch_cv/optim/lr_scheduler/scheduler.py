"""LRScheduler: what all learning-rate schedulers share."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from typing import Any

from ...tensors.tensor import Tensor
from ..optimizer import Optimizer

LR = float | Tensor

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available."
)


class LRScheduler:
    """Base class of schedulers; a subclass defines get_lr(), the learning rates at self.last_epoch.

    Args:     optimizer: whose learning rates are set, those of the first epoch at once.
              last_epoch: the number of steps already taken when a run is resumed; -1 for a new one.
    Raises:   TypeError: if optimizer is none. KeyError: if a run is resumed without the groups' "initial_lr".
    """

    # Both are in state_dict() once they have been set, as PyTorch's are.
    _get_lr_called_within_step = False
    _is_initial = False

    _last_lr: list[LR]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0. Load the optimizer's state_dict first, or leave last_epoch at -1 for a new run."
                )
        self.base_lrs: list[LR] = options(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the first epoch's learning rates."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """All that the scheduler keeps, but for the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what state_dict() gave. The learning rates themselves are in the optimizer's state_dict."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[LR]:
        """The learning rates that were set last, one for each parameter group."""
        return self._last_lr

    def get_lr(self) -> list[LR]:
        """The learning rates at self.last_epoch; for subclasses to define. To ask for them, use get_last_lr().

        Raises:   NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Set the next learning rates; after the optimizer's step.

        Args:     epoch: deprecated: jump to this epoch.
        """
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _check_order(self) -> None:
        if "step" in vars(self.optimizer):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
                "Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`.",
                UserWarning,
                stacklevel=3,
            )
        elif not self.optimizer._opt_called:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in the "
                "opposite order: `optimizer.step()` before `lr_scheduler.step()`. Failure to do this will result in "
                "skipping the first value of the learning rate schedule.",
                UserWarning,
                stacklevel=3,
            )

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed_form = getattr(self, "_get_closed_form_lr", None)
        self._set_lrs(self.get_lr if epoch is None or closed_form is None else closed_form)

    def _set_lrs(self, compute: Callable[[], list[LR]]) -> None:
        self._get_lr_called_within_step = True
        try:
            lrs = compute()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            set_option(group, "lr", lr)
        self._last_lr = options(self.optimizer, "lr")

    def _warn_if_not_in_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def _scaled(self, factor: float) -> list[LR]:
        """The present learning rates times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _unchanged(self) -> list[LR]:
        """The present learning rates."""
        return options(self.optimizer, "lr")


class _LRScheduler(LRScheduler):
    """LRScheduler's name before PyTorch 2."""


def checked_optimizer(optimizer: object) -> Optimizer:
    """The optimizer; TypeError if it is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def copied(value: LR) -> LR:
    """A copy of a learning rate that is a tensor: set_option writes into the original."""
    return value.detach().clone() if isinstance(value, Tensor) else value


def options(optimizer: Optimizer, name: str) -> list[Any]:
    """One option of every parameter group."""
    return [copied(group[name]) for group in optimizer.param_groups]


def set_option(group: dict[str, Any], name: str, value: LR) -> None:
    """Set an option of a parameter group; a learning rate that is a tensor stays the same tensor."""
    if isinstance(group[name], Tensor):
        group[name].fill_(float(value))
    else:
        group[name] = value


def for_each_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value for each parameter group, from a list of them or from one for all.

    Raises:   ValueError: if a list has another length.
    """
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copied(value) for _ in range(groups)]
    if len(value) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(value)} values, param_groups has {groups}."
        )
    return [copied(v) for v in value]


def state_of_function(function: Callable | None) -> dict[str, Any] | None:
    """What a state_dict keeps of a user's function: nothing of a plain one, the attributes of a callable object."""
    return None if function is None or isinstance(function, types.FunctionType) else dict(vars(function))
