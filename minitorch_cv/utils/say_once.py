"""Warnings that are given once in a process, wherever they come from."""

from __future__ import annotations

import warnings

_said: set[str] = set()


def warn_once(text: str, stacklevel: int = 2) -> None:
    """Give a UserWarning, unless this text was given before.

    Args:     stacklevel: as warnings.warn's, counted from the function that calls this one.
    """
    if text not in _said:
        _said.add(text)
        warnings.warn(text, stacklevel=stacklevel + 1)
