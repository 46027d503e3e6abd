"""plot_failures and plot_confused_pairs: which are drawn, in what order, with which numbers."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.training.plots import plot_confused_pairs, plot_failures
from minitorch_cv.training.plots.mistakes import confused_pairs_figure, failures_figure
from tests.training.plots.figures import images, logits, shown_images, texts

NAMES = ["cat", "dog", "cow"]
TRUE = np.array([0, 0, 1, 2, 0, 1])
PREDICTED = np.array([0, 1, 2, 2, 1, 0])  # wrong: 1, 2, 4, 5
SCORES = logits(PREDICTED, 3, [9, 2, 5, 9, 3, 1])  # the surest mistakes: 2, 4, 1, 5
IMAGES = images(6)


def percent(score):
    """What the softmax of (score, 0, 0) gives the first class."""
    return f"{np.exp(score) / (np.exp(score) + 2):.0%} sure".replace("%", " %")


def test_the_surest_mistakes_come_first():
    figure = failures_figure(IMAGES, SCORES, TRUE, NAMES, 3, "Pets")
    np.testing.assert_array_equal(shown_images(figure), IMAGES[[2, 4, 1]])
    assert texts(figure) == [
        "Pets\nThe 3 surest of 4 mistakes among 6 images",
        "✗ cow", "is dog", percent(5), "✗ dog", "is cat", percent(3), "✗ dog", "is cat", percent(2),
    ]  # fmt: skip
    everything = failures_figure(IMAGES, SCORES, TRUE, NAMES, 16)
    assert "All 4 mistakes among 6 images, the surest first" in texts(everything)


def test_probabilities_stay_as_they_are():
    shares = np.array([[0.2, 0.5, 0.3]])
    assert "50 % sure" in texts(failures_figure(IMAGES[:1], shares, [0], NAMES, 4))


def test_images_of_some_samples():
    figure = failures_figure(IMAGES[[3, 4, 5]], SCORES, TRUE, NAMES, 16, image_index=[3, 4, 5])
    np.testing.assert_array_equal(shown_images(figure), IMAGES[[4, 5]])
    assert "The 2 surest of 4 mistakes among 6 images" in texts(figure)
    none = failures_figure(IMAGES[[3]], SCORES, TRUE, NAMES, 16, image_index=[3])
    assert texts(none) == ["4 mistakes among 6 images, but the image of none is here."]


def test_mistakes_of_several_labels():
    scores = np.array([[3.0, -2.0, 0.5], [-1.0, 4.0, -4.0]])
    targets = np.array([[1, 1, np.nan], [0, 0, 0]], np.float32)
    figure = failures_figure(IMAGES[:2], scores, targets, NAMES, 5)
    np.testing.assert_array_equal(shown_images(figure), IMAGES[[1, 0]])
    assert texts(figure) == [
        "All 2 mistakes among 5 labels of 2 images, the surest first",
        "✗ dog", "98 % likely", "is not there", "✗ dog", "12 % likely", "is there",
    ]  # fmt: skip
    shares = failures_figure(IMAGES[:1], [[0.75, 0.25, 0.0]], [[0, 0, 0]], NAMES, 5)
    assert "75 % likely" in texts(shares)


def test_no_mistakes_are_said_to_be_none():
    scores = logits(TRUE, 3)
    assert texts(failures_figure(IMAGES, scores, TRUE, NAMES, 4, "Pets")) == ["Pets\nNo mistakes among 6 images."]
    assert texts(confused_pairs_figure(IMAGES, scores, TRUE, NAMES, 5, 6)) == ["No mistakes among 6 images."]


def test_pairs_come_by_their_number():
    figure = confused_pairs_figure(IMAGES, SCORES, TRUE, NAMES, 2, 1)
    np.testing.assert_array_equal(shown_images(figure), IMAGES[[4, 5]])
    found = texts(figure)
    assert found[0] == "The classes confused most often"
    assert "cat\ntaken for dog\n2 of 3 (67 %)" in found and "dog\ntaken for cat\n1 of 2 (50 %)" in found
    assert percent(3) in found and percent(2) not in found
    every = texts(confused_pairs_figure(IMAGES, SCORES, TRUE, NAMES, 9, 2, "Pairs"))
    assert "dog\ntaken for cow\n1 of 2 (50 %)" in every and "Pairs" in every


def test_pairs_without_images():
    figure = confused_pairs_figure(IMAGES[[3]], SCORES, TRUE, NAMES, 2, 1, image_index=[3])
    assert texts(figure) == ["The images of the confused pairs are not here."]
    some = confused_pairs_figure(IMAGES[[5]], SCORES, TRUE, NAMES, 2, 1, image_index=[5])
    np.testing.assert_array_equal(shown_images(some), IMAGES[[5]])


@pytest.mark.parametrize(
    ("error", "change", "match"),
    [
        (ValueError, {"images": IMAGES[:2]}, "2 images, 6 scores; expected as many"),
        (ValueError, {"scores": SCORES[:, :2]}, r"scores of shape \(6, 2\) for 3 classes; expected \(N, 3\)"),
        (ValueError, {"scores": SCORES[:0]}, "there are no samples"),
        (ValueError, {"scores": SCORES * np.nan}, "some scores are infinite or NaN"),
        (ValueError, {"targets": TRUE[:5]}, "6 scores, 5 targets"),
        (ValueError, {"targets": TRUE * 0.5}, r"targets of shape \(6,\) and dtype float64; expected \(N,\) class num"),
        (IndexError, {"targets": TRUE + 1}, r"targets\[3\] is 3; expected 0 to 2"),
        (ValueError, {"classes": []}, "there are no classes"),
        (IndexError, {"image_index": [0, 1, 2, 3, 4, 6]}, r"image_index\[5\] is 6; expected 0 to 5"),
        (ValueError, {"image_index": [0]}, "6 images, 1 image_index"),
    ],
)
def test_bad_input(tmp_path, error, change, match):
    given = {"images": IMAGES, "scores": SCORES, "targets": TRUE, "classes": NAMES, "path": tmp_path / "a.png"}
    for draw in (plot_failures, plot_confused_pairs):
        with pytest.raises(error, match=f"{draw.__name__}: {match}"):
            draw(**{**given, **change})
    assert list(tmp_path.iterdir()) == []


def test_bad_labels_and_counts(tmp_path):
    path = tmp_path / "a.png"
    with pytest.raises(ValueError, match=r"plot_failures: targets of shape \(6, 2\) for scores of shape \(6, 3\)"):
        plot_failures(IMAGES, SCORES, np.zeros((6, 2)), path, NAMES)
    with pytest.raises(ValueError, match="plot_failures: targets of several labels must be 0 or 1"):
        plot_failures(IMAGES, SCORES, np.full((6, 3), 2), path, NAMES)
    with pytest.raises(ValueError, match="plot_failures: count is 0, expected at least 1"):
        plot_failures(IMAGES, SCORES, TRUE, path, NAMES, 0)
    with pytest.raises(ValueError, match="plot_confused_pairs: 0 pairs, 6 examples; expected at least 1 pair, 1 to 12"):
        plot_confused_pairs(IMAGES, SCORES, TRUE, NAMES, path, pairs=0)
