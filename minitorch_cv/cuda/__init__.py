"""torch.cuda, which says no: this library runs on the CPU. What scripts call without a GPU works as it does there."""

from __future__ import annotations

from typing import Any

from ..types.device import without_device
from . import amp


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing: there is no GPU whose generator could be seeded. torch.manual_seed seeds the CPU's."""
    int(seed)


def manual_seed_all(seed: int) -> None:
    """Nothing, as manual_seed."""
    int(seed)


def seed() -> None:
    """Nothing, as manual_seed."""


def seed_all() -> None:
    """Nothing, as manual_seed."""


def get_rng_state_all() -> list:
    """The states of no generators."""
    return []


def empty_cache() -> None:
    """Nothing: no memory of a GPU is held."""


def memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


class OutOfMemoryError(RuntimeError):
    """What PyTorch raises when a GPU's memory is full: never raised here."""


# What asks a GPU something: without one PyTorch raises an AssertionError when it is called.
_NEED_A_GPU = {
    "current_device",
    "current_stream",
    "default_stream",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "init",
    "ipc_collect",
    "mem_get_info",
    "set_device",
    "synchronize",
}


def __getattr__(name: str) -> Any:
    said = "this library runs on the CPU, there is no CUDA device (cuda.is_available() is False)"
    return without_device(f"cuda.{name}", said, _NEED_A_GPU, AssertionError)
