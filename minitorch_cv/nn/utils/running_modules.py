"""A model without the modules that only compute weights (parametrize.py): what an input passes."""

from __future__ import annotations

from collections.abc import Iterator

from ..module import Module
from ..parameter import Parameter
from .parametrize import is_parametrized


def running_modules(model: Module) -> Iterator[tuple[str, Module]]:
    """The modules that inputs go through, with their names: all but those that compute weights."""
    computing = {m for module in model.modules() if is_parametrized(module) for m in module.parametrizations.modules()}
    for name, module in model.named_modules():
        if module not in computing:
            yield name, module


def own_parameters(module: Module) -> list[Parameter]:
    """A module's parameters: not those of the modules below it, but those that its weights are computed from."""
    behind = module.parametrizations.parameters() if is_parametrized(module) else ()
    return [*module.parameters(recurse=False), *behind]


def is_layer(module: Module) -> bool:
    """Whether there is nothing below a module, but for what computes its weights."""
    return all(name == "parametrizations" for name, _ in module.named_children())


def layer_path(path: str) -> str:
    """The path of the module that uses a weight, given that of one that computes it; of any other, its own."""
    steps = path.split(".")
    return ".".join(steps[: steps.index("parametrizations")]) if "parametrizations" in steps else path
