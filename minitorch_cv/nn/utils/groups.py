"""Layers that learn at rates of their own: the groups of parameters that an optimiser takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module import Module


def parameter_groups(model: Module, rates: Mapping[str, float], lr: float | None = None) -> list[dict[str, Any]]:
    """Split a model's parameters by layer, each group with a learning rate, for fine-tuning.

    A parameter belongs to the innermost module that is named: with {"features": 1e-4, "features.0": 0.0} the first
    layer has a group of its own. Frozen parameters are in their groups too; an optimiser passes them over until they
    are freed.

    Args:     rates: learning rate of each of some modules, by their names in `model.named_modules()`.
              lr: of all other parameters; None if there are none.
    Returns:  [{"params": [...], "lr": ..., "name": ...}, ...], the others first: what every optimiser of `optim` takes.
                The name is the module's, or "others"; pictures of the learning rates have it.
    Raises:   ValueError: if there is no such module, if one has no parameters that are not another's, or if parameters
                remain and lr is None.

    >>> from minitorch_cv import nn, optim
    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8, 2))
    >>> groups = parameter_groups(net, {"2": 1e-3}, lr=1e-4)
    >>> [(len(group["params"]), group["lr"]) for group in groups]
    [(2, 0.0001), (2, 0.001)]
    >>> optimizer = optim.AdamW(groups)
    """
    known = dict(model.named_modules())
    for name in rates:
        if name not in known:
            raise ValueError(f"parameter_groups: the model has no module {name!r}; there are {_listed(known)}")
    members: dict[str | None, list[Any]] = {None: [], **{name: [] for name in rates}}
    left = []
    for name, parameter in model.named_parameters():
        owner = _innermost(name, rates)
        members[owner].append(parameter)
        if owner is None:
            left.append(name)
    if left and lr is None:
        raise ValueError(
            f"parameter_groups: {', '.join(left)} belong to none of {', '.join(map(repr, rates)) or 'the modules'}; "
            "give lr, the learning rate of the others"
        )
    for name in rates:
        if not members[name]:
            raise ValueError(f"parameter_groups: module {name!r} has no parameters that no other group has")
    return [
        {"params": parameters, "lr": lr if name is None else rates[name], "name": "others" if name is None else name}
        for name, parameters in members.items()
        if parameters
    ]


def _innermost(parameter: str, modules: Mapping[str, float]) -> str | None:
    """The longest of the names that the parameter is in; "" is the whole model."""
    names = [name for name in modules if not name or parameter.startswith(f"{name}.")]
    return max(names, key=len, default=None)


def _listed(modules: Mapping[str, Module]) -> str:
    return ", ".join(filter(None, modules))
