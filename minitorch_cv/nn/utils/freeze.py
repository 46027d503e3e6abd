"""Freezing the first layers of a network, for fine-tuning the others; batch norms included, and for good."""

from __future__ import annotations

from typing import Any

from ..module import Module
from ..running_norm import RunningNorm

_WAYS = ("stats", "affine", "both")


def freeze(model: Module, until: str | None = None, bn: str = "both") -> list[str]:
    """Keep the layers of a model before one of them as they are, while the others are trained.

    A parameter that is frozen has requires_grad=False; an optimiser passes it over. Batch norms in the frozen part are
    frozen as `bn` says: one with frozen statistics normalises by its running ones and does not change them, and goes on
    doing so after `model.train()`, which would wake a batch norm that had only been told `.eval()`. Instance norms that
    track running statistics are treated alike.

    Args:     until: name of the first module that is trained, in the order of `model.named_modules()`, such as "layer4"
                or "fc"; None freezes all.
              bn: "both", "stats" (running statistics; factors and summands are trained), or "affine" (factors and
                summands; statistics follow the batches).
    Returns:  the names of the frozen parameters.
    Raises:   ValueError: for another `bn`, or if there is no such module.

    >>> from minitorch_cv import nn
    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
    >>> freeze(net, until="4")
    ['0.weight', '0.bias', '1.weight', '1.bias']
    >>> net.train()[1].training
    False
    """
    if bn not in _WAYS:
        raise ValueError(f"freeze: bn is {bn!r}, expected one of {', '.join(map(repr, _WAYS))}")
    frozen = []
    for name, module in _before(model, until, "freeze"):
        norm = isinstance(module, RunningNorm)
        if norm and bn != "affine" and module.running_mean is not None:
            module.stats_frozen = True
            module.eval()
        if norm and bn == "stats":
            continue
        for key, parameter in module.named_parameters(name, recurse=False):
            parameter.requires_grad_(False)
            frozen.append(key)
    return frozen


def unfreeze(model: Module, until: str | None = None) -> list[str]:
    """Train again the layers of a model before one of them: the reverse of `freeze`.

    Args:     until: as for `freeze`; None for all.
    Returns:  the names of the parameters that were frozen and are no longer.
    Raises:   ValueError: if there is no such module.
    """
    freed = []
    for name, module in _before(model, until, "unfreeze"):
        if isinstance(module, RunningNorm) and module.stats_frozen:
            module.stats_frozen = False
            module.train(model.training)
        for key, parameter in module.named_parameters(name, recurse=False):
            if not parameter.requires_grad:
                parameter.requires_grad_(True)
                freed.append(key)
    return freed


def _before(model: Module, until: str | None, operation: str) -> list[tuple[str, Any]]:
    """The modules that come before one of them, without those that it is a part of."""
    modules = list(model.named_modules())
    if until is None:
        return modules
    names = [name for name, _ in modules]
    if until not in names or not until:
        raise ValueError(f"{operation}: the model has no module {until!r}; there are {', '.join(filter(None, names))}")
    first = modules[: names.index(until)]
    return [(name, module) for name, module in first if name and not until.startswith(f"{name}.")]
