"""The sections of a run that gives each image one class: confusion matrix, classes, confused pairs."""

from __future__ import annotations

import math

import numpy as np

from .. import plots
from ..metrics import confusion_matrix, most_confused, per_class_accuracy, precision_recall_f1
from .failures import NO_ARRAYS, failures
from .markup import Markup, details, element, table
from .page import LeftOut, Section
from .pictures import drawn
from .random_images import random_images
from .run_arrays import RunArrays
from .run_files import RunRecord
from .wording import MISSING, counted, percent, whole

LISTED_UP_TO = 30  # classes; longer tables are folded
_PAIRS_DRAWN, _PAIRS_LISTED = 5, 10


def sections(run: RunRecord) -> list[Section | LeftOut]:
    """All of them, in the order of the page."""
    return [confusion(run), by_class(run), random_images(run), failures(run), confused_pairs(run)]


def confusion(run: RunRecord) -> Section | LeftOut:
    """The confusion matrix, drawn and in words."""
    title = "Confusion matrix"
    if run.arrays is None:
        return LeftOut(title, NO_ARRAYS)
    counts = _counts(run.arrays)
    right, samples = int(np.trace(counts)), int(counts.sum())
    text = (
        f"{whole(right)} of {counted(samples, 'sample')} are on the diagonal: their class was found. To say the most "
        f"frequent class of every sample would be right for {percent(counts.sum(axis=1).max() / samples, 1)} of them."
    )
    pairs = most_confused(counts, 1)
    worst = f" Most often confused: {_in_words(run, pairs[0])}." if pairs else ""
    few = len(run.classes) <= LISTED_UP_TO
    picture = drawn(
        lambda path: plots.plot_confusion_matrix(counts, run.classes, path),
        f"Confusion matrix, {len(run.classes)} by {len(run.classes)}. {text}{worst}",
    )
    numbers = None
    if few:
        header = ("true class", *run.classes)
        rows = [(name, *map(whole, row.tolist())) for name, row in zip(run.classes, counts, strict=True)]
        caption = "Samples: a row for each true class, a column for each predicted one"
        numbers = details("The matrix in numbers", table(caption, header, rows, range(1, len(header))))
    return Section(title, "confusion", [element("p", text), picture, numbers])


def by_class(run: RunRecord) -> Section | LeftOut:
    """Accuracy of each class as bars, and a table with precision and F1."""
    accuracies = class_accuracies(run)
    if accuracies is None:
        return LeftOut("Classes", "metrics.json has no per_class, and there is no predictions.npz.")
    finite = [(value, name) for value, name in zip(accuracies, run.classes, strict=True) if math.isfinite(value)]
    if not finite:
        return LeftOut("Classes", "no class has an accuracy.")
    (low, worst), (high, best) = min(finite), max(finite)
    text = f"Best: {best}, {percent(high, 1)}. Worst: {worst}, {percent(low, 1)}."
    picture = drawn(
        lambda path: plots.plot_per_class(accuracies, run.classes, path),
        f"Bars: the accuracy of each class. {text}",
    )
    numbers = _class_table(run, accuracies)
    if len(run.classes) > LISTED_UP_TO:
        numbers = details("All classes in numbers", numbers)
    return Section("Classes", "classes", [element("p", text), picture, numbers])


def class_accuracies(run: RunRecord) -> list[float] | None:
    """The share of each class that was found: as metrics.json says, or else counted; None without both files."""
    stated = run.by_class("per_class")
    if stated is not None or run.arrays is None:
        return stated
    return per_class_accuracy(_predicted(run.arrays), run.arrays.targets, len(run.classes)).tolist()


def confused_pairs(run: RunRecord) -> Section | LeftOut:
    """Which classes are taken for which, with examples."""
    title, arrays = "Confused classes", run.arrays
    if arrays is None:
        return LeftOut(title, NO_ARRAYS)
    counts = _counts(arrays)
    pairs = most_confused(counts, _PAIRS_LISTED)
    if not pairs:
        return LeftOut(title, "no class was taken for another.")
    rows = [
        (run.classes[true], run.classes[predicted], whole(count), percent(count / counts[true].sum(), 1))
        for true, predicted, count in pairs
    ]
    header = ("true class", "taken for", "samples", "share of the true class")
    numbers = table("The pairs that were confused most often", header, rows, numbers=(2, 3))
    if arrays.images is None:
        return Section(title, "pairs", [numbers, element("p", "The run kept no images of them.", class_="note")])
    examples = drawn(
        lambda path: plots.plot_confused_pairs(
            arrays.images,
            arrays.scores,
            arrays.targets,
            run.classes,
            path,
            _PAIRS_DRAWN,
            image_index=arrays.image_index,
        ),
        f"Example images of confused classes: {'; '.join(_in_words(run, pair) for pair in pairs[:_PAIRS_DRAWN])}.",
    )
    return Section(title, "pairs", [numbers, examples])


def _class_table(run: RunRecord, accuracies: list[float]) -> Markup:
    if run.arrays is None:
        pairs = [(name, percent(value)) for name, value in zip(run.classes, accuracies, strict=True)]
        return table("Accuracy of each class", ("class", "accuracy"), pairs, numbers=(1,))
    counts = _counts(run.arrays)
    found = precision_recall_f1(_predicted(run.arrays), run.arrays.targets, len(run.classes))
    taken: dict[int, str] = {}
    for true, predicted, count in most_confused(counts, counts.size):  # the most frequent one comes first
        taken.setdefault(true, f"{run.classes[predicted]} ({whole(count)})")
    rows = [
        (name, whole(int(n)), percent(value), percent(precision), percent(f1), taken.get(i, MISSING))
        for i, (name, n, value, precision, f1) in enumerate(
            zip(run.classes, found.support, accuracies, found.precision, found.f1, strict=True)
        )
    ]
    header = ("class", "samples", "accuracy (recall)", "precision", "F1", "most often taken for")
    return table("How well each class is recognised", header, rows, numbers=(1, 2, 3, 4))


def _predicted(arrays: RunArrays) -> np.ndarray:
    return arrays.scores.argmax(axis=1)


def _counts(arrays: RunArrays) -> np.ndarray:
    return confusion_matrix(_predicted(arrays), arrays.targets, arrays.scores.shape[1])


def _in_words(run: RunRecord, pair: tuple[int, int, int]) -> str:
    true, predicted, count = pair
    return f"{run.classes[true]} taken for {run.classes[predicted]} ({counted(count, 'time')})"
