"""Hooks of all modules at once, for looking at what a program does; each runs before a module's own hooks of its kind.

They stand in one list, so that a call of a module asks one question only while there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..autograd.operation import RemovableHandle
from .forward_hook import ForwardHook


@dataclass(eq=False)
class _Registered:
    kind: str
    hook: Any


REGISTERED: list[_Registered] = []


def hooks_of(kind: str) -> list[Any]:
    """The hooks of one kind: "forward_pre", "forward", "backward_pre" or "backward"."""
    return [entry.hook for entry in REGISTERED if entry.kind == kind]


def register_module_forward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, args)` before every forward of every module; what it returns takes the arguments' place.

    Keyword arguments are not shown to it. None leaves the arguments as they are.
    """
    return _register("forward_pre", ForwardHook(hook, False))


def register_module_forward_hook(
    hook: Callable, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after every forward of every module; what it returns replaces the output.

    Args:     with_kwargs: call `hook(module, args, kwargs, output)`.
              always_call: also when forward raised an exception; output is then None.
    """
    return _register("forward", ForwardHook(hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_output)` in backward for every module; see Module.register_full_backward_pre_hook."""
    return _register("backward_pre", hook)


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` in backward for every module.

    As for Module.register_full_backward_hook, inputs and outputs must not be written to in place, as
    `ReLU(inplace=True)` does.
    """
    return _register("backward", hook)


def register_module_backward_hook(hook: Callable) -> RemovableHandle:
    """PyTorch's deprecated, unreliable predecessor of register_module_full_backward_hook.

    Raises:   NotImplementedError: always.
    """
    raise NotImplementedError(
        "register_module_backward_hook: this deprecated hook sees only a module's last operation and is not supported; "
        "use register_module_full_backward_hook(hook), which has the same signature "
        "hook(module, grad_input, grad_output)"
    )


def _register(kind: str, hook: Any) -> RemovableHandle:
    entry: Any = _Registered(kind, hook)
    return RemovableHandle(REGISTERED, entry)
