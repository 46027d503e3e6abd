"""The folder in which PyTorch keeps downloaded weights: hub.get_dir and hub.set_dir."""

from __future__ import annotations

import os
from pathlib import Path

_folder: str | None = None


def get_dir() -> str:
    """The folder that PyTorch and torchvision keep downloads in: set_dir's, $TORCH_HOME/hub, or ~/.cache/torch/hub."""
    if _folder is not None:
        return _folder
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "torch"
    return str(Path(os.environ.get("TORCH_HOME", cache)).expanduser() / "hub")


def set_dir(d: str | os.PathLike) -> None:
    """Set the folder that get_dir gives."""
    global _folder
    _folder = os.path.expanduser(d)
