"""What a training script needs around its loop: fit, metrics, pictures, reports, a summary of its model."""

from .callbacks import Callback, EarlyStopping, ExponentialMovingAverage, GradientClipping, Run, best_epoch
from .checkpoint import load_checkpoint, save_checkpoint
from .evaluation import Predictions, evaluate, predict
from .features import layer_features
from .few_samples import spread_subset
from .finish import finish_run
from .fit import fit
from .layer_statistics import layer_statistics
from .learning_rate_finder import find_learning_rate
from .linear_probe import linear_probe
from .metrics import (
    accuracy,
    average_precision,
    classification_table,
    confusion_matrix,
    label_accuracy,
    label_table,
    mean_average_precision,
    most_confused,
    per_class_accuracy,
    precision_recall_f1,
    prevalence,
)
from .non_finite import NonFiniteLossError
from .plots import (
    contact_sheet,
    plot_confused_pairs,
    plot_confusion_matrix,
    plot_embedding,
    plot_failures,
    plot_feature_maps,
    plot_filters,
    plot_graph,
    plot_history,
    plot_layer_histograms,
    plot_learning_rates,
    plot_per_class,
    plot_precision_recall,
    plot_predictions,
    plot_runs,
)
from .reports import compare, report
from .run_folder import begin_run
from .summary import ModelSummary, summary

__all__ = [
    "Callback",
    "EarlyStopping",
    "ExponentialMovingAverage",
    "GradientClipping",
    "ModelSummary",
    "NonFiniteLossError",
    "Predictions",
    "Run",
    "accuracy",
    "average_precision",
    "begin_run",
    "best_epoch",
    "classification_table",
    "compare",
    "confusion_matrix",
    "contact_sheet",
    "evaluate",
    "find_learning_rate",
    "finish_run",
    "fit",
    "label_accuracy",
    "label_table",
    "layer_features",
    "layer_statistics",
    "linear_probe",
    "load_checkpoint",
    "mean_average_precision",
    "most_confused",
    "per_class_accuracy",
    "plot_confused_pairs",
    "plot_confusion_matrix",
    "plot_embedding",
    "plot_failures",
    "plot_feature_maps",
    "plot_filters",
    "plot_graph",
    "plot_history",
    "plot_layer_histograms",
    "plot_learning_rates",
    "plot_per_class",
    "plot_precision_recall",
    "plot_predictions",
    "plot_runs",
    "precision_recall_f1",
    "predict",
    "prevalence",
    "report",
    "save_checkpoint",
    "spread_subset",
    "summary",
]
