"""torch.accelerator, which says that there is none: this library runs on the CPU."""

from __future__ import annotations

from typing import NoReturn

from .types.device import device


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> device | None:
    """None."""
    return None


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"accelerator.{name}: this library runs on the CPU, there is no accelerator")
