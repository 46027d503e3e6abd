"""plot_predictions: right and wrong by sign and by colour."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.tensors.tensor import Tensor
from minitorch_cv.training.plots import plot_predictions
from minitorch_cv.training.plots.predictions import predictions_figure
from tests.training.plots.figures import BLUE, VERMILION, frames, images, texts

NAMES = ["cat", "dog", "cow"]


def test_classes_by_number():
    labels, guesses = Tensor.wrap(np.array([0, 1])), np.array([0, 2])
    figure = predictions_figure(images(2), labels, guesses, [0.975, 0.5], NAMES, "Pets")
    assert texts(figure) == ["Pets", "✓ cat", "98 % sure", "✗ cow", "is dog", "50 % sure"]
    assert frames(figure) == [BLUE, VERMILION]


def test_classes_by_name_or_without_names():
    figure = predictions_figure(images(1), ["oak"], ["maple"])
    assert texts(figure) == ["✗ maple", "is oak"]
    assert texts(predictions_figure(images(1), ["cat"], ["cat"], classes=NAMES)) == ["✓ cat"]
    assert texts(predictions_figure(images(1), [7], [7])) == ["✓ 7"]


def test_several_labels():
    figure = predictions_figure(
        images(3), [["sky", "sea"], [], [0]], [["sea", "sky"], ["man-made"], [0, 2]], None, None, columns=2
    )
    assert texts(figure) == ["✓ sea, sky", "✗ man-made", "is none", "✗ 0, 2", "is 0"]
    assert frames(figure) == [BLUE, VERMILION, VERMILION]


@pytest.mark.parametrize(
    ("error", "arguments", "match"),
    [
        (ValueError, ([0], [0, 1], None, NAMES), "2 images, 1 true, 2 predicted, 2 confidence; expected as many"),
        (ValueError, ([0, 1], [0, 1], [0.5], NAMES), "1 confidence"),
        (ValueError, ([0, 1], [0, 1], [0.5, 50], NAMES), r"a confidence of 50; expected numbers in \[0, 1\]"),
        (IndexError, ([0, 3], [0, 1], None, NAMES), "class number 3; expected 0 to 2"),
        (IndexError, ([0, 1], [0.5, 1], None, NAMES), "class number 0.5; expected 0 to 2"),
        (ValueError, (["cat", "rat"], [0, 1], None, NAMES), "no class 'rat'; there are cat, dog, cow"),
    ],
)
def test_bad_input(tmp_path, error, arguments, match):
    true, predicted, confidence, classes = arguments
    with pytest.raises(error, match=f"plot_predictions: .*{match}"):
        plot_predictions(images(2), tmp_path / "a.png", true, predicted, confidence, classes)
    assert list(tmp_path.iterdir()) == []
