"""unfold and fold against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.ops.folding import fold, unfold
from tests import reference_images as reference
from tests.checks import check_error, check_op, normal, ours_of, theirs_of

SETTINGS = [
    {"kernel_size": (3, 3)},
    {"kernel_size": (2, 3), "stride": (2, 1)},
    {"kernel_size": (2, 2), "dilation": (2, 3), "padding": (1, 2), "stride": (3, 2)},
    {"kernel_size": (1, 1), "stride": (4, 4)},
    {"kernel_size": (5, 1), "padding": (3, 0)},
]


@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 1, 7, 4), (0, 2, 5, 6)])
@pytest.mark.parametrize("kwargs", SETTINGS)
def test_unfold(kwargs, shape):
    check_op(
        lambda x: unfold(x, **kwargs),
        lambda x: TF.unfold(x, **kwargs),
        [normal(*shape)],
        reference=lambda x: reference.unfold(
            x, size=kwargs["kernel_size"], **{k: v for k, v in kwargs.items() if k != "kernel_size"}
        ),
    )


@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 1, 7, 4), (0, 2, 5, 6)])
@pytest.mark.parametrize("kwargs", SETTINGS)
def test_fold(kwargs, shape):
    size = shape[2:]
    others = {k: v for k, v in kwargs.items() if k != "kernel_size"}
    cols = normal(*reference.unfold(np.zeros(shape), kwargs["kernel_size"], **others).shape)
    check_op(
        lambda x: fold(x, size, **kwargs),
        lambda x: TF.fold(x, size, **kwargs),
        [cols],
        reference=lambda x: reference.fold(x, size, kwargs["kernel_size"], **others),
    )


def test_numbers_for_pairs_and_unbatched():
    check_op(lambda x: unfold(x, 2, 2, 1, 2), lambda x: TF.unfold(x, 2, 2, 1, 2), [normal(3, 5, 6)])
    check_op(lambda x: fold(x, 4, 2, stride=2), lambda x: TF.fold(x, 4, 2, stride=2), [normal(8, 4)])


def test_nan_stays_in_its_windows():
    x = normal(1, 2, 4, 4)
    x[0, 1, 2, 2] = np.nan
    check_op(lambda x: unfold(x, 2), lambda x: TF.unfold(x, 2), [x], finite_differences=False)


@settings(max_examples=60, deadline=None)
@given(
    *(st.integers(low, high) for low, high in ((0, 2), (1, 2), (1, 7), (1, 7))),
    *(st.tuples(st.integers(low, high), st.integers(low, high)) for low, high in ((1, 4), (1, 3), (0, 2), (1, 2))),
)
def test_any_geometry(n, c, h, w, size, stride, padding, dilation):
    """The results of PyTorch, or an error where it has one; and fold is the transpose of unfold."""
    x = normal(n, c, h, w)
    places = {"kernel_size": size, "dilation": dilation, "padding": padding, "stride": stride}
    try:
        expected = TF.unfold(theirs_of(x), **places)
    except RuntimeError:
        check_error(RuntimeError, "unfold: ", unfold, ours_of(x), **places)
        return
    cols = unfold(ours_of(x), **places)
    np.testing.assert_array_equal(cols.array, expected.numpy())
    y = normal(*cols.shape, seed=1)
    folded = fold(ours_of(y), (h, w), **places)
    np.testing.assert_allclose(folded.array, TF.fold(theirs_of(y), (h, w), **places).numpy(), atol=1e-13)
    np.testing.assert_allclose((folded.array * x).sum(), (cols.array * y).sum(), atol=1e-10)


def test_grad_fn():
    assert unfold(ours_of(normal(1, 1, 3, 3), True), 2).grad_fn.name() == "Im2ColBackward0"
    assert fold(ours_of(normal(1, 4, 4), True), 3, 2).grad_fn.name() == "Col2ImBackward0"


X, COLS = ours_of(normal(1, 3, 5, 5)), ours_of(normal(1, 27, 9))


@pytest.mark.parametrize(
    "error, match, function, arguments, kwargs",
    [
        (TypeError, r"unfold\(\): argument 'input' must be Tensor", unfold, (1, 2), {}),
        (RuntimeError, "unfold: 'input' is int64", unfold, (ours_of(np.ones((1, 1, 3, 3), int)), 2), {}),
        (TypeError, r"unfold\(\): argument 'kernel_size' must be int or tuple of ints, got 2.5", unfold, (X, 2.5), {}),
        (
            RuntimeError,
            r"expected kernel_size to be a single integer value or a list of 2 values",
            unfold,
            (X, (1, 2, 3)),
            {},
        ),
        (
            RuntimeError,
            "kernel size should be greater than zero, but got kernel_height: 0 kernel_width: 2",
            unfold,
            (X, (0, 2)),
            {},
        ),
        (
            RuntimeError,
            "stride should be greater than zero, but got stride_height: 1 stride_width: 0",
            unfold,
            (X, 2),
            {"stride": (1, 0)},
        ),
        (
            RuntimeError,
            "dilation should be greater than zero, but got dilation_height: 0",
            unfold,
            (X, 2),
            {"dilation": 0},
        ),
        (
            RuntimeError,
            "padding should be non-negative, but got pad_height: -1 pad_width: -1",
            unfold,
            (X, 2),
            {"padding": -1},
        ),
        (
            RuntimeError,
            r"Expected 3D or 4D \(batch mode\) tensor .* but got: \[5, 5\]",
            unfold,
            (ours_of(normal(5, 5)), 2),
            {},
        ),
        (RuntimeError, r"but got: \[1, 0, 5, 5\]", unfold, (ours_of(np.zeros((1, 0, 5, 5))), 2), {}),
        (
            RuntimeError,
            r"Given input with spatial size \(5, 5\), kernel_size=\(7, 7\), dilation=\(1, 1\), padding=\(0, 0\), "
            r"calculated shape of the array of sliding blocks as \(-1, -1\), but its components must be at least one",
            unfold,
            (X, 7),
            {},
        ),
        (RuntimeError, r"Expected 2D or 3D \(batch mode\) tensor .* but got: \[1, 3, 5, 5\]", fold, (X, 5, 3), {}),
        (
            RuntimeError,
            r"dimension 1 to be divisible by the product of kernel_size, but got input.size\(1\)=26 and "
            r"kernel_size=\(3, 3\)",
            fold,
            (ours_of(normal(1, 26, 9)), 5, 3),
            {},
        ),
        (
            RuntimeError,
            r"kernel_size=\(3, 3\), dilation=\(1, 1\), padding=\(0, 0\), stride=\(1, 1\), "
            r"expected size of input's dimension 1 to match the calculated number of sliding blocks "
            r"3 \* 3 = 9, but got input.size\(1\)=8",
            fold,
            (ours_of(normal(27, 8)), 5, 3),
            {},
        ),
        (RuntimeError, r"sliding blocks 0 \* 0 = 0, but got input.size\(2\)=9", fold, (COLS, 2, 3), {}),
        (RuntimeError, r"sliding blocks -2 \* -2 = 4", fold, (ours_of(normal(1, 27, 4)), 0, 3), {}),
        (TypeError, "argument 'output_size' must be int or tuple of ints", fold, (COLS, 5.5, 3), {}),
        (RuntimeError, "fold: stride should be greater than zero", fold, (COLS, 5, 3), {"stride": 0}),
        (RuntimeError, "fold: 'input' is int64", fold, (ours_of(np.ones((1, 4, 1), int)), 2, 2), {}),
    ],
)
def test_errors(error, match, function, arguments, kwargs):
    check_error(error, match, function, *arguments, **kwargs)
