"""Convolution by address against float64 PyTorch, over shapes that each take another way through it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.direct import direct, direct_backward_input
from minitorch_cv.kernels.pixel_groups import pixels_at_a_time
from minitorch_cv.kernels.window import Window
from tests.checks import normal
from tests.kernels.targets import TARGETS, run_for_target

# x shape, output channels, window
CASES = {
    "plain": ((2, 5, 9, 8), 7, Window((3, 3))),
    "padding by side": ((2, 5, 9, 8), 7, Window((3, 2), padding=((0, 2), (3, 1)))),
    "stride": ((2, 5, 9, 8), 7, Window((3, 3), (2, 2), (1, 1))),
    "stride beyond the window": ((2, 4, 11, 10), 40, Window((2, 1), (3, 2))),
    "dilation": ((2, 4, 12, 11), 20, Window((3, 3), padding=(2, 3), dilation=(2, 3))),
    "dilation and stride": ((1, 3, 15, 14), 20, Window((3, 2), (2, 3), (1, 2), (3, 2))),
    "1x1": ((3, 17, 6, 5), 33, Window((1, 1))),
    "1x1 strided": ((3, 17, 7, 5), 33, Window((1, 1), (2, 2))),
    "several images a unit, some left": ((19, 3, 4, 4), 20, Window((3, 3), padding=(1, 1))),
    "bands, some rows left": ((2, 2, 37, 30), 17, Window((3, 3), padding=(1, 1))),
    "strided bands": ((2, 2, 75, 31), 17, Window((3, 3), (2, 2), (1, 1))),
    "strided bands, one row left": ((2, 3, 33, 34), 5, Window((3, 3), (2, 2), (1, 1))),
    "bands at stride 4, three rows left": ((2, 3, 63, 64), 5, Window((5, 5), (4, 4), (2, 2))),
    "two pixels at a time": ((2, 3, 12, 12), 6, Window((5, 5))),
    "five pixels at a time, strided": ((2, 3, 14, 31), 3, Window((3, 3), (2, 2), (1, 1))),
    "panels and a narrow one": ((1, 4, 6, 6), 72, Window((3, 3), padding=(1, 1))),
    "larger than the image": ((1, 2, 1, 6), 3, Window((3, 3), padding=(3, 4))),
    "one column of output": ((2, 3, 9, 3), 5, Window((3, 3))),
    "no image": ((0, 3, 5, 5), 4, Window((3, 3))),
}
TOLERANCE = 1e-6  # of the norm


def far_apart(ours, theirs):
    """The norm of the difference, relative."""
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape and ours.dtype == np.float32
    return np.linalg.norm(ours - theirs) / max(np.linalg.norm(theirs), 1e-30)


def compare(x_shape, filters, window, tolerance=TOLERANCE):
    """Result and gradient beside PyTorch's in float64."""
    x = normal(*x_shape).astype(np.float32)
    weight = normal(filters, x_shape[1], *window.size, seed=1).astype(np.float32)
    bias = normal(filters, seed=2).astype(np.float32)
    grad_out = normal(x_shape[0], filters, *window.output_size(x_shape[2:]), seed=3).astype(np.float32)
    (top, bottom), (left, right) = window.padding_by_side
    xt, wt, bt, gt = (torch.tensor(array, dtype=torch.float64) for array in (x, weight, bias, grad_out))
    xt.requires_grad_()
    padded = torch.nn.functional.pad(xt, (left, right, top, bottom))
    out = torch.nn.functional.conv2d(padded, wt, bt, window.stride, 0, window.dilation)
    out.backward(gt)
    assert far_apart(direct(x, weight, bias, window), out) < tolerance
    assert far_apart(direct_backward_input(grad_out, weight, x_shape[2:], window), xt.grad) < tolerance


@pytest.mark.parametrize("name", CASES)
def test_against_pytorch(name):
    compare(*CASES[name])


SIDES = list(itertools.product((1, 16, 33), ((1, 1), (2, 3)), ((0, 0), (2, 1)), ((1, 1), (2, 2))))


@pytest.mark.parametrize("filters, stride, padding, dilation", SIDES)
def test_combinations(filters, stride, padding, dilation):
    compare((2, 3, 7, 9), filters, Window((3, 2), stride, padding, dilation))


def test_weights_larger_than_the_cache():
    compare((3, 600, 3, 3), 40, Window((3, 3), padding=(1, 1)), 2e-6)  # in several parts, the bias added once


def test_memory_order_of_the_input_does_not_matter():
    x = normal(2, 5, 6, 7).astype(np.float32)
    weight = normal(4, 5, 3, 3, seed=1).astype(np.float32)
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    read_only = x.copy()
    read_only.flags.writeable = False
    expected = direct(x, weight, None, Window((3, 3)))
    for other in (last, read_only, np.repeat(x, 2, axis=3)[..., ::2]):
        np.testing.assert_array_equal(direct(other, weight, None, Window((3, 3))), expected)
    assert expected.transpose(0, 2, 3, 1).flags.c_contiguous


def test_the_number_of_threads_does_not_matter():
    x = normal(9, 12, 20, 20).astype(np.float32)
    weight = normal(40, 12, 3, 3, seed=1).astype(np.float32)
    window = Window((3, 3), padding=(1, 1))
    usual, results = get_num_threads(), []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            out = direct(x, weight, None, window)
            results.append((out, direct_backward_input(out, weight, (20, 20), window)))
    finally:
        set_num_threads(usual)
    for result in results[1:]:
        for ours, first in zip(result, results[0]):
            np.testing.assert_array_equal(ours, first)


@pytest.mark.parametrize(
    "channels, ow, expected",
    [(64, 32, 1), (6, 28, 2), (6, 29, 1), (3, 30, 5)],
)
def test_pixels_divide_the_row(channels, ow, expected):
    pixels = pixels_at_a_time(channels, 6, Window((5, 5) if channels != 3 else (3, 3)), ow)
    assert ow % pixels == 0
    assert (pixels > 1) == (expected > 1)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_direct as tests
        for case in tests.CASES.values():
            tests.compare(*case)
        print("done")
    """
    assert run_for_target(target, tmp_path, code) == "done"
