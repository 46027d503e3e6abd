"""conv_transpose1d and conv_transpose2d against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.ops.transposed_convolution import conv_transpose1d, conv_transpose2d
from tests import reference_windows as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of

# x, weight, settings
CASES = [
    ((2, 3, 4, 3), (3, 2, 3, 2), {}),
    ((1, 2, 3, 4), (2, 3, 2, 3), {"stride": (2, 3), "padding": (1, 0)}),
    ((2, 2, 3, 3), (2, 2, 3, 3), {"stride": (3, 2), "output_padding": (2, 1), "padding": (1, 1)}),
    ((1, 2, 4, 3), (2, 1, 3, 2), {"dilation": (2, 3), "padding": (2, 1)}),
    ((1, 2, 4, 3), (2, 1, 3, 2), {"dilation": (2, 3), "output_padding": (1, 2)}),  # more than the stride
    ((1, 2, 4, 3), (2, 1, 3, 2), {"dilation": (3, 3), "output_padding": (2, 1), "padding": (1, 2)}),
    ((2, 4, 3, 4), (4, 3, 3, 3), {"groups": 2, "padding": (1, 1)}),
    ((2, 3, 3, 3), (3, 1, 2, 2), {"groups": 3, "stride": (2, 2)}),  # depthwise
    ((1, 2, 3, 4), (2, 2, 2, 2), {"groups": 2, "stride": (2, 1), "output_padding": (1, 0)}),
    ((2, 3, 2, 2), (3, 4, 1, 1), {}),
    ((1, 2, 1, 1), (2, 2, 3, 3), {"padding": (1, 0)}),
    ((0, 2, 3, 3), (2, 1, 3, 3), {"stride": (2, 2)}),
]


@pytest.mark.parametrize("x, weight, kwargs", CASES)
def test_conv_transpose2d(x, weight, kwargs):
    channels = weight[1] * kwargs.get("groups", 1)
    check_op(
        lambda x, w, b: conv_transpose2d(x, w, b, **kwargs),
        lambda x, w, b: TF.conv_transpose2d(x, w, b, **kwargs),
        [normal(*x), normal(*weight, seed=1), normal(channels, seed=2)],
        reference=lambda x, w, b: reference.conv_transpose2d(x, w, b, **kwargs),
    )


@pytest.mark.parametrize("x, weight, kwargs", CASES[:8])
def test_conv_transpose1d(x, weight, kwargs):
    """The last dimension of the same cases."""
    kwargs = {name: value if name == "groups" else value[1] for name, value in kwargs.items()}
    channels = weight[1] * kwargs.get("groups", 1)
    check_op(
        lambda x, w, b: conv_transpose1d(x, w, b, **kwargs),
        lambda x, w, b: TF.conv_transpose1d(x, w, b, **kwargs),
        [normal(*x[:2], x[3]), normal(*weight[:2], weight[3], seed=1), normal(channels, seed=2)],
    )


@pytest.mark.parametrize("needed", [[0], [1], [2]])
def test_gradients_one_by_one(needed):
    arrays = [normal(2, 3, 3, 3), normal(3, 2, 2, 2), normal(2)]
    check_op(conv_transpose2d, TF.conv_transpose2d, arrays, grad_inputs=needed)


def test_without_bias_and_unbatched():
    check_op(conv_transpose2d, TF.conv_transpose2d, [normal(3, 4, 5), normal(3, 2, 2, 2, seed=1)])
    check_op(conv_transpose1d, TF.conv_transpose1d, [normal(3, 5), normal(3, 2, 2, seed=1)])


@settings(max_examples=60, deadline=None)
@given(
    *(st.integers(low, high) for low, high in ((1, 2), (1, 2), (1, 2), (1, 3), (1, 4), (1, 4))),
    *(
        st.tuples(st.integers(low, high), st.integers(low, high))
        for low, high in ((1, 3), (1, 3), (0, 2), (0, 2), (1, 3))
    ),
)
def test_any_geometry(n, in_group, out_group, groups, h, w, size, stride, padding, output_padding, dilation):
    """The results and gradients of PyTorch, or an error where it has one."""
    kwargs = {
        "stride": stride,
        "padding": padding,
        "output_padding": output_padding,
        "groups": groups,
        "dilation": dilation,
    }
    arrays = [
        normal(n, in_group * groups, h, w),
        normal(in_group * groups, out_group, *size, seed=1),
        normal(out_group * groups, seed=2),
    ]
    theirs = [theirs_of(a, True) for a in arrays]
    ours = [ours_of(a, True) for a in arrays]
    try:
        expected = TF.conv_transpose2d(*theirs, **kwargs)
    except RuntimeError:
        check_error(
            RuntimeError, "output padding must be smaller|Output size is too small", conv_transpose2d, *ours, **kwargs
        )
        return
    result = conv_transpose2d(*ours, **kwargs)
    assert_close(result, expected, 1e-13, "result")
    cotangent = normal(*result.shape, seed=3)
    result.backward(ours_of(cotangent))
    expected.backward(theirs_of(cotangent))
    for one, two in zip(ours, theirs):
        assert_close(one.grad, two.grad, 1e-12, "gradient")


def test_grad_fn():
    result = conv_transpose2d(ours_of(normal(1, 1, 3, 3), True), ours_of(normal(1, 1, 3, 3)))
    assert result.grad_fn.name() == "ConvolutionBackward0"


X, W = ours_of(normal(1, 4, 5, 5)), ours_of(normal(4, 3, 3, 3))


@pytest.mark.parametrize(
    "error, match, arguments, kwargs",
    [
        (TypeError, r"conv_transpose2d\(\): argument 'input' must be Tensor", (1, W), {}),
        (
            RuntimeError,
            r"input has 4 channels, but weight \(5, 3, 3, 3\) expects 5. Given transposed=1, weight of size "
            r"\[5, 3, 3, 3\], expected input\[1, 4, 5, 5\] to have 5 channels, but got 4 channels instead",
            (X, ours_of(normal(5, 3, 3, 3))),
            {},
        ),
        (
            RuntimeError,
            r"output padding must be smaller than either stride or dilation, but got output_padding=\[1, 1\], "
            r"stride=\[1, 1\], dilation=\[1, 1\]",
            (X, W),
            {"output_padding": 1},
        ),
        (RuntimeError, r"negative output_padding is not supported, got \[-1, -1\]", (X, W), {"output_padding": -1}),
        (
            RuntimeError,
            r"Given input size per channel: \(5 x 5\). Calculated output size per channel: \(-1 x -1\). Output "
            "size is too small",
            (X, W),
            {"padding": 4},
        ),
        (RuntimeError, r"Given input size per channel: \(0 x 5\)", (ours_of(np.zeros((1, 4, 0, 5))), W), {}),
        (TypeError, "argument 'padding' must be int or tuple of ints, got 'same'", (X, W), {"padding": "same"}),
        (
            RuntimeError,
            r"expected bias to be 1-dimensional with 6 elements, but got bias of size \[3\]",
            (X, W, ours_of(normal(3))),
            {"groups": 2},
        ),
        (RuntimeError, "Given groups=3, expected weight to be divisible by 3 at dimension 0", (X, W), {"groups": 3}),
        (
            RuntimeError,
            r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv_transpose2d",
            (ours_of(normal(5, 5)), W),
            {},
        ),
        (RuntimeError, "non-positive stride is not supported", (X, W), {"stride": 0}),
        (RuntimeError, "negative padding is not supported", (X, W), {"padding": -1}),
        (RuntimeError, "dilation should be greater than zero", (X, W), {"dilation": 0}),
        (
            RuntimeError,
            "same dtype, but input is float64, weight is float32",
            (X, ours_of(normal(4, 3, 3, 3).astype(np.float32))),
            {},
        ),
    ],
)
def test_errors(error, match, arguments, kwargs):
    check_error(error, match, conv_transpose2d, *arguments, **kwargs)
