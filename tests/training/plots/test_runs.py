"""plot_runs: a colour a run, a line a split."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from minitorch_cv.training.plots import plot_runs
from minitorch_cv.training.plots.canvas import COLORS
from minitorch_cv.training.plots.runs import runs_figure
from tests.training.plots.figures import texts


def run(*losses, split="val"):
    return {"train_loss": list(losses), f"{split}_loss": [2 * x for x in losses], "lr": [0.1] * len(losses)}


def test_colours_are_runs_and_lines_are_splits():
    one = {**run(3.0, 2.0), "val_accuracy": [0.5, 0.6], "test_loss": [5.0, 5.0]}
    figure = runs_figure({"plain": one, "wide": run(1.0, split="test")}, "Ablation")
    loss, accuracy = figure.axes
    lines = {line.get_label(): line for line in loss.lines}
    assert {label: line.get_linestyle() for label, line in lines.items()} == {
        "plain, train": "--", "plain, val": "-", "plain, test": ":", "wide, train": "--", "wide, test": "-",
    }  # fmt: skip
    assert to_hex(lines["plain, val"].get_color()).upper() == COLORS[0]
    assert to_hex(lines["wide, test"].get_color()).upper() == COLORS[1]
    assert list(lines["plain, val"].get_ydata()) == [6, 4] and list(lines["wide, train"].get_xdata()) == [1]
    assert [line.get_label() for line in accuracy.lines] == ["plain, val"]
    assert list(accuracy.lines[0].get_ydata()) == [50, 60] and accuracy.get_ylabel() == "accuracy / %"
    assert {"Ablation", "plain", "wide", "train", "val", "test", "epoch"} <= set(texts(figure))


def test_more_runs_than_colours_have_markers():
    figure = runs_figure({f"run {i}": {"loss": [i, i / 2]} for i in range(10)})
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert markers[:8] == ["None"] * 8 and markers[8:] == ["o", "o"]
    assert figure.axes[0].lines[8].get_color() == figure.axes[0].lines[0].get_color()


def test_one_epoch_is_seen():
    """A line of one point is nothing; so is a point between two that are not finite."""
    figure = runs_figure({"one": run(3.0), "two": run(2.0, float("nan"), 1.0), "three": run(2.0, 1.0)})
    found = {line.get_label(): (line.get_marker(), line.get_fillstyle()) for line in figure.axes[0].lines}
    assert found == {
        "one, train": ("o", "none"), "one, val": ("o", "full"), "two, train": ("o", "none"), "two, val": ("o", "full"),
        "three, train": ("None", "full"), "three, val": ("None", "full"),
    }  # fmt: skip
    told = {line.get_label(): line.get_fillstyle() for line in figure.legends[0].legend_handles}
    assert (told["train"], told["val"]) == ("none", "full")


@pytest.mark.parametrize(
    ("runs", "match"),
    [
        ({}, "plot_runs: 0 runs; expected 1 to 32"),
        ({str(i): run(1.0) for i in range(33)}, "plot_runs: 33 runs"),
        ({"a": {"lr": [1.0]}}, "plot_runs: run 'a' has no loss, accuracy or mAP; it has lr"),
        ({"a": run(1.0), "b": {}}, "plot_runs: run 'b': the history is empty"),
    ],
)
def test_runs_that_are_refused(tmp_path, runs, match):
    with pytest.raises(ValueError, match=match):
        plot_runs(runs, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
