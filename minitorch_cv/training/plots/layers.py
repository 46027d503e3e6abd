"""Histograms of what the layers of a model hand on, and of the gradients that come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import BLUE, SMALL, VERMILION, WIDTH, draw, heading, new_figure, percent, shorten

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..layer_statistics import LayerStatistics

_MOST = 60
_BINS = 60
_RANGE = 1e-20, 1e20  # magnitudes that are drawn


def plot_layer_histograms(stats: Sequence[LayerStatistics], path: str | Path, title: str = "") -> Path:
    """Draw a row for each layer: histograms of the magnitudes of its activations (left) and of their gradients (right).

    The scale is logarithmic and the same for all rows: where signals vanish or explode, the histograms wander to the
    left or right from row to row. Zeros have no place on it; their share is written, and of ReLUs the share of units
    that were zero for the whole batch.

    Args:     stats: of `layer_statistics`, up to 60 layers; a part of the list will do.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if there are no layers, or too many.
    """
    return draw(path, layer_histograms_figure, stats, title)


def layer_histograms_figure(stats: Sequence[LayerStatistics], title: str = "") -> Figure:
    """The figure of `plot_layer_histograms`."""
    if not 1 <= len(stats) <= _MOST:
        raise ValueError(f"plot_layer_histograms: {len(stats)} layers; expected 1 to {_MOST} (give a part of the list)")
    figure = new_figure(WIDTH, 1.1 + 0.52 * len(stats))
    grid = figure.subplots(len(stats), 2, sharex="col", squeeze=False)
    sides: list[tuple[str, str, list[np.ndarray]]] = [
        ("activations", BLUE, [layer.activations for layer in stats]),
        ("gradients of the activations", VERMILION, [layer.gradients for layer in stats]),
    ]
    for column, (what, color, values) in enumerate(sides):
        exponents = [_exponents(numbers) for numbers in values]
        bins = np.linspace(*_limits(exponents), _BINS + 1)
        for row, found in enumerate(exponents):
            axes = grid[row, column]
            axes.hist(found, bins, color=color)
            if len(found):
                axes.axvline(np.median(found), color="black", linewidth=1)
            axes.set_yticks(())
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="x", labelsize=SMALL)
            axes.set_ylim(0, axes.get_ylim()[1] * 1.5)  # room for the text
        grid[0, column].set_title(what)
        grid[-1, column].set_xlabel("log10 of the magnitude (black: the median)")
    for row, layer in enumerate(stats):
        name = f"{shorten(layer.name or 'model', 22)}\n{shorten(layer.kind, 22)}"
        grid[row, 0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=SMALL)
        _write(grid[row, 0], _about_activations(layer))
        _write(grid[row, 1], f"std {layer.gradient_std:.2g}" if layer.gradients.size else "no gradient")
    figure.suptitle(heading(title or "Activations and gradients by layer"))
    return figure


def _exponents(numbers: np.ndarray) -> np.ndarray:
    sizes = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)].astype(np.float64))
    return np.log10(np.clip(sizes, *_RANGE))


def _limits(exponents: list[np.ndarray]) -> tuple[float, float]:
    """From where to where all of a column's histograms reach, but for the smallest thousandth of each."""
    ends = [np.quantile(found, (0.001, 1)) for found in exponents if len(found)]
    if not ends:
        return -1.0, 1.0
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    return low - 0.1, high + 0.1


def _about_activations(layer: LayerStatistics) -> str:
    parts = [f"std {layer.activation_std:.2g}"]
    if layer.zeros:
        parts.append(f"zero {percent(layer.zeros)}")
    if layer.dead is not None:
        parts.append(f"dead units {percent(layer.dead)}")
    if not np.isfinite(layer.activations).all():
        parts.append("NaN or infinite!")
    return ", ".join(parts)


def _write(axes: Any, text: str) -> None:
    behind = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1}
    axes.text(0.01, 0.97, text, transform=axes.transAxes, fontsize=SMALL, va="top", color="#444444", bbox=behind)
