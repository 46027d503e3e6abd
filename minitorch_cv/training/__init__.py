"""What a training script needs around its loop: metrics, pictures of its history, a summary of its model."""

from .metrics import accuracy, confusion_matrix
from .plots import plot_confusion_matrix, plot_history
from .summary import ModelSummary, summary

__all__ = ["ModelSummary", "accuracy", "confusion_matrix", "plot_confusion_matrix", "plot_history", "summary"]
