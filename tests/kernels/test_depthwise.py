"""The kernels of depthwise convolution against loops and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from minitorch_cv.kernels import _threads, depthwise_vector
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.depthwise import depthwise, depthwise_backward_input, depthwise_backward_weight
from minitorch_cv.kernels.window import Window
from tests import reference
from tests.checks import FORWARD_TOLERANCE, GRADIENT_TOLERANCE, assert_close, non_contiguous, normal
from tests.kernels.targets import TARGETS, run_for_target

WINDOWS = [
    Window((3, 3), (1, 1), (1, 1)),
    Window((3, 3), (2, 2), (1, 1)),
    Window((5, 5), (2, 2), (2, 2)),
    Window((3, 3), (1, 1), (2, 2), (2, 2)),
    Window((3, 4), (3, 2), (0, 2), (1, 3)),
    Window((2, 2), (3, 3)),
    Window((4, 1), (1, 2), (5, 0)),
]
CHANNELS = [2, 3, 6, 17, 33, 70]  # less than a vector, more, several
SIZES = [(8, 13), (7, 7)]


def last(x):
    """The same numbers in channels-last memory."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def check(window, size, channels, filters=1, dtype="float32", images=2, loops=True):
    """Results and gradients, of all orders of memory."""
    x = normal(images, channels, *size).astype(dtype)
    weight = normal(channels * filters, 1, *window.size, seed=1).astype(dtype)
    bias = normal(channels * filters, seed=2).astype(dtype)
    inputs = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
    settings = (window.stride, window.padding, window.dilation, channels)
    expected = F.conv2d(*inputs, *settings)
    grad_out = normal(*expected.shape, seed=3).astype(dtype)
    expected.backward(torch.tensor(grad_out))
    for order in (np.ascontiguousarray, last, non_contiguous):
        out = depthwise(order(x), weight, window, bias)
        assert_close(out, expected, FORWARD_TOLERANCE[dtype], "out")
        if loops:
            by_loops = reference.conv2d(x, weight, bias, window, channels)
            assert_close(out, by_loops.astype(dtype), FORWARD_TOLERANCE[dtype], "loops")
        grad_x = depthwise_backward_input(order(grad_out), weight, channels, size, window)
        assert_close(grad_x, inputs[0].grad, GRADIENT_TOLERANCE[dtype], "gradient of x")
        grad_weight = depthwise_backward_weight(order(grad_out), order(x), window)
        assert_close(grad_weight, inputs[1].grad, GRADIENT_TOLERANCE[dtype], "gradient of weight")
    without_bias = F.conv2d(*inputs[:2], None, *settings)
    assert_close(depthwise(x, weight, window), without_bias, FORWARD_TOLERANCE[dtype], "out without bias")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("window", WINDOWS)
def test_windows(window, dtype, size):
    check(window, size, 3, dtype=dtype)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("window", WINDOWS[:3])
def test_channels(window, channels):
    check(window, SIZES[0], channels, loops=False)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_several_filters_for_each_channel(dtype):
    check(WINDOWS[1], SIZES[0], 3, filters=2, dtype=dtype)


def test_empty_batch():
    check(WINDOWS[0], SIZES[0], 3, images=0, loops=False)


def test_nan_reaches_only_the_results_that_see_it():
    x = np.ones((1, 17, 6, 6), np.float32)
    x[0, 4, 0, 5], x[0, 16, 3, 0] = np.nan, np.inf
    weight = np.ones((17, 1, 3, 3), np.float32)
    expected = F.conv2d(torch.tensor(x), torch.tensor(weight), None, 1, 1, 1, 17)
    np.testing.assert_array_equal(depthwise(x, weight, WINDOWS[0]), expected.numpy())


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(_threads, "_ELEMENTS_OF_PART", 64)  # so that little work is cut
    monkeypatch.setattr(depthwise_vector, "_PART_PRODUCTS", 64)
    x, grad_out = (normal(3, 40, 9, 11, seed=seed).astype(np.float32) for seed in (0, 1))
    weight = normal(40, 1, 3, 3).astype(np.float32)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(
                (
                    depthwise(x, weight, WINDOWS[0]),
                    depthwise_backward_input(grad_out, weight, 40, (9, 11), WINDOWS[0]),
                    depthwise_backward_weight(grad_out, x, WINDOWS[0]),
                )
            )
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    """The shorter vectors of other processors: fewer channels than one, and more."""
    code = """
        import tests.kernels.test_depthwise as tests
        for channels in (3, 33):
            tests.check(tests.WINDOWS[1], tests.SIZES[0], channels)
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
