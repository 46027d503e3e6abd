"""torch.accelerator, which says that there is none: this library runs on the CPU."""

from __future__ import annotations

from typing import Any

from .types.device import device, without_device


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> device | None:
    """None."""
    return None


# What asks an accelerator something: without one PyTorch raises a RuntimeError when it is called.
_NEED_ONE = {
    "current_device_index",
    "current_stream",
    "empty_cache",
    "max_memory_allocated",
    "memory_allocated",
    "set_device_index",
    "set_stream",
    "synchronize",
}


def __getattr__(name: str) -> Any:
    said = "this library runs on the CPU, there is no accelerator"
    return without_device(f"accelerator.{name}", said, _NEED_ONE, RuntimeError)
