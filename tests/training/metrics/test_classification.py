"""Accuracy and confusion matrix against loops."""

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.training import (
    accuracy,
    classification_table,
    confusion_matrix,
    most_confused,
    per_class_accuracy,
    precision_recall_f1,
)

RANDOM = np.random.default_rng(0)
SCORES = RANDOM.standard_normal((50, 6)).astype(np.float32)
LABELS = RANDOM.integers(0, 6, 50)


@pytest.mark.parametrize("k", [1, 2, 5, 6])
def test_accuracy_of_scores(k):
    best = torch.tensor(SCORES).topk(k, dim=1).indices.tolist()
    expected = sum(label in row for label, row in zip(LABELS, best, strict=True)) / 50
    assert accuracy(mt.tensor(SCORES), mt.tensor(LABELS), k) == pytest.approx(expected)
    assert accuracy(SCORES, LABELS.tolist(), k) == pytest.approx(expected)


def test_accuracy_of_predicted_classes():
    assert accuracy([1, 2, 3, 3], [1, 2, 0, 3]) == 0.75
    assert accuracy(mt.tensor([0]), mt.tensor([1])) == 0.0


def test_a_network_that_says_the_same_of_all_is_not_right():
    assert accuracy(np.zeros((4, 3)), [0, 1, 2, 2]) == 0.25
    assert accuracy(np.zeros((4, 3)), [0, 1, 2, 2], k=2) == 0.5
    assert accuracy(np.full((4, 3), np.nan), [0, 1, 2, 2]) == 0.25


@pytest.mark.parametrize(
    ("outputs", "targets", "k", "kind", "match"),
    [
        (np.zeros((2, 3)), [0], 1, ValueError, r"outputs of shape \(2, 3\) and targets of shape \(1,\) do not fit"),
        (np.zeros((2, 3, 1)), [0, 1], 1, ValueError, r"expected \(N, classes\) or \(N,\), and \(N,\)"),
        (np.zeros((0, 3)), [], 1, ValueError, "there are no samples"),
        (np.zeros((1, 3)), [0], 4, ValueError, "k is 4, expected 1 to 3"),
        (np.zeros((1, 3)), [0], 0, ValueError, "k is 0, expected 1 to 3"),
        ([1], [1], 2, ValueError, "k is 2, expected 1 to 1"),
        (np.zeros((2, 3)), [0, 3], 1, IndexError, "target 3 at 1 is out of range, expected 0 to 2"),
        (np.zeros((2, 3)), [0, np.nan], 1, IndexError, "target nan at 1 is out of range, expected 0 to 2"),
        (np.zeros((2, 3)), [[1.0, 1, 0], [0, 1, 0]], 1, ValueError, "the targets of a sample do not sum to 1"),
        (np.zeros((2, 3)), [-1, 0], 1, IndexError, "target -1 at 0 is out of range, expected 0 to 2"),
    ],
)
def test_accuracy_refuses(outputs, targets, k, kind, match):
    with pytest.raises(kind, match=match):
        accuracy(outputs, targets, k)


def test_confusion_matrix():
    predictions = RANDOM.integers(0, 5, 50)  # class 5 is never predicted
    expected = np.zeros((7, 7), int)
    for predicted, true in zip(predictions, LABELS, strict=True):
        expected[true, predicted] += 1
    for wrap in (mt.tensor, np.array, list):
        found = confusion_matrix(wrap(predictions), wrap(LABELS), 7)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, expected)
    assert confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("predictions", "targets", "kind", "match"),
    [
        (np.zeros((2, 3)), [0, 1], ValueError, r"predictions of shape \(2, 3\) and targets of shape \(2,\)"),
        ([0], [0, 1], ValueError, r"expected \(N,\) for both \(of scores take argmax\(1\)\)"),
        ([0, 3], [0, 1], IndexError, "confusion_matrix: prediction 3 at 1 is out of range, expected 0 to 2"),
        ([0, 1], [0, -2], IndexError, "confusion_matrix: target -2 at 1 is out of range, expected 0 to 2"),
    ],
)
def test_confusion_matrix_refuses(predictions, targets, kind, match):
    with pytest.raises(kind, match=match):
        confusion_matrix(predictions, targets, 3)


def test_accuracy_of_soft_targets():
    soft = np.eye(6)[LABELS] * 0.7 + 0.05
    assert accuracy(SCORES, soft) == accuracy(SCORES, LABELS) == np.mean(SCORES.argmax(1) == LABELS)


PREDICTED = np.array([0, 0, 1, 1, 1, 2, 0])
TRUE = np.array([0, 1, 1, 1, 0, 0, 0])  # class 2 has no sample; class 3 neither samples nor predictions


def test_per_class_accuracy():
    np.testing.assert_allclose(per_class_accuracy(PREDICTED, TRUE, 4), [2 / 4, 2 / 3, np.nan, np.nan])


def test_precision_recall_f1():
    found = precision_recall_f1(PREDICTED, TRUE, 4)
    np.testing.assert_allclose(found.precision, [2 / 3, 2 / 3, 0, np.nan])
    np.testing.assert_allclose(found.recall, [2 / 4, 2 / 3, np.nan, np.nan])
    np.testing.assert_allclose(found.f1, [4 / 7, 2 / 3, 0, np.nan])
    np.testing.assert_array_equal(found.support, [4, 3, 0, 0])
    np.testing.assert_allclose(found.macro(), [4 / 9, 7 / 12, (4 / 7 + 2 / 3) / 3])
    with pytest.raises(ValueError, match="there are no samples"):
        precision_recall_f1([], [], 3)


def test_most_confused():
    matrix = [[5, 2, 0], [3, 1, 0], [0, 2, 9]]
    assert most_confused(matrix) == [(1, 0, 3), (0, 1, 2), (2, 1, 2)]
    assert most_confused(matrix, 1) == [(1, 0, 3)]
    assert matrix[0][0] == 5
    with pytest.raises(ValueError, match=r"a matrix of shape \(2, 3\), expected \(classes, classes\)"):
        most_confused(np.zeros((2, 3)))


def test_table():
    lines = classification_table(PREDICTED, TRUE, ["cat", "dog", "horse", "a long name"]).splitlines()
    assert lines[0].split() == ["class", "samples", "precision", "recall", "F1"]
    assert lines[1].split() == ["cat", "4", "66.7%", "50.0%", "57.1%"]
    assert lines[3].split() == ["horse", "0", "0.0%", "–", "0.0%"]
    assert lines[4].split() == ["a", "long", "name", "0", "–", "–", "–"]
    assert lines[5].split() == ["mean", "7", "44.4%", "58.3%", "41.3%"]
    assert len({len(line) for line in lines}) == 1
