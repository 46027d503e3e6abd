"""interpolate against PyTorch, loops and finite differences."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from minitorch_cv.nn import functional as F
from tests import reference_images as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of

# mode, align_corners
MODES = [("nearest", None), ("nearest-exact", None), *[(m, a) for m in ("bilinear", "bicubic") for a in (False, True)]]
LINE_MODES = [("linear" if mode == "bilinear" else mode, align) for mode, align in MODES if mode != "bicubic"]


@pytest.mark.parametrize("mode, align", MODES)
@pytest.mark.parametrize("shape, size", [
    ((2, 3, 4, 5), (8, 10)), ((1, 2, 3, 4), (7, 3)), ((1, 1, 6, 5), (2, 2)), ((1, 2, 1, 3), (4, 1)),
    ((2, 1, 3, 3), (3, 3)), ((0, 2, 3, 3), (5, 4)), ((1, 1, 2, 3), (1, 7)),
])  # fmt: skip
def test_size_of_images(shape, size, mode, align):
    check_op(
        lambda x: F.interpolate(x, size, mode=mode, align_corners=align),
        lambda x: TF.interpolate(x, size, mode=mode, align_corners=align),
        [normal(*shape)],
        reference=lambda x: reference.resize(x, size, mode, align),
    )


@pytest.mark.parametrize("mode, align", LINE_MODES)
@pytest.mark.parametrize("n, m", [(4, 8), (5, 3), (3, 7), (1, 4), (6, 1), (4, 4)])
def test_size_of_sequences(n, m, mode, align):
    check_op(
        lambda x: F.interpolate(x, m, mode=mode, align_corners=align),
        lambda x: TF.interpolate(x, m, mode=mode, align_corners=align),
        [normal(2, 3, n)],
        reference=lambda x: reference.resize(x, (m,), "bilinear" if mode == "linear" else mode, align),
    )


@pytest.mark.parametrize("recompute", [None, False, True])
@pytest.mark.parametrize("mode, align", MODES)
@pytest.mark.parametrize("scale", [2, 0.5, 1.7, (2.6, 0.75)])
def test_scale_factor(scale, mode, align, recompute):
    kwargs = {"scale_factor": scale, "mode": mode, "align_corners": align, "recompute_scale_factor": recompute}
    check_op(lambda x: F.interpolate(x, **kwargs), lambda x: TF.interpolate(x, **kwargs), [normal(1, 2, 5, 6)])


@pytest.mark.parametrize("mode, align", LINE_MODES)
def test_scale_factor_of_sequences(mode, align):
    kwargs = {"scale_factor": 2.3, "mode": mode, "align_corners": align}
    check_op(lambda x: F.interpolate(x, **kwargs), lambda x: TF.interpolate(x, **kwargs), [normal(1, 2, 5)])


@pytest.mark.parametrize("shape, size", [((1, 2, 6, 5), (3, 2)), ((1, 2, 3, 4), (6, 7)), ((2, 3, 7), 3)])
def test_area(shape, size):
    check_op(
        lambda x: F.interpolate(x, size, mode="area"), lambda x: TF.interpolate(x, size, mode="area"), [normal(*shape)]
    )


def test_area_by_scale():
    check_op(
        lambda x: F.interpolate(x, scale_factor=0.6, mode="area"),
        lambda x: TF.interpolate(x, scale_factor=0.6, mode="area"),
        [normal(1, 2, 6, 5)],
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(MODES),
    st.sampled_from(["float32", "float64"]),
    *(st.integers(1, 12) for _ in range(2)),
    st.one_of(
        st.tuples(st.integers(1, 30), st.integers(1, 30)),
        st.tuples(*[st.sampled_from([1.0, 2.0, 1.14, 1.3, 0.51, 0.7, 2.9, 3.1, 4.0])] * 2),
    ),
)
def test_any_size(mode, dtype, h, w, target):
    """PyTorch's pixels, where sizes and scales round this way and that."""
    x = normal(1, 2, h, w).astype(dtype)
    kwargs = {
        "scale_factor" if isinstance(target[0], float) else "size": target,
        "mode": mode[0],
        "align_corners": mode[1],
    }
    try:
        expected = TF.interpolate(theirs_of(x), **kwargs)
    except RuntimeError:
        check_error(RuntimeError, "sizes should be greater than 0", F.interpolate, ours_of(x), **kwargs)
        return
    tolerance = 0 if mode[0].startswith("nearest") else {"float32": 1e-6, "float64": 1e-14}[dtype]
    if mode[0] == "bicubic":  # of sixteen pixels, some with negative weights: more to round
        tolerance *= 4
    assert_close(F.interpolate(ours_of(x), **kwargs), expected, tolerance, "result")


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("shape, size", [
    ((2, 3, 8, 9), (4, 5)), ((1, 2, 3, 4), (7, 9)), ((1, 1, 6, 5), (1, 2)), ((1, 2, 9, 7), (9, 3)),
    ((0, 2, 3, 3), (5, 4)),
])  # fmt: skip
def test_antialias(shape, size, mode):
    check_op(
        lambda x: F.interpolate(x, size, mode=mode, antialias=True),
        lambda x: TF.interpolate(x, size, mode=mode, antialias=True),
        [normal(*shape)],
        reference=lambda x: reference.resize_antialiased(x, size, mode),
    )


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("n, m", [(5, 1), (1, 4), (9, 4), (4, 9), (7, 7)])
def test_antialias_of_columns(n, m, mode):
    """To one column as well, where PyTorch 2.13 goes wrong if there are several rows."""
    x = normal(1, 2, 3, n)
    found = F.interpolate(ours_of(x), (3, m), mode=mode, antialias=True)
    assert_close(found, reference.resize_antialiased(x, (3, m), mode), 1e-14, "result")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [("bilinear", False), ("bilinear", True), ("bicubic", False), ("bicubic", True), ("lanczos", False)]
    ),
    st.sampled_from(["float32", "float64"]),
    *(st.integers(1, 20) for _ in range(2)),
    st.one_of(
        st.tuples(st.integers(1, 30), st.integers(2, 30)),
        st.tuples(*[st.sampled_from([1.0, 2.0, 1.14, 1.3, 2.9, 3.1, 4.0])] * 2),
    ),
)
def test_antialias_of_any_size(mode, dtype, h, w, target):
    x = normal(1, 2, h, w + 1).astype(dtype)  # two columns at least
    kwargs = {
        "scale_factor" if isinstance(target[0], float) else "size": target,
        "mode": mode[0],
        "align_corners": mode[1],
        "antialias": True,
    }
    expected = TF.interpolate(theirs_of(x), **kwargs)
    assert_close(F.interpolate(ours_of(x), **kwargs), expected, {"float32": 5e-6, "float64": 1e-14}[dtype], "result")


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n, m", [(7, 150), (200, 133), (64, 128), (99, 99), (50, 100)])
def test_many_pixels(n, m, dtype, mode):
    """PyTorch has another routine for these."""
    for x, kwargs in (
        (normal(1, 1, n), {"size": m}),
        (normal(1, 1, n, 3), {"size": (m, 5)}),
        (normal(1, 1, n, 3), {"scale_factor": (m / n + 1e-9, 1.3)}),
    ):
        x = x.astype(dtype)
        expected = TF.interpolate(theirs_of(x), mode=mode, **kwargs)
        assert_close(F.interpolate(ours_of(x), mode=mode, **kwargs), expected, 0, "result")


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_bytes(mode):
    x = np.arange(24, dtype=np.uint8).reshape(1, 2, 3, 4)
    check_op(
        lambda x: F.interpolate(x, (5, 7), mode=mode), lambda x: TF.interpolate(x, (5, 7), mode=mode), [x], grad=False
    )


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_nan_stays_among_its_neighbours(mode):
    x = normal(1, 1, 4, 4)
    x[0, 0, 1, 2] = np.nan
    check_op(
        lambda x: F.interpolate(x, (7, 6), mode=mode),
        lambda x: TF.interpolate(x, (7, 6), mode=mode),
        [x],
        finite_differences=False,
    )


@pytest.mark.parametrize(
    "mode, shape",
    [
        ("nearest", (1, 1, 3)),
        ("nearest", (1, 1, 3, 3)),
        ("nearest-exact", (1, 1, 3, 3)),
        ("linear", (1, 1, 3)),
        ("bilinear", (1, 1, 3, 3)),
        ("bicubic", (1, 1, 3, 3)),
        ("area", (1, 1, 3, 3)),
    ],
)
def test_grad_fn(mode, shape):
    ours, theirs = (
        library.interpolate(make(normal(*shape), True), 5, mode=mode).grad_fn.name()
        for library, make in ((F, ours_of), (TF, theirs_of))
    )
    assert ours == theirs


@pytest.mark.parametrize("size", [(4, 6), (5, 7), (5, 6), (4, 7)])
@pytest.mark.parametrize("channels_last", [False, True])
def test_memory_of_antialias(size, channels_last):
    """In the input's format, and not the input's own."""
    ours, theirs = ours_of(normal(2, 3, 5, 7)), theirs_of(normal(2, 3, 5, 7))
    if channels_last:
        ours = ours.to(memory_format=mt.channels_last)
        theirs = theirs.to(memory_format=torch.channels_last)
    found = F.interpolate(ours, size, mode="bilinear", antialias=True)
    assert found.stride() == TF.interpolate(theirs, size, mode="bilinear", antialias=True).stride()
    found.zero_()
    assert ours.array.all()


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_grad_fn_of_antialias(mode):
    ours, theirs = (
        library.interpolate(make(normal(1, 1, 3, 3), True), 5, mode=mode, antialias=True).grad_fn.name()
        for library, make in ((F, ours_of), (TF, theirs_of))
    )
    assert ours == theirs


def test_upsample_is_the_old_name():
    x = normal(1, 1, 3, 4)
    messages = []
    for library, make in ((F, ours_of), (TF, theirs_of)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            library.upsample(make(x), scale_factor=2, mode="bilinear", align_corners=True)
        messages.append(str(caught[0].message))
    assert messages[0] == messages[1]
    with pytest.warns(UserWarning, match="deprecated"):
        result = F.upsample(ours_of(x), (5, 5))
    np.testing.assert_array_equal(result.array, F.interpolate(ours_of(x), (5, 5)).array)


X, LINE = ours_of(normal(1, 2, 4, 4)), ours_of(normal(1, 2, 4))


@pytest.mark.parametrize(
    "error, match, x, kwargs",
    [
        (TypeError, r"interpolate\(\): argument 'input' must be Tensor", 1.0, {"size": 2}),
        (ValueError, "either size or scale_factor should be defined", X, {}),
        (ValueError, "only one of size or scale_factor should be defined", X, {"size": 2, "scale_factor": 2}),
        (
            ValueError,
            r"same number of spatial dimensions, but got input with spatial dimensions of \[4, 4\] and output size of "
            r"\(2, 2, 2\)",
            X,
            {"size": (2, 2, 2)},
        ),
        (ValueError, r"dimensions of \[4, 4\] and scale_factor of \(2,\)", X, {"scale_factor": (2,)}),
        (TypeError, "expected size to be an int or a tuple of ints, but got 2.5", X, {"size": 2.5}),
        (TypeError, r"expected size to be an int or a tuple of ints, but got \(2.5, 2\)", X, {"size": (2.5, 2)}),
        (
            TypeError,
            "expected scale_factor to be a number or a tuple of numbers, but got '2'",
            X,
            {"scale_factor": "2"},
        ),
        (
            TypeError,
            "expected scale_factor to be a number or a tuple of numbers, but got nan",
            X,
            {"scale_factor": float("nan")},
        ),
        (
            ValueError,
            "align_corners option can only be set with the interpolating modes",
            X,
            {"size": 2, "align_corners": False},
        ),
        (
            ValueError,
            "recompute_scale_factor is not meaningful with an explicit size",
            X,
            {"size": 2, "recompute_scale_factor": True},
        ),
        *[
            (ValueError, "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes", x, kwargs)
            for x, kwargs in [
                (X, {"size": 2, "mode": "nearest", "antialias": True}),
                (LINE, {"size": 2, "mode": "linear", "antialias": True}),
            ]
        ],
        (ValueError, "Lanczos mode requires antialias=True", X, {"size": 2, "mode": "lanczos"}),
        (
            ValueError,
            "Lanczos mode does not support align_corners=True",
            X,
            {"size": 2, "mode": "lanczos", "antialias": True, "align_corners": True},
        ),
        (
            NotImplementedError,
            r"Only 3D and 4D input Tensors supported \(got 2D\) for the modes: nearest",
            ours_of(normal(2, 4)),
            {"size": ()},
        ),
        (NotImplementedError, r"\(got 5D\)", ours_of(normal(1, 1, 2, 2, 2)), {"size": 2}),
        (
            NotImplementedError,
            r"nearest \| nearest-exact \| area \| linear \| bilinear \| bicubic \| lanczos \(got cubic\)",
            X,
            {"size": 2, "mode": "cubic"},
        ),
        (NotImplementedError, "Got 3D input, but bilinear mode needs 4D input", LINE, {"size": 2, "mode": "bilinear"}),
        (NotImplementedError, "Got 3D input, but bicubic mode needs 4D input", LINE, {"size": 2, "mode": "bicubic"}),
        (NotImplementedError, "Got 4D input, but linear mode needs 3D input", X, {"size": 2, "mode": "linear"}),
        (RuntimeError, r"greater than 0, but got input \(H: 4, W: 4\) output \(H: 0, W: 2\)", X, {"size": (0, 2)}),
        (RuntimeError, r"greater than 0, but got input \(W: 4\) output \(W: 0\)", LINE, {"scale_factor": 0.1}),
        (RuntimeError, r"but got input \(H: 0, W: 4\)", ours_of(np.zeros((1, 2, 0, 4))), {"size": 2}),
        (
            RuntimeError,
            r"Non-empty 4D data tensor expected but got a tensor with sizes \[1, 0, 4, 4\]",
            ours_of(np.zeros((1, 0, 4, 4))),
            {"size": 2},
        ),
        (RuntimeError, "interpolate: 'input' is int64", ours_of(np.ones((1, 1, 2, 2), int)), {"size": 2}),
        (
            RuntimeError,
            "interpolate: 'input' is uint8",
            ours_of(np.ones((1, 1, 2, 2), np.uint8)),
            {"size": 2, "mode": "bilinear"},
        ),
    ],
)
def test_errors(error, match, x, kwargs):
    check_error(error, match, F.interpolate, x, **kwargs)
