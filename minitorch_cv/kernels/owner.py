"""The memory behind an array."""

from __future__ import annotations

import numpy as np


def owner_of(array: np.ndarray) -> np.ndarray:
    """The array that holds the whole of the memory of which `array` shows a part."""
    while True:
        base = array.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # as_strided puts a stand-in between
        if not isinstance(base, np.ndarray):
            return array
        array = base
