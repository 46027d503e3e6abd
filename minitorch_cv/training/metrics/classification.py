"""Measures of a classifier that chooses one class for a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .numbers import Numbers, as_array


def accuracy(outputs: Numbers, targets: Numbers, k: int = 1) -> float:
    """The share of samples, in [0, 1], whose class is the predicted one, or among the k best scored.

    Args:     outputs: (N, classes) scores, or (N,) predicted classes (then k must be 1).
              targets: (N,) true classes, or (N, classes) probabilities, as label smoothing and MixUp make them: the
                most probable class then counts as the true one.
    Raises:   ValueError: if the shapes do not fit, a sample's probabilities do not sum to 1, there are no samples, or k
                is out of range.
              IndexError: if a target is no class of the scores.
    """
    scores, labels = as_array(outputs), as_array(targets)
    if labels.ndim == 2 and labels.shape == scores.shape:
        if not np.allclose(labels.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                "accuracy: the targets of a sample do not sum to 1, as probabilities of classes do; of several labels "
                "take label_accuracy or mean_average_precision"
            )
        labels = labels.argmax(axis=1)
    if scores.ndim not in (1, 2) or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"accuracy: outputs of shape {scores.shape} and targets of shape {labels.shape} do not fit; expected (N, "
            "classes) or (N,), and (N,)"
        )
    if not len(labels):
        raise ValueError("accuracy: there are no samples")
    classes = scores.shape[1] if scores.ndim == 2 else 1
    if not 1 <= k <= classes:
        raise ValueError(f"accuracy: k is {k}, expected 1 to {classes} for outputs of shape {scores.shape}")
    if scores.ndim == 1:
        return float(np.mean(scores == labels))
    _check_labels("accuracy", "target", labels, classes)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]  # NaN comes last
    return float(np.mean((best == labels[:, None]).any(axis=1)))


def confusion_matrix(predictions: Numbers, targets: Numbers, num_classes: int) -> np.ndarray:
    """How often class i (row) was taken for class j (column).

    Args:     predictions, targets: (N,) predicted and true classes.
    Returns:  (num_classes, num_classes) int64.
    Raises:   ValueError: if the shapes differ or are not (N,).
              IndexError: for a class outside [0, num_classes).
    """
    predicted, true = _checked("confusion_matrix", predictions, targets, num_classes)
    if not len(true):
        return np.zeros((num_classes, num_classes), np.int64)
    from sklearn.metrics import confusion_matrix as count

    return count(true, predicted, labels=range(num_classes))


def per_class_accuracy(predictions: Numbers, targets: Numbers, num_classes: int) -> np.ndarray:
    """The share of each class's samples, in [0, 1], that are predicted right: the recall of the class.

    Args:     predictions, targets: (N,) predicted and true classes.
    Returns:  (num_classes,) float64; NaN for a class without samples.
    Raises:   ValueError, IndexError: as confusion_matrix.
    """
    counts = confusion_matrix(predictions, targets, num_classes)
    samples = counts.sum(axis=1)
    return np.where(samples > 0, counts.diagonal() / np.maximum(samples, 1), np.nan)


@dataclass(frozen=True)
class PrecisionRecallF1:
    """Precision, recall and F1, each (num_classes,) in [0, 1], and the samples of each class (support).

    A class that is never predicted has no precision, one without samples no recall: NaN. F1 is 0 for a class that has
    samples or predictions and none right, NaN for one that has neither.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray

    def macro(self) -> tuple[float, float, float]:
        """The means over the classes for which there is a value."""
        return tuple(  # type: ignore[return-value]
            float(np.nanmean(v)) if np.isfinite(v).any() else float("nan")
            for v in (self.precision, self.recall, self.f1)
        )


def precision_recall_f1(predictions: Numbers, targets: Numbers, num_classes: int) -> PrecisionRecallF1:
    """Precision, recall and F1 of each class, by scikit-learn.

    Args:     predictions, targets: (N,) predicted and true classes.
    Raises:   ValueError, IndexError: as confusion_matrix; ValueError if there are no samples.
    """
    predicted, true = _checked("precision_recall_f1", predictions, targets, num_classes)
    if not len(true):
        raise ValueError("precision_recall_f1: there are no samples")
    from sklearn.metrics import precision_recall_fscore_support

    found = precision_recall_fscore_support(true, predicted, labels=range(num_classes), zero_division=np.nan)
    return PrecisionRecallF1(*(np.asarray(values) for values in found))


def most_confused(matrix: Numbers, count: int = 5) -> list[tuple[int, int, int]]:
    """The pairs of classes that are taken for one another most often.

    Args:     matrix: (K, K) counts, as `confusion_matrix` gives them.
              count: pairs at most.
    Returns:  (true class, predicted class, samples), most samples first; pairs that occur only.
    Raises:   ValueError: if the matrix is not square.
    """
    counts = np.array(as_array(matrix))
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"most_confused: a matrix of shape {counts.shape}, expected (classes, classes)")
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:count]
    pairs = (divmod(int(place), len(counts)) for place in order)
    return [(true, predicted, int(counts[true, predicted])) for true, predicted in pairs if counts[true, predicted]]


def classification_table(predictions: Numbers, targets: Numbers, classes: Sequence[str]) -> str:
    """A table to print: samples, precision, recall (the class's accuracy) and F1 of each class, and their means.

    Args:     predictions, targets: (N,) predicted and true classes.
              classes: their names.
    Raises:   ValueError, IndexError: as precision_recall_f1.
    """
    found = precision_recall_f1(predictions, targets, len(classes))
    width = max(5, *map(len, classes))
    lines = [f"{'class':<{width}}  samples  precision  recall     F1"]
    rows = zip(classes, found.support, found.precision, found.recall, found.f1, strict=True)
    for name, support, *shares in rows:
        lines.append(f"{name:<{width}}  {support:7d}  {_percent(*shares)}")
    lines.append(f"{'mean':<{width}}  {int(found.support.sum()):7d}  {_percent(*found.macro())}")
    return "\n".join(lines)


def _percent(precision: float, recall: float, f1: float) -> str:
    shown = ["–" if np.isnan(value) else f"{value:.1%}" for value in (precision, recall, f1)]
    return f"{shown[0]:>9}  {shown[1]:>6}  {shown[2]:>5}"


def _checked(operation: str, predictions: Numbers, targets: Numbers, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    predicted, true = as_array(predictions), as_array(targets)
    if predicted.ndim != 1 or predicted.shape != true.shape:
        raise ValueError(
            f"{operation}: predictions of shape {predicted.shape} and targets of shape {true.shape}; expected (N,) for "
            "both (of scores take argmax(1))"
        )
    _check_labels(operation, "prediction", predicted, num_classes)
    _check_labels(operation, "target", true, num_classes)
    return predicted, true


def _check_labels(operation: str, name: str, labels: np.ndarray, num_classes: int) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= num_classes) | (labels % 1 != 0))
    if len(wrong):
        raise IndexError(
            f"{operation}: {name} {labels[wrong[0]]} at {wrong[0]} is out of range, expected 0 to {num_classes - 1}"
        )
