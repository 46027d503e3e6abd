"""The pooling kernels against loops and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from minitorch_cv.kernels import _threads, average_pooling, max_pooling
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.places import adaptive_places, sliding_places
from minitorch_cv.kernels.window import Window
from tests import reference
from tests.checks import FORWARD_TOLERANCE, GRADIENT_TOLERANCE, assert_close, non_contiguous, normal, with_ties
from tests.kernels.targets import TARGETS, run_for_target

SIZE = (7, 9)
WINDOWS = [
    Window((2, 2), (2, 2)),
    Window((3, 3), (2, 2), (1, 1)),
    Window((3, 2), (1, 3), (1, 0)),
    Window((3, 2), (2, 1), (1, 1), (2, 3)),
    Window((1, 1), (1, 1)),
    Window((7, 9), (1, 1)),
]
DTYPES = ["float32", "float64"]
CHANNELS = [1, 3, 6, 17, 33, 64]  # less than a vector, more, several


def with_nan(channels=3):
    """Ties, zeros, infinities and NaN."""
    x = with_ties(2, channels, *SIZE)
    x[0, 0, 2, 2], x[1, channels // 2, 3, 4], x[1, -1] = np.nan, np.inf, -np.inf
    x[0, -1, 3:5, 1:4] = np.nan
    return x


def last(x):
    """The same numbers in channels-last memory."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def check_max(x, window, ceil_mode):
    """Values, places and gradients, of both orders of memory."""
    size = window.output_size(SIZE, ceil_mode)
    places = sliding_places(window, SIZE, size)
    tensor = torch.tensor(x, requires_grad=True)
    settings = (window.size, window.stride, window.padding, window.dilation)
    expected, where = F.max_pool2d(tensor, *settings, ceil_mode=ceil_mode, return_indices=True)
    grad_out = normal(*expected.shape, seed=1).astype(x.dtype)
    expected.backward(torch.tensor(grad_out))
    for order in (np.ascontiguousarray, last, non_contiguous):
        out, positions = max_pooling.max_pool2d(order(x), places)
        indices = max_pooling.image_indices(positions, places)
        np.testing.assert_array_equal(out, expected.detach().numpy())
        np.testing.assert_array_equal(indices, where.numpy())
        for ours, loops in zip((out, indices), reference.max_pool2d(x, window, size)):
            np.testing.assert_array_equal(ours, loops)
        grad_x = max_pooling.max_pool2d_backward(order(grad_out), positions, places)
        assert_close(grad_x, tensor.grad, GRADIENT_TOLERANCE[x.dtype.name], "gradient")
    values, nothing = max_pooling.max_pool2d(x, places, keep_positions=False)
    np.testing.assert_array_equal(values, out)
    assert nothing is None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("x", [normal(2, 3, *SIZE), with_nan(), np.zeros((0, 3, *SIZE))])
def test_max_pool2d(x, window, ceil_mode, dtype):
    check_max(x.astype(dtype), window, ceil_mode)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("window", [WINDOWS[0], WINDOWS[1], WINDOWS[3]])
def test_max_pool2d_of_any_number_of_channels(window, channels):
    check_max(with_nan(channels).astype(np.float32), window, True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_positions_in_windows_of_more_than_256_pixels(dtype):
    x = with_ties(1, 2, 18, 20).astype(dtype)
    tensor = torch.tensor(x, requires_grad=True)
    expected, where = F.max_pool2d(tensor, 17, 1, return_indices=True)
    places = sliding_places(Window((17, 17)), (18, 20), (2, 4))
    out, positions = max_pooling.max_pool2d(x, places)
    np.testing.assert_array_equal(out, expected.detach().numpy())
    np.testing.assert_array_equal(max_pooling.image_indices(positions, places), where.numpy())
    grad_out = normal(*out.shape).astype(dtype)
    expected.backward(torch.tensor(grad_out))
    grad_x = max_pooling.max_pool2d_backward(grad_out, positions, places)
    assert_close(grad_x, tensor.grad, GRADIENT_TOLERANCE[dtype], "gradient")


def check_avg(x, window, ceil_mode):
    """Means over the pixels inside the image, and gradients, of both orders of memory."""
    dtype = x.dtype.name
    size = window.output_size(SIZE, ceil_mode)
    places = sliding_places(window, SIZE, size)
    divisor = places.counts.astype(dtype)
    tensor = torch.tensor(x, requires_grad=True)
    expected = F.avg_pool2d(tensor, window.size, window.stride, window.padding, ceil_mode, count_include_pad=False)
    grad_out = normal(*expected.shape, seed=1).astype(dtype)
    expected.backward(torch.tensor(grad_out))
    for order in (np.ascontiguousarray, last, non_contiguous):
        out = average_pooling.avg_pool2d(order(x), places, divisor)
        assert_close(out, expected, FORWARD_TOLERANCE[dtype], "out")
        assert_close(out, reference.avg_pool2d(x, window, size, divisor), FORWARD_TOLERANCE[dtype], "loops")
        grad_x = average_pooling.avg_pool2d_backward(order(grad_out), places, divisor)
        assert_close(grad_x, tensor.grad, GRADIENT_TOLERANCE[dtype], "gradient")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("window", [w for w in WINDOWS if w.dilation == (1, 1)])
def test_avg_pool2d_over_the_pixels_inside(window, ceil_mode, dtype):
    check_avg(normal(2, 3, *SIZE).astype(dtype), window, ceil_mode)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("window", WINDOWS[:2])
def test_avg_pool2d_of_any_number_of_channels(window, channels):
    check_avg(normal(2, channels, *SIZE).astype(np.float32), window, True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_avg_pool2d_with_a_divisor_of_each_window(dtype):
    """Windows that are computed together may still have divisors of their own."""
    x, places = normal(1, 3, 4, 16).astype(dtype), sliding_places(Window((2, 2), (2, 2)), (4, 16), (2, 8))
    divisor = np.arange(1, 17).reshape(2, 8).astype(dtype)
    out = average_pooling.avg_pool2d(x, places, divisor)
    sums = x.reshape(1, 3, 2, 2, 8, 2).sum(axis=(3, 5))
    assert_close(out, sums / divisor, FORWARD_TOLERANCE[dtype], "out")
    grad_x = average_pooling.avg_pool2d_backward(out, places, divisor)
    expected = np.repeat(np.repeat(out / divisor, 2, axis=2), 2, axis=3)
    assert_close(grad_x, expected, GRADIENT_TOLERANCE[dtype], "gradient")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(1, 1), (3, 4), (7, 9), (10, 2), (0, 2)])
def test_adaptive(size, dtype):
    x = normal(2, 3, *SIZE).astype(dtype)
    tensor = torch.tensor(x, requires_grad=True)
    places = adaptive_places(SIZE, size)
    divisor = places.counts.astype(dtype)
    mean, expected = average_pooling.avg_pool2d(x, places, divisor), F.adaptive_avg_pool2d(tensor, size)
    assert_close(mean, expected, FORWARD_TOLERANCE[dtype], "mean")
    if 0 in size:
        return
    largest, positions = max_pooling.max_pool2d(x, places)
    most, where = F.adaptive_max_pool2d(tensor, size, return_indices=True)
    np.testing.assert_array_equal(largest, most.detach().numpy())
    np.testing.assert_array_equal(max_pooling.image_indices(positions, places), where.numpy())
    grad_out = normal(*mean.shape, seed=2).astype(dtype)
    for ours, theirs in (
        (average_pooling.avg_pool2d_backward(grad_out, places, divisor), expected),
        (max_pooling.max_pool2d_backward(grad_out, positions, places), most),
    ):
        (grad,) = torch.autograd.grad(theirs, tensor, torch.tensor(grad_out))
        assert_close(ours, grad, GRADIENT_TOLERANCE[dtype], "gradient")


def test_float32_results_have_channels_last_memory():
    x, places = normal(2, 5, 4, 4).astype(np.float32), sliding_places(Window((2, 2), (2, 2)), (4, 4), (2, 2))
    out, positions = max_pooling.max_pool2d(x, places)
    divisor = places.counts.astype(np.float32)
    mean = average_pooling.avg_pool2d(x, places, divisor)
    grads = (
        max_pooling.max_pool2d_backward(out, positions, places),
        average_pooling.avg_pool2d_backward(mean, places, divisor),
    )
    for made in (out, positions, mean, *grads):
        assert made.transpose(0, 2, 3, 1).flags.c_contiguous
    assert positions.nbytes == out.size


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(_threads, "_ELEMENTS_OF_PART", 64)  # so that little work is cut
    x = normal(3, 20, 16, 18).astype(np.float32)
    places = sliding_places(Window((3, 3), (2, 2), (1, 1)), (16, 18), (8, 9))
    divisor = places.counts.astype(np.float32)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            out, positions = max_pooling.max_pool2d(x, places)
            mean = average_pooling.avg_pool2d(x, places, divisor)
            grads = max_pooling.max_pool2d_backward(out, positions, places)
            grad_means = average_pooling.avg_pool2d_backward(mean, places, divisor)
            results.append((out, positions, mean, grads, grad_means))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    """The shorter vectors of other processors: fewer channels than one, and more."""
    code = """
        import numpy as np
        import tests.kernels.test_pooling as tests
        for channels in (3, 33):
            tests.check_max(tests.with_nan(channels).astype(np.float32), tests.WINDOWS[1], True)
            tests.check_avg(tests.normal(2, channels, *tests.SIZE).astype(np.float32), tests.WINDOWS[1], True)
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
