"""The pooling kernels against loops and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from minitorch_cv.kernels import pooling as kernels
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.window import Window
from tests import reference
from tests.checks import FORWARD_TOLERANCE, GRADIENT_TOLERANCE, assert_close, non_contiguous, normal, with_ties

SIZE = (7, 9)
WINDOWS = [
    Window((2, 2), (2, 2)),
    Window((3, 3), (2, 2), (1, 1)),
    Window((3, 2), (1, 3), (1, 0)),
    Window((3, 2), (2, 1), (1, 1), (2, 3)),
    Window((1, 1), (1, 1)),
    Window((7, 9), (1, 1)),
]


def with_nan():
    """Ties, zeros, infinities and NaN."""
    x = with_ties(2, 3, *SIZE)
    x[0, 0, 2, 2], x[1, 1, 3, 4], x[1, 2] = np.nan, np.inf, -np.inf
    return x


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("x", [normal(2, 3, *SIZE), with_nan(), np.zeros((0, 3, *SIZE))])
def test_max_pool2d(x, window, ceil_mode):
    size = window.output_size(SIZE, ceil_mode)
    places = kernels.sliding_places(window, SIZE, size)
    out, indices = kernels.max_pool2d(x, places)
    tensor = torch.tensor(x, requires_grad=True)
    settings = (window.size, window.stride, window.padding, window.dilation)
    expected, where = F.max_pool2d(tensor, *settings, ceil_mode=ceil_mode, return_indices=True)
    np.testing.assert_array_equal(out, expected.detach().numpy())
    np.testing.assert_array_equal(indices, where.numpy())
    for ours, loops in zip((out, indices), reference.max_pool2d(x, window, size)):
        np.testing.assert_array_equal(ours, loops)
    grad_out = normal(*out.shape, seed=1)
    expected.backward(torch.tensor(grad_out))
    grad_x = kernels.max_pool2d_backward(grad_out, indices, SIZE)
    assert_close(grad_x, tensor.grad, GRADIENT_TOLERANCE["float64"], "gradient")
    np.testing.assert_array_equal(kernels.max_pool2d(non_contiguous(x), places)[0], out)


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("window", [w for w in WINDOWS if w.dilation == (1, 1)])
def test_avg_pool2d_over_the_pixels_inside(window, ceil_mode):
    x = normal(2, 3, *SIZE)
    size = window.output_size(SIZE, ceil_mode)
    places = kernels.sliding_places(window, SIZE, size)
    divisor = places.counts.astype(np.float64)
    out = kernels.avg_pool2d(x, places, divisor)
    tensor = torch.tensor(x, requires_grad=True)
    expected = F.avg_pool2d(tensor, window.size, window.stride, window.padding, ceil_mode, count_include_pad=False)
    assert_close(out, expected, FORWARD_TOLERANCE["float64"], "out")
    assert_close(out, reference.avg_pool2d(x, window, size, divisor), FORWARD_TOLERANCE["float64"], "loops")
    grad_out = normal(*out.shape, seed=1)
    expected.backward(torch.tensor(grad_out))
    grad_x = kernels.avg_pool2d_backward(grad_out, places, divisor, SIZE)
    assert_close(grad_x, tensor.grad, GRADIENT_TOLERANCE["float64"], "gradient")


@pytest.mark.parametrize("size", [(1, 1), (3, 4), (7, 9), (10, 2)])
def test_adaptive(size):
    x = normal(2, 3, *SIZE)
    places = kernels.adaptive_places(SIZE, size)
    mean = kernels.avg_pool2d(x, places, places.counts.astype(np.float64))
    assert_close(mean, F.adaptive_avg_pool2d(torch.tensor(x), size), FORWARD_TOLERANCE["float64"], "mean")
    largest, indices = kernels.max_pool2d(x, places)
    expected, where = F.adaptive_max_pool2d(torch.tensor(x), size, return_indices=True)
    np.testing.assert_array_equal(largest, expected.numpy())
    np.testing.assert_array_equal(indices, where.numpy())


def test_results_do_not_depend_on_the_number_of_threads():
    x = normal(16, 16, 40, 40).astype(np.float32)
    places = kernels.sliding_places(Window((3, 3), (2, 2), (1, 1)), (40, 40), (20, 20))
    divisor = places.counts.astype(np.float32)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            out, indices = kernels.max_pool2d(x, places)
            mean = kernels.avg_pool2d(x, places, divisor)
            grads = kernels.max_pool2d_backward(out, indices, (40, 40))
            results.append((out, indices, mean, grads, kernels.avg_pool2d_backward(mean, places, divisor, (40, 40))))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)
