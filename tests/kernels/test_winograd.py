"""Winograd's convolution against float64 PyTorch, and its transforms against the correlation that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numba.core import config

from minitorch_cv.kernels import _threads
from minitorch_cv.kernels import winograd as kernels
from minitorch_cv.kernels import winograd_transforms as transforms
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.window import Window
from minitorch_cv.kernels.winograd import (
    supports,
    winograd,
    winograd_backward_input,
    winograd_backward_weight,
    worthwhile,
)
from tests.checks import non_contiguous, normal
from tests.kernels.targets import TARGETS, run_for_target

TOLERANCE = 1e-5  # of the norm; plain sums of float32 stay below 1e-6
SAME_3, SAME_5 = Window((3, 3), padding=(1, 1)), Window((5, 5), padding=(2, 2))

# x shape, output channels, window
CASES = {
    "whole tiles": ((2, 16, 8, 8), 32, SAME_3),
    "tiles over the edge": ((2, 5, 9, 7), 7, SAME_3),
    "no padding": ((1, 3, 7, 6), 6, Window((3, 3))),
    "padding by side": ((2, 4, 5, 6), 3, Window((3, 3), padding=((0, 2), (3, 1)))),
    "negative padding": ((2, 4, 9, 10), 3, Window((3, 3), padding=((-1, 3), (2, -2)))),
    "padding beyond the weights": ((1, 2, 3, 4), 3, Window((3, 3), padding=(4, 5))),
    "smaller than a tile": ((3, 6, 2, 1), 3, SAME_3),
    "one pixel of result": ((2, 3, 3, 3), 1, Window((3, 3))),
    "5x5": ((2, 6, 8, 7), 17, SAME_5),
    "5x5, padding by side": ((1, 3, 6, 7), 4, Window((5, 5), padding=((4, 0), (1, 5)))),
    "5x5, no padding": ((1, 3, 6, 7), 4, Window((5, 5))),
}
# Sizes that take other ways through the kernels, too slow without the JIT.
LARGE_CASES = {
    "several blocks": ((9, 64, 17, 19), 33, SAME_3),
    "several groups of results": ((2, 40, 13, 13), 130, SAME_3),
    "large weights": ((2, 256, 7, 7), 260, SAME_3),
    "large weights, 4x4": ((9, 512, 4, 4), 512, SAME_3),
    "large weights, several chunks": ((9, 256, 28, 28), 256, SAME_3),
    "5x5, several blocks": ((3, 64, 27, 27), 48, SAME_5),
}
if not config.DISABLE_JIT:
    CASES |= LARGE_CASES


def compare(x_shape, filters, window, with_bias=True):
    """Result and gradients beside PyTorch's in float64."""
    x, weight, bias, grad_out = arrays_of(x_shape, filters, window)
    (top, bottom), (left, right) = window.padding_by_side
    xt, wt, bt, gt = (torch.tensor(array, dtype=torch.float64) for array in (x, weight, bias, grad_out))
    xt.requires_grad_()
    wt.requires_grad_()
    padded = torch.nn.functional.pad(xt, (left, right, top, bottom))
    out = torch.nn.functional.conv2d(padded, wt, bt if with_bias else None)
    out.backward(gt)
    check(winograd(x, weight, bias if with_bias else None, window), out.detach())
    check(winograd_backward_input(grad_out, weight, x_shape[2:], window), xt.grad)
    grad = winograd_backward_weight(grad_out, x, window)
    check(grad, wt.grad)
    assert grad.flags.c_contiguous


def arrays_of(x_shape, filters, window):
    """x, weight, bias, grad_out."""
    return (
        normal(*x_shape).astype(np.float32),
        normal(filters, x_shape[1], *window.size, seed=1).astype(np.float32),
        normal(filters, seed=2).astype(np.float32),
        normal(x_shape[0], filters, *window.output_size(x_shape[2:]), seed=3).astype(np.float32),
    )


def check(ours, theirs):
    theirs = theirs.numpy()
    assert ours.shape == theirs.shape and ours.dtype == np.float32
    assert np.linalg.norm(ours - theirs) <= TOLERANCE * np.linalg.norm(theirs)


@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_against_pytorch(name, with_bias):
    compare(*CASES[name], with_bias)


@pytest.mark.parametrize("window", [SAME_3, SAME_5], ids=["3x3", "5x5"])
@pytest.mark.parametrize("filters", [1, 3, 6, 17, 33])
@pytest.mark.parametrize("channels", [1, 3, 6, 17, 33])
def test_any_number_of_channels(channels, filters, window):
    compare((1, channels, 5, 6), filters, window)


@pytest.mark.parametrize("x_shape, filters", [((0, 3, 5, 5), 4), ((2, 0, 5, 5), 4), ((2, 3, 5, 5), 0)])
def test_nothing_to_do(x_shape, filters):
    x, weight, bias, grad_out = arrays_of(x_shape, filters, SAME_3)
    expected = np.broadcast_to(bias[:, None, None], (x_shape[0], filters, 5, 5))
    np.testing.assert_array_equal(winograd(x, weight, bias, SAME_3), expected)
    np.testing.assert_array_equal(winograd(x, weight, None, SAME_3), 0 * expected)
    np.testing.assert_array_equal(winograd_backward_input(grad_out, weight, (5, 5), SAME_3), np.zeros_like(x))
    np.testing.assert_array_equal(winograd_backward_weight(grad_out, x, SAME_3), np.zeros_like(weight))


def test_memory_order_does_not_matter_and_inputs_stay():
    arrays = arrays_of((2, 5, 6, 7), 4, SAME_3)
    copies = [array.copy() for array in arrays]
    expected = all_three(*arrays, SAME_3)
    for one, two in zip(all_three(*map(non_contiguous, arrays), SAME_3), expected):
        np.testing.assert_array_equal(one, two)
    assert expected[0].transpose(0, 2, 3, 1).flags.c_contiguous
    for before, after in zip(copies, arrays):
        np.testing.assert_array_equal(before, after)


def all_three(x, weight, bias, grad_out, window):
    """Result and both gradients."""
    return (
        winograd(x, weight, bias, window),
        winograd_backward_input(grad_out, weight, x.shape[2:], window),
        winograd_backward_weight(grad_out, x, window),
    )


@pytest.mark.parametrize("name", CASES)
def test_the_number_of_threads_does_not_matter(name, monkeypatch):
    monkeypatch.setattr(_threads, "_ELEMENTS_OF_PART", 64)  # so that little work is cut
    monkeypatch.setattr(kernels, "_PART_NANOSECONDS", 1)
    x_shape, filters, window = CASES[name]
    arrays = arrays_of(x_shape, filters, window)
    usual, results = get_num_threads(), []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(all_three(*arrays, window))
    finally:
        set_num_threads(usual)
    for result in results[1:]:
        for ours, first in zip(result, results[0]):
            np.testing.assert_array_equal(ours, first)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_stay_in_the_tiles_that_see_them(value):
    x, weight, _, _ = arrays_of((2, 3, 12, 12), 4, SAME_3)
    x[1, 2, 9, 9] = value  # in the windows of the last tile alone
    out = winograd(x, weight, None, SAME_3)
    assert not np.isfinite(out[1, :, 8:11, 8:11]).any()
    assert np.isfinite(out[0]).all()
    assert np.isfinite(out[1, :, :8]).all() and np.isfinite(out[1, :, :, :8]).all()


@pytest.mark.parametrize("k", [3, 5])
def test_matrices_make_a_correlation(k):
    at, g, bt = transforms.matrices(k)
    d, weight = normal(6, 6), normal(k, k, seed=1)
    views = np.lib.stride_tricks.sliding_window_view(d, (k, k))
    expected = np.einsum("yxij,ij->yx", views, weight)
    np.testing.assert_allclose(at @ ((g @ weight @ g.T) * (bt @ d @ bt.T)) @ at.T, expected, rtol=0, atol=1e-12)


def test_stages_multiply_to_the_matrix_of_windows():
    first, second = transforms.WINDOW_STAGES
    np.testing.assert_allclose(first @ second, transforms.matrices(3)[2], rtol=0, atol=1e-12)


def test_supports_3x3_and_5x5_side_by_side():
    assert supports(SAME_3) and supports(Window((5, 5), padding=((0, 1), (2, 3))))
    for window in (Window((3, 5)), Window((7, 7)), Window((3, 3), stride=(1, 2)), Window((3, 3), dilation=(2, 1))):
        assert not supports(window)


@pytest.mark.parametrize(
    "n, c, o, oh, ow, k, expected",
    [
        (128, 64, 128, 32, 32, 3, True),
        (16, 512, 512, 7, 7, 3, True),
        (32, 64, 192, 27, 27, 5, True),
        (128, 3, 64, 32, 32, 3, False),  # few channels
        (1, 256, 256, 14, 14, 3, False),  # few tiles for the weights' transforms
        (64, 512, 512, 2, 2, 3, False),  # maps smaller than a tile
    ],
)
def test_worthwhile(n, c, o, oh, ow, k, expected):
    assert worthwhile(n, c, o, oh, ow, k) == expected


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        import numpy as np
        from minitorch_cv.kernels.winograd import winograd, winograd_backward_input, winograd_backward_weight
        from minitorch_cv.kernels.window import Window

        draw = np.random.default_rng(0)
        window = Window((3, 3), padding=((1, 0), (2, 1)))
        x, weight, grad_out = (
            draw.standard_normal(shape).astype("f") for shape in ((5, 19, 15, 13), (35, 19, 3, 3), (5, 35, 14, 14))
        )
        bias = draw.standard_normal(35).astype("f")
        padded = np.pad(x.astype("d"), ((0, 0), (0, 0), (1, 0), (2, 1)))
        views = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        expected = np.einsum("ncyxij,ocij->noyx", views, weight.astype("d"), optimize=True) + bias[:, None, None]
        grad_weight = np.einsum("ncyxij,noyx->ocij", views, grad_out.astype("d"), optimize=True)
        wide = np.pad(grad_out.astype("d"), ((0, 0), (0, 0), (1, 2), (0, 1)))
        views = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), (2, 3))
        grad_x = np.einsum("noyxij,ocij->ncyx", views, weight.astype("d")[:, :, ::-1, ::-1], optimize=True)
        for ours, theirs in (
            (winograd(x, weight, bias, window), expected),
            (winograd_backward_input(grad_out, weight, (15, 13), window), grad_x),
            (winograd_backward_weight(grad_out, x, window), grad_weight),
        ):
            assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
            assert np.linalg.norm(ours - theirs) < 1e-5 * np.linalg.norm(theirs)
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
