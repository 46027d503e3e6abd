"""conv1d and conv2d against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from minitorch_cv.kernels.window import Window
from minitorch_cv.ops.convolution import conv1d, conv2d
from tests import reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of

# x, weight, settings
CASES = [
    ((2, 3, 5, 6), (4, 3, 3, 2), {}),
    ((1, 1, 4, 4), (1, 1, 4, 4), {}),
    ((2, 2, 7, 5), (3, 2, 3, 3), {"stride": (2, 3), "padding": (1, 0)}),
    ((2, 2, 8, 6), (3, 2, 2, 3), {"stride": (3, 2)}),  # drops a remainder
    ((1, 2, 7, 7), (2, 2, 3, 2), {"dilation": (2, 3), "padding": (2, 1)}),
    ((2, 4, 5, 4), (6, 2, 3, 3), {"groups": 2, "padding": (1, 1)}),
    ((2, 3, 5, 5), (3, 1, 3, 3), {"groups": 3, "stride": (2, 1)}),  # depthwise
    ((1, 2, 4, 5), (6, 1, 2, 2), {"groups": 2, "dilation": (1, 2), "padding": (1, 1)}),  # with a multiplier of three
    ((2, 3, 4, 4), (5, 3, 1, 1), {}),
    ((2, 3, 5, 4), (5, 3, 1, 1), {"stride": (2, 2), "padding": (1, 1)}),
    ((1, 2, 1, 6), (2, 2, 3, 3), {"padding": (3, 4)}),
    ((0, 2, 4, 4), (3, 2, 3, 3), {}),
]


def loops(x, weight, bias, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    return reference.conv2d(x, weight, bias, Window(weight.shape[2:], stride, padding, dilation), groups)


@pytest.mark.parametrize("x, weight, kwargs", CASES)
def test_conv2d(x, weight, kwargs):
    check_op(
        lambda x, w, b: conv2d(x, w, b, **kwargs),
        lambda x, w, b: TF.conv2d(x, w, b, **kwargs),
        [normal(*x), normal(*weight, seed=1), normal(weight[0], seed=2)],
        reference=lambda x, w, b: loops(x, w, b, **kwargs),
    )


@pytest.mark.parametrize("x, weight, kwargs", CASES[:8])
def test_conv1d(x, weight, kwargs):
    """The last dimension of the same cases."""
    kwargs = {name: value if name == "groups" else value[1] for name, value in kwargs.items()}
    images = {
        name: value if name == "groups" else ((0 if name == "padding" else 1), value) for name, value in kwargs.items()
    }
    check_op(
        lambda x, w, b: conv1d(x, w, b, **kwargs),
        lambda x, w, b: TF.conv1d(x, w, b, **kwargs),
        [normal(*x[:2], x[3]), normal(*weight[:2], weight[3], seed=1), normal(weight[0], seed=2)],
        reference=lambda x, w, b: loops(x[:, :, None], w[:, :, None], b, **images)[:, :, 0],
    )


@pytest.mark.parametrize("needed", [[0], [1], [2], [0, 2]])
def test_gradients_one_by_one(needed):
    check_op(conv2d, TF.conv2d, [normal(2, 3, 4, 4), normal(2, 3, 2, 2), normal(2)], grad_inputs=needed)


def test_without_bias():
    check_op(conv2d, TF.conv2d, [normal(2, 3, 4, 4), normal(2, 3, 2, 2, seed=1)])
    check_op(conv1d, TF.conv1d, [normal(2, 3, 4), normal(2, 3, 2, seed=1)])


def test_unbatched():
    check_op(conv2d, TF.conv2d, [normal(3, 4, 5), normal(2, 3, 2, 2, seed=1), normal(2, seed=2)])
    check_op(conv1d, TF.conv1d, [normal(3, 5), normal(2, 3, 2, seed=1), normal(2, seed=2)])


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [(3, 3), (2, 4), (1, 5), (4, 3)])
@pytest.mark.parametrize("dilation", [1, (2, 1)])
def test_padding_by_name(size, padding, dilation):
    check_op(
        lambda x, w, b: conv2d(x, w, b, padding=padding, dilation=dilation),
        lambda x, w, b: TF.conv2d(x, w, b, padding=padding, dilation=dilation),
        [normal(1, 2, 7, 5), normal(2, 2, *size, seed=1), normal(2, seed=2)],
    )
    check_op(
        lambda x, w: conv1d(x, w, padding=padding),
        lambda x, w: TF.conv1d(x, w, padding=padding),
        [normal(1, 2, 6), normal(2, 2, size[1], seed=1)],
    )


def test_settings_as_numbers_and_lists():
    x, w = ours_of(normal(1, 2, 6, 6)), ours_of(normal(2, 2, 2, 2))
    one = conv2d(x, w, None, 2, 1, 2).array
    np.testing.assert_array_equal(one, conv2d(x, w, None, [2, 2], (1,), [2]).array)


def test_channels_last_memory():
    """What comes from images in (N, H, W, C), seen as (N, C, H, W)."""
    x, w = normal(2, 5, 4, 3).transpose(0, 3, 1, 2), normal(2, 3, 3, 3)
    assert_close(conv2d(ours_of(x), ours_of(w)), TF.conv2d(theirs_of(x), theirs_of(w)), 1e-13, "result")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_stay_in_their_windows(bad):
    x = normal(1, 2, 5, 5)
    x[0, 1, 2, 3] = bad
    with mt.backends.conv.algorithm("im2col"):
        check_op(
            lambda x, w: conv2d(x, w, padding=1),
            lambda x, w: TF.conv2d(x, w, padding=1),
            [x, normal(2, 2, 2, 2, seed=1)],
            finite_differences=False,
        )


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("channels", [2, 32])  # pixels in groups; Winograd's tiles
def test_nan_and_infinity_spread_over_a_tile_at_most(bad, channels):
    x = normal(1, channels, 32, 32).astype(np.float32)
    x[0, 1, 16, 16] = bad
    weight = normal(channels, channels, 3, 3, seed=1).astype(np.float32)
    ours = conv2d(ours_of(x), ours_of(weight), padding=1).numpy()
    theirs = TF.conv2d(theirs_of(x), theirs_of(weight), padding=1).numpy()
    assert not np.isfinite(ours[~np.isfinite(theirs)]).any()
    rows, columns = np.nonzero(~np.isfinite(ours[0, 0]))
    assert np.ptp(rows) < 12 and np.ptp(columns) < 32
    kept = np.isfinite(ours)
    assert_close(ours[kept], theirs[kept], 1e-4, "away from it")


@settings(max_examples=80, deadline=None)
@given(
    *(st.integers(low, high) for low, high in ((0, 2), (1, 2), (1, 2), (1, 3), (1, 7), (1, 7))),
    *(st.tuples(st.integers(low, high), st.integers(low, high)) for low, high in ((1, 4), (1, 3), (0, 2), (1, 2))),
)
def test_any_geometry(n, in_group, out_group, groups, h, w, size, stride, padding, dilation):
    """The results and gradients of PyTorch, or an error where it has one."""
    kwargs = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    arrays = [
        normal(n, in_group * groups, h, w),
        normal(out_group * groups, in_group, *size, seed=1),
        normal(out_group * groups, seed=2),
    ]
    theirs = [theirs_of(a, True) for a in arrays]
    ours = [ours_of(a, True) for a in arrays]
    try:
        expected = TF.conv2d(*theirs, **kwargs)
    except RuntimeError:
        check_error(RuntimeError, "Kernel size can't be greater than actual input size", conv2d, *ours, **kwargs)
        return
    result = conv2d(*ours, **kwargs)
    assert_close(result, expected, 1e-13, "result")
    cotangent = normal(*result.shape, seed=3)
    result.backward(ours_of(cotangent))
    expected.backward(theirs_of(cotangent))
    for one, two in zip(ours, theirs):
        assert_close(one.grad, two.grad, 1e-12, "gradient")


def test_grad_fn():
    for function, shape in ((conv1d, (1, 1, 3)), (conv2d, (1, 1, 3, 3))):
        assert function(ours_of(normal(*shape), True), ours_of(normal(*shape))).grad_fn.name() == "ConvolutionBackward0"


X, W, LINE = ours_of(normal(1, 3, 5, 5)), ours_of(normal(8, 3, 3, 3)), ours_of(normal(1, 3, 5))
HALF = ours_of(normal(8, 3, 3, 3).astype(np.float32))


@pytest.mark.parametrize(
    "error, match, function, arguments, kwargs",
    [
        (TypeError, r"conv2d\(\): argument 'input' must be Tensor, not list", conv2d, ([1.0], W), {}),
        (TypeError, r"conv2d\(\): argument 'weight' must be Tensor, not NoneType", conv2d, (X, None), {}),
        (TypeError, r"conv2d\(\): argument 'bias' must be Tensor, not bool", conv2d, (X, W, True), {}),
        (
            RuntimeError,
            "conv2d: 'input' is int64; supported are float32 and float64",
            conv2d,
            (ours_of(np.ones((1, 3, 5, 5), int)), W),
            {},
        ),
        (
            RuntimeError,
            "conv2d: expected all tensors to have the same dtype, but input is float64, weight is float32",
            conv2d,
            (X, HALF),
            {},
        ),
        (RuntimeError, "bias is float32", conv2d, (X, W, ours_of(normal(8).astype(np.float32))), {}),
        (
            RuntimeError,
            r"conv2d: input has 3 channels, but weight \(8, 1, 3, 3\) with groups=1 expects 1. Given groups=1, "
            r"weight of size \[8, 1, 3, 3\], expected input\[1, 3, 5, 5\] to have 1 channels, but got 3 channels "
            "instead",
            conv2d,
            (X, ours_of(normal(8, 1, 3, 3))),
            {},
        ),
        (
            RuntimeError,
            r"conv1d: input has 3 channels, but weight \(8, 1, 3\) with groups=2 expects 2",
            conv1d,
            (LINE, ours_of(normal(8, 1, 3))),
            {"groups": 2},
        ),
        (
            RuntimeError,
            r"Calculated padded input size per channel: \(5 x 7\). Kernel size: \(7 x 7\). Kernel size can't be "
            "greater than actual input size",
            conv2d,
            (X, ours_of(normal(8, 3, 7, 7))),
            {"padding": (0, 1)},
        ),
        (RuntimeError, r"size per channel: \(5\). Kernel size: \(7\)", conv1d, (LINE, ours_of(normal(8, 3, 7))), {}),
        (RuntimeError, r"Kernel size: \(9 x 3\)", conv2d, (X, W), {"dilation": (4, 1)}),
        (
            RuntimeError,
            r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: \[3, 5\]",
            conv2d,
            (ours_of(normal(3, 5)), W),
            {},
        ),
        (
            RuntimeError,
            r"Expected 2D \(unbatched\) or 3D \(batched\) input to conv1d, but got input of size: \[5\]",
            conv1d,
            (ours_of(normal(5)), ours_of(normal(8, 3, 3))),
            {},
        ),
        (
            RuntimeError,
            r"conv2d: expected a 4-dimensional weight, but got weight of size \[1, 3, 5\]",
            conv2d,
            (X, LINE),
            {},
        ),
        (RuntimeError, r"non-positive stride is not supported, got \[0, 0\]", conv2d, (X, W), {"stride": 0}),
        (RuntimeError, r"negative padding is not supported, got \[1, -1\]", conv2d, (X, W), {"padding": (1, -1)}),
        (RuntimeError, r"dilation should be greater than zero, but got \[0, 0\]", conv2d, (X, W), {"dilation": 0}),
        (RuntimeError, "non-positive groups is not supported, got 0", conv2d, (X, W), {"groups": 0}),
        (TypeError, "argument 'groups' must be int", conv2d, (X, W), {"groups": 1.0}),
        (
            RuntimeError,
            r"Given groups=3, expected weight to be divisible by 3 at dimension 0, but got weight of size "
            r"\[8, 3, 3, 3\] instead",
            conv2d,
            (X, W),
            {"groups": 3},
        ),
        (
            RuntimeError,
            r"Given groups=1, expected weight to be at least 1 at dimension 0, but got weight of size "
            r"\[0, 3, 3, 3\]",
            conv2d,
            (X, ours_of(np.zeros((0, 3, 3, 3)))),
            {},
        ),
        (
            RuntimeError,
            r"kernel size should be greater than zero, but got weight of size \[8, 3, 0, 3\]",
            conv2d,
            (X, ours_of(np.zeros((8, 3, 0, 3)))),
            {},
        ),
        (
            RuntimeError,
            r"Given weight of size \[8, 3, 3, 3\], expected bias to be 1-dimensional with 8 elements, but got bias "
            r"of size \[7\] instead",
            conv2d,
            (X, W, ours_of(normal(7))),
            {},
        ),
        (
            RuntimeError,
            r"conv2d: expected stride to be a single integer value or a list of 2 values to match the spatial "
            r"dimensions, but got stride=\[1, 2, 3\]",
            conv2d,
            (X, W),
            {"stride": (1, 2, 3)},
        ),
        (
            TypeError,
            r"conv2d\(\): argument 'stride' must be int or tuple of ints, got 1.5",
            conv2d,
            (X, W),
            {"stride": 1.5},
        ),
        (
            RuntimeError,
            r"padding='same' is not supported for strided convolutions, got stride=\[2, 1\]",
            conv2d,
            (X, W),
            {"padding": "same", "stride": (2, 1)},
        ),
        (
            RuntimeError,
            "Invalid padding string: 'full'; it must be 'same' or 'valid'",
            conv2d,
            (X, W),
            {"padding": "full"},
        ),
    ],
)
def test_errors(error, match, function, arguments, kwargs):
    check_error(error, match, function, *arguments, **kwargs)
