"""What operations between layers that give elements other places are in torch: functions of their inputs.

Where a size depends on the batch, the model's first input comes after the operation's own input; its first dimension is
the batch's (see unifying.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .program import Step
from .torch_layers import torch_tensor

Function = Callable[..., Any]


def expand(step: Step) -> Function:
    """Tensor.expand."""
    shape = step.settings["shape"]
    return lambda x, first=None: x.expand([len(first) if n is None else n for n in shape])


def repeat(step: Step) -> Function:
    """Tensor.repeat."""
    repeats = step.settings["repeats"]
    return lambda x, first=None: x.repeat([len(first) if n is None else n for n in repeats])


def resized(step: Step) -> Function:
    """F.interpolate, by the places and shares that it was worked out to have."""
    axes = [
        [(torch_tensor(part.sources), None if part.shares is None else torch_tensor(part.shares)) for part in parts]
        for parts in step.settings["dims"]
    ]

    def function(x: Any) -> Any:
        for axis, parts in enumerate(axes, 2):
            x = sum(_taken(x, axis, *part) for part in parts)
        return x

    return function


def resized_antialiased(step: Step) -> Function:
    """F.interpolate with antialias, by the shares that it was worked out to have."""
    rows, columns = (
        None if shares is None else torch_tensor(shares) for shares in (step.settings["rows"], step.settings["columns"])
    )

    def function(x: Any) -> Any:
        x = x if columns is None else x @ columns.T.to(x.device)
        return x if rows is None else rows.to(x.device) @ x

    return function


def _taken(x: Any, axis: int, sources: Any, shares: Any = None) -> Any:
    taken = x.index_select(axis, sources.to(x.device))
    return taken if shares is None else taken * shares.to(x).reshape(-1, *[1] * (x.ndim - axis - 1))


def padded(step: Step) -> Function:
    """F.pad with the input's own elements: reflect, replicate, circular."""
    sources = [torch_tensor(source) for source in step.settings["sources"]]

    def function(x: Any) -> Any:
        for axis, source in enumerate(sources, -len(sources)):
            x = _taken(x, axis, source)
        return x

    return function


def index(step: Step) -> Function:
    """x[...] by tensors of indices."""
    import numpy as np

    items = [torch_tensor(item) if isinstance(item, np.ndarray) else item for item in step.settings["index"]]
    return lambda x: x[tuple(items)]


def sliding_window(step: Step) -> Function:
    """Tensor.unfold."""
    s = step.settings
    return lambda x: x.unfold(s["dim"], s["size"], s["step"])
