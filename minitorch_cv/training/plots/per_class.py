"""A number for each class, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import BLUE, SMALL, VERMILION, WIDTH, draw, heading, new_figure, shorten_all
from .inputs import class_names

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROWS = 50  # bars below each other; more classes take more columns


def plot_per_class(
    values: Any,
    classes: Sequence[str],
    path: str | Path,
    title: str = "",
    label: str = "accuracy / %",
    baseline: Any = None,
    sort: bool = True,
    baseline_label: str = "baseline",
) -> Path:
    """Draw a horizontal bar for each class, its value written at its end.

    Args:     values: K numbers, or a mapping from class to number. Under a label that ends in "%" they are shares in
                [0, 1], drawn as percent. NaN: the class has no value, which is said.
              classes: K names.
              path: of the picture; its folder is made if need be.
              label: of the axis, with the unit.
              baseline: to compare with: one number, drawn as a line, or K of them (or a mapping), a mark at each bar.
              sort: the largest value first; otherwise in the order of the classes.
              baseline_label: what the legend calls it.
    Returns:  the path.
    Raises:   ValueError: if values and classes do not fit, or a share is not in [0, 1].
    """
    return draw(path, per_class_figure, values, classes, title, label, baseline, sort, baseline_label)


def per_class_figure(
    values: Any,
    classes: Sequence[str],
    title: str = "",
    label: str = "accuracy / %",
    baseline: Any = None,
    sort: bool = True,
    baseline_label: str = "baseline",
) -> Figure:
    """The figure of `plot_per_class`."""
    names = class_names("plot_per_class", classes)
    written = shorten_all(names, 24)
    percent = label.rstrip().endswith("%")
    numbers = _per_class("values", values, names, percent)
    line = baseline is not None and not isinstance(baseline, Mapping) and as_array(baseline).ndim == 0
    marks = None
    if baseline is not None:
        marks = _per_class("baseline", [float(baseline)] * len(names) if line else baseline, names, percent)
    order = np.argsort(np.where(np.isnan(numbers), np.inf, -numbers), kind="stable") if sort else np.arange(len(names))
    columns = -(-len(names) // _ROWS)
    rows = -(-len(names) // columns)
    figure = new_figure(WIDTH, 1.1 + 0.175 * max(rows, 3))
    drawn = np.concatenate([numbers, [] if marks is None else marks, [0.0]])
    low, high = np.nanmin(drawn), np.nanmax(drawn)
    for column in range(columns):
        axes = figure.add_subplot(1, columns, column + 1)
        part = order[column * rows : (column + 1) * rows]
        beside = np.full(len(part), np.nan) if marks is None or line else marks[part]
        _bars(axes, numbers[part], beside, [written[i] for i in part], percent)
        if line and marks is not None:
            axes.axvline(marks[0], color=VERMILION, linewidth=1.5, linestyle="--", label=baseline_label)
        elif marks is not None:
            axes.plot(
                marks[part], range(len(part)), "D", color=VERMILION, markersize=4, markeredgecolor="white",
                markeredgewidth=0.6, label=baseline_label,
            )  # fmt: skip
        axes.set(xlabel=label, xlim=(1.15 * low, 100 * 1.12 if percent else (1.15 * high or 1.0)))
        axes.set_ylim(rows - 0.4, -0.6)
    if marks is not None:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", frameon=False)
    figure.suptitle(heading(title))
    return figure


def _per_class(what: str, values: Any, names: list[str], percent: bool) -> np.ndarray:
    if isinstance(values, Mapping):
        missing = [name for name in names if name not in values]
        unknown = [str(name) for name in values if name not in names]
        if missing or unknown:
            raise ValueError(
                f"plot_per_class: {what} must name each class once; missing: {missing}, not a class: {unknown}"
            )
        values = [values[name] for name in names]
    listed = values if hasattr(values, "shape") else [np.nan if value is None else value for value in values]
    numbers = as_array(listed).astype(np.float64)
    if numbers.shape != (len(names),):
        raise ValueError(f"plot_per_class: {what} of shape {numbers.shape} for {len(names)} classes")
    if np.isinf(numbers).any():
        raise ValueError(f"plot_per_class: {what} must be finite, or NaN for none")
    if not percent:
        return numbers
    wrong = numbers[(numbers < 0) | (numbers > 1 + 1e-6)]
    if len(wrong):
        raise ValueError(f"plot_per_class: {what} of {wrong[0]:g} under a label in percent; expected shares in [0, 1]")
    return numbers * 100


def _bars(axes: Any, numbers: np.ndarray, marks: np.ndarray, names: list[str], percent: bool) -> None:
    """Bars with their values written at their ends, or after the mark where that is in the way."""
    places = range(len(names))
    lengths = np.nan_to_num(numbers)
    axes.barh(places, lengths, height=0.72, color=BLUE)
    axes.set_yticks(places, names, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    room = 0.12 * max(np.ptp(np.append(lengths, 0)), 1e-12)
    for place, number, length, mark in zip(places, numbers, lengths, marks):
        text = "no samples" if np.isnan(number) else f"{number:.1f}" if percent else f"{number:.3g}"
        hidden = length - room / 4 <= mark <= length + room
        axes.annotate(
            text,
            (max(mark, length) if hidden else length, place),
            (6 if hidden else 3, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
