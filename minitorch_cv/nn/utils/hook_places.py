"""Where a module keeps the hook that computes its weight."""

from __future__ import annotations

from typing import Any

from ..forward_hook import ForwardHook
from ..module import Module


def hook_on(module: Module, kind: Any, name: str) -> ForwardHook | None:
    """The forward pre-hook whose function is of this kind and for this parameter, if there is one."""
    for entry in module._forward_pre_hooks:
        if isinstance(entry.function, kind) and entry.function.name == name:
            return entry
    return None
