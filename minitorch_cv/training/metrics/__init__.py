"""Measures of a classifier on labelled data, of one class an image or of several."""

from .classification import (
    accuracy,
    classification_table,
    confusion_matrix,
    most_confused,
    per_class_accuracy,
    precision_recall_f1,
)
from .multilabel import average_precision, label_accuracy, label_table, mean_average_precision, prevalence

__all__ = [
    "accuracy",
    "average_precision",
    "classification_table",
    "confusion_matrix",
    "label_accuracy",
    "label_table",
    "mean_average_precision",
    "most_confused",
    "per_class_accuracy",
    "precision_recall_f1",
    "prevalence",
]
