"""MATLAB's .mat files, in which some owners put labels, splits and even images. SciPy reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .corrupted import corrupted


def read_mat(path: Path, *names: str) -> list[np.ndarray]:
    """Arrays of numbers in a .mat file.

    Args:     names: of the variables.
    Raises:   RuntimeError: naming the file, if it is none, is cut short or damaged, or has no such variable.
              FileNotFoundError: if it is not there.
    """
    from scipy.io import loadmat

    with path.open("rb") as file:
        try:
            found = loadmat(file, variable_names=names)
        except Exception as error:  # SciPy's reader believes what the file says and raises whatever comes of it
            raise corrupted(path, f"it cannot be read as a .mat file ({type(error).__name__}: {error})") from None
    for name in names:
        if name not in found:
            there = ", ".join(sorted(set(loadmat(path)) - {"__header__", "__version__", "__globals__"}))
            raise corrupted(path, f"it has no variable {name}, but {there or 'nothing'}")
        if not isinstance(found[name], np.ndarray) or found[name].dtype.kind not in "iuf":
            raise corrupted(path, f"its variable {name} is no array of numbers")
    return [found[name] for name in names]
