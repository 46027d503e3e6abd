"""Pictures of data, training runs and models. PNG, PDF or SVG, by the ending of the file's name.

They read plain lists and arrays (or tensors), so that they work on any history, also on one read from a file. Each is
made to be read at the width of a page (18 cm; 1200 pixels as PNG), and by the colour-blind. A file is there whole or
not at all, and no window system is needed.
"""

from .confusion import plot_confusion_matrix
from .curves import plot_history
from .embedding import plot_embedding
from .filters import plot_feature_maps, plot_filters
from .graph import plot_graph
from .layers import plot_layer_histograms
from .learning_rates import plot_learning_rates
from .mistakes import plot_confused_pairs, plot_failures
from .per_class import plot_per_class
from .precision_recall import plot_precision_recall
from .predictions import plot_predictions
from .runs import plot_runs
from .tiles import contact_sheet

__all__ = [
    "contact_sheet",
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
]
