"""Dropout by its statistics, and by forward and backward using one mask."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

from minitorch_cv.ops import dropout as ops
from minitorch_cv.types.random_source import RandomSource, use_source
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of

FUNCTIONS = [ops.dropout, ops.dropout1d, ops.dropout2d, ops.dropout3d, ops.alpha_dropout, ops.feature_alpha_dropout]
SHAPES = {ops.dropout1d: (20, 30, 4), ops.dropout2d: (20, 30, 2, 3), ops.dropout3d: (20, 30, 2, 1, 2)}
OF_CHANNELS = [(ops.dropout1d, 2), (ops.dropout2d, 2), (ops.dropout3d, 2), (ops.feature_alpha_dropout, 2)]


def shape_of(function):
    return SHAPES.get(function, (20, 30, 4))


def drop(function, x, p, seed=0, **kwargs):
    with use_source(RandomSource(seed)):
        return function(x, p, True, **kwargs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("function", FUNCTIONS[:4])
def test_elements_are_dropped_or_scaled(function, p, dtype):
    x = normal(*shape_of(function)).astype(dtype)
    y = drop(function, ours_of(x), p).array
    kept = y != 0
    assert y.dtype == dtype
    np.testing.assert_allclose(y[kept], x[kept] / (1 - p), rtol=1e-6)
    units = kept.size if function is ops.dropout else 600
    assert abs(kept.mean() - (1 - p)) < 4 * np.sqrt(p * (1 - p) / units)


@pytest.mark.parametrize("function, leading", OF_CHANNELS)
def test_whole_channels_are_dropped(function, leading):
    x = np.ones(shape_of(function))
    y = drop(function, ours_of(x), 0.5).array.reshape(20, 30, -1)
    assert (y == y[:, :, :1]).all()
    assert len(np.unique(y)) == 2  # some are dropped, some are not
    assert not (y == y[:1]).all() and not (y == y[:, :1]).all()  # every item and channel for itself


@pytest.mark.parametrize("function, shape", [(ops.dropout1d, (6, 5)), (ops.dropout3d, (6, 2, 2, 3))])
def test_unbatched(function, shape):
    """The first dimension is the channels."""
    y = drop(function, ours_of(np.ones(shape)), 0.5, seed=1).array.reshape(6, -1)
    assert (y == y[:, :1]).all()
    assert len(np.unique(y)) == 2


@pytest.mark.parametrize("function", FUNCTIONS)
def test_backward_uses_the_mask_of_forward(function):
    x = ours_of(normal(*shape_of(function)), requires_grad=True)
    y = drop(function, x, 0.4)
    again = drop(function, ours_of(np.zeros(x.shape)), 0.4)  # the same mask: what is added to every element
    slope = (y.array - again.array) / x.array
    cotangent = normal(*x.shape, seed=2)
    y.backward(ours_of(cotangent))
    np.testing.assert_allclose(x.grad.array, cotangent * slope, atol=1e-9)
    assert set(np.unique(np.abs(slope) > 1e-9)) == {False, True}


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("function", FUNCTIONS[4:])
def test_alpha_dropout_keeps_mean_and_variance(function, p):
    y = drop(function, ours_of(normal(300, 500)), p).array
    tolerance = 0.01 if function is ops.alpha_dropout else 0.02
    assert abs(y.mean()) < tolerance
    assert abs(y.std() - 1) < tolerance


@pytest.mark.parametrize("p", [0.3, 0.6])
def test_alpha_dropout_takes_the_values_of_torch(p):
    x = np.ones((100, 10))
    ours = np.unique(drop(ops.alpha_dropout, ours_of(x), p).array)
    theirs = np.unique(TF.alpha_dropout(theirs_of(x), p, True).numpy())
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_identity(function):
    """Nothing happens in evaluation, with p=0 and to nothing; the very same tensor comes back."""
    x = ours_of(normal(*shape_of(function)))
    assert function(x, 0.5, False) is x
    assert function(x, 0.0, True) is x
    empty = ours_of(np.zeros((0, *shape_of(function)[1:])))
    assert function(empty, 0.5, True) is empty


@pytest.mark.parametrize("name", [f.__name__ for f in FUNCTIONS])
def test_everything_dropped(name):
    x = normal(*shape_of(getattr(ops, name)))
    x[0, 0] = np.nan  # which is not zero
    ours, theirs = ours_of(x, True), theirs_of(x, True)
    one, two = getattr(ops, name)(ours, 1.0, True), getattr(TF, name)(theirs, 1.0, True)
    assert_close(one, two, 0, name)
    one.backward(ours_of(x))
    two.backward(theirs_of(x))
    assert_close(ours.grad, theirs.grad, 0, "gradient")


def test_nan_is_not_dropped():
    y = drop(ops.dropout, ours_of(np.full(1000, np.nan)), 0.9).array
    assert np.isnan(y).all()
    assert TF.dropout(torch.full((1000,), np.nan), 0.9).isnan().all()


@pytest.mark.parametrize("p", [0.4, 1.0])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_in_place(function, p):
    x = ours_of(normal(*shape_of(function)))
    memory = x.array
    expected = drop(function, ours_of(x.array), p).array
    assert drop(function, x, p, inplace=True) is x
    assert x.array is memory
    np.testing.assert_array_equal(memory, expected)


def test_in_place_gradient():
    leaf = ours_of(normal(50), requires_grad=True)
    y = drop(ops.dropout, leaf * 2, 0.5, inplace=True)
    y.backward(ours_of(np.ones(50)))
    np.testing.assert_allclose(leaf.grad.array, np.where(y.array == 0, 0, 4))
    check_error(RuntimeError, "a leaf Variable that requires grad", ops.dropout, leaf, 0.5, True, True)


def test_draws_from_the_current_source():
    x = ours_of(np.ones(100))
    one, two, other = (drop(ops.dropout, x, 0.5, seed).array for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_grad_fn():
    x = normal(2, 3)
    for name in ("dropout", "alpha_dropout", "feature_alpha_dropout"):
        ours = getattr(ops, name)(ours_of(x, True), 0.5, True).grad_fn.name()
        assert ours == getattr(TF, name)(theirs_of(x, True), 0.5, True).grad_fn.name()


@pytest.mark.parametrize(
    "name, shape",
    [("dropout2d", (3, 2)), ("dropout2d", (3, 2, 2)), ("dropout2d", (3, 2, 1, 1, 2)), ("dropout3d", (3, 2, 2))],
)
def test_warnings_of_torch(name, shape):
    messages = []
    for library, make in ((ops, ours_of), (TF, theirs_of)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            getattr(library, name)(make(normal(*shape)), 0.5)
        messages.append(str(caught[0].message))
    assert messages[0] == messages[1]


@pytest.mark.filterwarnings("ignore:dropout3d. Received a 3-D input")
def test_dropout3d_of_three_dimensions_drops_slices_of_the_first():
    y = TF.dropout3d(torch.ones(200, 2, 3), 0.5).numpy()
    assert (y == y[:, :1, :1]).all()
    y = drop(ops.dropout3d, ours_of(np.ones((200, 2, 3))), 0.5).array
    assert (y == y[:, :1, :1]).all()


INTEGERS, LINE = ours_of(np.ones((2, 3), int)), ours_of(normal(4))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("p", [1.5, -0.5, float("nan")])
def test_probability_out_of_range(function, p):
    x = ours_of(normal(*shape_of(function)))
    check_error(ValueError, f"dropout probability has to be between 0 and 1, but got {p}", function, x, p)


@pytest.mark.parametrize(
    "error, match, function, x",
    [
        (TypeError, r"dropout\(\): argument 'input' must be Tensor", ops.dropout, 1.0),
        (TypeError, r"alpha_dropout\(\): argument 'input' must be Tensor", ops.alpha_dropout, 1.0),
        (RuntimeError, "dropout: 'input' is int64; supported are float32 and float64", ops.dropout, INTEGERS),
        (RuntimeError, "dropout1d: Expected 2D or 3D input, but received a 1D input", ops.dropout1d, LINE),
        (
            RuntimeError,
            "dropout1d: Expected 2D or 3D input, but received a 4D",
            ops.dropout1d,
            ours_of(normal(1, 1, 1, 1)),
        ),
        (
            RuntimeError,
            r"dropout2d: Feature dropout requires at least 2 dimensions in the input, but got shape \[4\]",
            ops.dropout2d,
            LINE,
        ),
        (RuntimeError, "feature_alpha_dropout: Feature dropout requires", ops.feature_alpha_dropout, LINE),
    ],
)
@pytest.mark.filterwarnings("ignore:dropout2d. Received a 1-D input")
def test_errors(error, match, function, x):
    check_error(error, match, function, x, 0.5, True)
