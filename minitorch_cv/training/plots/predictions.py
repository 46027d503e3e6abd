"""Images with what they are and what a model took them for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics.numbers import as_array
from .canvas import BLUE, VERMILION, draw, percent
from .inputs import as_images, check_lengths
from .tiles import Tile, letters_in, tile_figure, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_predictions(
    images: Any,
    path: str | Path,
    true: Sequence[Any],
    predicted: Sequence[Any],
    confidence: Sequence[float] | None = None,
    classes: Sequence[str] | None = None,
    title: str = "",
    columns: int = 8,
) -> Path:
    """Draw images with predicted and true classes; right and wrong ones differ by sign (✓, ✗) and colour of the frame.

    Args:     images: N images as `contact_sheet` takes them.
              true, predicted: N classes each: names, or numbers; for several labels an image, N lists of them.
              confidence: N numbers in [0, 1].
              classes: the names of class numbers.
              path: of the picture; its folder is made if need be.
    Returns:  the path.
    Raises:   ValueError: if there are not as many of each. IndexError: for a class number without a name.
    """
    return draw(path, predictions_figure, images, true, predicted, confidence, classes, title, columns)


def predictions_figure(
    images: Any,
    true: Sequence[Any],
    predicted: Sequence[Any],
    confidence: Sequence[float] | None = None,
    classes: Sequence[str] | None = None,
    title: str = "",
    columns: int = 8,
) -> Figure:
    """The figure of `plot_predictions`."""
    pictures = as_images("plot_predictions", images)
    truths = [_labels(label, classes) for label in _listed(true)]
    guesses = [_labels(label, classes) for label in _listed(predicted)]
    shares = [None] * len(pictures) if confidence is None else as_array(confidence).tolist()
    check_lengths(
        "plot_predictions", images=len(pictures), true=len(truths), predicted=len(guesses), confidence=len(shares)
    )
    wrong_share = next((share for share in shares if share is not None and not 0 <= share <= 1), None)
    if wrong_share is not None:
        raise ValueError(f"plot_predictions: a confidence of {wrong_share:g}; expected numbers in [0, 1]")
    width = letters_in("plot_predictions", len(pictures), columns)
    tiles = [prediction_tile(*each, width) for each in zip(pictures, truths, guesses, shares)]
    return tile_figure(tiles, columns, title)


def prediction_tile(
    image: np.ndarray, true: Sequence[str], predicted: Sequence[str], confidence: float | None, width: int
) -> Tile:
    """An image with what it was taken for, what it is if that is something else, and how sure the model was."""
    right = set(true) == set(predicted)
    lines = wrapped(f"{'✓' if right else '✗'} {', '.join(predicted) or 'none'}", width)
    if not right:
        lines += wrapped(f"is {', '.join(true) or 'none'}", width)
    if confidence is not None:
        lines.append(f"{percent(confidence)} sure")
    return Tile(image, lines, BLUE if right else VERMILION)


def _listed(labels: Any) -> list:
    return as_array(labels).tolist() if hasattr(labels, "shape") else list(labels)


def _labels(label: Any, classes: Sequence[str] | None) -> list[str]:
    """The names of one image's label or labels."""
    labels = list(label) if isinstance(label, (list, tuple, set, frozenset)) else [label]
    return [_name(each, classes) for each in labels]


def _name(label: Any, classes: Sequence[str] | None) -> str:
    if classes is None or isinstance(label, str):
        if classes is not None and label not in classes:
            raise ValueError(f"plot_predictions: no class {label!r}; there are {', '.join(classes)}")
        return str(label)
    number = int(label)
    if not 0 <= number < len(classes) or number != label:
        raise IndexError(f"plot_predictions: class number {label}; expected 0 to {len(classes) - 1}")
    return classes[number]
