"""max_pool, avg_pool, lp_pool and max_unpool against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.nn import functional as F
from tests import reference_windows as reference
from tests.checks import as_array, assert_close, check_error, check_op, normal, ours_of, theirs_of, with_ties

# input, kernel_size, stride, padding, dilation
CASES = [
    ((2, 3, 6, 4), (2, 2), (2, 2), (0, 0), (1, 1)),
    ((1, 2, 7, 5), (2, 3), (3, 1), (1, 1), (1, 1)),
    ((1, 2, 7, 8), (3, 2), (2, 3), (1, 0), (2, 1)),
    ((2, 1, 5, 5), (3, 3), (2, 2), (1, 1), (1, 1)),
    ((1, 1, 4, 6), (4, 6), (1, 1), (2, 3), (1, 1)),
    ((1, 2, 5, 9), (1, 3), (2, 4), (0, 1), (1, 3)),
    ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1)),
]


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("shape, size, stride, padding, dilation", CASES)
def test_max_pool2d(shape, size, stride, padding, dilation, ceil_mode):
    check_op(
        lambda x: F.max_pool2d(x, size, stride, padding, dilation, ceil_mode),
        lambda x: TF.max_pool2d(x, size, stride, padding, dilation, ceil_mode),
        [normal(*shape)],
        reference=lambda x: reference.max_pool2d(x, size, stride, padding, dilation, ceil_mode),
    )


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("shape, size, stride, padding, dilation", CASES)
def test_max_pool1d(shape, size, stride, padding, dilation, ceil_mode):
    arguments = size[1], stride[1], padding[1], dilation[1], ceil_mode
    check_op(
        lambda x: F.max_pool1d(x, *arguments), lambda x: TF.max_pool1d(x, *arguments), [normal(*shape[:2], shape[3])]
    )


@pytest.mark.parametrize("make", [normal, with_ties])
@pytest.mark.parametrize("shape, size, stride, padding, dilation", CASES)
def test_places_of_maxima(make, shape, size, stride, padding, dilation):
    """Of equal elements the first one counts."""
    for function, theirs, x, numbers in (
        (F.max_pool2d, TF.max_pool2d, make(*shape), (size, stride, padding, dilation)),
        (F.max_pool1d, TF.max_pool1d, make(*shape[1:]), (size[1], stride[1], padding[1], dilation[1])),
    ):
        if function is F.max_pool1d and not shape[0]:
            continue
        x = x[:, 0] if function is F.max_pool1d else x
        check_op(
            lambda x, f=function, n=numbers: f(x, *n, return_indices=True),
            lambda x, f=theirs, n=numbers: f(x, *n, return_indices=True),
            [x],
            finite_differences=make is normal,
        )


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("shape, size, stride, padding", [case[:4] for case in CASES])
def test_avg_pool2d(shape, size, stride, padding, ceil_mode, count_include_pad):
    arguments = size, stride, padding, ceil_mode, count_include_pad
    check_op(
        lambda x: F.avg_pool2d(x, *arguments),
        lambda x: TF.avg_pool2d(x, *arguments),
        [normal(*shape)],
        reference=lambda x: reference.avg_pool2d(x, *arguments),
    )


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("shape, size, stride, padding", [case[:4] for case in CASES])
def test_avg_pool1d(shape, size, stride, padding, ceil_mode, count_include_pad):
    arguments = size[1], stride[1], padding[1], ceil_mode, count_include_pad
    check_op(
        lambda x: F.avg_pool1d(x, *arguments), lambda x: TF.avg_pool1d(x, *arguments), [normal(*shape[:2], shape[3])]
    )


@pytest.mark.parametrize("divisor", [1, 7, -3])
def test_divisor_override(divisor):
    check_op(
        lambda x: F.avg_pool2d(x, 3, 2, 1, divisor_override=divisor),
        lambda x: TF.avg_pool2d(x, 3, 2, 1, divisor_override=divisor),
        [normal(1, 2, 5, 6)],
        reference=lambda x: reference.avg_pool2d(x, (3, 3), (2, 2), (1, 1), divisor_override=divisor),
    )


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize("stride", [None, (), [3]])
def test_stride_by_default_and_unbatched(name, stride):
    ours, theirs = getattr(F, name), getattr(TF, name)
    check_op(lambda x: ours(x, 2, stride), lambda x: theirs(x, 2, stride), [normal(2, 5, 7)])


@pytest.mark.parametrize("name", ["max_pool1d", "avg_pool1d"])
def test_unbatched_sequences(name):
    ours, theirs = getattr(F, name), getattr(TF, name)
    check_op(lambda x: ours(x, 2), lambda x: theirs(x, 2), [normal(3, 5)])


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "adaptive_max_pool2d", "adaptive_avg_pool2d"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity(name, bad):
    x = normal(1, 1, 4, 4)
    x[0, 0, 1, 1:3] = bad
    x[0, 0, 3, 3] = bad
    ours, theirs = getattr(F, name), getattr(TF, name)
    check_op(lambda x: ours(x, 2), lambda x: theirs(x, 2), [x], finite_differences=False)


def test_max_pool_of_nothing_but_minus_infinity():
    x = np.full((1, 1, 4, 4), -np.inf)
    check_op(
        lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True),
        lambda x: TF.max_pool2d(x, 3, 2, 1, return_indices=True),
        [x],
        finite_differences=False,
    )


@pytest.mark.parametrize("kind", ["max", "avg"])
@settings(max_examples=60, deadline=None)
@given(
    *(st.integers(1, 7) for _ in range(2)),
    *(st.tuples(st.integers(low, high), st.integers(low, high)) for low, high in ((1, 4), (1, 4), (0, 2), (1, 3))),
    st.booleans(),
    st.booleans(),
)
def test_any_geometry(kind, h, w, size, stride, padding, dilation, ceil_mode, flag):
    """The results and gradients of PyTorch, or an error where it has one."""
    rest = (dilation, ceil_mode, flag) if kind == "max" else (ceil_mode, flag)
    x = normal(1, 2, h, w)
    ours, theirs = ours_of(x, True), theirs_of(x, True)
    call, expect = getattr(F, f"{kind}_pool2d"), getattr(TF, f"{kind}_pool2d")
    if kind == "max" and _sees_nothing(x.shape[2:], size, stride, padding, dilation, ceil_mode):
        check_error(
            RuntimeError, "Output size is too small|pad should be|without any", call, ours, size, stride, padding, *rest
        )
        return
    try:
        expected = expect(theirs, size, stride, padding, *rest)
    except RuntimeError:
        check_error(RuntimeError, "Output size is too small|pad should be", call, ours, size, stride, padding, *rest)
        return
    result = call(ours, size, stride, padding, *rest)
    if kind == "max" and flag:
        assert_close(result[1], expected[1], 0, "places")
        result, expected = result[0], expected[0]
    assert_close(result, expected, 1e-13, "result")
    cotangent = normal(*result.shape, seed=3)
    result.backward(ours_of(cotangent))
    expected.backward(theirs_of(cotangent))
    assert_close(ours.grad, theirs.grad, 1e-13, "gradient")


def _sees_nothing(image_size, size, stride, padding, dilation, ceil_mode):
    """Whether there is a window without a pixel, where PyTorch reads memory that is not the image's."""
    return any(
        not places
        for numbers in zip(image_size, size, stride, padding, dilation)
        for places, _ in reference._spans(*numbers, ceil_mode)
    )


# ---- adaptive pooling -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 4), (7, 9)])
@pytest.mark.parametrize("shape", [(2, 2, 5, 7), (1, 1, 3, 1), (0, 2, 4, 4)])
def test_adaptive_pooling2d(shape, size):
    for name, pick in (("adaptive_avg_pool2d", np.mean), ("adaptive_max_pool2d", np.max)):
        ours, theirs = getattr(F, name), getattr(TF, name)
        check_op(
            lambda x, f=ours: f(x, size),
            lambda x, f=theirs: f(x, size),
            [normal(*shape)],
            reference=lambda x, pick=pick: reference.adaptive_pool2d(x, size, pick),
        )


@pytest.mark.parametrize("name", ["adaptive_avg_pool2d", "adaptive_max_pool2d"])
def test_adaptive_pooling_to_nothing(name):
    x = ours_of(normal(1, 2, 3, 4), True)
    result = getattr(F, name)(x, (0, 2))
    assert result.shape == getattr(TF, name)(theirs_of(normal(1, 2, 3, 4)), (0, 2)).shape
    result.backward(ours_of(np.zeros((1, 2, 0, 2))))
    np.testing.assert_array_equal(x.grad.array, np.zeros(x.shape))


@pytest.mark.parametrize("size", [1, 3, 5, 8, (2,)])
@pytest.mark.parametrize("shape", [(2, 3, 5), (3, 5)])
def test_adaptive_pooling1d(shape, size):
    for name in ("adaptive_avg_pool1d", "adaptive_max_pool1d"):
        ours, theirs = getattr(F, name), getattr(TF, name)
        check_op(lambda x, f=ours: f(x, size), lambda x, f=theirs: f(x, size), [normal(*shape)])


@pytest.mark.parametrize("size", [3, (None, 2), (2, None), [1, 4]])
def test_adaptive_sizes(size):
    for name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        ours, theirs = getattr(F, name), getattr(TF, name)
        check_op(lambda x, f=ours: f(x, size), lambda x, f=theirs: f(x, size), [normal(3, 5, 4)])


@pytest.mark.parametrize("make", [normal, with_ties])
def test_adaptive_places(make):
    for ours, theirs, x, size in (
        (F.adaptive_max_pool2d, TF.adaptive_max_pool2d, make(2, 2, 5, 4), (3, 2)),
        (F.adaptive_max_pool1d, TF.adaptive_max_pool1d, make(2, 2, 5), 3),
    ):
        check_op(
            lambda x, f=ours, n=size: f(x, n, return_indices=True),
            lambda x, f=theirs, n=size: f(x, n, return_indices=True),
            [x],
            finite_differences=make is normal,
        )


# ---- max_unpool2d, lp_pool ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize(
    "size, stride, padding, output_size",
    [
        (2, None, 0, None),
        (2, 2, 0, (5, 6)),
        ((3, 2), (2, 1), (1, 1), None),
        (2, 2, 0, (2, 3, 5, 6)),
    ],
)
def test_max_unpool2d(size, stride, padding, output_size, batched):
    x = normal(2, 3, 5, 6)
    pooled, places = TF.max_pool2d(theirs_of(x), size, stride, padding, return_indices=True)
    pooled, places = pooled.numpy(), places.numpy()
    if not batched:
        pooled, places = pooled[0], places[0]
        output_size = output_size[-2:] if output_size else None
    kwargs = {"stride": stride, "padding": padding, "output_size": output_size}
    overlapping = padding != 0
    if overlapping:
        kwargs["output_size"] = (5, 6)
    check_op(
        lambda x, i: F.max_unpool2d(x, i, size, **kwargs),
        lambda x, i: TF.max_unpool2d(x, i, size, **kwargs),
        [pooled, places],
        finite_differences=not overlapping,  # PyTorch gives every one of several elements in one place its gradient
    )


def test_max_unpool2d_undoes_max_pool2d():
    x = normal(1, 2, 4, 4)
    pooled, places = F.max_pool2d(ours_of(x), 2, return_indices=True)
    restored = F.max_unpool2d(pooled, places, 2).array
    assert set(np.unique(restored)) == {0.0, *np.unique(pooled.array)}
    np.testing.assert_array_equal(restored[restored != 0], x[restored != 0])


@pytest.mark.parametrize("norm_type", [1, 2, 3.5, float("inf"), float("-inf")])
@pytest.mark.parametrize("arguments", [(2,), ((3, 2), (1, 2)), (2, 3, True)])
def test_lp_pool2d(norm_type, arguments):
    check_op(
        lambda x: F.lp_pool2d(x, norm_type, *arguments),
        lambda x: TF.lp_pool2d(x, norm_type, *arguments),
        [np.abs(normal(2, 2, 5, 7)) + 0.1],
    )


def test_lp_pool_without_gradient_at_zero():
    check_op(
        lambda x: F.lp_pool2d(x, 2, 2),
        lambda x: TF.lp_pool2d(x, 2, 2),
        [np.zeros((1, 1, 2, 2))],
        finite_differences=False,
    )
    check_op(
        lambda x: F.lp_pool2d(x, 1, 2),
        lambda x: TF.lp_pool2d(x, 1, 2),
        [with_ties(1, 1, 6, 6)],
        finite_differences=False,
    )


@pytest.mark.parametrize("norm_type", [2, float("inf")])
def test_lp_pool1d(norm_type):
    check_op(
        lambda x: F.lp_pool1d(x, norm_type, 3, 2),
        lambda x: TF.lp_pool1d(x, norm_type, 3, 2),
        [np.abs(normal(2, 3, 8)) + 0.1],
    )


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "adaptive_max_pool2d", "adaptive_avg_pool2d"])
def test_grad_fn(name):
    ours, theirs = (
        getattr(library, name)(make(normal(1, 1, 4, 4), True), 2).grad_fn.name()
        for library, make in ((F, ours_of), (TF, theirs_of))
    )
    assert ours == theirs


def test_places_changed_in_place_are_noticed():
    out, places = F.max_pool2d(ours_of(normal(1, 1, 4, 4), True), 2, return_indices=True)
    places.add_(1)
    check_error(RuntimeError, "modified by an inplace operation", out.backward, ours_of(as_array(out)))


# ---- errors ---------------------------------------------------------------------------------------------------------

X, S = ours_of(normal(1, 3, 5, 5)), ours_of(normal(1, 3, 5))
SMALL = ours_of(normal(1, 3, 2, 2))
PLACES = ours_of(np.zeros((1, 3, 2, 2), int))


@pytest.mark.parametrize(
    "error, match, function, arguments",
    [
        (TypeError, r"max_pool2d\(\): argument 'input' must be Tensor", F.max_pool2d, (1.0, 2)),
        (RuntimeError, "max_pool2d: 'input' is int64; supported are float32 and float64", F.max_pool2d, (PLACES, 2)),
        (
            RuntimeError,
            r"max_pool2d: Expected 3D or 4D \(batch mode\) tensor with optional 0 dim batch size for input, but "
            r"got: \[5, 5\]",
            F.max_pool2d,
            (ours_of(normal(5, 5)), 2),
        ),
        (RuntimeError, r"but got: \[1, 0, 5, 5\]", F.avg_pool2d, (ours_of(np.zeros((1, 0, 5, 5))), 2)),
        (RuntimeError, r"max_pool1d: Expected 2D or 3D \(batch mode\)", F.max_pool1d, (ours_of(normal(5)), 2)),
        (
            RuntimeError,
            r"Given input size: \(3x5x5\). Calculated output size: \(3x0x0\). Output size is too small",
            F.max_pool2d,
            (X, 7),
        ),
        (
            RuntimeError,
            r"avg_pool1d: Given input size: \(3x1x5\). Calculated output size: \(3x1x0\)",
            F.avg_pool1d,
            (S, 7),
        ),
        (
            RuntimeError,
            "pad should be at most half of effective kernel size, but got pad=2, kernel_size=2 and dilation=1",
            F.max_pool2d,
            (X, 2, 2, 2),
        ),
        (RuntimeError, "avg_pool2d: pad should be at most half of effective kernel size", F.avg_pool2d, (X, 2, 2, 2)),
        (RuntimeError, "pad must be non-negative, but got pad: -1", F.avg_pool2d, (X, 2, 2, -1)),
        (RuntimeError, r"stride should not be zero, but got \[0, 1\]", F.max_pool2d, (X, 2, (0, 1))),
        (RuntimeError, r"stride must be greater than zero, but got \[-1, -1\]", F.max_pool2d, (X, 2, -1)),
        (RuntimeError, r"dilation should be greater than zero, but got \[0, 0\]", F.max_pool2d, (X, 2, 2, 0, 0)),
        (RuntimeError, r"kernel size should be greater than zero, but got \[0, 0\]", F.max_pool2d, (X, 0)),
        (
            RuntimeError,
            "max_pool2d: expected kernel_size to be a single integer value or a list of 2 values",
            F.max_pool2d,
            (X, (2, 2, 2)),
        ),
        (
            RuntimeError,
            "avg_pool1d: expected kernel_size to be a single integer value or a list of 1 values",
            F.avg_pool1d,
            (S, (2, 2)),
        ),
        (
            TypeError,
            r"max_pool2d\(\): argument 'kernel_size' must be int or tuple of ints, got 2.5",
            F.max_pool2d,
            (X, 2.5),
        ),
        (RuntimeError, "a window without any row of an image of size", F.max_pool2d, (SMALL, 2, 1, 1, 3)),
        (
            RuntimeError,
            "a window without any column of an image of size",
            F.max_pool1d,
            (ours_of(normal(1, 2)), 2, 1, 1, 3),
        ),
        (RuntimeError, "divisor must be not zero", F.avg_pool2d, (X, 2, 2, 0, False, True, 0)),
        (
            RuntimeError,
            r"adaptive_avg_pool2d: Expected 3D or 4D tensor, but got \[5, 5\]",
            F.adaptive_avg_pool2d,
            (ours_of(normal(5, 5)), 2),
        ),
        (
            RuntimeError,
            r"adaptive_max_pool1d: Expected 2D or 3D tensor, but got \[5\]",
            F.adaptive_max_pool1d,
            (ours_of(normal(5)), 2),
        ),
        (
            RuntimeError,
            r"Expected input to have non-zero size for non-batch dimensions, but input has sizes \[1, 3, 0, 5\]",
            F.adaptive_max_pool2d,
            (ours_of(np.zeros((1, 3, 0, 5))), 2),
        ),
        (
            RuntimeError,
            r"elements of output_size must be greater than or equal to 0 but received \[-1, -1\]",
            F.adaptive_avg_pool2d,
            (X, -1),
        ),
        (
            RuntimeError,
            r"adaptive_avg_pool2d: output_size must be 2, but got 3 numbers",
            F.adaptive_avg_pool2d,
            (X, (2, 2, 2)),
        ),
        (
            TypeError,
            r"argument 'output_size' \(position 2\) must be int or tuple of ints, got 2.5",
            F.adaptive_avg_pool2d,
            (X, 2.5),
        ),
        (
            TypeError,
            r"argument 'output_size' \(position 2\) must be int or tuple of ints, got None",
            F.adaptive_max_pool1d,
            (S, None),
        ),
        (RuntimeError, "adaptive_avg_pool2d: 'input' is int64", F.adaptive_avg_pool2d, (PLACES, 2)),
        (RuntimeError, "lp_pool2d: 'input' is int64", F.lp_pool2d, (PLACES, 2, 2)),
        (
            RuntimeError,
            r"Found an invalid max index: 99 \(output volumes are of size 4x4, so indices must be in \[0, 15\]\)",
            F.max_unpool2d,
            (SMALL, ours_of(np.full((1, 3, 2, 2), 99)), 2),
        ),
        (
            RuntimeError,
            "Found an invalid max index: -1",
            F.max_unpool2d,
            (SMALL, ours_of(np.full((1, 3, 2, 2), -1)), 2),
        ),
        (RuntimeError, "elements in indices should be type int64 but got: Double", F.max_unpool2d, (SMALL, SMALL, 2)),
        (TypeError, "argument 'indices' must be Tensor", F.max_unpool2d, (SMALL, None, 2)),
        (
            RuntimeError,
            r"Expected shape of indices to be same as that of the input tensor \(\[1, 3, 2, 2\]\) but got indices "
            r"tensor with shape: \[1, 3, 1, 2\]",
            F.max_unpool2d,
            (SMALL, ours_of(np.zeros((1, 3, 1, 2), int)), 2),
        ),
        (
            RuntimeError,
            "should be a 3d or 4d Tensor with non-zero size for non-batch dimensions, but got shape",
            F.max_unpool2d,
            (ours_of(normal(2, 2)), ours_of(np.zeros((2, 2), int)), 2),
        ),
        (
            RuntimeError,
            r"strides should be greater than zero, but got stride: \[0, 0\]",
            F.max_unpool2d,
            (SMALL, PLACES, 2, 0),
        ),
        (
            ValueError,
            r'invalid output_size "\(9, 9\)" \(dim 0 must be between 2 and 6\)',
            F.max_unpool2d,
            (SMALL, PLACES, 2, None, 0, (9, 9)),
        ),
        (
            ValueError,
            "a sequence containing 2 or 4 elements, but it has a length of '1'",
            F.max_unpool2d,
            (SMALL, PLACES, 2, None, 0, (5,)),
        ),
    ],
)
def test_errors(error, match, function, arguments):
    check_error(error, match, function, *arguments)
