"""Notebooks: `%load_ext minitorch_cv`, then `import torch`."""

from __future__ import annotations

from typing import Any

from . import alias

_standing: alias.Standing | None = None


def load_ipython_extension(ipython: Any) -> None:
    """Let the notebook's `import torch` bring this library; called by `%load_ext minitorch_cv`.

    Raises:   RuntimeError: if PyTorch itself was imported before.
    """
    global _standing
    _standing = _standing or alias.as_torch()


def unload_ipython_extension(ipython: Any) -> None:
    """Let `import torch` bring PyTorch again; called by `%unload_ext minitorch_cv`."""
    global _standing
    if _standing is not None:
        _standing.end()
        _standing = None
