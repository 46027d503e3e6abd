"""Operations between layers that give elements other places, as ONNX nodes.

Where a size depends on the batch, the model's first input comes after the operation's own input; its first dimension is
the batch's (see unifying.py).
"""

from __future__ import annotations

import numpy as np

from ..program import Step
from .elementwise import Emit
from .graph import Graph, sizes
from .shapes import gathered

_BEFORE_ALL = np.iinfo(np.int64).min  # where a Slice that runs backwards ends


def _numbers(g: Graph, numbers: tuple[int | None, ...], first: list[str]) -> str:
    """A list of integers, with the batch's size in the place of None."""
    if None not in numbers:
        return g.integers(numbers)  # type: ignore[arg-type]
    batch = g.add("Shape", first[0], start=0, end=1)
    return g.add("Concat", *[batch if n is None else g.integers([n]) for n in numbers], axis=0)


def _expand(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("Expand", x[0], _numbers(g, step.settings["shape"], x[1:]))


def _repeat(g: Graph, step: Step, x: list[str]) -> str:
    repeats = step.settings["repeats"]
    new = len(repeats) - len(g.shape_of(step.inputs[0]))  # type: ignore[arg-type]
    lead = g.add("Unsqueeze", x[0], g.integers(range(new))) if new else x[0]
    return g.add("Tile", lead, _numbers(g, repeats, x[1:]))


def _split(g: Graph, step: Step, x: list[str]) -> list[str]:
    parts, dim = step.settings["sizes"], step.settings["dim"]
    if len(parts) == 1:
        return [g.add("Identity", x[0])]
    return g.add("Split", x[0], g.integers(parts), outputs=len(parts), axis=dim)


def _unbind(g: Graph, step: Step, x: list[str]) -> list[str]:
    dim = step.settings["dim"]
    return [g.add("Gather", x[0], g.array(i, np.int64), axis=dim) for i in range(len(step.outputs))]


def _cumsum(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("CumSum", x[0], g.array(step.settings["dim"], np.int64))


def _flip(g: Graph, step: Step, x: list[str]) -> str:
    dims = step.settings["dims"]
    back = g.integers([-1] * len(dims))
    return g.add("Slice", x[0], back, g.integers([_BEFORE_ALL] * len(dims)), g.integers(dims), back)


def _roll(g: Graph, step: Step, x: list[str]) -> str:
    result = x[0]
    for shift, dim in zip(step.settings["shifts"], step.settings["dims"]):
        (n,) = sizes(g.result, dim, step.title)[:1]
        result = g.add("Gather", result, g.array(np.roll(np.arange(n), shift)), axis=dim)
    return result


def _index(g: Graph, step: Step, x: list[str]) -> str:
    """One tensor of indices; several would pick element by element."""
    index = step.settings["index"]
    arrays = [(axis, item) for axis, item in enumerate(index) if isinstance(item, np.ndarray)]
    others = [item for item in index if not isinstance(item, np.ndarray)]
    if len(arrays) != 1 or arrays[0][1].dtype == bool or any(item != slice(None) for item in others):
        raise NotImplementedError(f"{step.title}: one tensor of indices is supported; no masks, no several tensors")
    ((axis, item),) = arrays
    return g.add("Gather", x[0], g.array(item, np.int64), axis=axis)


def _index_select(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("Gather", x[0], g.array(step.settings["index"], np.int64), axis=step.settings["dim"])


def _index_pad(g: Graph, step: Step, x: list[str]) -> str:
    result, sources = x[0], step.settings["sources"]
    for axis, source in enumerate(sources, -len(sources)):
        result = g.add("Gather", result, g.array(source, np.int64), axis=axis)
    return result


def _sliding_window(g: Graph, step: Step, x: list[str]) -> str:
    s, ndim = step.settings, len(g.result.shape) - 1
    starts = np.arange(sizes(g.result, s["dim"], step.title)[0]) * s["step"]
    windows = g.add("Gather", x[0], g.array(starts[:, None] + np.arange(s["size"]), np.int64), axis=s["dim"])
    order = [d for d in range(ndim + 1) if d != s["dim"] + 1]
    return g.add("Transpose", windows, perm=[*order, s["dim"] + 1])


def _grid_sample(g: Graph, step: Step, x: list[str]) -> str:
    s = step.settings
    return g.add(
        "GridSample", *x, mode=s["mode"], padding_mode=s["padding_mode"], align_corners=int(s["align_corners"])
    )


def _upsample_antialiased(g: Graph, step: Step, x: list[str]) -> str:
    result, rows, columns = x[0], step.settings["rows"], step.settings["columns"]
    if columns is not None:
        result = g.add("MatMul", result, g.array(columns.T, g.result.dtype))
    return result if rows is None else g.add("MatMul", g.array(rows, g.result.dtype), result)


MOVES: dict[str, Emit] = {
    "Cumsum": _cumsum,
    "Expand": _expand,
    "Flip": _flip,
    "GridSample": _grid_sample,
    "Index": _index,
    "IndexPad": _index_pad,
    "IndexSelect": _index_select,
    "Repeat": _repeat,
    "Roll": _roll,
    "SlidingWindow": _sliding_window,
    "Split": _split,
    "Unbind": _unbind,
    "Upsample": lambda g, step, x: gathered(g, x[0], step.settings["dims"], len(g.result.shape)),
    "UpsampleAntialiased": _upsample_antialiased,
}
