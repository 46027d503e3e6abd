"""The gradient of a convolution's bias against sums in float64."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.bias import conv2d_backward_bias
from tests.checks import normal


def channels_last(array):
    """The same numbers in the other memory order."""
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def assert_near(ours, grad_out, tolerance):
    """As far from the sum as rounding the numbers explains."""
    expected = grad_out.astype(np.float64).sum((0, 2, 3))
    assert ours.shape == expected.shape and ours.dtype == grad_out.dtype
    assert np.abs(ours - expected).max(initial=0) <= tolerance * np.abs(grad_out).sum((0, 2, 3)).max(initial=0)


@pytest.mark.parametrize(
    "order", [channels_last, np.ascontiguousarray, lambda a: a[:, :, ::-1]], ids=["NHWC", "NCHW", "no"]
)
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-15)])
@pytest.mark.parametrize(
    "shape", [(2, 1, 3, 5), (3, 6, 7, 5), (2, 17, 9, 8), (1, 33, 1, 3), (0, 4, 3, 3), (2, 0, 3, 3)], ids=str
)
def test_against_a_sum_in_float64(shape, dtype, tolerance, order):
    grad_out = order(normal(*shape).astype(dtype))
    before = grad_out.copy()
    assert_near(conv2d_backward_bias(grad_out), grad_out, tolerance)
    np.testing.assert_array_equal(grad_out, before)


@pytest.mark.parametrize("order", [channels_last, np.ascontiguousarray], ids=["NHWC", "NCHW"])
def test_many_equal_numbers_lose_no_digits(order):
    grad_out = order(np.full((8, 3, 150, 150), 0.1, np.float32))
    assert_near(conv2d_backward_bias(grad_out), grad_out, 1e-6)


def test_results_do_not_depend_on_the_number_of_threads():
    grad_out = channels_last(normal(3, 20, 90, 61).astype(np.float32))
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(conv2d_backward_bias(grad_out))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


def test_nan_stays_in_its_channel():
    grad_out = channels_last(normal(2, 20, 3, 3).astype(np.float32))
    grad_out[1, 17, 2, 0] = np.nan
    np.testing.assert_array_equal(np.isnan(conv2d_backward_bias(grad_out)), np.arange(20) == 17)
