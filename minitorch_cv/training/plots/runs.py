"""Curves of several runs, laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import COLORS, GREY, MARKERS, draw, heading, shorten
from .curves import Panel, draw_curve, finish_panel, line_of_split, panel_figure, read_history

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COMPARED = ("loss", "accuracy", "mAP")
_MOST = len(COLORS) * 4


def plot_runs(runs: Mapping[str, Mapping[str, Sequence[float]]], path: str | Path, title: str = "") -> Path:
    """Draw loss, accuracy and mAP of several runs by epoch: a colour a run, dashed on the training split, else solid.

    A curve of single points, as of one epoch, is drawn as circles: empty on the training split, else full.

    Args:     runs: the history (as `plot_history` takes it) of each run, by name. From the ninth on colours come again,
                with markers.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if there are no runs or more than 32, or one has none of these curves.
    """
    return draw(path, runs_figure, runs, title)


def runs_figure(runs: Mapping[str, Mapping[str, Sequence[float]]], title: str = "") -> Figure:
    """The figure of `plot_runs`."""
    if not 1 <= len(runs) <= _MOST:
        raise ValueError(f"plot_runs: {len(runs)} runs; expected 1 to {_MOST}")
    read = {name: _compared(name, history) for name, history in runs.items()}
    quantities = [q for q in _COMPARED if any(q in panels for panels, _ in read.values())]
    epochs = np.unique(np.concatenate([epochs for _, epochs in read.values()]))
    shown = [next(panels[q] for panels, _ in read.values() if q in panels) for q in quantities]
    names = [shorten(str(name), 40) for name in runs]
    columns = 3 if max(map(len, names)) < 22 else 2
    figure, all_axes = panel_figure(shown, len(shown), 0.25 + 0.18 * -(-(len(runs) + 2) // columns))
    splits: dict[str, dict[str, Any]] = {}
    for quantity, panel, axes in zip(quantities, shown, all_axes):
        for i, (panels, own_epochs) in enumerate(read.values()):
            if quantity not in panels:
                continue
            for split, values in panels[quantity].curves.items():
                look = {"linestyle": line_of_split(split, panels[quantity].curves), **_style(i)}
                if not np.isfinite(values[1:] + values[:-1]).any():  # points without neighbours: no line to be seen
                    look |= {"marker": MARKERS[0], "fillstyle": "none" if split.startswith("train") else "full"}
                draw_curve(axes, own_epochs, values, label=f"{names[i]}, {split}", **look)
                seen = splits.setdefault(split, {})
                seen |= {key: look[key] for key in ("linestyle", "fillstyle") if key in look}
        finish_panel(axes, panel, epochs)
    _legend(figure, names, splits, columns)
    figure.suptitle(heading(title, figure.get_figwidth()))
    return figure


def _compared(name: str, history: Mapping[str, Sequence[float]]) -> tuple[dict[str, Panel], np.ndarray]:
    panels, epochs = read_history(f"plot_runs: run {name!r}", history)
    found = {panel.quantity: panel for panel in panels if panel.quantity in _COMPARED}
    if not found:
        raise ValueError(f"plot_runs: run {name!r} has no loss, accuracy or mAP; it has {', '.join(history)}")
    return found, epochs


def _style(run: int) -> dict[str, Any]:
    again = run // len(COLORS)
    return {"color": COLORS[run % len(COLORS)], "marker": MARKERS[again - 1] if again else None}


def _legend(figure: Figure, names: Sequence[str], splits: Mapping[str, Any], columns: int) -> None:
    """Below all panels: the colours of the runs, then the lines of the splits."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label=name, linewidth=2, **_style(i)) for i, name in enumerate(names)]
    for split, look in splits.items():
        marker = MARKERS[0] if "fillstyle" in look else None
        handles.append(Line2D([], [], label=split, color=GREY, marker=marker, **look))
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
