"""Loss by learning rate, as the learning-rate finder measured it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import BLUE, GREY, VERMILION, draw, heading, new_figure, plain_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..learning_rate_finder import LearningRates


def plot_learning_rates(result: LearningRates, path: str | Path, title: str = "") -> Path:
    """Draw what `find_learning_rate` found: the loss by learning rate, smoothed, and the suggestion.

    Args:     result: of find_learning_rate.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if no loss was measured.
    """
    return draw(path, learning_rates_figure, result, title)


def learning_rates_figure(result: LearningRates, title: str = "") -> Figure:
    """The figure of `plot_learning_rates`."""
    from matplotlib.ticker import NullFormatter

    if not result.lrs:
        raise ValueError("plot_learning_rates: no loss was measured; the first one was infinite or NaN")
    figure = new_figure(6.0, 4.0)
    axes: Any = figure.add_subplot()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(plain_numbers)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.plot(result.lrs, result.losses, ".", color=GREY, markersize=4, alpha=0.6, label="loss of a batch")
    axes.plot(result.lrs, result.smoothed, color=BLUE, linewidth=2, label="smoothed")
    if result.suggestion is not None:
        text = f"steepest descent: {result.suggestion:.2g}"
        axes.axvline(result.suggestion, color=VERMILION, linestyle="--", linewidth=1.5, label=text)
    start, least = result.smoothed[0], min(result.smoothed)
    top = start + 0.6 * (start - least)  # what comes after divergence would make the rest flat
    if max(result.losses) > top > least:
        axes.set_ylim(least - 0.15 * (top - least), top)
    axes.set(xlabel="learning rate", ylabel="loss")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left" if np.argmin(result.smoothed) > len(result.smoothed) / 2 else "best")
    if result.diverged:
        axes.set_title(f"stopped at {result.lrs[-1]:.2g}, where the loss diverged", fontsize=9)
    figure.suptitle(heading(title or "Learning-rate finder", 6.0))
    return figure
