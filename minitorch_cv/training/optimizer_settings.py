"""What an optimiser was made with: a state that another one has kept would silently take the place of new settings."""

from __future__ import annotations

from typing import Any

from ..optim import Optimizer
from ..tensors.tensor import Tensor

# Of a group, what its scheduler begins with and goes up to; the rate itself changes as the training goes on.
_OF_GROUPS = ("initial_lr", "max_lr")


def optimizer_settings(part: Any) -> dict[str, Any] | None:
    """Class, options and, under a scheduler, rates of an optimiser; None for anything else.

    A rate in a tensor is changed there by the scheduler; of it what it began with is known from the groups.
    """
    if not isinstance(part, Optimizer):
        return None
    rates = [{name: _plain(group[name]) for name in _OF_GROUPS if name in group} for group in part.param_groups]
    return {
        "class": type(part).__name__,
        **{name: _plain(value) for name, value in part.defaults.items() if not isinstance(value, Tensor)},
        **{f"{name} of group {i}": value for i, group in enumerate(rates) for name, value in group.items()},
    }


def _plain(value: Any) -> Any:
    """A number that is kept in a tensor as a number; what is no plain value as its class's name."""
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else type(value).__name__
