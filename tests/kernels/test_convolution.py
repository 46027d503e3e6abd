"""The convolution kernels against loops and against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.kernels import convolution as kernels
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.bias import conv2d_backward_bias
from minitorch_cv.kernels.window import Window
from tests import reference
from tests.checks import FORWARD_TOLERANCE, GRADIENT_TOLERANCE, assert_close, non_contiguous, normal

# (x shape, weight shape, window, groups)
CASES = {
    "plain": ((2, 3, 7, 6), (4, 3, 3, 3), Window((3, 3)), 1),
    "one image": ((1, 2, 5, 9), (3, 2, 2, 3), Window((2, 3), padding=(1, 2)), 1),
    "no image": ((0, 2, 5, 5), (3, 2, 3, 3), Window((3, 3)), 1),
    "dropped remainder": ((2, 2, 8, 7), (3, 2, 3, 2), Window((3, 2), stride=(3, 2)), 1),
    "dilated": ((2, 2, 9, 8), (2, 2, 3, 2), Window((3, 2), padding=(2, 1), dilation=(2, 3)), 1),
    "uneven padding": ((2, 2, 5, 6), (3, 2, 2, 4), Window((2, 4), padding=((0, 1), (1, 2))), 1),
    "groups": ((2, 4, 6, 5), (6, 2, 3, 3), Window((3, 3), padding=(1, 1)), 2),
    "depthwise": ((2, 3, 6, 7), (3, 1, 3, 3), Window((3, 3), stride=(2, 1), padding=(1, 1), dilation=(1, 2)), 3),
    "depthwise, two filters a channel": ((2, 3, 5, 5), (6, 1, 2, 2), Window((2, 2)), 3),
    "1x1": ((3, 4, 5, 6), (5, 4, 1, 1), Window((1, 1)), 1),
    "1x1 with groups": ((3, 4, 5, 6), (6, 2, 1, 1), Window((1, 1)), 2),
    "1x1 strided": ((3, 4, 5, 6), (5, 4, 1, 1), Window((1, 1), stride=(2, 2)), 1),
    "larger than a thread's share": ((9, 2, 13, 12), (3, 2, 3, 3), Window((3, 3), padding=(1, 1)), 1),
}


def through_torch(x, weight, bias, window, groups, grad_out):
    """Result and gradients of PyTorch, in the arrays' dtype."""
    (top, bottom), (left, right) = window.padding_by_side
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
    padded = torch.nn.functional.pad(tensors[0], (left, right, top, bottom))
    out = torch.nn.functional.conv2d(padded, *tensors[1:], window.stride, 0, window.dilation, groups)
    out.backward(torch.tensor(grad_out))
    return out, *(t.grad for t in tensors)


def through_kernels(x, weight, bias, window, groups, grad_out):
    """The same of the kernels."""
    return (
        kernels.conv2d(x, weight, bias, window, groups),
        kernels.conv2d_backward_input(grad_out, weight, x.shape[2:], window, groups),
        kernels.conv2d_backward_weight(grad_out, x, window, groups),
        conv2d_backward_bias(grad_out),
    )


def arrays_of(case, dtype):
    """x, weight, bias, window, groups, grad_out."""
    x_shape, weight_shape, window, groups = case
    size = window.output_size(x_shape[2:])
    return (
        normal(*x_shape).astype(dtype),
        normal(*weight_shape, seed=1).astype(dtype),
        normal(weight_shape[0], seed=2).astype(dtype),
        window,
        groups,
        normal(x_shape[0], weight_shape[0], *size, seed=3).astype(dtype),
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_against_pytorch(name, dtype):
    arrays = arrays_of(CASES[name], dtype)
    for what, ours, theirs in zip(("out", "x", "weight", "bias"), through_kernels(*arrays), through_torch(*arrays)):
        assert_close(ours, theirs, GRADIENT_TOLERANCE[dtype], what)


@pytest.mark.parametrize("name", CASES)
def test_against_loops(name):
    x, weight, bias, window, groups, grad_out = arrays_of(CASES[name], "float64")
    assert window.output_size(x.shape[2:]) == reference.output_size(window, *x.shape[2:])
    out, *grads = through_kernels(x, weight, bias, window, groups, grad_out)
    assert_close(out, reference.conv2d(x, weight, bias, window, groups), FORWARD_TOLERANCE["float64"], "out")
    for ours, loops in zip(grads, reference.conv2d_backward(grad_out, x, weight, window, groups)):
        assert_close(ours, loops, GRADIENT_TOLERANCE["float64"], "gradient")


@pytest.mark.parametrize("name", ["plain", "depthwise", "1x1", "groups"])
def test_memory_order_does_not_matter_and_inputs_stay(name):
    x, weight, bias, window, groups, grad_out = arrays_of(CASES[name], "float64")
    copies = [a.copy() for a in (x, weight, bias, grad_out)]
    expected = through_kernels(x, weight, bias, window, groups, grad_out)
    strange = [non_contiguous(a) for a in (x, weight, bias, grad_out)]
    got = through_kernels(*strange[:3], window, groups, strange[3])
    for one, two in zip(got, expected):
        np.testing.assert_allclose(one, two, rtol=1e-13, atol=1e-13)
    for before, after in zip(copies, (x, weight, bias, grad_out)):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("shape", [(16, 8, 20, 20), (2, 3, 100, 110)])
@pytest.mark.parametrize("groups", [1, "depthwise"])
def test_results_do_not_depend_on_the_number_of_threads(shape, groups):
    if groups == "depthwise":
        groups = shape[1]
    weight_shape = (2 * shape[1], shape[1] // groups, 3, 3)
    arrays = arrays_of((shape, weight_shape, Window((3, 3), padding=(1, 1)), groups), "float32")
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(through_kernels(*arrays))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)


def test_nan_reaches_the_windows_that_see_it_and_no_others():
    x = normal(1, 2, 6, 6)
    x[0, 1, 2, 3] = np.nan
    out = kernels.conv2d(x, normal(3, 2, 2, 2), None, Window((2, 2)))
    assert (np.isnan(out[0]).sum((1, 2)) == 4).all()
    assert np.isnan(out[0, :, 1:3, 2:4]).all()


small = st.integers(1, 3)


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(small, small),
    stride=st.tuples(small, small),
    padding=st.tuples(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(0, 2), st.integers(0, 2))),
    dilation=st.tuples(small, small),
    extra=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    groups=small,
    channels=st.tuples(small, small),
    n=st.integers(0, 3),
)
def test_any_geometry(size, stride, padding, dilation, extra, groups, channels, n):
    h, w = (max(1, d * (k - 1) + 1 - near - far) + e for k, d, (near, far), e in zip(size, dilation, padding, extra))
    window = Window(size, stride, padding, dilation)
    case = ((n, channels[0] * groups, h, w), (channels[1] * groups, channels[0], *size), window, groups)
    arrays = arrays_of(case, "float64")
    for what, ours, theirs in zip(("out", "x", "weight", "bias"), through_kernels(*arrays), through_torch(*arrays)):
        assert_close(ours, theirs, 1e-12, what)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("groups, filters", [(1, 7), (2, 6), (4, 4), (4, 8)])
@pytest.mark.parametrize("name", ["im2col", "direct", "winograd"])
def test_not_less_than_zero_and_weights_kept(name, groups, filters, dtype):
    x, weight = normal(2, 4, 9, 8).astype(dtype), normal(filters, 4 // groups, 3, 3, seed=1).astype(dtype)
    bias, window = normal(filters, seed=2).astype(dtype), Window((3, 3), padding=(1, 1))
    with kernels.algorithm(name):
        expected = np.maximum(kernels.conv2d(x, weight, bias, window, groups), 0)
        kept = {}
        for _ in range(2):
            np.testing.assert_array_equal(kernels.conv2d(x, weight, bias, window, groups, 0, kept), expected)
        theirs = torch.nn.functional.conv2d(*map(torch.tensor, (x, weight, bias)), padding=1, groups=groups).relu()
        assert_close(expected, theirs, FORWARD_TOLERANCE[x.dtype.name], "clamped convolution")
        x[1, 2, 3, 4] = np.nan
        found = kernels.conv2d(x, weight, bias, window, groups, 0, kept)
        assert np.isnan(found[1, :, 3, 4]).any()
