"""The momentum that CyclicLR and OneCycleLR move against the learning rate: SGD's momentum, or Adam's first beta."""

from __future__ import annotations

from typing import Any

from ..optimizer import Optimizer
from .scheduler import for_each_group


def has_beta(optimizer: Optimizer) -> bool:
    """Whether the momentum is the first of "betas" rather than "momentum".

    Raises:   ValueError: if the optimizer has neither.
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled, "
            f"but {type(optimizer).__name__} has neither: pass cycle_momentum=False"
        )
    return "betas" in optimizer.defaults


def set_momentum(group: dict[str, Any], value: float, use_beta1: bool) -> None:
    """Set a parameter group's momentum."""
    if use_beta1:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def begin_momentum(
    optimizer: Optimizer, base_momentum: Any, max_momentum: Any, use_beta1: bool, last_epoch: int
) -> tuple[list[float], list[float]]:
    """Check both limits, one for each group; in a new run, begin at the higher and note both in the groups."""
    highest = for_each_group("max_momentum", optimizer, max_momentum)
    lowest = for_each_group("base_momentum", optimizer, base_momentum)
    if last_epoch == -1:
        for high, low, group in zip(highest, lowest, optimizer.param_groups):
            set_momentum(group, high, use_beta1)
            group["max_momentum"] = high
            group["base_momentum"] = low
    return lowest, highest
