"""plot_per_class: bars, their order, their values, the baseline."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.plots import plot_per_class
from minitorch_cv.training.plots.per_class import per_class_figure
from tests.training.plots.figures import texts, ticks

NAMES = ["cat", "dog", "cow"]


def bars(axes):
    """Names and lengths from top to bottom."""
    return dict(zip(ticks(axes.yaxis), (bar.get_width() for bar in axes.patches)))


def test_the_largest_comes_first_and_shares_are_percent():
    figure = per_class_figure([0.5, 0.905, 0.071], NAMES)
    axes = figure.axes[0]
    assert list(bars(axes)) == ["dog", "cat", "cow"]
    np.testing.assert_allclose(list(bars(axes).values()), [90.5, 50, 7.1])
    assert axes.get_xlabel() == "accuracy / %"
    assert {"90.5", "50.0", "7.1"} <= set(texts(figure))
    low, high = axes.get_ylim()
    assert low > high, "from top to bottom"


def test_in_the_order_of_the_classes_and_in_other_units():
    figure = per_class_figure({"cow": -2.0, "cat": 15.25, "dog": 1.0}, NAMES, "Margins", "margin", sort=False)
    assert bars(figure.axes[0]) == {"cat": 15.25, "dog": 1.0, "cow": -2.0}
    assert {"15.2", "1", "-2", "Margins", "margin"} <= set(texts(figure))


@pytest.mark.parametrize("none", [None, np.nan])
def test_a_class_without_samples_comes_last(none):
    figure = per_class_figure([none, 0.2, 0.9], NAMES)
    assert list(bars(figure.axes[0])) == ["cow", "dog", "cat"]
    assert "no samples" in texts(figure)


def test_a_baseline_is_a_line_or_a_mark_at_each_bar():
    line = per_class_figure([0.5, 0.9, 0.1], NAMES, baseline=0.25)
    assert list(line.axes[0].lines[0].get_xdata()) == [25, 25] and "baseline" in texts(line)
    marks = per_class_figure([0.5, 0.9, 0.1], NAMES, baseline={"cat": 0.1, "dog": 0.2, "cow": 0.3},
                             baseline_label="prevalence")  # fmt: skip
    np.testing.assert_allclose(marks.axes[0].lines[0].get_xdata(), [20, 10, 30])
    assert list(marks.axes[0].lines[0].get_ydata()) == [0, 1, 2] and "prevalence" in texts(marks)


def test_many_classes_stand_in_two_columns():
    figure = per_class_figure(np.linspace(1, 0, 100), [f"c{i}" for i in range(100)])
    left, right = figure.axes
    assert ticks(left.yaxis) == [f"c{i}" for i in range(50)] and ticks(right.yaxis)[-1] == "c99"


@pytest.mark.parametrize(
    ("values", "baseline", "match"),
    [
        ([0.5], None, r"values of shape \(1,\) for 3 classes"),
        ([0.5, 50.0, 0.1], None, r"values of 50 under a label in percent; expected shares in \[0, 1\]"),
        ([0.5, -0.5, 0.1], None, "values of -0.5 under a label in percent"),
        ([0.5, np.inf, 0.1], None, "values must be finite, or NaN for none"),
        ([0.5, 0.5, 0.1], [0.1], r"baseline of shape \(1,\) for 3 classes"),
        (
            {"cat": 1, "dog": 1, "cwo": 1},
            None,
            r"values must name each class once; missing: \['cow'\], not a class: \['cwo'\]",
        ),
    ],
)
def test_values_that_are_refused(tmp_path, values, baseline, match):
    with pytest.raises(ValueError, match=f"plot_per_class: {match}"):
        plot_per_class(values, NAMES, tmp_path / "a.png", baseline=baseline)
    assert list(tmp_path.iterdir()) == []
