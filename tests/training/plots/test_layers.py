"""plot_layer_histograms: magnitudes by layer, and what is written beside them."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.layer_statistics import LayerStatistics
from minitorch_cv.training.plots import plot_layer_histograms
from minitorch_cv.training.plots.layers import layer_histograms_figure
from tests.training.plots.figures import texts


def layer(activations, gradients, name="conv1", kind="Conv2d", zeros=0.0, dead=None):
    activations, gradients = np.asarray(activations, np.float32), np.asarray(gradients, np.float32)
    return LayerStatistics(name, kind, activations, gradients, 0.5, 0.25, zeros, dead)


def test_histograms_of_the_logarithm_of_magnitudes():
    stats = [layer([1, -1, 10, 0], [1e-3, 1e-3]), layer([100, 0, 0], [], "", "ReLU", 2 / 3, 0.5)]
    figure = layer_histograms_figure(stats)
    axes = np.array(figure.axes).reshape(2, 2)
    counts = [bar.get_height() for bar in axes[0, 0].patches]
    assert sum(counts) == 3, "zeros have no magnitude"
    assert axes[0, 0].get_xlim() == axes[1, 0].get_xlim(), "one scale for all layers"
    assert axes[0, 0].patches[0].get_x() == pytest.approx(-0.1) and axes[0, 0].lines[0].get_xdata()[0] == 0
    assert axes[1, 0].lines[0].get_xdata()[0] == 2
    assert axes[0, 1].lines[0].get_xdata()[0] == pytest.approx(-3)
    found = texts(figure)
    assert {"std 0.5", "std 0.25", "no gradient", "std 0.5, zero 67 %, dead units 50 %"} <= set(found)
    assert {"conv1\nConv2d", "model\nReLU", "activations", "gradients of the activations"} <= set(found)
    assert found.count("log10 of the magnitude (black: the median)") == 2


def test_what_is_not_finite_is_said():
    figure = layer_histograms_figure([layer([np.nan, np.inf], [])], "Broken")
    assert {"std 0.5, NaN or infinite!", "Broken"} <= set(texts(figure))


def test_bad_input(tmp_path):
    for stats in ([], [layer([1], [1])] * 61):
        with pytest.raises(ValueError, match=f"plot_layer_histograms: {len(stats)} layers; expected 1 to 60"):
            plot_layer_histograms(stats, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
