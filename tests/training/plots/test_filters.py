"""plot_filters and plot_feature_maps."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv import nn
from minitorch_cv.training.plots import plot_feature_maps, plot_filters
from minitorch_cv.training.plots.filters import feature_maps_figure, filters_figure
from tests.checks import normal
from tests.training.plots.figures import shown_images, texts, ticks


def test_colour_filters_are_scaled_each_by_its_largest_weight():
    weight = normal(10, 3, 4, 5)
    weight[1] = 0
    figure = filters_figure(weight)
    mosaic = shown_images(figure)[0]
    assert mosaic.shape == (2 * 5, 8 * 6, 3), "ten filters, eight a row, a white line after each"
    expected = 0.5 + weight[9] / np.abs(weight[9]).max() / 2
    np.testing.assert_allclose(mosaic[5:9, 6:11], expected.transpose(1, 2, 0))
    assert (mosaic[:4, 6:11] == 0.5).all(), "a filter of zeros is grey"
    assert (mosaic[4] == 1).all() and (mosaic[:, 5] == 1).all() and (mosaic[5:, 12:] == 1).all()
    found = texts(figure)
    assert "10 filters × 3 channels; grey is 0, each filter scaled by its largest weight" in found
    assert ticks(figure.axes[0].yaxis) == ["0", "8"]


def test_filters_of_a_layer():
    layer = nn.Conv2d(1, 4, 3)
    figure = filters_figure(layer.weight, "First layer")
    assert shown_images(figure)[0].shape == (4, 4 * 4) and "First layer" in texts(figure)
    assert any(text.startswith("4 filters × 1 channel;") for text in texts(figure))


def test_filters_of_many_channels_have_a_row_each():
    weight = normal(20, 17, 2, 2)
    figure = filters_figure(weight)
    mosaic = shown_images(figure)[0]
    assert mosaic.shape == (16 * 3, 16 * 3)
    expected = 0.5 + weight[2, 5] / np.abs(weight[2, :16]).max() / 2
    np.testing.assert_allclose(mosaic[6:8, 15:17], expected)
    found = texts(figure)
    assert {"channel", "filter"} <= set(found)
    assert any(text.startswith("the first 16 of 20 filters × the first 16 of 17 channels") for text in found)


def test_feature_maps():
    maps = np.stack([np.arange(6.0).reshape(2, 3), np.full((2, 3), -1.5), np.zeros((2, 3))])
    figure = feature_maps_figure(maps[None], "conv1", 2)
    assert texts(figure)[1:] == ["channel 0", "0 to 5", "channel 1", "-1.5 to -1.5"]
    assert texts(figure)[0].startswith("conv1\nthe first 2 of 3 channels, 2 × 3; dark")
    ramp, flat = shown_images(figure)
    np.testing.assert_allclose(ramp[0, 0], [0.267, 0.005, 0.329], atol=1e-3)  # the ends of viridis
    np.testing.assert_allclose(ramp[1, 2], [0.993, 0.906, 0.144], atol=1e-3)
    np.testing.assert_allclose(flat[0, 0], ramp[0, 0])
    assert "Feature maps\n3 channels, 2 × 3" in texts(feature_maps_figure(maps))[0]


@pytest.mark.parametrize(
    ("draw", "arguments", "match"),
    [
        (plot_filters, [normal(4, 3)], r"plot_filters: a weight of shape \(4, 3\); expected \(O, C, kh, kw\)"),
        (plot_filters, [np.full((1, 1, 2, 2), np.inf)], "plot_filters: some weights are infinite or NaN"),
        (plot_feature_maps, [normal(2, 3, 4, 4)], r"plot_feature_maps: maps of shape \(2, 3, 4, 4\); expected"),
        (plot_feature_maps, [np.full((2, 2, 2), np.nan)], "plot_feature_maps: some values are infinite or NaN"),
        (plot_feature_maps, [normal(2, 2, 2), "", 0], "plot_feature_maps: count is 0, expected at least 1"),
    ],
)
def test_bad_input(tmp_path, draw, arguments, match):
    first, *others = arguments
    with pytest.raises(ValueError, match=match):
        draw(first, tmp_path / "a.png", *others)
    assert list(tmp_path.iterdir()) == []
