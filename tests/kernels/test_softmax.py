"""Cross-entropy by kernels against float64 NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from minitorch_cv.kernels import softmax
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from tests.checks import normal
from tests.kernels.targets import TARGETS, run_for_target

IGNORED = -100
SHAPE = (20, 30) if config.DISABLE_JIT else (300, 1000)


def example(rows, classes, scale=1):
    """Logits, labels of which one is ignored, class weights, gradients of the losses."""
    rng = np.random.default_rng(rows * classes)
    labels = rng.integers(0, classes, rows)
    labels[rows // 2] = IGNORED if rows > 1 else labels[0]
    x = normal(rows, classes).astype(np.float32) * np.float32(scale)
    return x, labels, rng.random(classes).astype(np.float32) + np.float32(0.1), normal(rows, seed=1).astype(np.float32)


def plain(x, labels, weight, smoothing, grad):
    """Losses, weights, probabilities and the gradient of x, row by row."""
    x = x.astype(np.float64)
    weight = np.ones(x.shape[1]) if weight is None else weight.astype(np.float64)
    losses, weights = np.zeros(len(x)), np.zeros(len(x))
    probabilities, grad_x = np.zeros(x.shape), np.zeros(x.shape)
    for i, (row, label) in enumerate(zip(x, labels, strict=True)):
        log_p = row - row.max() - np.log(np.exp(row - row.max()).sum())
        probabilities[i] = np.exp(log_p)
        if label != IGNORED:
            target = np.full(len(row), smoothing / len(row)) * weight
            target[label] += (1 - smoothing) * weight[label]
            weights[i], losses[i] = weight[label], -(target * log_p).sum()
            grad_x[i] = grad[i] * (probabilities[i] * target.sum() - target)
    return losses, weights, probabilities, grad_x


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scale", [1, 100])
def test_every_size(smoothing, weighted, scale):
    for rows, classes in [(1, 1), (3, 2), (5, 10), (2, 16), (4, 17), (3, 33), (2, 100)]:
        x, labels, weight, grad = example(rows, classes, scale)
        weight = weight if weighted else None
        found = softmax.cross_entropy(x, labels, weight, IGNORED, smoothing)
        grad_x = softmax.cross_entropy_backward(found[2], labels, weight, IGNORED, smoothing, grad)
        for one, exact in zip((*found, grad_x), plain(x, labels, weight, smoothing, grad), strict=True):
            np.testing.assert_allclose(one, exact, rtol=2e-6, atol=5e-7 * max(1, np.abs(exact).max()))


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_spoils_its_row_only(special):
    x, labels, _, grad = example(3, 20)
    labels[:] = 1
    x[1, 7] = special
    losses, _, probabilities = softmax.cross_entropy(x, labels, None, IGNORED, 0.0)
    grad_x = softmax.cross_entropy_backward(probabilities, labels, None, IGNORED, 0.0, grad)
    spoilt = special != -np.inf  # which is a class of probability 0
    for found in (losses, probabilities[:, 0], grad_x[:, 0]):
        np.testing.assert_array_equal(np.isnan(found), [False, spoilt, False])
    if not spoilt:
        assert probabilities[1, 7] == grad_x[1, 7] == 0


def test_results_do_not_depend_on_the_number_of_threads():
    x, labels, weight, grad = example(*SHAPE)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            found = softmax.cross_entropy(x, labels, weight, IGNORED, 0.1)
            results.append((*found, softmax.cross_entropy_backward(found[2], labels, weight, IGNORED, 0.1, grad)))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        import numpy as np
        from minitorch_cv.kernels import softmax

        x = np.random.default_rng(0).standard_normal((5, 21)).astype("f4")
        labels = np.array([3, 20, -100, 0, 7])
        losses, weights, p = softmax.cross_entropy(x, labels, None, -100, 0.0)
        exact = np.exp(x.astype("f8")) / np.exp(x.astype("f8")).sum(1, keepdims=True)
        assert np.abs(p - exact).max() < 1e-6
        kept = labels >= 0
        assert np.abs(losses + np.where(kept, np.log(exact[np.arange(5), labels * kept]), 0)).max() < 1e-6
        grad_x = softmax.cross_entropy_backward(p, labels, None, -100, 0.0, np.ones(5, "f4"))
        exact[np.arange(5)[kept], labels[kept]] -= 1
        assert np.abs(grad_x - exact * kept[:, None]).max() < 1e-6
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
