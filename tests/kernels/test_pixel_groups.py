"""Pixels computed as channels of a wider window: the same convolution, and the same gradient of its weight."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from minitorch_cv.kernels.pixel_groups import group_pixels, grouped_window, ungroup_gradient
from minitorch_cv.kernels.window import Window
from tests.checks import assert_close, normal

# (input channels, output channels, window, pixels at a time)
CASES = {
    "two pixels": (1, 6, Window((5, 5)), 2),
    "three channels": (3, 6, Window((3, 3), padding=(1, 1)), 4),
    "one pixel": (2, 3, Window((3, 2)), 1),
    "strided": (2, 4, Window((3, 4), (2, 3), (1, 0)), 3),
    "stride beyond the window": (2, 3, Window((2, 1), (1, 3)), 2),
    "one column": (3, 2, Window((2, 1)), 5),
    "dilated from row to row": (2, 3, Window((2, 3), (1, 2), (2, 1), (3, 1)), 2),
}


def through_torch(x, weight, bias, window):
    """The convolution, whose gradients can be asked for."""
    (top, bottom), (left, right) = window.padding_by_side
    padded = torch.nn.functional.pad(torch.tensor(x), (left, right, top, bottom))
    return torch.nn.functional.conv2d(padded, weight, bias, window.stride, 0, window.dilation)


def example(c, o, window, pixels):
    """An image whose rows of output are a multiple of so many pixels, a weight and a bias."""
    columns = 2 * pixels
    near, far = window.padding_by_side[1]
    w = (columns - 1) * window.stride[1] + window.size[1] - near - far
    x = normal(2, c, 9, w)
    assert window.output_size(x.shape[2:])[1] == columns
    return x, normal(o, c, *window.size, seed=1), normal(o, seed=2)


def ungrouped(out, pixels):
    """(N, P*O, oh, ow/P), pixels before channels, as (N, O, oh, ow)."""
    n, channels, oh, groups = out.shape
    split = out.reshape(n, pixels, channels // pixels, oh, groups)
    return split.permute(0, 2, 3, 4, 1).reshape(n, channels // pixels, oh, groups * pixels)


@pytest.mark.parametrize("name", CASES)
def test_the_grouped_convolution_computes_the_same(name):
    c, o, window, pixels = CASES[name]
    x, weight, bias = example(c, o, window, pixels)
    grouped, grouped_bias, moved = group_pixels(weight, bias, window, pixels)
    assert moved == grouped_window(window, pixels)
    assert grouped.shape == (pixels * o, c, *moved.size)
    out = through_torch(x, torch.tensor(grouped), torch.tensor(grouped_bias), moved)
    expected = through_torch(x, torch.tensor(weight), torch.tensor(bias), window)
    assert_close(ungrouped(out, pixels), expected, 1e-13, name)
    assert group_pixels(weight, None, window, pixels)[1] is None


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_of_grouped_weights_gives_that_of_the_weight(name):
    c, o, window, pixels = CASES[name]
    x, start, _ = example(c, o, window, pixels)
    weight = torch.tensor(start, requires_grad=True)
    grouped = torch.tensor(group_pixels(start, None, window, pixels)[0], requires_grad=True)
    out = through_torch(x, weight, None, window)
    grad_out = torch.tensor(normal(*out.shape, seed=3))
    out.backward(grad_out)
    ungrouped(through_torch(x, grouped, None, grouped_window(window, pixels)), pixels).backward(grad_out)
    grad = grouped.grad.numpy()
    before = grad.copy()
    result = ungroup_gradient(grad, o, window, pixels)
    assert_close(result, weight.grad, 1e-12, name)
    assert not np.may_share_memory(result, grad)
    np.testing.assert_array_equal(grad, before)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_ungrouping_is_the_transpose_of_grouping(name, dtype):
    c, o, window, pixels = CASES[name]
    weight = normal(o, c, *window.size).astype(dtype)
    grouped = group_pixels(weight, None, window, pixels)[0]
    grad = normal(*grouped.shape, seed=1).astype(dtype)
    result = ungroup_gradient(grad, o, window, pixels)
    assert (grouped.dtype, result.dtype, result.shape) == (weight.dtype, weight.dtype, weight.shape)
    assert np.vdot(grouped, grad) == pytest.approx(np.vdot(weight, result), rel=1e-5 if dtype == "float32" else 1e-12)
