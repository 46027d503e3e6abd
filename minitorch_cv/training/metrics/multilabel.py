"""Measures of a classifier that says yes or no to each of several labels: average precision, accuracy by label.

Average precision is computed in three ways, and results differ by some hundredths, so a figure needs its way beside it:

- "step": the mean of the precisions at each positive, as scikit-learn and the information-retrieval literature have it;
- "all-point": the area under the curve whose precision at a recall is the best at that recall or above: PASCAL VOC
  from 2010 on;
- "11-point": the mean of that best precision at the recalls 0, 0.1, ..., 1: PASCAL VOC until 2009.

Source:   Everingham et al. 2010, "The PASCAL visual object classes challenge"; the development kits of 2007 and 2012.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .numbers import Numbers, as_array

METHODS = ("step", "all-point", "11-point")


def average_precision(
    scores: Numbers, targets: Numbers, method: str = "step", ignore: Numbers | None = None
) -> np.ndarray:
    """The average precision of each label.

    Args:     scores: (N, K); only their order in a column matters, so that logits do as well as probabilities.
              targets: (N, K) of 0 and 1.
              method: "step", "all-point" or "11-point"; see the top of this file.
              ignore: (N, K), true where a sample shall not count for a label, as PASCAL VOC's difficult objects do not.
    Returns:  (K,) float64 in [0, 1]; NaN for a label without positives.
    Raises:   ValueError: if the shapes do not fit, a target is neither 0 nor 1, a score is NaN, there are no samples,
                or for an unknown method.
    """
    values, truth = _checked("average_precision", scores, targets)
    if method not in METHODS:
        raise ValueError(f"average_precision: method is {method!r}, expected one of {', '.join(map(repr, METHODS))}")
    counted = counted_targets("average_precision", ignore, values.shape)
    return np.array(
        [_of_label(values[kept, k], truth[kept, k], method) for k, kept in enumerate(np.moveaxis(counted, 1, 0))]
    )


def mean_average_precision(
    scores: Numbers, targets: Numbers, method: str = "step", ignore: Numbers | None = None
) -> float:
    """The mean of the average precisions (mAP) of the labels that have positives.

    Args:     scores, targets, method, ignore: as `average_precision`, which tells what each label has.
    Raises:   ValueError: as `average_precision`, and if no label has positives.
    """
    found = average_precision(scores, targets, method, ignore)
    if np.isnan(found).all():
        raise ValueError("mean_average_precision: no label has a positive sample")
    return float(np.nanmean(found))


def prevalence(targets: Numbers, ignore: Numbers | None = None) -> np.ndarray:
    """The share of positives of each label: the average precision ("step") of a score that is the same for all samples.

    Args:     targets: (N, K) of 0 and 1.
              ignore: (N, K), as in `average_precision`.
    Returns:  (K,) float64 in [0, 1]; NaN for a label without positives, as `average_precision` has it.
    """
    _, truth = _checked("prevalence", targets, targets)
    counted = counted_targets("prevalence", ignore, truth.shape)
    positives, samples = (truth * counted).sum(axis=0), counted.sum(axis=0)
    return np.where(positives > 0, positives / np.maximum(samples, 1), np.nan)


def label_accuracy(
    scores: Numbers, targets: Numbers, threshold: float = 0.0, ignore: Numbers | None = None
) -> np.ndarray:
    """The share of samples for which each label is predicted right.

    Args:     scores: (N, K); a label is predicted where its score is above the threshold.
              targets: (N, K) of 0 and 1.
              threshold: 0 for logits (a probability of one half), 0.5 for probabilities.
              ignore: (N, K), as in `average_precision`.
    Returns:  (K,) float64 in [0, 1], NaN for a label of which no sample counts; its mean is the accuracy over all
              labels and, where none is ignored, samples.
    Raises:   ValueError: if the shapes do not fit, a target is neither 0 nor 1, a score is NaN, or there are no
                samples.
    """
    values, truth = _checked("label_accuracy", scores, targets)
    counted = counted_targets("label_accuracy", ignore, values.shape)
    right = ((values > threshold) == truth.astype(bool)) & counted
    samples = counted.sum(axis=0)
    return np.where(samples > 0, right.sum(axis=0) / np.maximum(samples, 1), np.nan)


def counted_targets(operation: str, ignore: Numbers | None, shape: tuple[int, ...]) -> np.ndarray:
    """(N, K), true where a sample counts for a label: what is not ignored.

    Raises:   ValueError: if `ignore` has another shape; the message begins with the operation.
    """
    if ignore is None:
        return np.ones(shape, bool)
    counted = ~as_array(ignore).astype(bool)
    if counted.shape != shape:
        raise ValueError(f"{operation}: ignore of shape {counted.shape}, expected {shape} as the targets")
    return counted


def label_table(
    scores: Numbers, targets: Numbers, names: Sequence[str], threshold: float = 0.0, ignore: Numbers | None = None
) -> str:
    """A table to print: positives, accuracy and average precision, in its three ways, of each label, and their means.

    Args:     scores, targets, ignore: as for `average_precision`.
              names: of the labels.
              threshold: as for `label_accuracy`.
    Raises:   ValueError: as `average_precision`, and if there are not as many names as labels.
    """
    right = label_accuracy(scores, targets, threshold, ignore)
    if len(names) != len(right):
        raise ValueError(f"label_table: {len(names)} names for {len(right)} labels")
    precision = [average_precision(scores, targets, method, ignore) for method in METHODS]
    truth = as_array(targets)
    positives = (truth * counted_targets("label_table", ignore, truth.shape)).sum(axis=0).astype(int)
    width = max(4, *map(len, names))
    lines = [f"{'':<{width}}                       average precision", f"{'label':<{width}}  positives  accuracy"]
    lines[1] += "".join(f"  {method:>9}" for method in METHODS)
    for name, count, share, *values in zip(names, positives, right, *precision, strict=True):
        lines.append(f"{name:<{width}}  {count:9d}  {_shown(share):>8}" + "".join(f"  {_shown(v):>9}" for v in values))
    share, *means = [np.nanmean(v) if np.isfinite(v).any() else np.nan for v in (right, *precision)]
    lines.append(
        f"{'mean':<{width}}  {positives.sum():9d}  {_shown(share):>8}" + "".join(f"  {_shown(v):>9}" for v in means)
    )
    return "\n".join(lines)


def _shown(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _of_label(scores: np.ndarray, truth: np.ndarray, method: str) -> float:
    if not truth.any():
        return float("nan")
    if method == "step":
        from sklearn.metrics import average_precision_score

        return float(average_precision_score(truth, scores))
    recall, precision = _curve(scores, truth)
    best = np.maximum.accumulate(precision[::-1])[::-1]  # the best precision at this recall or a higher one
    if method == "11-point":
        levels = np.linspace(0, 1, 11)
        # rounded, for 0.7 * 10 positives are 7 of 10 found, and not a little more
        places = np.searchsorted(np.round(recall, 9), np.round(levels, 9))  # the last recall is 1
        return float(best[places].mean())
    return float(np.sum(np.diff(recall, prepend=0.0) * best))


def _curve(scores: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision after each different score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)  # equal scores are taken together
    return hits[ends] / hits[-1], hits[ends] / (ends + 1)


def _checked(operation: str, scores: Numbers, targets: Numbers) -> tuple[np.ndarray, np.ndarray]:
    values, truth = as_array(scores).astype(np.float64), as_array(targets)
    if values.ndim != 2 or values.shape != truth.shape:
        raise ValueError(
            f"{operation}: scores of shape {values.shape} and targets of shape {truth.shape}; expected (N, labels) for "
            "both"
        )
    if not len(values):
        raise ValueError(f"{operation}: there are no samples")
    wrong = np.argwhere((truth != 0) & (truth != 1))
    if len(wrong):
        sample, label = wrong[0]
        raise ValueError(
            f"{operation}: target {truth[sample, label]} of label {label} at sample {sample}, expected 0 or 1"
        )
    bad = np.argwhere(np.isnan(values))
    if len(bad):
        raise ValueError(f"{operation}: the score of label {bad[0][1]} at sample {bad[0][0]} is NaN")
    return values, truth.astype(np.float64)
