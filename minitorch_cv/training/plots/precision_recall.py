"""Precision against recall for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import COLORS, GREY, SMALL, WIDTH, draw, heading, new_figure, shorten
from .inputs import check_lengths, class_names, class_numbers, class_scores, label_matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TOGETHER_UP_TO = 8  # classes that share one panel
_MOST = 40
_COLUMNS = 4


def plot_precision_recall(
    scores: Any,
    targets: Any,
    classes: Sequence[str],
    path: str | Path,
    title: str = "",
    average_precision: Any = None,
    f1_lines: bool = True,
) -> Path:
    """Draw the precision-recall curve of each class: together, or, of more than 8 classes, a panel each.

    Args:     scores: (N, K), the higher the surer; logits or probabilities.
              targets: (N, K) labels 0 and 1 (NaN: does not count), or (N,) class numbers, each then against the others.
              classes: K names, up to 40.
              path: of the picture; its folder is made if need be.
              average_precision: K numbers in [0, 1], or a mapping from class to number, to write instead of
                scikit-learn's average_precision_score.
              f1_lines: draw lines of equal F1, in grey.
    Returns:  the path.
    Raises:   ValueError: if shapes do not fit, or there are more than 40 classes. IndexError: if a target is no class.
    """
    return draw(path, precision_recall_figure, scores, targets, classes, title, average_precision, f1_lines)


def precision_recall_figure(
    scores: Any,
    targets: Any,
    classes: Sequence[str],
    title: str = "",
    average_precision: Any = None,
    f1_lines: bool = True,
) -> Figure:
    """The figure of `plot_precision_recall`."""
    names = class_names("plot_precision_recall", classes)
    if len(names) > _MOST:
        raise ValueError(f"plot_precision_recall: {len(names)} classes; expected at most {_MOST}. Choose some columns")
    numbers = class_scores("plot_precision_recall", scores, len(names))
    labels = _labels(targets, numbers.shape)  # type: ignore[arg-type]
    given = _given(average_precision, names)
    together = len(names) <= _TOGETHER_UP_TO
    if together:
        figure = new_figure(WIDTH, 4.6)
        all_axes: list[Any] = [figure.add_subplot()] * len(names)
    else:
        rows = -(-len(names) // _COLUMNS)
        figure = new_figure(WIDTH, 0.6 + 1.85 * rows)
        all_axes = [figure.add_subplot(rows, _COLUMNS, i) for i in range(1, len(names) + 1)]
    for axes in dict.fromkeys(all_axes):
        _prepare(axes, f1_lines, numbered=together)
    for k, (name, axes) in enumerate(zip(names, all_axes)):
        counted = ~np.isnan(labels[:, k])
        curve = _curve(numbers[counted, k], labels[counted, k])
        color, line = COLORS[k % len(COLORS)] if together else COLORS[0], ("-", "--")[k % 2] if together else "-"
        told = "no positive sample" if curve is None else f"AP {100 * (curve[2] if given is None else given[k]):.1f} %"
        recall, precision = ([], []) if curve is None else curve[:2]
        label = f"{shorten(name, 24)}: {told}"
        axes.plot(recall, precision, color=color, linestyle=line, drawstyle="steps-post", linewidth=1.6, label=label)
        if not together:
            axes.set_title(f"{shorten(name, 24)}\n{told}", fontsize=SMALL + 0.5)
            axes.tick_params(labelsize=SMALL)
            if curve is not None:
                axes.axhline(labels[counted, k].mean() * 100, color=GREY, linewidth=1, linestyle=":")
    if together:
        figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
        all_axes[0].set(xlabel="recall / %", ylabel="precision / %")
    else:
        figure.supxlabel("recall / % (dotted: the share of positive samples, what chance gives)", fontsize=9)
        figure.supylabel("precision / %", fontsize=9)
    figure.suptitle(heading(title or "Precision and recall"))
    return figure


def _labels(targets: Any, shape: tuple[int, int]) -> np.ndarray:
    if as_array(targets).ndim != 1:
        return label_matrix("plot_precision_recall", targets, shape)
    true = class_numbers("plot_precision_recall", "targets", targets, shape[1])
    check_lengths("plot_precision_recall", scores=shape[0], targets=len(true))
    return np.eye(shape[1])[true]


def _given(average_precision: Any, names: list[str]) -> np.ndarray | None:
    if average_precision is None:
        return None
    if isinstance(average_precision, Mapping):
        missing = [name for name in names if name not in average_precision]
        if missing:
            raise ValueError(f"plot_precision_recall: average_precision lacks {', '.join(missing)}")
        average_precision = [average_precision[name] for name in names]
    values = np.array([np.nan if v is None else v for v in as_array(average_precision).tolist()], np.float64)
    if values.shape != (len(names),):
        raise ValueError(f"plot_precision_recall: average_precision of shape {values.shape} for {len(names)} classes")
    return values


def _curve(scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Recall and precision in percent, and the average precision in [0, 1]; None without a positive sample."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    if not labels.any():
        return None
    precision, recall, _ = precision_recall_curve(labels, scores)
    return recall * 100, precision * 100, float(average_precision_score(labels, scores))


def _prepare(axes: Any, f1_lines: bool, numbered: bool) -> None:
    axes.set(xlim=(0, 102), ylim=(0, 104), aspect="auto" if numbered else "equal")
    axes.set_xticks(range(0, 101, 20 if numbered else 50))
    axes.set_yticks(range(0, 101, 20 if numbered else 50))
    if not f1_lines:
        return
    for f1 in (20, 40, 60, 80):
        recall = np.linspace(f1 / 2 + 0.5, 100, 200)
        precision = f1 * recall / (2 * recall - f1)
        seen = precision <= 100
        axes.plot(recall[seen], precision[seen], color="#CCCCCC", linewidth=0.8, zorder=0)
        if numbered:
            axes.text(103, f1 * 100 / (200 - f1), f"F1 {f1} %", va="center", fontsize=SMALL, color=GREY)
