"""torch.distributed, as it answers where nothing was begun: training runs in one process here."""

from __future__ import annotations

from typing import Any, NoReturn


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def _without_a_group(name: str) -> NoReturn:
    raise ValueError(
        f"{name}: Default process group has not been initialized: training runs in one process here, on all its cores"
    )


def get_rank(group: Any = None) -> int:
    """Raises ValueError, as PyTorch does where no group of processes was begun."""
    _without_a_group("get_rank")


def get_world_size(group: Any = None) -> int:
    """Raises ValueError, as get_rank."""
    _without_a_group("get_world_size")


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"distributed.{name}: training runs in one process here, on all its cores")
