"""layer_norm, rms_norm and local_response_norm against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as TF

from minitorch_cv.ops.layer_norm import layer_norm, rms_norm
from minitorch_cv.ops.local_response_norm import local_response_norm
from tests import reference_norm as reference
from tests.checks import check_error, check_op, normal, ours_of, theirs_of

SHAPES = [((3, 4), 1), ((2, 3, 5), 2), ((2, 3, 5), 1), ((2, 3, 1, 4), 3), ((3, 4), 2), ((7,), 1), ((0, 4), 1)]


@pytest.mark.parametrize("shape, dims", SHAPES)
def test_layer_norm(shape, dims):
    last = shape[len(shape) - dims :]
    check_op(
        lambda x, w, b: layer_norm(x, last, w, b),
        lambda x, w, b: TF.layer_norm(x, last, w, b),
        [normal(*shape), normal(*last, seed=1), normal(*last, seed=2)],
        reference=lambda x, w, b: reference.layer_norm(x, dims, w, b),
    )


@pytest.mark.parametrize("needed", [[0], [1], [2]])
def test_layer_norm_gradients_one_by_one(needed):
    check_op(
        lambda x, w, b: layer_norm(x, [4], w, b, 0.1),
        lambda x, w, b: TF.layer_norm(x, [4], w, b, 0.1),
        [normal(3, 4), normal(4, seed=1), normal(4, seed=2)],
        grad_inputs=needed,
    )


@pytest.mark.parametrize("given", [(True, False), (False, True), (False, False)])
def test_layer_norm_with_part_of_the_parameters(given):
    weight, bias = (p if wanted else None for p, wanted in zip((normal(4, seed=1), normal(4, seed=2)), given))
    check_op(
        lambda x, w, b: layer_norm(x, (4,), w, b),
        lambda x, w, b: TF.layer_norm(x, (4,), w, b),
        [normal(3, 4), weight, bias],
    )


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5), (0, 4), (7,)])
def test_rms_norm(shape):
    last = shape[-1:]
    check_op(
        lambda x, w: rms_norm(x, last, w, 1e-3),
        lambda x, w: TF.rms_norm(x, last, w, 1e-3),
        [normal(*shape), normal(*last, seed=1)],
        reference=lambda x, w: reference.rms_norm(x, w, 1e-3),
    )


def test_rms_norm_over_several_dimensions():
    check_op(lambda x: rms_norm(x, (3, 4)), lambda x: TF.rms_norm(x, (3, 4)), [normal(2, 3, 4)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rms_norm_default_eps_depends_on_the_dtype(dtype):
    check_op(
        lambda x: rms_norm(x, (4,)),
        lambda x: TF.rms_norm(x, (4,)),
        [normal(3, 4) * 1e-4],
        dtypes=[dtype],
        finite_differences=False,  # their step is not small against such numbers
    )


def test_no_elements_in_a_row():
    for function in (layer_norm, rms_norm):
        x, w = ours_of(normal(2, 0), True), ours_of(normal(0), True)
        result = function(x, (0,), w)
        result.backward(ours_of(normal(2, 0)))
        assert result.shape == x.grad.shape == (2, 0)
        assert w.grad.shape == (0,)


def test_float32_rows_far_from_zero():
    """No less exact than PyTorch where the mean is 10,000 standard deviations away."""
    x = (normal(16, 400) + 1e4).astype(np.float32)
    exact = layer_norm(ours_of(x.astype(np.float64)), (400,)).array
    theirs = TF.layer_norm(theirs_of(x), (400,)).numpy()
    assert np.abs(layer_norm(ours_of(x), (400,)).array - exact).max() < 2e-6 < np.abs(theirs - exact).max()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_spoil_their_row_only(bad):
    x = normal(3, 4)
    x[1, 2] = bad
    check_op(lambda x: layer_norm(x, (4,)), lambda x: TF.layer_norm(x, (4,)), [x], finite_differences=False)


# ---- local_response_norm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 5, 3), (1, 4, 2, 3), (2, 3, 1, 2, 2)])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_local_response_norm(shape, size):
    settings = {"alpha": 0.7, "beta": 0.6, "k": 1.5}
    check_op(
        lambda x: local_response_norm(x, size, **settings),
        lambda x: TF.local_response_norm(x, size, **settings),
        [normal(*shape)],
        reference=lambda x: reference.local_response_norm(x, size, **settings),
    )


def test_local_response_norm_defaults_and_empty_batch():
    check_op(lambda x: local_response_norm(x, 3), lambda x: TF.local_response_norm(x, 3), [normal(2, 3, 4) * 50])
    assert local_response_norm(ours_of(normal(0, 3, 2)), 3).shape == (0, 3, 2)


def test_grad_fn():
    x = normal(2, 3, 4)
    for ours, theirs in (
        (lambda t: layer_norm(t, (4,)), lambda t: TF.layer_norm(t, (4,))),
        (lambda t: rms_norm(t, (4,)), lambda t: TF.rms_norm(t, (4,))),
        (lambda t: local_response_norm(t, 2), lambda t: TF.local_response_norm(t, 2)),
    ):
        assert ours(ours_of(x, True)).grad_fn.name() == theirs(theirs_of(x, True)).grad_fn.name()


# ---- errors ---------------------------------------------------------------------------------------------------------

X = ours_of(normal(2, 3, 4))


@pytest.mark.parametrize(
    "error, match, function, arguments",
    [
        (TypeError, "argument 'input' must be Tensor", layer_norm, (1, (4,))),
        (RuntimeError, "'input' is int64", layer_norm, (ours_of(np.ones((2, 4), int)), (4,))),
        (TypeError, r"argument 'normalized_shape' \(position 2\) must be tuple of ints, not int", layer_norm, (X, 4)),
        (TypeError, "argument 'normalized_shape' must be int or tuple of ints", layer_norm, (X, (4.0,))),
        (RuntimeError, r"at least 1-dimensional, .* but got normalized_shape = \[\]", layer_norm, (X, ())),
        (
            RuntimeError,
            r"Given normalized_shape=\[3\], expected input with shape \[\*, 3\], but got input of size\[2, 3, 4\]",
            layer_norm,
            (X, (3,)),
        ),
        (RuntimeError, r"expected input with shape \[\*, 1, 2, 3, 4\]", layer_norm, (X, (1, 2, 3, 4))),
        (
            RuntimeError,
            r"Expected weight to be of same shape as normalized_shape, but got weight of shape \[3\] and "
            r"normalized_shape = \[4\]",
            layer_norm,
            (X, (4,), ours_of(normal(3))),
        ),
        (RuntimeError, "Expected bias to be of same shape", layer_norm, (X, (4,), None, ours_of(normal(3)))),
        (TypeError, "argument 'weight' must be Tensor", layer_norm, (X, (4,), 1.0)),
        (
            RuntimeError,
            "same dtype, but input is float64, weight is float32",
            layer_norm,
            (X, (4,), ours_of(normal(4).astype(np.float32))),
        ),
        (RuntimeError, r"rms_norm: Given normalized_shape=\[3\]", rms_norm, (X, (3,))),
        (RuntimeError, "rms_norm: Expected weight to be of same shape", rms_norm, (X, (4,), ours_of(normal(3)))),
        (
            ValueError,
            r"Expected 3D or higher dimensionality input \(got 2 dimensions\)",
            local_response_norm,
            (ours_of(normal(2, 3)), 2),
        ),
        (RuntimeError, "size should be greater than zero, but got 0", local_response_norm, (X, 0)),
        (TypeError, "argument 'size' must be int", local_response_norm, (X, 2.0)),
        (RuntimeError, "'input' is int64", local_response_norm, (ours_of(np.ones((2, 4, 1), int)), 2)),
    ],
)
def test_errors(error, match, function, arguments):
    check_error(error, match, function, *arguments)
