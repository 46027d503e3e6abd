"""plot_confusion_matrix: counts, shares, names of few and of many classes."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.tensors.tensor import Tensor
from minitorch_cv.training import plot_confusion_matrix
from minitorch_cv.training.plots.confusion import confusion_figure
from tests.training.plots.figures import texts, ticks

MATRIX = np.array([[30, 2, 0], [0, 41, 0], [0, 0, 0]])
NAMES = ["cat", "dog", "cow"]


def numbers(figure):
    """What stands in each cell, by (row, column)."""
    return {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in figure.axes[0].texts}


def test_rows_are_true_and_colours_are_shares():
    figure = confusion_figure(MATRIX, NAMES)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert ticks(axes.xaxis) == ticks(axes.yaxis) == NAMES
    expected = [[30 / 32 * 100, 2 / 32 * 100, 0], [0, 100, 0], [0, 0, 0]]
    np.testing.assert_allclose(axes.images[0].get_array(), expected)
    assert numbers(figure) == {(0, 0): "30", (0, 1): "2", (1, 1): "41"}
    assert {"Confusion matrix", "share of the true class / %, numbers: samples"} <= set(texts(figure))


def test_shares_are_written_if_asked_for():
    figure = confusion_figure(Tensor.wrap(MATRIX), NAMES, "Pets", normalize=True)
    assert numbers(figure) == {(0, 0): "93.8", (0, 1): "6.2", (1, 1): "100"}
    found = texts(figure)
    assert "Pets" in found and "Confusion matrix" not in found
    many = confusion_figure(np.eye(15) * 3 + 1, [f"c{i}" for i in range(15)], normalize=True)
    assert numbers(many)[0, 0] == "22" and numbers(many)[0, 1] == "6"


def test_matrices_of_more_than_twenty_classes_have_no_numbers():
    figure = confusion_figure(np.full((21, 21), 777), [f"c{i}" for i in range(21)])
    assert numbers(figure) == {} and ticks(figure.axes[0].yaxis)[-1] == "c20"
    assert "share of the true class / %" in texts(figure)


def test_of_a_hundred_classes_all_are_named_on_two_sides():
    names = [f"class number {i}" for i in range(100)]
    figure = confusion_figure(np.eye(100), names)
    axes = figure.axes[0]
    top, right = axes.child_axes
    assert ticks(axes.yaxis) == ticks(axes.xaxis) == names[::2]
    assert ticks(right.yaxis) == ticks(top.xaxis) == names[1::2]


def test_of_more_some_are_named():
    names = [f"c{i}" for i in range(250)]
    axes = confusion_figure(np.eye(250), names).axes[0]
    assert ticks(axes.yaxis) == names[::6] and ticks(axes.child_axes[1].yaxis) == names[3::6]


@pytest.mark.parametrize(
    ("matrix", "names", "match"),
    [
        (np.eye(2), NAMES, r"a matrix of shape \(2, 2\) for 3 classes; expected \(3, 3\)"),
        (np.eye(0), [], "there are no classes"),
        (-np.eye(3), NAMES, "counts must be finite and not negative"),
        (np.full((3, 3), np.nan), NAMES, "counts must be finite and not negative"),
    ],
)
def test_matrices_that_are_refused(tmp_path, matrix, names, match):
    with pytest.raises(ValueError, match=f"plot_confusion_matrix: {match}"):
        plot_confusion_matrix(matrix, names, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
