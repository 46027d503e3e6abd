"""Pictures of a training run: curves by epoch, and a confusion matrix. PNG, PDF or SVG, by the file's name.

They read plain lists and arrays, so that they work on any history, also on one read from a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..utils.atomic import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which the colour-blind can tell apart; marker and line tell them apart in grey, too.
_STYLES: list[dict[str, Any]] = [
    {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    {"color": "#D55E00", "marker": "s", "linestyle": "--"},
    {"color": "#009E73", "marker": "^", "linestyle": ":"},
]
_PANELS = {"loss": ("Loss by epoch", "loss", 1.0), "accuracy": ("Accuracy by epoch", "accuracy / %", 100.0)}
_NUMBERS_UP_TO = 20  # classes; the cells of larger matrices are smaller and without numbers


def plot_history(history: Mapping[str, Sequence[float]], path: str | Path, title: str = "") -> Path:
    """Draw loss and accuracy by epoch, side by side.

    Args:     history: a value an epoch, under names like "train_loss", "test_loss", "train_accuracy"; accuracies in
                [0, 1]. One panel for each of loss and accuracy that is there, up to three curves in each.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if a name ends in neither "loss" nor "accuracy", or there is nothing to draw.
    """
    panels: dict[str, list[tuple[str, Sequence[float]]]] = {}
    for name, values in history.items():
        split, _, quantity = name.rpartition("_")
        if quantity not in _PANELS:
            raise ValueError(f"plot_history: unknown curve {name!r}; expected names like train_loss or test_accuracy")
        panels.setdefault(quantity, []).append((split, values))
    if not any(len(values) for curves in panels.values() for _, values in curves):
        raise ValueError("plot_history: the history is empty")
    crowded = [quantity for quantity, curves in panels.items() if len(curves) > len(_STYLES)]
    if crowded:
        raise ValueError(f"plot_history: more than {len(_STYLES)} curves of {crowded[0]}")

    from matplotlib.ticker import MaxNLocator

    figure = _figure(5.0 * len(panels), 3.8)
    for column, quantity in enumerate(sorted(panels, reverse=True), 1):
        axes = figure.add_subplot(1, len(panels), column)
        heading, label, factor = _PANELS[quantity]
        for (split, values), style in zip(panels[quantity], _STYLES, strict=False):
            epochs = range(1, len(values) + 1)
            curve = axes.plot(epochs, np.asarray(values) * factor, label=split or quantity, markersize=5, **style)[0]
            curve.set_markevery(max(1, len(values) // 20))
        axes.set(title=heading, xlabel="epoch", ylabel=label)
        axes.set_xlim(0.5, max(len(values) for _, values in panels[quantity]) + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.suptitle(title)
    return _save(figure, path)


def plot_confusion_matrix(matrix: Any, classes: Sequence[str], path: str | Path, title: str = "") -> Path:
    """Draw a confusion matrix: rows are the true classes, columns the predicted ones, colours the share of a row.

    Args:     matrix: (K, K) counts, as `confusion_matrix` gives them.
              classes: K names.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if matrix and names do not fit.
    """
    counts = np.asarray(matrix)
    size = len(classes)
    if counts.shape != (size, size):
        raise ValueError(
            f"plot_confusion_matrix: a matrix of shape {counts.shape} for {size} classes; expected ({size}, {size})"
        )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) * 100
    numbered = size <= _NUMBERS_UP_TO
    side = 2.5 + (0.5 * max(size, 4) if numbered else 0.2 * size)  # inches
    figure = _figure(side + 1.2, side)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    figure.colorbar(image, label="share of the true class / %" + ", numbers: samples" * numbered, shrink=0.8)
    ticks = range(size)
    axes.set_xticks(ticks, classes, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, classes)
    axes.set(xlabel="predicted class", ylabel="true class", title=title or "Confusion matrix")
    axes.tick_params(labelsize=10 if numbered else 7)
    if numbered:
        for row, column in zip(*np.nonzero(counts), strict=True):
            color = "white" if shares[row, column] > 50 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=color, fontsize=9)
    return _save(figure, path)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure  # without pyplot: no window system, no state that others share

    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: Figure, path: str | Path) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        figure.savefig(part, format=path.suffix.lstrip(".") or "png", dpi=150)
    return path
