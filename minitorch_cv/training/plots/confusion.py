"""The confusion matrix, from two classes to hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import SMALL, WIDTH, draw, heading, new_figure, shorten_all
from .inputs import class_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBERS_UP_TO = 20  # classes; the cells of larger matrices have no room for numbers
_ONE_SIDE_UP_TO = 45  # names fit beside their rows; of more, every other one goes to the opposite side
_BOTH_SIDES_UP_TO = 100  # of still more, only some are named


def plot_confusion_matrix(
    matrix: Any, classes: Sequence[str], path: str | Path, title: str = "", normalize: bool = False
) -> Path:
    """Draw a confusion matrix: rows are the true classes, columns the predicted ones, colours the share of a row.

    Args:     matrix: (K, K) counts, as `confusion_matrix` gives them.
              classes: K names. Up to 100 are all written, of more every second, third ... one.
              path: of the picture; its folder is made if need be.
              normalize: write shares in percent instead of counts; up to 20 classes, for more no numbers are written.
    Returns:  the path.
    Raises:   ValueError: if matrix and names do not fit, or a count is negative or not finite.
    """
    return draw(path, confusion_figure, matrix, classes, title, normalize)


def confusion_figure(matrix: Any, classes: Sequence[str], title: str = "", normalize: bool = False) -> Figure:
    """The figure of `plot_confusion_matrix`."""
    from matplotlib.colors import Normalize, PowerNorm

    counts = as_array(matrix)
    names = shorten_all(class_names("plot_confusion_matrix", classes), 24)
    size = len(names)
    if counts.shape != (size, size):
        raise ValueError(
            f"plot_confusion_matrix: a matrix of shape {counts.shape} for {size} classes; expected ({size}, {size})"
        )
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise ValueError("plot_confusion_matrix: counts must be finite and not negative")
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.where(totals > 0, totals, 1) * 100
    numbered = size <= _NUMBERS_UP_TO
    side = min(WIDTH, 2.6 + 0.5 * max(size, 4)) if numbered else WIDTH
    figure = new_figure(side, side + 0.6)
    axes: Any = figure.add_subplot()
    # without numbers the colours must show a few percent, too
    norm = Normalize(0, 100) if numbered else PowerNorm(0.5, 0, 100)
    image = axes.imshow(shares, cmap="Blues", norm=norm, interpolation="nearest")
    written = ", numbers: samples" if numbered and not normalize else ""
    figure.colorbar(
        image,
        ax=axes,
        location="bottom",
        shrink=0.7,
        aspect=40,
        pad=0.02,
        label=f"share of the true class / %{written}",
    )
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.spines[:].set_visible(True)
    _name_classes(axes, names)
    if numbered:
        for row, column in zip(*np.nonzero(counts)):
            color = "white" if shares[row, column] > 50 else "black"
            text = _rate(shares[row, column], size) if normalize else f"{counts[row, column]:g}"
            axes.text(column, row, text, ha="center", va="center", color=color, fontsize=SMALL)
    figure.suptitle(heading(title or "Confusion matrix", side))
    return figure


def _rate(share: float, size: int) -> str:
    return f"{share:.1f}" if size <= 12 and share < 99.95 else f"{share:.0f}"


def _name_classes(axes: Any, names: list[str]) -> None:
    size = len(names)
    if size <= _ONE_SIDE_UP_TO:
        slanted = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(range(size), names, fontsize=SMALL, **(slanted if size <= _NUMBERS_UP_TO else {"rotation": 90}))
        axes.set_yticks(range(size), names, fontsize=SMALL)
        return
    step = 2 * -(-size // _BOTH_SIDES_UP_TO)
    near, far = range(0, size, step), range(step // 2, size, step)
    axes.set_xticks(near, [names[i] for i in near], fontsize=SMALL, rotation=90)
    axes.set_yticks(near, [names[i] for i in near], fontsize=SMALL)
    axes.secondary_xaxis("top").set_xticks(far, [names[i] for i in far], fontsize=SMALL, rotation=90)
    axes.secondary_yaxis("right").set_yticks(far, [names[i] for i in far], fontsize=SMALL)
