"""The sections of a run that says of each image which attributes it has: each attribute, curves, failures."""

from __future__ import annotations

import math

import numpy as np

from .. import plots
from ..metrics import average_precision, label_accuracy, prevalence
from .classification import LISTED_UP_TO
from .failures import NO_ARRAYS, failures
from .markup import Markup, details, element, table
from .page import LeftOut, Section
from .pictures import drawn
from .random_images import random_images
from .run_files import RunRecord
from .wording import MISSING, counted, enumerated, percent, whole

_CURVES = 40  # attributes in a picture at most


def sections(run: RunRecord) -> list[Section | LeftOut]:
    """All of them, in the order of the page."""
    return [by_attribute(run), precision_recall(run), random_images(run), failures(run)]


def by_attribute(run: RunRecord) -> Section | LeftOut:
    """Average precision of each attribute as bars, and a table with what guessing would reach."""
    precisions = attribute_precisions(run)
    if precisions is None:
        return LeftOut("Attributes", "metrics.json has no average_precision, and there is no predictions.npz.")
    finite = [(value, name) for value, name in zip(precisions, run.classes, strict=True) if math.isfinite(value)]
    if not finite:
        return LeftOut("Attributes", "no attribute has an average precision.")
    baseline = run.by_class("baseline")
    if baseline is None and run.arrays is not None:
        baseline = prevalence(run.arrays.targets, run.arrays.ignored).tolist()
    (low, worst), (high, best) = min(finite), max(finite)
    text = f"Best: {best}, average precision {percent(high, 1)}. Worst: {worst}, {percent(low, 1)}."
    if baseline is not None:
        text += " The baseline is an attribute's share of the samples: scores that say nothing reach it."
    label = "average precision / %"
    picture = drawn(
        lambda path: plots.plot_per_class(precisions, run.classes, path, label=label, baseline=baseline),
        f"Bars: the average precision of each attribute. {text}",
    )
    numbers = _attribute_table(run, precisions, baseline)
    if len(run.classes) > LISTED_UP_TO:
        numbers = details("All attributes in numbers", numbers)
    return Section("Attributes", "attributes", [element("p", text), picture, numbers])


def attribute_precisions(run: RunRecord) -> list[float] | None:
    """The average precision of each attribute: as metrics.json says, or else computed; None without both files."""
    stated = run.by_class("average_precision")
    if stated is not None or run.arrays is None:
        return stated
    return average_precision(run.arrays.scores, run.arrays.targets, ignore=run.arrays.ignored).tolist()


def precision_recall(run: RunRecord) -> Section | LeftOut:
    """Precision over recall for each attribute."""
    title, arrays, precisions = "Precision and recall", run.arrays, attribute_precisions(run)
    if arrays is None or precisions is None:
        return LeftOut(title, NO_ARRAYS)
    text = (
        "Each curve goes through all thresholds of an attribute's score, from the strictest one at the left. Grey "
        "lines join points of the same F1: 20, 40, 60 and 80\u00a0%."
    )
    if arrays.left_out:
        left_out = counted(arrays.left_out, "target")
        text += f" Left out, here as in the table: {left_out} of {whole(arrays.targets.size)}, not to be counted."
    content = [element("p", text)]
    for start in range(0, len(run.classes), _CURVES):
        content.append(_curves(run, slice(start, start + _CURVES), precisions))
    return Section(title, "precision-recall", content)


def _curves(run: RunRecord, part: slice, precisions: list[float]) -> Markup:
    arrays, names = run.arrays, run.classes[part]
    assert arrays is not None
    positives = np.nansum(arrays.known[:, part], axis=0)
    absent = [name for name, count in zip(names, positives, strict=True) if not count]
    alt = f"Precision over recall, a curve for each of {counted(len(names) - len(absent), 'attribute')}."
    if absent:
        alt += f" No sample{' that counts' if arrays.left_out else ''} has {enumerated(absent)}."
    return drawn(
        lambda path: plots.plot_precision_recall(
            arrays.scores[:, part], arrays.known[:, part], names, path, average_precision=precisions[part]
        ),
        alt,
    )


def _attribute_table(run: RunRecord, precisions: list[float], baseline: list[float] | None) -> Markup:
    accuracies = run.by_class("attribute_accuracy")
    positives, have = [MISSING] * len(run.classes), "samples that have it"
    if run.arrays is not None:
        have = "samples that count and have it" if run.arrays.left_out else have
        positives = [whole(int(count)) for count in np.nansum(run.arrays.known, axis=0)]
        right = label_accuracy(run.arrays.scores, run.arrays.targets, ignore=run.arrays.ignored)
        accuracies = accuracies or right.tolist()
    nothing = [math.nan] * len(run.classes)
    columns = (run.classes, positives, precisions, baseline or nothing, accuracies or nothing)
    rows = [(name, count, *map(percent, shares)) for name, count, *shares in zip(*columns, strict=True)]
    header = ("attribute", have, "average precision", "baseline", "accuracy")
    return table("How well each attribute is recognised", header, rows, numbers=(1, 2, 3, 4))
