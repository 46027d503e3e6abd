"""torch.compile and torch.compiler: the kernels are compiled already, nothing is left to compile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .utils.say_once import warn_once


def compile(
    model: Callable | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable | None = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """The model or function itself; the first call says in a warning that it changes nothing (torch.compile).

    Args:     model: a module or function; without one, a decorator is returned.
              disable: True is silent.
              fullgraph, dynamic, backend, mode, options, ...: tell PyTorch how to compile; here without effect.
    Raises:   TypeError: if model cannot be called.
    """
    if model is not None and not callable(model):
        raise TypeError(f"torch.compile: expected a module or a function, got {type(model).__name__}")
    if not disable:
        warn_once("torch.compile changes nothing in minitorch_cv: the model is returned as it is")
    return model if model is not None else lambda function: function


def disable(fn: Callable | None = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself, or a decorator that gives it back: nothing is compiled."""
    return fn if fn is not None else lambda function: function


def is_compiling() -> bool:
    """False."""
    return False


def reset() -> None:
    """Nothing: there is no compiled code to be forgotten."""
