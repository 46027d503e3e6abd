"""torch.optim.swa_utils: a model whose weights are averages of another one's, and what training it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

from ..autograd.grad_mode import no_grad
from ..nn.batchnorm import _BatchNorm
from ..nn.module import Module
from ..tensors.creation import tensor
from ..tensors.tensor import Tensor
from ..types.dtype import int64
from .lr_scheduler.scheduler import LR, LRScheduler, for_each_group
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Count = Tensor | int
Tensors = Sequence[Tensor]


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Tensor, Tensor, Count], Tensor]:
    """The exponential moving average of a parameter: decay * average + (1 - decay) * newest.

    Raises:   ValueError: if decay is not in [0, 1].
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Count) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Tensors, Tensors, Count], None]:
    """The same for a list of parameters, in place.

    Raises:   ValueError: if decay is not in [0, 1].
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param_list: Tensors, current_param_list: Tensors, num_averaged: Count) -> None:
        for average, newest in zip(ema_param_list, current_param_list, strict=True):
            if average.is_floating_point():
                average.lerp_(newest, 1 - decay)
            else:
                average.copy_(average * decay + newest * (1 - decay))

    return ema_update


def get_swa_avg_fn() -> Callable[[Tensor, Tensor, Count], Tensor]:
    """The plain average of a parameter over all updates."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Count) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_swa_multi_avg_fn() -> Callable[[Tensors, Tensors, Count], None]:
    """The same for a list of parameters, in place."""

    @no_grad()
    def swa_update(averaged_param_list: Tensors, current_param_list: Tensors, num_averaged: Count) -> None:
        share = 1 / (num_averaged + 1)
        for average, newest in zip(averaged_param_list, current_param_list, strict=True):
            if average.is_floating_point():
                average.lerp_(newest, float(share))
            else:
                raise RuntimeError(
                    f"get_swa_multi_avg_fn: cannot average tensors in {average.dtype}, such as a batch norm's "
                    "num_batches_tracked; expected floating-point ones. get_swa_avg_fn, the default, rounds"
                )

    return swa_update


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of the model's: call `update_parameters(model)` after its steps.

    The first update copies, every later one averages. Without a function, all updates weigh the same (stochastic weight
    averaging); `multi_avg_fn=get_ema_multi_avg_fn(0.999)` makes it an exponential moving average.

    Args:     device: the CPU, if any.
              avg_fn: called with (averaged parameter, the model's, number of updates before) gives the new average.
              multi_avg_fn: called with (averaged parameters, the model's, number of updates before), lists of one
                dtype, changes the first ones in place.
              use_buffers: average buffers too, such as a batch norm's running statistics; otherwise they are copied
                from the model, and `update_bn` finds the statistics that belong to the averages.
    Attributes: module: the copy. n_averaged: number of updates; a buffer, int64, 0-d.
    Raises:   AssertionError: if both functions are given.
    Source:   Izmailov et al. 2018.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Callable[[Tensor, Tensor, Count], Tensor] | None = None,
        multi_avg_fn: Callable[[Tensors, Tensors, Count], None] | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the copy gives."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the model's present parameters into the averages."""
        averages = [t.detach() for t in self._averaged(self.module)]
        newest = [t.detach() for t in self._averaged(model)]
        if self.n_averaged == 0:
            for average, new in zip(averages, newest):
                average.copy_(new)
        elif self.multi_avg_fn is not None:
            for pairs in _by_dtype(averages, newest):
                self.multi_avg_fn(*map(list, zip(*pairs)), self.n_averaged)  # type: ignore[call-arg, arg-type]
        else:
            avg_fn = self.avg_fn or get_swa_avg_fn()
            for average, new in zip(averages, newest):
                average.copy_(avg_fn(average, new, self.n_averaged))
        if not self.use_buffers:
            for kept, buffer in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.detach().copy_(buffer.detach())
        self.n_averaged += 1

    def _averaged(self, model: Module) -> Iterable[Tensor]:
        """The tensors of a model that averages are taken of."""
        return chain(model.parameters(), model.buffers() if self.use_buffers else ())


def _by_dtype(averages: Tensors, newest: Tensors) -> list[list[tuple[Tensor, Tensor]]]:
    """The pairs, those of one dtype together."""
    groups: dict[Any, list[tuple[Tensor, Tensor]]] = {}
    for average, new in zip(averages, newest):
        groups.setdefault(average.dtype, []).append((average, new))
    return list(groups.values())


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Make the running statistics of a model's batch norms the averages over all batches of a loader.

    For the model that an AveragedModel is: its averaged weights give other statistics than any that were seen.

    Args:     loader: gives batches: tensors, or lists or tuples that begin with one.
              device: the CPU, if any.
    """
    momenta: dict[_BatchNorm, float | None] = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None  # the plain average
    for batch in loader:
        input = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(input if device is None else input.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Goes from the present learning rates to `swa_lr` and stays there.

    Args:     swa_lr: for all parameter groups, or one for each.
              anneal_epochs: number of epochs that it takes; at least 0.
              anneal_strategy: "cos" or "linear".
    Raises:   ValueError: for another strategy, a number of epochs that is none, or another number of learning rates
                than of groups.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for lr, group in zip(for_each_group("swa_lr", optimizer, swa_lr), optimizer.param_groups):
            group["swa_lr"] = lr
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[LR]:
        """The learning rates at self.last_epoch."""
        self._warn_if_not_in_step()
        step = max(1, self._step_count - 1) if self.anneal_epochs == 0 else self._step_count - 1
        before, now = self._share(step - 1), self._share(step)
        return [
            group["swa_lr"] * now + _at_the_beginning(group["lr"], group["swa_lr"], before) * (1 - now)
            for group in self.optimizer.param_groups
        ]

    def _share(self, step: int) -> float:
        """How much of swa_lr is in the learning rates after a number of steps."""
        way = max(0, min(1, step / max(1, self.anneal_epochs)))
        return way if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * way)) / 2


def _at_the_beginning(lr: LR, swa_lr: LR, share: float) -> LR:
    """The learning rate that swa_lr was mixed into."""
    return swa_lr if share == 1 else (lr - share * swa_lr) / (1 - share)
