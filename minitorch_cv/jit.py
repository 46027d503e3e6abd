"""torch.jit, as it answers in Python that is run: models are not compiled to TorchScript here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def is_scripting() -> bool:
    """False."""
    return False


def is_tracing() -> bool:
    """False."""
    return False


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """The function itself, or a decorator that gives it back: it is run by Python in any case."""
    return drop if callable(drop) else lambda function: function


def unused(fn: Callable) -> Callable:
    """The function itself, as ignore."""
    return fn


def export(fn: Callable) -> Callable:
    """The function itself, as ignore."""
    return fn


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"jit.{name}: models are not compiled to TorchScript here; save model.state_dict()")
