"""Measures of a classifier on labelled data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from ..tensors.tensor import Tensor

Numbers: TypeAlias = Tensor | np.ndarray | Sequence


def _array(numbers: Numbers) -> np.ndarray:
    return numbers.array if isinstance(numbers, Tensor) else np.asarray(numbers)


def accuracy(outputs: Numbers, targets: Numbers, k: int = 1) -> float:
    """The share of samples, in [0, 1], whose class is the predicted one, or among the k best scored.

    Args:     outputs: (N, classes) scores, or (N,) predicted classes (then k must be 1).
              targets: (N,) true classes.
    Raises:   ValueError: if the shapes do not fit, there are no samples, or k is out of range.
              IndexError: if a target is no class of the scores.
    """
    scores, labels = _array(outputs), _array(targets)
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
    predicted, true = _array(predictions), _array(targets)
    if predicted.ndim != 1 or predicted.shape != true.shape:
        raise ValueError(
            f"confusion_matrix: predictions of shape {predicted.shape} and targets of shape {true.shape}; expected "
            "(N,) for both (of scores take argmax(1))"
        )
    _check_labels("confusion_matrix", "prediction", predicted, num_classes)
    _check_labels("confusion_matrix", "target", true, num_classes)
    if not len(true):
        return np.zeros((num_classes, num_classes), np.int64)
    from sklearn.metrics import confusion_matrix as count

    return count(true, predicted, labels=range(num_classes))


def _check_labels(operation: str, name: str, labels: np.ndarray, num_classes: int) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if len(wrong):
        raise IndexError(
            f"{operation}: {name} {labels[wrong[0]]} at {wrong[0]} is out of range, expected 0 to {num_classes - 1}"
        )
