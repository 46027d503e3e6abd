"""plot_learning_rates: the curve and the suggestion on a logarithmic axis."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.learning_rate_finder import LearningRates
from minitorch_cv.training.plots import plot_learning_rates
from minitorch_cv.training.plots.learning_rates import learning_rates_figure
from tests.training.plots.figures import texts

RATES = np.logspace(-4, 0, 9).tolist()
LOSSES = [2.3, 2.3, 2.2, 1.8, 1.0, 0.6, 0.5, 3.0, 90.0]


def test_what_is_drawn():
    figure = learning_rates_figure(LearningRates(RATES, LOSSES, LOSSES, 0.01, True))
    axes = figure.axes[0]
    dots, curve, suggestion = axes.lines
    assert axes.get_xscale() == "log" and (axes.get_xlabel(), axes.get_ylabel()) == ("learning rate", "loss")
    np.testing.assert_array_equal(dots.get_xydata(), curve.get_xydata())
    np.testing.assert_array_equal(curve.get_xydata(), np.column_stack([RATES, LOSSES]))
    assert list(suggestion.get_xdata()) == [0.01, 0.01]
    assert axes.get_ylim()[1] < 4, "the loss after divergence does not flatten the rest"
    found = texts(figure)
    assert {"steepest descent: 0.01", "Learning-rate finder", "stopped at 1, where the loss diverged"} <= set(found)
    assert {"0.001", "0.1"} <= set(found)


def test_without_a_suggestion(tmp_path):
    result = LearningRates([0.1, 1.0], [1.0, 1.0], [1.0, 1.0])
    assert len(learning_rates_figure(result, "Flat").axes[0].lines) == 2
    assert plot_learning_rates(result, tmp_path / "a.png").exists()


def test_nothing_measured(tmp_path):
    with pytest.raises(ValueError, match="plot_learning_rates: no loss was measured"):
        plot_learning_rates(LearningRates(diverged=True), tmp_path / "a.png")
