"""Curves of one training run by epoch, a panel for each quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import COLORS, GREY, MARKERS, WIDTH, draw, heading, new_figure, plain_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 6  # curves a panel, which differ in colour and marker as well
_SPLITS = ("train", "training", "val", "valid", "validation", "test")
# What a quantity is called, and by what it is multiplied. They are drawn in this order, others between mAP and lr.
_KNOWN = {
    "loss": ("Loss", "loss", 1.0),
    "accuracy": ("Accuracy", "accuracy / %", 100.0),
    "mAP": ("mAP", "mAP / %", 100.0),
    "lr": ("Learning rate", "learning rate", 1.0),
    "seconds": ("Time", "seconds an epoch", 1.0),
}
_LAST = ("lr", "seconds")


@dataclass
class Panel:
    """One quantity: what it is called, and its curves by label."""

    quantity: str
    heading: str
    label: str
    curves: dict[str, np.ndarray] = field(default_factory=dict)


def plot_history(
    history: Mapping[str, Sequence[float]], path: str | Path, title: str = "", best: int | None = None
) -> Path:
    """Draw a run's curves by epoch: loss, accuracy and whatever else was noted, a panel each.

    Args:     history: a value an epoch, under names like "train_loss", "val_accuracy", "test_mAP", "lr"; accuracies and
                mAP in [0, 1]. Any other name becomes a panel of its own; up to six curves a panel. NaN or None is a
                gap. "epoch", if there, holds the numbers of the epochs. Of more than six learning rates ("lr",
                "classifier_lr", "group2_lr" ...) the first five and the last are drawn.
              path: of the picture; its folder is made if need be.
              best: the epoch to mark.
    Returns:  the path.
    Raises:   ValueError: if there is nothing to draw, there are too many curves, or best is none of the epochs.
    """
    return draw(path, history_figure, history, title, best)


def history_figure(history: Mapping[str, Sequence[float]], title: str = "", best: int | None = None) -> Figure:
    """The figure of `plot_history`."""
    panels, epochs = read_history("plot_history", history)
    for panel in panels:
        if panel.quantity == "lr" and len(panel.curves) > 1:  # of groups of parameters; of many, as in layer-wise decay
            names = list(panel.curves)
            shown = names if len(names) <= _MOST else [*names[: _MOST - 1], names[-1]]
            panel.curves = {"first group" if name == "lr" else name: panel.curves[name] for name in shown}
    crowded = next((panel for panel in panels if len(panel.curves) > _MOST), None)
    if crowded is not None:
        raise ValueError(f"plot_history: more than {_MOST} curves of {crowded.quantity}: {', '.join(crowded.curves)}")
    if best is not None and best not in epochs:
        raise ValueError(f"plot_history: best={best} is none of the epochs {epochs[0]:g} to {epochs[-1]:g}")
    columns = {1: 1, 2: 2, 4: 2}.get(len(panels), 3)
    figure, all_axes = panel_figure(panels, columns)
    for panel, axes in zip(panels, all_axes):
        for (label, values), color, marker in zip(panel.curves.items(), COLORS, MARKERS):
            line = line_of_split(label, panel.curves)
            draw_curve(axes, epochs, values, label=label, color=color, marker=marker, linestyle=line)
        if best is not None:
            axes.axvline(best, color=GREY, linewidth=1, linestyle=(0, (2, 2)), label=f"best epoch: {best}")
        if best is not None or len(panel.curves) > 1 or _named(panel):
            axes.legend()
        finish_panel(axes, panel, epochs)
    figure.suptitle(heading(title, figure.get_figwidth()))
    return figure


def _named(panel: Panel) -> bool:
    return next(iter(panel.curves)) not in (panel.quantity, panel.label)


def read_history(operation: str, history: Mapping[str, Sequence[float]]) -> tuple[list[Panel], np.ndarray]:
    """The panels of a history, in order, their values scaled as they are drawn; and the numbers of the epochs.

    Raises:   ValueError: if it holds nothing, or a curve that is none.
    """
    found: dict[str, Panel] = {}
    longest = 0
    for name, values in history.items():
        if name == "epoch":
            continue
        numbers = _numbers(operation, name, values)
        longest = max(longest, len(numbers))
        quantity, label = quantity_and_label(name)
        text = quantity.replace("_", " ")
        title, unit, factor = _KNOWN.get(quantity, (text[:1].upper() + text[1:], text, 1.0))
        panel = found.setdefault(quantity, Panel(quantity, f"{title} by epoch", unit))
        panel.curves[label or text] = numbers * factor
    if not longest:
        raise ValueError(f"{operation}: the history is empty")
    epochs = _numbers(operation, "epoch", history.get("epoch", range(1, longest + 1)))
    if len(epochs) < longest:
        raise ValueError(f"{operation}: a curve of {longest} values for {len(epochs)} epochs")
    order = list(_KNOWN)
    rank = {name: i if name not in _LAST else len(order) + i for i, name in enumerate(order)}
    return sorted(found.values(), key=lambda panel: rank.get(panel.quantity, len(order))), epochs


def quantity_and_label(name: str) -> tuple[str, str]:
    """What a curve is of, and how it is called among others of that.

    >>> [quantity_and_label(name) for name in ("train_loss", "val_top5_accuracy", "lr", "val_f1", "epsilon")]
    [('loss', 'train'), ('accuracy', 'val top5'), ('lr', ''), ('f1', 'val'), ('epsilon', '')]
    """
    before, _, last = name.rpartition("_")
    if last in _KNOWN:
        return last, before.replace("_", " ")
    first, _, rest = name.partition("_")
    return (rest, first) if first in _SPLITS and rest else (name, "")


def _numbers(operation: str, name: str, values: Sequence[float]) -> np.ndarray:
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{operation}: {name!r} holds what is no number: {error}; expected a value an epoch") from None
    return numbers


def panel_figure(panels: Sequence[Panel], columns: int, extra: float = 0.0) -> tuple[Figure, list[Any]]:
    """An empty figure with axes for each panel; `extra` inches more of height."""
    rows = -(-len(panels) // columns)
    figure = new_figure(5.5 if columns == 1 else WIDTH, 3.2 * rows + extra)
    return figure, [figure.add_subplot(rows, columns, i) for i in range(1, len(panels) + 1)]


def draw_curve(axes: Any, epochs: np.ndarray, values: np.ndarray, **style: Any) -> None:
    """A curve with about twenty markers, if it has any."""
    curve = axes.plot(epochs[: len(values)], values, markersize=4, linewidth=1.6, **style)[0]
    curve.set_markevery(max(1, len(values) // 20))


def line_of_split(split: str, curves: Mapping[str, Any]) -> str:
    """How a curve is drawn, here and where runs are compared: dashed if of training, dotted if of a test beside others.

    Args:     curves: all of the panel, by split.
    """
    if split.startswith("train"):
        return "--"
    return ":" if split.startswith("test") and any(other.startswith("val") for other in curves) else "-"


def finish_panel(axes: Any, panel: Panel, epochs: np.ndarray) -> None:
    """Title, units and whole epochs; learning rates that span decades on a logarithmic axis."""
    from matplotlib.ticker import MaxNLocator, NullFormatter

    axes.set(title=panel.heading, xlabel="epoch", ylabel=panel.label)
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(alpha=0.3)
    if panel.quantity == "lr":
        axes.yaxis.set_major_formatter(plain_numbers)  # else small rates get a factor above the axis
    values = np.concatenate(list(panel.curves.values()))
    values = values[np.isfinite(values)]
    if panel.quantity == "lr" and len(values) and values.min() > 0 and values.max() / values.min() > 30:
        axes.set_yscale("log")  # which sets its own
        axes.yaxis.set_major_formatter(plain_numbers)
        axes.yaxis.set_minor_formatter(NullFormatter())
