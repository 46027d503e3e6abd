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
    """Whether operations remember where they were called (torch.is_anomaly_enabled)."""
    return _enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode looks for NaN in backward (torch.is_anomaly_check_nan_enabled)."""
    return _check_nan


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Switch anomaly mode on or off (torch.set_anomaly_enabled)."""
    global _enabled, _check_nan
    _enabled, _check_nan = bool(mode), bool(check_nan)


class _AnomalyMode:
    """Anomaly mode for the time of a `with`, and what was before afterwards."""

    def __init__(self, mode: bool, check_nan: bool) -> None:
        self._wanted = (mode, check_nan)
        self._before = (_enabled, _check_nan)

    def __enter__(self) -> None:
        set_anomaly_enabled(*self._wanted)

    def __exit__(self, *exc: object) -> None:
        set_anomaly_enabled(*self._before)


class set_detect_anomaly(_AnomalyMode):
    """Switch anomaly mode on or off, at once; as a context manager, back at the end of the `with`.

    In anomaly mode every recorded operation remembers the line that called it, and a backward that gives a NaN raises
    RuntimeError naming that operation, after a warning that shows the line. It is slow: use it to find a fault.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(mode, check_nan)
        set_anomaly_enabled(mode, check_nan)


class detect_anomaly(_AnomalyMode):
    """Anomaly mode (see set_detect_anomaly) for the time of a `with`."""

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )


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
            f"Error detected in {node.name()}. No forward pass information available. Enable detect anomaly during "
            "forward pass for more information.",
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
