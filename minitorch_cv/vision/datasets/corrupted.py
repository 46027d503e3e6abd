"""What is said of a file that is not what it should be."""

from __future__ import annotations

from pathlib import Path


def corrupted(path: str | Path, found: str, *, alone: bool = True) -> RuntimeError:
    """The error for a file.

    Args:     alone: whether it can be got again by itself; otherwise with all of the dataset's folder.
    """
    what, how = ("it", " (download=True does)") if alone else ("the dataset's folder", "")
    return RuntimeError(f"{path} is corrupted: {found}. Delete {what} and get it again{how}")
