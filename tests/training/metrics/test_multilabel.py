"""Average precision in its three ways against scikit-learn and the loops of PASCAL VOC's development kits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

import minitorch_cv as mt
from minitorch_cv.training import average_precision, label_accuracy, label_table, mean_average_precision, prevalence


def ranked(scores, truth):
    """Recall and precision after each image, the highest score first, as VOCevalcls.m has them."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    recall, precision, hits = [], [], 0
    for rank, i in enumerate(order, 1):
        hits += truth[i]
        recall.append(hits / sum(truth))
        precision.append(hits / rank)
    return recall, precision


def eleven_points(scores, truth):
    """The development kit of 2007."""
    recall, precision = ranked(scores, truth)
    total = 0.0
    for t in range(11):
        total += max((p for r, p in zip(recall, precision) if r >= t / 10 - 1e-12), default=0.0) / 11
    return total


def all_points(scores, truth):
    """VOCap.m of 2010 and later."""
    recall, precision = ranked(scores, truth)
    mrec, mpre = [0.0, *recall, 1.0], [0.0, *precision, 0.0]
    for i in range(len(mpre) - 2, -1, -1):
        mpre[i] = max(mpre[i], mpre[i + 1])
    return sum((mrec[i + 1] - mrec[i]) * mpre[i + 1] for i in range(len(mrec) - 1))


BY_HAND = {"step": lambda s, t: average_precision_score(t, s), "all-point": all_points, "11-point": eleven_points}


@pytest.mark.parametrize("method", BY_HAND)
@given(data=st.data())
def test_average_precision(method, data):
    count = data.draw(st.integers(1, 40))
    truth = np.array(data.draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)))
    truth[data.draw(st.integers(0, count - 1))] = 1
    scores = np.random.default_rng(count).permutation(count).astype(np.float32)  # no ties: the kits leave them open
    found = average_precision(scores[:, None], truth[:, None], method)
    assert found[0] == pytest.approx(BY_HAND[method](scores.tolist(), truth.tolist()), abs=1e-12)


def test_ties_do_not_depend_on_the_order():
    scores, truth = np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 1, 0, 1])
    for method, expected in (("step", 1 / 3 / 2 + 1 / 2 / 2), ("all-point", 1 / 2), ("11-point", 1 / 2)):
        for order in ([0, 1, 2, 3], [1, 0, 2, 3], [3, 2, 0, 1]):
            found = average_precision(scores[order, None], truth[order, None], method)
            assert found[0] == pytest.approx(expected), method


SCORES = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -0.5], [-1.0, 0.1, -2.0], [0.2, -3.0, -1.0]], np.float32)
TARGETS = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]])


@pytest.mark.parametrize("wrap", [np.array, mt.tensor, lambda x: np.asarray(x).tolist()])
def test_labels_without_positives(wrap):
    found = average_precision(wrap(SCORES), wrap(TARGETS))
    np.testing.assert_allclose(found, [(1 + 2 / 4) / 2, 1, np.nan])
    assert mean_average_precision(wrap(SCORES), wrap(TARGETS)) == pytest.approx(0.875)
    np.testing.assert_allclose(prevalence(wrap(TARGETS)), [0.5, 0.5, np.nan])
    with pytest.raises(ValueError, match="no label has a positive sample"):
        mean_average_precision(SCORES, np.zeros_like(TARGETS))


@pytest.mark.parametrize("method", BY_HAND)
def test_what_is_ignored(method):
    ignore = np.zeros((4, 3), bool)
    ignore[1, 0] = ignore[2, 1] = True
    found = average_precision(SCORES, TARGETS, method, ignore)
    kept = [0, 2, 3]
    assert found[0] == pytest.approx(BY_HAND[method](SCORES[kept, 0].tolist(), TARGETS[kept, 0].tolist()))
    np.testing.assert_allclose(prevalence(TARGETS, ignore), [2 / 3, 1 / 3, np.nan])


def test_a_score_that_says_nothing_has_the_prevalence():
    np.testing.assert_allclose(average_precision(np.zeros((4, 3)), TARGETS), prevalence(TARGETS))


def test_label_accuracy():
    np.testing.assert_allclose(label_accuracy(SCORES, TARGETS), [1 / 4, 1, 3 / 4])
    np.testing.assert_allclose(label_accuracy(SCORES, TARGETS, threshold=0.5), [2 / 4, 3 / 4, 1])
    ignore = np.zeros((4, 3), bool)
    ignore[:2, 0] = ignore[:, 2] = True
    np.testing.assert_allclose(label_accuracy(SCORES, TARGETS, ignore=ignore), [0, 1, np.nan])


@pytest.mark.parametrize(
    ("scores", "targets", "match"),
    [
        (np.zeros((2, 3)), np.zeros((2, 2)), r"scores of shape \(2, 3\) and targets of shape \(2, 2\); expected"),
        (np.zeros(3), np.zeros(3), r"expected \(N, labels\) for both"),
        (np.zeros((0, 3)), np.zeros((0, 3)), "there are no samples"),
        (np.zeros((2, 3)), [[0, 1, 2], [0, 0, 0]], "target 2 of label 2 at sample 0, expected 0 or 1"),
        ([[0.0, np.nan]], [[0, 1]], "the score of label 1 at sample 0 is NaN"),
    ],
)
@pytest.mark.parametrize("measure", [average_precision, label_accuracy])
def test_refused(measure, scores, targets, match):
    with pytest.raises(ValueError, match=match):
        measure(scores, targets)


def test_refused_options():
    with pytest.raises(ValueError, match="method is '12-point', expected one of 'step', 'all-point', '11-point'"):
        average_precision(SCORES, TARGETS, "12-point")
    with pytest.raises(ValueError, match=r"ignore of shape \(4,\), expected \(4, 3\) as the targets"):
        average_precision(SCORES, TARGETS, ignore=np.zeros(4))


def test_table():
    lines = label_table(SCORES, TARGETS, ["clouds", "a", "none"]).splitlines()
    assert lines[1].split() == ["label", "positives", "accuracy", "step", "all-point", "11-point"]
    assert lines[2].split() == ["clouds", "2", "0.250", "0.750", "0.750", "0.773"]
    assert lines[4].split() == ["none", "0", "0.750", "–", "–", "–"]
    assert lines[5].split() == ["mean", "4", "0.667", "0.875", "0.875", "0.886"]
    assert len({len(line) for line in lines[1:]}) == 1
    ignore = np.zeros((4, 3), bool)
    ignore[0, 0] = ignore[:, 2] = True
    lines = label_table(SCORES, TARGETS, ["clouds", "a", "none"], ignore=ignore).splitlines()
    assert lines[2].split()[:4] == ["clouds", "1", "0.000", "0.333"]
    assert lines[4].split()[:3] == ["none", "0", "–"]
    assert lines[5].split()[:3] == ["mean", "3", "0.500"]
    with pytest.raises(ValueError, match="label_table: 2 names for 3 labels"):
        label_table(SCORES, TARGETS, ["a", "b"])
