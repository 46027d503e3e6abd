"""plot_precision_recall: points by hand, the form by the number of classes."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.plots import plot_precision_recall
from minitorch_cv.training.plots.precision_recall import precision_recall_figure
from tests.checks import normal
from tests.training.plots.figures import texts

SCORES = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
TARGETS = np.array([[1, 0], [0, 0], [1, 0], [0, 0]])


def curves(axes):
    """The curves of classes, without the lines of F1."""
    return {line.get_label(): line.get_xydata() for line in axes.lines if ":" in line.get_label()}


def test_points_are_those_of_the_definition():
    figure = precision_recall_figure(SCORES, TARGETS, ["cat", "dog"])
    found = curves(figure.axes[0])
    # thresholds 0.6, 0.7, 0.8, 0.9: of 4, 3, 2, 1 predicted as cats 2, 2, 1, 1 are some; AP = 1/2 * 1 + 1/2 * 2/3
    expected = [[100, 50], [100, 200 / 3], [50, 50], [50, 100], [0, 100]]
    np.testing.assert_allclose(found["cat: AP 83.3 %"], expected)
    assert len(found["dog: no positive sample"]) == 0
    assert {"recall / %", "precision / %", "F1 80 %", "Precision and recall"} <= set(texts(figure))


def test_classes_against_the_others_and_labels_that_do_not_count():
    one = precision_recall_figure(SCORES, [0, 1, 0, 1], ["cat", "dog"], f1_lines=False)
    assert list(curves(one.axes[0])) == ["cat: AP 83.3 %", "dog: AP 83.3 %"]
    assert len(one.axes[0].lines) == 2
    targets = np.array([[1, 0], [np.nan, 0], [1, 0], [0, 0]])
    two = precision_recall_figure(SCORES, targets, ["cat", "dog"])
    assert "cat: AP 100.0 %" in curves(two.axes[0])


@pytest.mark.parametrize("given", [[0.5, None], {"cat": 0.5, "dog": 0.0}])
def test_average_precisions_of_another_kind(given):
    figure = precision_recall_figure(SCORES, TARGETS, ["cat", "dog"], average_precision=given)
    assert set(curves(figure.axes[0])) == {"cat: AP 50.0 %", "dog: no positive sample"}


def test_more_classes_have_a_panel_each():
    scores, names = normal(30, 20), [f"c{i}" for i in range(20)]
    targets = (normal(30, 20, seed=1) > 0.5).astype(int)
    targets[:, 4] = 0
    figure = precision_recall_figure(scores, targets, names, "VOC")
    assert len(figure.axes) == 20
    assert figure.axes[4].get_title() == "c4\nno positive sample"
    assert figure.axes[3].lines[-1].get_ydata()[0] == pytest.approx(targets[:, 3].mean() * 100), "chance"
    assert "VOC" in texts(figure)


@pytest.mark.parametrize(
    ("error", "change", "match"),
    [
        (ValueError, {"targets": TARGETS[:2]}, r"targets of shape \(2, 2\) for scores of shape \(4, 2\)"),
        (ValueError, {"targets": [0, 1]}, "4 scores, 2 targets"),
        (IndexError, {"targets": [0, 1, 2, 0]}, r"targets\[2\] is 2"),
        (ValueError, {"targets": TARGETS * 2}, "targets of several labels must be 0 or 1"),
        (ValueError, {"classes": ["a"]}, r"scores of shape \(4, 2\) for 1 classes"),
        (ValueError, {"classes": list(range(41))}, "41 classes; expected at most 40. Choose some columns"),
        (ValueError, {"average_precision": [0.5]}, r"average_precision of shape \(1,\) for 2 classes"),
        (ValueError, {"average_precision": {"a": 0.5}}, "average_precision lacks b"),
    ],
)
def test_bad_input(tmp_path, error, change, match):
    given = {"scores": SCORES, "targets": TARGETS, "classes": ["a", "b"], "path": tmp_path / "a.png"}
    with pytest.raises(error, match=f"plot_precision_recall: {match}"):
        plot_precision_recall(**{**given, **change})
    assert list(tmp_path.iterdir()) == []
