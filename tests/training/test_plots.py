"""Pictures: that they are written, whole, and say what they show. Their texts are read from an SVG."""

import os
import re

import numpy as np
import pytest
from PIL import Image

from minitorch_cv.training import plot_confusion_matrix, plot_history

HISTORY = {
    "train_loss": [1.0, 0.5, 0.25],
    "test_loss": [1.1, float("nan"), 0.4],
    "train_accuracy": [0.5, 0.75, 0.9],
    "test_accuracy": [0.4, 0.7, 0.8],
}


def texts(path):
    """What is written in an SVG, in order (matplotlib names each text in a comment)."""
    return [text.strip() for text in re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf8"))]


def test_curves_say_what_they_show(tmp_path):
    path = plot_history(HISTORY, tmp_path / "new folder" / "curves.svg", "Digits")
    found = texts(path)
    assert {"Digits", "Loss by epoch", "Accuracy by epoch", "loss", "accuracy / %"} <= set(found)
    assert found.count("epoch") == found.count("train") == found.count("test") == 2
    assert {"1", "2", "3", "50", "90"} <= set(found), "whole epochs, and accuracies in percent"
    assert found.index("Loss by epoch") < found.index("Accuracy by epoch")


def test_curves_as_png(tmp_path):
    path = plot_history(HISTORY, str(tmp_path / "curves.png"))
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.size == (1500, 570)
        colors = {color for _, color in picture.convert("RGB").getcolors(1 << 20)}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colors


@pytest.mark.parametrize(
    ("history", "labels"),
    [
        ({"train_accuracy": [0.5]}, ["Accuracy by epoch", "train", "1"]),
        ({"loss": [3.0, 2.0]}, ["Loss by epoch", "1", "2"]),
        ({"train_loss": np.ones(300), "test_loss": [1.0]}, ["Loss by epoch", "300", "test"]),
    ],
)
def test_histories_of_other_forms(tmp_path, history, labels):
    found = texts(plot_history(history, tmp_path / "a.svg"))
    assert set(labels) <= set(found) and "1.5" not in found


@pytest.mark.parametrize(
    ("history", "match"),
    [
        ({}, "the history is empty"),
        ({"train_loss": []}, "the history is empty"),
        ({"train_time": [1.0]}, "unknown curve 'train_time'; expected names like train_loss or test_accuracy"),
        ({f"{split}_loss": [1.0] for split in "abcd"}, "more than 3 curves of loss"),
    ],
)
def test_histories_that_are_refused(tmp_path, history, match):
    with pytest.raises(ValueError, match=f"plot_history: {match}"):
        plot_history(history, tmp_path / "a.png")
    assert os.listdir(tmp_path) == []


def test_confusion_matrix_says_what_it_shows(tmp_path):
    matrix = np.array([[30, 2, 0], [0, 41, 0], [0, 0, 0]])
    found = texts(plot_confusion_matrix(matrix, ["cat", "dog", "cow"], tmp_path / "matrix.svg"))
    assert found.count("cat") == found.count("dog") == found.count("cow") == 2
    assert {"30", "2", "41", "true class", "predicted class", "Confusion matrix"} <= set(found)
    assert "share of the true class / %, numbers: samples" in found
    titled = texts(plot_confusion_matrix(matrix, ["a", "b", "c"], tmp_path / "matrix.svg", "Pets"))
    assert "Pets" in titled and "Confusion matrix" not in titled


def test_large_matrices_have_no_numbers(tmp_path):
    matrix = np.full((21, 21), 777)
    found = texts(plot_confusion_matrix(matrix, [f"c{i}" for i in range(21)], tmp_path / "matrix.svg"))
    assert "777" not in found and found.count("c20") == 2 and "share of the true class / %" in found


def test_a_confusion_matrix_of_another_size_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a matrix of shape \(2, 2\) for 3 classes; expected \(3, 3\)"):
        plot_confusion_matrix(np.eye(2), ["a", "b", "c"], tmp_path / "a.png")


def test_a_picture_that_cannot_be_drawn_leaves_the_old_one(tmp_path):
    path = tmp_path / "a.nonsense"
    path.write_text("old")
    with pytest.raises(ValueError, match="nonsense"):
        plot_history(HISTORY, path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.nonsense"]
