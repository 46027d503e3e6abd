"""Anomaly mode: find the forward operation whose gradient turned into NaN."""

from __future__ import annotations

import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

_PACKAGE = Path(__file__).resolve().parent.parent
_enabled = False
_check_nan = True


def is_anomaly_enabled() -> bool:
    """Whether backward looks for NaN and operations remember where they were called."""
    return _enabled


class set_detect_anomaly:
    """Switch anomaly mode on or off; as a context manager, back at the end of the `with`.

    In anomaly mode every recorded operation remembers the line that called it, and a backward that gives a NaN raises
    RuntimeError naming that operation, after a warning that shows the line. It is slow: use it to find a fault.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        global _enabled, _check_nan
        self._before = (_enabled, _check_nan)
        _enabled, _check_nan = bool(mode), bool(check_nan)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exc: object) -> None:
        global _enabled, _check_nan
        _enabled, _check_nan = self._before


class detect_anomaly(set_detect_anomaly):
    """Anomaly mode for the time of a `with`."""

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)


def call_site() -> list[str]:
    """The stack at the operation being recorded, down to the last line outside the package."""
    frames = traceback.extract_stack()
    while len(frames) > 1 and Path(frames[-1].filename).is_relative_to(_PACKAGE):
        frames.pop()
    return traceback.format_list(frames)


def explain(node: Any) -> None:
    """Warn with the place where the operation of a failing backward was called."""
    if node.call_site:
        warnings.warn(
            f"Error detected in {node.name()}. Traceback of forward call that caused the error:\n"
            + "".join(node.call_site),
            stacklevel=2,
        )
    else:
        warnings.warn(
            f"Error detected in {node.name()}. No forward traceback: switch anomaly detection on "
            "before the forward pass to see which line called it.",
            stacklevel=2,
        )


def check_gradients(node: Any, grads: tuple) -> None:
    """Raise if an operation's backward gave a NaN."""
    if not _check_nan:
        return
    for index, grad in enumerate(grads):
        if grad is not None and grad.dtype.kind == "f" and np.isnan(grad).any():
            explain(node)
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {index}th output.")
