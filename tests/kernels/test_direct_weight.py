"""The gradient of a convolution's weight by address, against loops and against PyTorch in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.direct_weight import direct_backward_weight
from minitorch_cv.kernels.window import Window
from tests import reference
from tests.checks import normal
from tests.kernels.targets import TARGETS, run_for_target

TOLERANCE = 1e-5  # of the norm, float32

# (x shape, output channels, window, groups)
CASES = {
    "one pixel": ((1, 1, 1, 1), 1, Window((1, 1)), 1),
    "few channels": ((3, 3, 7, 6), 6, Window((3, 3), padding=(1, 1)), 1),
    "few channels, strided": ((2, 3, 15, 17), 17, Window((7, 5), (3, 2), (3, 1)), 1),
    "one channel": ((3, 1, 12, 9), 6, Window((5, 5)), 1),
    "more channels than a vector": ((2, 17, 6, 7), 33, Window((3, 3), padding=(1, 1)), 1),
    "strided": ((2, 33, 9, 8), 17, Window((3, 3), (2, 2), (1, 1)), 1),
    "stride that differs": ((2, 33, 10, 9), 3, Window((3, 2), (3, 2), (2, 0)), 1),
    "kernel larger than the image": ((2, 6, 3, 4), 6, Window((9, 8), padding=(4, 5)), 1),
    "kernel larger, many channels": ((2, 33, 3, 2), 6, Window((5, 5), padding=(2, 3)), 1),
    "stride larger than the kernel": ((2, 17, 11, 13), 3, Window((2, 2), (4, 5)), 1),
    "dilated": ((2, 17, 11, 13), 6, Window((3, 2), (1, 2), (2, 1), (2, 3)), 1),
    "dilated, few channels": ((2, 3, 11, 13), 6, Window((3, 3), (2, 2), (1, 4), (3, 3)), 1),
    "padding that differs by side": ((2, 33, 5, 6), 17, Window((2, 4), (1, 2), ((0, 1), (3, 2))), 1),
    "padding, few channels": ((2, 3, 5, 6), 17, Window((2, 4), (2, 1), ((2, 0), (0, 3))), 1),
    "pixels": ((3, 17, 4, 5), 33, Window((1, 1)), 1),
    "pixels, rows and columns swapped": ((3, 32, 4, 5), 56, Window((1, 1)), 1),
    "pixels, strided": ((3, 32, 5, 7), 56, Window((1, 1), (2, 3)), 1),
    "pixels and padding": ((2, 32, 4, 5), 56, Window((1, 1), (2, 2), (1, 2)), 1),
    "right-hand side in place": ((2, 3, 5, 6), 48, Window((3, 3)), 1),
    "groups": ((2, 34, 6, 5), 12, Window((3, 3), (1, 2), (1, 1)), 2),
    "groups of few channels": ((2, 9, 7, 6), 6, Window((3, 3), (2, 1), (1, 1)), 3),
    "pixels in groups": ((2, 64, 4, 3), 112, Window((1, 1)), 2),
}


def arrays_of(x_shape, o, window, channels_last=True):
    """grad_out and x."""
    x = normal(*x_shape).astype(np.float32)
    grad_out = normal(x_shape[0], o, *window.output_size(x_shape[2:]), seed=1).astype(np.float32)
    return (as_channels_last(grad_out), as_channels_last(x)) if channels_last else (grad_out, x)


def as_channels_last(array):
    """The same numbers in the other memory order."""
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def through_torch(grad_out, x, window, groups):
    """The gradient in float64."""
    (top, bottom), (left, right) = window.padding_by_side
    weight = torch.zeros(grad_out.shape[1], x.shape[1] // groups, *window.size, dtype=torch.float64, requires_grad=True)
    padded = torch.nn.functional.pad(torch.tensor(x, dtype=torch.float64), (left, right, top, bottom))
    out = torch.nn.functional.conv2d(padded, weight, None, window.stride, 0, window.dilation, groups)
    out.backward(torch.tensor(grad_out, dtype=torch.float64))
    return weight.grad.numpy()


def assert_near(ours, theirs):
    """Equal shapes, C order, and a distance that is small beside the norm."""
    assert ours.shape == theirs.shape and ours.dtype == np.float32 and ours.flags.c_contiguous
    assert np.isfinite(ours).all()
    assert np.linalg.norm(ours - theirs) <= TOLERANCE * np.linalg.norm(theirs)


@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_against_pytorch(name, channels_last):
    x_shape, o, window, groups = CASES[name]
    grad_out, x = arrays_of(x_shape, o, window, channels_last)
    assert_near(direct_backward_weight(grad_out, x, window, groups), through_torch(grad_out, x, window, groups))


@pytest.mark.parametrize(
    "name", ["few channels", "one channel", "kernel larger than the image", "groups of few channels"]
)
def test_against_loops(name):
    x_shape, o, window, groups = CASES[name]
    grad_out, x = arrays_of(x_shape, o, window)
    weight = np.zeros((o, x_shape[1] // groups, *window.size))
    loops = reference.conv2d_backward(grad_out.astype(np.float64), x.astype(np.float64), weight, window, groups)[1]
    assert_near(direct_backward_weight(grad_out, x, window, groups), loops)


@pytest.mark.parametrize("c", [1, 3, 6, 17, 33])
@pytest.mark.parametrize("o", [1, 3, 6, 17, 33])
def test_any_number_of_channels(c, o):
    window = Window((3, 3), (1, 2), (1, 1))
    grad_out, x = arrays_of((2, c, 4, 5), o, window)
    assert_near(direct_backward_weight(grad_out, x, window), through_torch(grad_out, x, window, 1))


@pytest.mark.parametrize(
    "x_shape, o", [((0, 3, 5, 5), 4), ((0, 32, 5, 5), 4), ((2, 3, 5, 5), 0), ((2, 0, 5, 5), 4)], ids=str
)
def test_nothing_to_add(x_shape, o):
    window = Window((3, 3))
    grad_weight = direct_backward_weight(*arrays_of(x_shape, o, window), window)
    np.testing.assert_array_equal(grad_weight, np.zeros((o, x_shape[1], 3, 3), np.float32))


def test_inputs_of_any_strides_stay():
    window = Window((3, 3), padding=(1, 1))
    grad_out, x = arrays_of((2, 3, 6, 7), 5, window)
    expected = direct_backward_weight(grad_out, x, window)
    wide = np.zeros((2, 5, 6, 14), np.float32)
    wide[..., ::2] = grad_out
    read_only = np.ascontiguousarray(x[..., ::-1])[..., ::-1]
    read_only.flags.writeable = False
    np.testing.assert_array_equal(direct_backward_weight(wide[..., ::2], read_only, window), expected)
    np.testing.assert_array_equal(wide[..., ::2], grad_out)
    np.testing.assert_array_equal(read_only, x)


@pytest.mark.parametrize(
    "c, o, window", [(33, 20, Window((3, 3), (2, 2), (1, 1))), (3, 20, Window((5, 5), padding=(2, 2)))]
)
def test_nan_reaches_the_weights_that_meet_it_and_no_others(c, o, window):
    grad_out, x = arrays_of((2, c, 8, 9), o, window)
    x[1, 2, 0, 0] = np.nan  # a corner: only some points of the window meet it
    expected = np.isnan(through_torch(grad_out, x, window, 1))
    assert 0 < expected.sum() < expected.size
    np.testing.assert_array_equal(np.isnan(direct_backward_weight(grad_out, x, window)), expected)
    grad_out, x = arrays_of((2, c, 8, 9), o, window)
    grad_out[0, 7, 0, 1] = np.nan
    expected = np.isnan(through_torch(grad_out, x, window, 1))
    np.testing.assert_array_equal(np.isnan(direct_backward_weight(grad_out, x, window)), expected)


@pytest.mark.parametrize(
    "x_shape, o, window",
    [
        ((16, 32, 20, 20), 40, Window((3, 3), padding=(1, 1))),
        ((2, 3, 90, 110), 32, Window((7, 7), (2, 2), (3, 3))),
        ((3, 130, 6, 6), 300, Window((3, 3), (2, 2), (1, 1))),
        ((8, 32, 40, 40), 64, Window((1, 1))),
    ],
    ids=str,
)
def test_results_do_not_depend_on_the_number_of_threads(x_shape, o, window):
    grad_out, x = arrays_of(x_shape, o, window)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(direct_backward_weight(grad_out, x, window))
    finally:
        set_num_threads(before)
    assert_near(results[0], through_torch(grad_out, x, window, 1))
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


small = st.integers(1, 3)
side = st.tuples(st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(small, small),
    stride=st.tuples(small, small),
    padding=st.tuples(side, side),
    dilation=st.tuples(small, small),
    extra=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    groups=st.integers(1, 2),
    c=st.sampled_from([1, 2, 5, 14, 18]),
    o=st.sampled_from([1, 3, 16, 35]),
    n=st.integers(1, 3),
)
def test_any_geometry(size, stride, padding, dilation, extra, groups, c, o, n):
    h, w = (max(1, d * (k - 1) + 1 - near - far) + e for k, d, (near, far), e in zip(size, dilation, padding, extra))
    window = Window(size, stride, padding, dilation)
    grad_out, x = arrays_of((n, c * groups, h, w), o * groups, window)
    assert_near(direct_backward_weight(grad_out, x, window, groups), through_torch(grad_out, x, window, groups))


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_direct_weight as tests
        for name in tests.CASES:
            tests.test_against_pytorch(name, True)
            tests.test_against_pytorch(name, False)
        print("done")
    """
    assert run_for_target(target, tmp_path, code) == "done"
