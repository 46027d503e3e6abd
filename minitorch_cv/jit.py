"""torch.jit, as it answers in Python that is run: models are not compiled to TorchScript here."""

from __future__ import annotations

from typing import NoReturn


def is_scripting() -> bool:
    """False."""
    return False


def is_tracing() -> bool:
    """False."""
    return False


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"jit.{name}: models are not compiled to TorchScript here; save model.state_dict()")
