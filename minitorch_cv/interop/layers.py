"""Which of the library's layers a module is, for those who have to write it down for another library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .. import nn
from ..nn.module import Module

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)
MADE_OF_OTHERS = (nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerEncoder)


def layer_kind(module: Module) -> str | None:
    """The name in `nn` of the layer that a module is: of its class, or of a base whose forward it has unchanged.

    None for containers, for a class with a forward of its own, for a module whose forward was replaced, and for layers
    that are made of other layers and operations.
    """
    if isinstance(module, (*CONTAINERS, *MADE_OF_OTHERS)) or "forward" in vars(module):
        return None
    for kind in type(module).__mro__:
        if getattr(nn, kind.__name__, None) is kind and kind is not Module:
            return kind.__name__ if getattr(kind, "forward") is type(module).forward else None  # noqa: B009
    return None


@contextmanager
def settings_replaced(modules: dict[Module, dict[str, object]]) -> Iterator[None]:
    """Give attributes of modules other values within the `with`."""
    before = [(module, name, getattr(module, name)) for module, new in modules.items() for name in new]
    try:
        for module, new in modules.items():
            for name, value in new.items():
                setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
