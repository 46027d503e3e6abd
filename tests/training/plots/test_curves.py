"""plot_history: panels, units, gaps, the best epoch."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training import plot_history
from minitorch_cv.training.plots.curves import history_figure
from tests.training.plots.figures import texts

HISTORY = {
    "train_loss": [1.0, 0.5, 0.25],
    "val_loss": [1.1, float("nan"), 0.4],
    "train_accuracy": [0.5, 0.75, 0.9],
    "val_accuracy": [0.4, None, 0.8],
}


def drawn(axes):
    """(x, y) of each curve by its label."""
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_loss_and_accuracy_stand_side_by_side_in_their_units():
    figure = history_figure(HISTORY, "Digits")
    loss, accuracy = figure.axes
    assert (loss.get_title(), loss.get_ylabel(), loss.get_xlabel()) == ("Loss by epoch", "loss", "epoch")
    assert (accuracy.get_title(), accuracy.get_ylabel()) == ("Accuracy by epoch", "accuracy / %")
    assert drawn(loss)["train"] == ([1, 2, 3], [1.0, 0.5, 0.25])
    np.testing.assert_allclose(drawn(accuracy)["val"][1], [40, np.nan, 80])
    found = texts(figure)
    assert found.count("train") == found.count("val") == 2 and "Digits" in found
    assert {"1", "2", "3"} <= set(found) and "1.5" not in found, "whole epochs"


def test_other_quantities_have_panels_of_their_own_in_a_fixed_order():
    history = {
        "epoch": [1, 2],
        "seconds": [3.0, 3.1],
        "val_f1": [0.2, 0.3],
        "lr": [0.1, 0.0001],
        "val_mAP": [0.25, 0.5],
        "val_top5_accuracy": [0.5, 0.75],
        "val_accuracy": [0.25, 0.5],
        "val_loss": [2, 1],
    }
    axes = history_figure(history).axes
    assert [a.get_title() for a in axes] == [
        "Loss by epoch", "Accuracy by epoch", "mAP by epoch", "F1 by epoch",
        "Learning rate by epoch", "Time by epoch",
    ]  # fmt: skip
    assert [a.get_ylabel() for a in axes] == [
        "loss", "accuracy / %", "mAP / %", "f1", "learning rate", "seconds an epoch",
    ]  # fmt: skip
    assert drawn(axes[1]) == {"val top5": ([1, 2], [50, 75]), "val": ([1, 2], [25, 50])}
    assert drawn(axes[2]) == {"val": ([1, 2], [25, 50])}
    assert axes[4].get_yscale() == "log", "three decades"
    assert axes[4].get_legend() is None, "one curve without a split needs no legend"


def test_a_learning_rate_of_one_decade_is_drawn_on_a_linear_scale():
    assert history_figure({"lr": [0.1, 0.01]}).axes[0].get_yscale() == "linear"
    assert history_figure({"lr": [0.1, 0.0]}).axes[0].get_yscale() == "linear"


def test_the_best_epoch_is_marked():
    figure = history_figure(HISTORY, best=2)
    for axes in figure.axes:
        assert list(axes.lines[-1].get_xdata()) == [2, 2]
    assert texts(figure).count("best epoch: 2") == 2


@pytest.mark.parametrize(
    ("history", "limits"),
    [
        ({"train_accuracy": [0.5]}, (0.5, 1.5)),
        ({"loss": [3.0, 3.0]}, (0.5, 2.5)),
        ({"train_loss": np.ones(300), "test_loss": [1.0]}, (0.5, 300.5)),
        ({"loss": [1.0, 2.0], "epoch": [5, 6]}, (4.5, 6.5)),
        ({"loss": [float("nan"), float("inf")]}, (0.5, 2.5)),
    ],
)
def test_histories_of_other_forms(history, limits):
    figure = history_figure(history)
    figure.draw_without_rendering()
    assert figure.axes[0].get_xlim() == limits


@pytest.mark.parametrize(
    ("history", "match"),
    [
        ({}, "the history is empty"),
        ({"train_loss": []}, "the history is empty"),
        ({"epoch": [1]}, "the history is empty"),
        ({"train_loss": ["a"]}, "'train_loss' holds what is no number: could not convert string to float: 'a'"),
        ({"train_loss": 3.0}, "'train_loss' holds what is no number: 'float' object is not iterable"),
        ({"loss": [1, 2], "epoch": [1]}, "a curve of 2 values for 1 epochs"),
        ({f"{split}_loss": [1.0] for split in "abcdefg"}, "more than 6 curves of loss: a, b, c, d, e, f, g"),
    ],
)
def test_histories_that_are_refused(tmp_path, history, match):
    with pytest.raises(ValueError, match=f"plot_history: {match}"):
        plot_history(history, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_best_epoch_that_is_none(tmp_path):
    with pytest.raises(ValueError, match="plot_history: best=4 is none of the epochs 1 to 3"):
        plot_history(HISTORY, tmp_path / "a.png", best=4)
