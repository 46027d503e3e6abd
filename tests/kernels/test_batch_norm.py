"""The vector kernels of batch normalisation against plain float64 NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels import _threads, batch_norm
from tests.checks import assert_close, normal
from tests.kernels.targets import TARGETS, run_for_target

CHANNELS = [1, 2, 3, 6, 8, 10, 16, 17, 33, 64]
SHAPES = [
    *[(2, c, 3, 5) for c in CHANNELS],
    *[(5, c) for c in CHANNELS],
    (1, 3, 3, 4), (9, 6, 1, 1), (3, 100, 2, 2),
]  # fmt: skip


def channels_last(x):
    """The same numbers, with the channels last in memory."""
    return x if x.ndim == 2 else np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def channels_first(x):
    """The same numbers, in C order."""
    return x


def by_channel(values, x):
    """Values (C,) such that they broadcast to x."""
    return values.reshape(1, -1, *[1] * (x.ndim - 2))


def plain(x, weight, bias, residual, relu, grad, eps=1e-5):
    """Everything in float64: mean, var, result, and the gradients of x, weight, bias and residual."""
    x, grad = x.astype(np.float64), grad.astype(np.float64)
    others = (0, *range(2, x.ndim))
    mean, var = x.mean(others), x.var(others)
    v = (x - by_channel(mean, x)) / by_channel(np.sqrt(var + eps), x)
    y = v * by_channel(weight, x) + by_channel(bias, x) + (0 if residual is None else residual)
    if relu:
        grad = np.where(y <= 0, 0, grad)
        y = np.where(y <= 0, 0, y)
    u = grad * by_channel(weight, x)
    centred = u - by_channel(u.mean(others), x) - v * by_channel((u * v).mean(others), x)
    return mean, var, y, centred / by_channel(np.sqrt(var + eps), x), (grad * v).sum(others), grad.sum(others), grad


def by_kernels(x, weight, bias, residual, relu, grad, eps=1e-5):
    """The same by the kernels, as the operation uses them."""
    mean, var = batch_norm.moments(x)
    norm = batch_norm.Norm(mean, var, eps, weight, bias)
    y = norm.apply(x, residual, relu)
    result = None if residual is None else y
    sums, products, passed = norm.gated_sums(grad, x, result, relu, keep=True)
    grad_x = norm.input_gradient(grad, x, result, relu, (sums, products))
    return mean, var, y, grad_x, products, sums, passed


def numbers(shape, seed):
    return normal(*shape, seed=seed).astype(np.float32)


@pytest.mark.parametrize("order", [channels_last, channels_first])
@pytest.mark.parametrize("relu, branch", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("shape", SHAPES)
def test_everything(shape, relu, branch, order):
    x, grad, residual = (order(numbers(shape, seed)) for seed in range(3))
    residual = residual if branch else None
    weight, bias = normal(shape[1], seed=3), normal(shape[1], seed=4)
    names = "mean", "var", "y", "grad_x", "grad_weight", "grad_bias", "passed"
    ours = by_kernels(x, weight, bias, residual, relu, grad)
    exact = plain(x, weight, bias, residual, relu, grad)
    for name, one, two in zip(names, ours, exact, strict=True):
        assert_close(one.astype(np.float64), two.astype(np.float64), 3e-6, name)
    for array in (ours[2], ours[3], ours[6]):
        assert array.dtype == np.float32
        assert array.ndim == 2 or array.transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize("mean", [1e4, -1e6])
def test_variance_of_numbers_far_from_zero(mean):
    x = channels_last(np.float32(numbers((4, 6, 9, 9), 0) + mean))
    found = batch_norm.moments(x)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(found[0], exact.mean((0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(found[1], exact.var((0, 2, 3)), rtol=1e-6)


def test_variance_where_the_first_pixels_are_unlike_the_others():
    x = numbers((64, 3), 0)
    x[:2] += 1000
    np.testing.assert_allclose(batch_norm.moments(x)[1], x.astype(np.float64).var(0), rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-15, 1e15, 1e30])
def test_numbers_near_the_ends_of_float32(scale):
    x = channels_last(np.float32(numbers((4, 5, 3, 3), 0) * scale))
    np.testing.assert_allclose(batch_norm.moments(x)[1], x.astype(np.float64).var((0, 2, 3)), rtol=1e-6)
    grad, ones, zeros = numbers((4, 5, 3, 3), 1), np.ones(5), np.zeros(5)
    ours = by_kernels(x, ones, zeros, None, False, grad, eps=1e-12)
    exact = plain(x, ones, zeros, None, False, grad, eps=1e-12)
    assert_close(ours[2], exact[2].astype(np.float32), 2e-6, "y")
    assert_close(ours[3].astype(np.float64) * scale, exact[3] * scale, 3e-6, "grad_x")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_spoil_their_channel_only(bad):
    x, grad = channels_last(numbers((2, 17, 3, 3), 0)), channels_last(numbers((2, 17, 3, 3), 1))
    x[1, 4, 2, 2] = bad
    with np.errstate(all="ignore"):
        found = by_kernels(x, np.ones(17), np.zeros(17), None, True, grad)
    clean = np.arange(17) != 4
    for array in (found[2], found[3]):
        assert np.isnan(array[:, 4]).all() and np.isfinite(array[:, clean]).all()
    assert np.isnan(found[1][4]) and np.isfinite(found[1][clean]).all()


def test_relu_keeps_nan_of_the_residual_and_passes_its_gradient():
    x, residual, grad = (channels_last(numbers((2, 3, 2, 2), seed)) for seed in range(3))
    residual[0, 1, 1, 0] = np.nan
    y, *_, passed = by_kernels(x, np.ones(3), np.zeros(3), residual, True, grad)[2:]
    assert np.isnan(y[0, 1, 1, 0]) and np.isnan(y).sum() == 1
    assert passed[0, 1, 1, 0] == grad[0, 1, 1, 0]


def test_constant_statistics():
    """Evaluation: the gradient of x does not know of x, be it infinite."""
    x, grad = channels_last(numbers((2, 3, 2, 2), 0)), channels_last(numbers((2, 3, 2, 2), 1))
    norm = batch_norm.Norm(np.array([1.0, -2, 3]), np.array([4, 0.25, 1]), 0.0, np.array([1.0, 2, 3]), None)
    expected = (x - by_channel(np.array([1.0, -2, 3]), x)) * by_channel(np.array([0.5, 4, 3]), x)
    assert_close(norm.apply(x, None, False), expected.astype(np.float32), 1e-6, "y")
    x[0, 0, 0, 0] = np.inf
    grad_x = norm.input_gradient(grad, x, None, False, None)
    assert_close(grad_x, (grad * by_channel(np.array([0.5, 4, 3]), x)).astype(np.float32), 1e-6, "grad_x")


def test_results_do_not_depend_on_the_number_of_threads():
    x, grad, residual = (channels_last(numbers((3, 10, 130, 130), seed)) for seed in range(3))
    weight, bias = normal(10, seed=3), normal(10, seed=4)
    before = _threads.get_num_threads()
    try:
        results = []
        for threads in (1, 2, 4):
            _threads.set_num_threads(threads)
            results.append(by_kernels(x, weight, bias, residual, True, grad))
    finally:
        _threads.set_num_threads(before)
    for others in results[1:]:
        for one, two in zip(results[0], others, strict=True):
            np.testing.assert_array_equal(one, two)


def test_which_arrays_are_supported():
    assert batch_norm.supports(numbers((2, 3, 2, 2), 0)) and batch_norm.supports(numbers((2, 3), 0))
    assert not batch_norm.supports(numbers((2, 3, 2), 0)) and not batch_norm.supports(normal(2, 3))
    assert not batch_norm.supports(np.zeros((0, 3), np.float32))


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_batch_norm as tests
        for shape in [(2, 6, 3, 5), (2, 17, 3, 3), (7, 3)]:
            tests.test_everything(shape, False, False, tests.channels_last)
            tests.test_everything(shape, True, True, tests.channels_last)
        print("done")
    """
    assert run_for_target(target, tmp_path, code) == "done"
