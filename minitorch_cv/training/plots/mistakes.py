"""What a classifier got wrong: its most confident mistakes, and the classes it confuses most."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array, sigmoid, softmax
from .canvas import VERMILION, draw, letters, note, percent
from .inputs import as_images, check_lengths, class_names, class_numbers, class_scores, label_matrix
from .predictions import prediction_tile
from .tiles import Tile, letters_in, rows_figure, tile_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 8


def plot_failures(
    images: Any,
    scores: Any,
    targets: Any,
    path: str | Path,
    classes: Sequence[str],
    count: int = 16,
    title: str = "",
    image_index: Any = None,
) -> Path:
    """Draw the mistakes that the model was surest of, the surest first; says so if there are none.

    Args:     images: N images as `contact_sheet` takes them; with image_index, those of some samples only.
              scores: (N, K) logits or probabilities.
              targets: (N,) true classes; or (N, K) labels 0 and 1 (NaN: does not count) of a model of several labels,
                whose mistakes are single labels on the wrong side of 0.5.
              path: of the picture; its folder is made if need be.
              classes: K names.
              count: how many to draw at most.
              image_index: which of the N samples the images are.
    Returns:  the path.
    Raises:   ValueError: if shapes do not fit, or scores are not finite. IndexError: if a target is no class.
    """
    return draw(path, failures_figure, images, scores, targets, classes, count, title, image_index)


def failures_figure(
    images: Any, scores: Any, targets: Any, classes: Sequence[str], count: int, title: str = "", image_index: Any = None
) -> Figure:
    """The figure of `plot_failures`."""
    names = class_names("plot_failures", classes)
    numbers = class_scores("plot_failures", scores, len(names))
    pictures = _pictures("plot_failures", images, len(numbers), image_index)
    if count < 1:
        raise ValueError(f"plot_failures: count is {count}, expected at least 1")
    several = as_array(targets).ndim == 2
    find = _wrong_labels if several else _wrong_classes
    width = letters_in("plot_failures", count, _COLUMNS)
    tiles, mistakes, of = find(pictures, numbers, targets, names, count, width)
    if not mistakes:
        return note(f"{title}\nNo mistakes among {of}.".strip())
    if not tiles:
        return note(f"{title}\n{mistakes:,} mistakes among {of}, but the image of none is here.".strip())
    shown = f"The {len(tiles)} surest of {mistakes:,} mistakes among {of}" if len(tiles) < mistakes else (
        f"All {mistakes:,} mistakes among {of}, the surest first"
    )  # fmt: skip
    return tile_figure(tiles, _COLUMNS, f"{title}\n{shown}".strip())


def _wrong_classes(
    pictures: dict[int, np.ndarray], scores: np.ndarray, targets: Any, names: list[str], count: int, width: int
) -> tuple[list[Tile], int, str]:
    """Tiles, the number of all mistakes, and among what."""
    true = _true_classes("plot_failures", targets, len(scores), len(names))
    shares = softmax(scores)
    predicted = shares.argmax(axis=1)
    sure = shares.max(axis=1)
    wrong = np.flatnonzero(predicted != true)
    order = [i for i in wrong[np.argsort(-sure[wrong], kind="stable")] if i in pictures][:count]
    tiles = [prediction_tile(pictures[i], [names[true[i]]], [names[predicted[i]]], sure[i], width) for i in order]
    return tiles, len(wrong), f"{len(scores):,} images"


def _wrong_labels(
    pictures: dict[int, np.ndarray], scores: np.ndarray, targets: Any, names: list[str], count: int, width: int
) -> tuple[list[Tile], int, str]:
    """As _wrong_classes; a mistake is one label of one image."""
    true = label_matrix("plot_failures", targets, scores.shape)  # type: ignore[arg-type]
    shares = sigmoid(scores)
    wrong = ((shares > 0.5) != (true == 1)) & ~np.isnan(true)
    sure = np.where(wrong, np.abs(shares - 0.5), -1.0)
    order = np.argsort(-sure, axis=None, kind="stable")[: int(wrong.sum())]
    places = [(i, k) for i, k in zip(*np.unravel_index(order, sure.shape)) if i in pictures][:count]
    tiles = []
    for i, k in places:
        lines = [*wrapped(f"✗ {names[k]}", width), f"{percent(shares[i, k])} likely"]
        tiles.append(Tile(pictures[i], [*lines, "is there" if true[i, k] else "is not there"], VERMILION))
    return tiles, int(wrong.sum()), f"{int((~np.isnan(true)).sum()):,} labels of {len(scores):,} images"


def plot_confused_pairs(
    images: Any,
    scores: Any,
    targets: Any,
    classes: Sequence[str],
    path: str | Path,
    pairs: int = 5,
    examples: int = 6,
    title: str = "",
    image_index: Any = None,
) -> Path:
    """Draw the pairs "true class, predicted class" that come most often, a row each, with the surest examples.

    Args:     images, scores, targets, classes, image_index: as for `plot_failures`, targets (N,) only.
              path: of the picture; its folder is made if need be.
              pairs: rows at most.
              examples: images a row at most.
    Returns:  the path.
    Raises:   as `plot_failures`.
    """
    return draw(
        path, confused_pairs_figure, images, scores, targets, classes, pairs, examples, title, image_index
    )  # fmt: skip


def confused_pairs_figure(
    images: Any,
    scores: Any,
    targets: Any,
    classes: Sequence[str],
    pairs: int,
    examples: int,
    title: str = "",
    image_index: Any = None,
) -> Figure:
    """The figure of `plot_confused_pairs`."""
    operation = "plot_confused_pairs"
    names = class_names(operation, classes)
    numbers = class_scores(operation, scores, len(names))
    pictures = _pictures(operation, images, len(numbers), image_index)
    true = _true_classes(operation, targets, len(numbers), len(names))
    if pairs < 1 or not 1 <= examples <= 12:
        raise ValueError(f"{operation}: {pairs} pairs, {examples} examples; expected at least 1 pair, 1 to 12 examples")
    shares = softmax(numbers)
    predicted = shares.argmax(axis=1)
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (true, predicted), 1)
    totals = counts.sum(axis=1)
    np.fill_diagonal(counts, 0)
    rows, labels = [], []
    for place in np.argsort(-counts, axis=None, kind="stable")[:pairs]:
        i, j = divmod(int(place), len(names))
        if not counts[i, j]:
            break
        samples = np.flatnonzero((true == i) & (predicted == j))
        shown = [s for s in samples[np.argsort(-shares[samples, j], kind="stable")] if s in pictures][:examples]
        tiles = [Tile(pictures[s], [f"{percent(shares[s, j])} sure"], VERMILION) for s in shown]
        rows.append(tiles)
        room = letters(1.8, 8.5)
        lines = wrapped(names[i], room, 2) + wrapped(f"taken for {names[j]}", room, 2)
        labels.append("\n".join([*lines, f"{counts[i, j]:,} of {totals[i]:,} ({percent(counts[i, j] / totals[i])})"]))
    if not rows:
        return note(f"{title}\nNo mistakes among {len(true):,} images.".strip())
    if not any(rows):
        return note(f"{title}\nThe images of the confused pairs are not here.".strip())
    return rows_figure(rows, max(examples, 4), title or "The classes confused most often", labels)


def _pictures(operation: str, images: Any, samples: int, image_index: Any) -> dict[int, np.ndarray]:
    """The images by the number of their sample."""
    pictures = as_images(operation, images)
    if image_index is None:
        check_lengths(operation, images=len(pictures), scores=samples)
        return dict(enumerate(pictures))
    index = class_numbers(operation, "image_index", image_index, samples)
    check_lengths(operation, images=len(pictures), image_index=len(index))
    return dict(zip(index.tolist(), pictures))


def _true_classes(operation: str, targets: Any, samples: int, classes: int) -> np.ndarray:
    true = class_numbers(operation, "targets", targets, classes)
    check_lengths(operation, scores=samples, targets=len(true))
    return true
