"""batch_norm, group_norm and instance_norm against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

from minitorch_cv.ops.channel_norm import batch_norm, group_norm, instance_norm
from tests import reference_norm as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of, with_ties

SHAPES = [(3, 4), (3, 4, 5), (2, 4, 3, 5), (1, 4, 2, 3), (2, 4, 1, 1, 3)]


def affine(channels=4):
    return normal(channels, seed=1), normal(channels, seed=2)


def statistics(channels=4):
    return normal(channels, seed=3), np.abs(normal(channels, seed=4)) + 0.1


# ---- batch_norm -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_in_training(shape):
    check_op(
        lambda x, w, b: batch_norm(x, None, None, w, b, training=True),
        lambda x, w, b: TF.batch_norm(x, None, None, w, b, training=True),
        [normal(*shape), *affine()],
        reference=reference.batch_norm,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_in_evaluation(shape):
    check_op(
        lambda x, w, b, m, v: batch_norm(x, m, v, w, b, eps=1e-3),
        lambda x, w, b, m, v: TF.batch_norm(x, m, v, w, b, eps=1e-3),
        [normal(*shape), *affine(), *statistics()],
        grad_inputs=[0, 1, 2],
    )


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("given", [(True, False), (False, True), (False, False)])
def test_batch_norm_with_part_of_the_parameters(given, training):
    weight, bias = (p if wanted else None for p, wanted in zip(affine(), given))
    mean, var = (None, None) if training else statistics()

    def of(library):
        return lambda x, w, b, m, v: library(x, m, v, w, b, training=training)

    check_op(of(batch_norm), of(TF.batch_norm), [normal(3, 4, 2), weight, bias, mean, var], grad_inputs=[0, 1, 2])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("needed", [[0], [1], [2], [1, 2]])
def test_batch_norm_gradients_one_by_one(needed, training):
    def of(library):
        return lambda x, w, b, m, v: library(x, m, v, w, b, training=training)

    running = [None, None] if training else statistics()
    check_op(of(batch_norm), of(TF.batch_norm), [normal(3, 4, 2), *affine(), *running], grad_inputs=needed)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("momentum", [0.1, 0.0, 1.0, 0.37])
def test_running_statistics_hold_the_unbiased_variance(momentum, dtype):
    ours = [ours_of(s.astype(dtype)) for s in statistics()]
    theirs = [theirs_of(s.astype(dtype)) for s in statistics()]
    for step in range(3):
        x = normal(3, 4, 5, seed=step).astype(dtype) * (step + 1)
        batch_norm(ours_of(x), *ours, training=True, momentum=momentum)
        TF.batch_norm(theirs_of(x), *theirs, training=True, momentum=momentum)
    for one, two in zip(ours, theirs):
        assert_close(one, two, 1e-6 if dtype == "float32" else 1e-13, "running statistics")


@pytest.mark.parametrize("shape", [(0, 4), (0, 4, 2, 2), (3, 4, 0), (3, 0, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_empty_input_leaves_the_running_statistics(shape, training):
    channels = shape[1]
    mean, var = (ours_of(s) for s in statistics(channels))
    x, w, b = (ours_of(a, True) for a in (normal(*shape), *affine(channels)))
    result = batch_norm(x, mean, var, w, b, training=training)
    assert result.shape == shape
    result.backward(ours_of(normal(*shape)))
    np.testing.assert_array_equal(mean.array, statistics(channels)[0])
    for parameter in (w, b):
        np.testing.assert_array_equal(parameter.grad.array, np.zeros(channels))
    assert x.grad.shape == shape


def test_running_statistics_may_move_between_forward_and_backward():
    """A layer used twice before backward, as in a siamese network."""
    results = []
    for library, make in ((batch_norm, ours_of), (TF.batch_norm, theirs_of)):
        mean, var = (make(s) for s in statistics())
        x = make(normal(3, 4, 2), requires_grad=True)
        first = library(x, mean, var, training=True)
        second = library(x * 2, mean, var, training=True)
        (first * second * second).backward(make(normal(3, 4, 2, seed=1)))
        results.append(x.grad)
    assert_close(*results, 1e-12, "gradient")


def test_float32_statistics_of_numbers_far_from_zero():
    """No less exact than PyTorch where the mean is 10,000 standard deviations away."""
    x = (normal(16, 3, 9, 9) + 1e4).astype(np.float32)
    exact = batch_norm(ours_of(x.astype(np.float64)), None, None, training=True).array
    ours = batch_norm(ours_of(x), None, None, training=True).array
    theirs = TF.batch_norm(theirs_of(x), None, None, training=True).numpy()
    assert np.abs(ours - exact).max() < 2e-6 < np.abs(theirs - exact).max()


@pytest.mark.parametrize("scale", [1e30, 1e-30])
def test_float32_statistics_whose_squares_overflow(scale):
    x = (normal(4, 3, 5) * scale).astype(np.float32)
    for function in (
        lambda t: batch_norm(t, None, None, training=True, eps=1e-70),
        lambda t: group_norm(t, 3, eps=1e-70),
    ):
        exact = function(ours_of(x.astype(np.float64))).array
        np.testing.assert_allclose(function(ours_of(x)).array, exact, atol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_spoil_their_channel_only(bad):
    x = normal(3, 4, 5)
    x[1, 2, 3] = bad
    check_op(
        lambda x: batch_norm(x, None, None, training=True),
        lambda x: TF.batch_norm(x, None, None, training=True),
        [x],
        finite_differences=False,
    )


def test_batch_norm_of_constant_channels_is_the_bias():
    x = np.repeat(with_ties(4), 6).reshape(4, 2, 3).swapaxes(0, 1).astype(np.float32)
    weight, bias = affine()
    result = batch_norm(ours_of(x), None, None, ours_of(weight.astype("f")), ours_of(bias.astype("f")), training=True)
    np.testing.assert_array_equal(result.array, np.broadcast_to(bias.astype("f")[:, None], x.shape))


# ---- group_norm, instance_norm --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [*SHAPES, (0, 4, 3)])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_group_norm(shape, groups):
    shape = shape if len(shape) > 2 else (*shape, 3)  # groups of one number have no gradient
    check_op(
        lambda x, w, b: group_norm(x, groups, w, b),
        lambda x, w, b: TF.group_norm(x, groups, w, b),
        [normal(*shape), *affine()],
        reference=lambda x, w, b: reference.group_norm(x, groups, w, b),
    )


def test_group_norm_without_parameters():
    check_op(lambda x: group_norm(x, 2, eps=0.1), lambda x: TF.group_norm(x, 2, eps=0.1), [normal(2, 4, 3)])


def test_group_norm_of_no_pixels():
    x, w, b = (ours_of(a, True) for a in (normal(2, 4, 0), *affine()))
    group_norm(x, 2, w, b).backward(ours_of(normal(2, 4, 0)))
    np.testing.assert_array_equal(w.grad.array, np.zeros(4))


@pytest.mark.parametrize("shape", SHAPES[1:])
def test_instance_norm(shape):
    check_op(
        lambda x, w, b: instance_norm(x, None, None, w, b),
        lambda x, w, b: TF.instance_norm(x, None, None, w, b),
        [normal(*shape), *affine()],
        reference=lambda x, w, b: reference.group_norm(x, 4, w, b),
    )


def test_instance_norm_with_running_statistics():
    check_op(
        lambda x, w, b, m, v: instance_norm(x, m, v, w, b, use_input_stats=False),
        lambda x, w, b, m, v: TF.instance_norm(x, m, v, w, b, use_input_stats=False),
        [normal(2, 4, 3), *affine(), *statistics()],
        grad_inputs=[0, 1, 2],
    )


def test_instance_norm_moves_running_statistics():
    ours, theirs = [ours_of(s) for s in statistics()], [theirs_of(s) for s in statistics()]
    for step in range(3):
        x = normal(3, 4, 2, 3, seed=step)
        instance_norm(ours_of(x), *ours, momentum=0.3)
        TF.instance_norm(theirs_of(x), *theirs, momentum=0.3)
    for one, two in zip(ours, theirs):
        assert_close(one, two, 1e-13, "running statistics")


def test_instance_norm_of_an_empty_batch():
    mean, var = (ours_of(s) for s in statistics())
    assert instance_norm(ours_of(normal(0, 4, 3)), mean, var).shape == (0, 4, 3)
    np.testing.assert_array_equal(var.array, statistics()[1])


@pytest.mark.parametrize(
    "name, ours, theirs",
    [
        (
            "NativeBatchNormBackward0",
            lambda x: batch_norm(x, None, None, training=True),
            lambda x: TF.batch_norm(x, None, None, training=True),
        ),
        ("NativeGroupNormBackward0", lambda x: group_norm(x, 2), lambda x: TF.group_norm(x, 2)),
    ],
)
def test_grad_fn(name, ours, theirs):
    x = normal(2, 4, 3)
    assert ours(ours_of(x, True)).grad_fn.name() == theirs(theirs_of(x, True)).grad_fn.name() == name


# ---- errors ---------------------------------------------------------------------------------------------------------

X = ours_of(normal(2, 4, 3))
FOUR, FIVE = ours_of(normal(4)), ours_of(normal(5))
LINE, SINGLE = ours_of(normal(4)), ours_of(normal(1, 4, 1))
HALF = ours_of(normal(4).astype(np.float32))


@pytest.mark.parametrize(
    "error, match, function, kwargs",
    [
        (
            TypeError,
            "argument 'input' must be Tensor",
            batch_norm,
            {"input": 1, "running_mean": None, "running_var": None},
        ),
        (
            RuntimeError,
            "batch_norm: 'input' is int64; supported are float32 and float64",
            batch_norm,
            {"input": ours_of(np.ones((2, 4), int)), "running_mean": None, "running_var": None},
        ),
        (
            RuntimeError,
            "Expected at least 2 dimensions for input tensor but received 1",
            batch_norm,
            {"input": LINE, "running_mean": FOUR, "running_var": FOUR},
        ),
        (
            ValueError,
            r"Expected more than 1 value per channel when training, got input size torch.Size\(\[1, 4, 1\]\)",
            batch_norm,
            {"input": SINGLE, "running_mean": None, "running_var": None, "training": True},
        ),
        (
            RuntimeError,
            "running_mean must be defined in evaluation mode",
            batch_norm,
            {"input": X, "running_mean": None, "running_var": FOUR},
        ),
        (
            RuntimeError,
            "running_var must be defined in evaluation mode",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": None},
        ),
        (
            ValueError,
            "running_mean and running_var must either both be None or neither be None",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": None, "training": True},
        ),
        (
            RuntimeError,
            r"running_mean should contain 4 elements not 5: input \[2, 4, 3\]",
            batch_norm,
            {"input": X, "running_mean": FIVE, "running_var": FOUR},
        ),
        (
            RuntimeError,
            "weight should contain 4 elements not 5",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "weight": FIVE},
        ),
        (
            RuntimeError,
            r"bias should contain 4 elements not shape \[2, 4, 3\]",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "bias": X},
        ),
        (
            TypeError,
            "argument 'weight' must be Tensor, not int",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "weight": 1},
        ),
        (
            RuntimeError,
            "same dtype, but input is float64, .* weight is float32",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "weight": HALF},
        ),
        (
            ValueError,
            "batch_norm eps must be non-negative, but got -1",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "eps": -1},
        ),
        (
            ValueError,
            "batch_norm eps must be positive during training, but got 0",
            batch_norm,
            {"input": X, "running_mean": FOUR, "running_var": FOUR, "training": True, "eps": 0},
        ),
        (
            ValueError,
            r"Expected more than 1 spatial element when training, got input size torch.Size\(\[1, 4, 1\]\)",
            instance_norm,
            {"input": SINGLE},
        ),
        (
            ValueError,
            r"Expected more than 1 spatial element when training",
            instance_norm,
            {"input": ours_of(normal(2, 4))},
        ),
        (
            RuntimeError,
            "Expected running_mean and running_var to be defined when use_input_stats is false",
            instance_norm,
            {"input": X, "use_input_stats": False},
        ),
        (ValueError, "must either both be None or neither", instance_norm, {"input": X, "running_mean": FOUR}),
        (
            RuntimeError,
            "instance_norm: running_mean should contain 4 elements not 5",
            instance_norm,
            {"input": X, "running_mean": FIVE, "running_var": FIVE},
        ),
        (RuntimeError, "Expected num groups to be greater than 0, got -1", group_norm, {"input": X, "num_groups": -1}),
        (TypeError, "argument 'num_groups' must be int", group_norm, {"input": X, "num_groups": 2.0}),
        (
            RuntimeError,
            r"divisible by num_groups, but got input of shape \[2, 4, 3\] and num_groups=3",
            group_norm,
            {"input": X, "num_groups": 3},
        ),
        (
            ValueError,
            r"Expected more than 1 value per channel when training, got input size \[1, 4, 1\]",
            group_norm,
            {"input": SINGLE, "num_groups": 4},
        ),
        (
            RuntimeError,
            r"Expected weight to be a vector of size equal to the number of channels in input, but got weight of "
            r"shape \[5\] and input of shape \[2, 4, 3\]",
            group_norm,
            {"input": X, "num_groups": 2, "weight": FIVE},
        ),
        (RuntimeError, "Expected bias to be a vector of size", group_norm, {"input": X, "num_groups": 2, "bias": FIVE}),
        (
            RuntimeError,
            "same dtype, but input is float64, bias is float32",
            group_norm,
            {"input": X, "num_groups": 2, "bias": HALF},
        ),
    ],
)
def test_errors(error, match, function, kwargs):
    check_error(error, match, function, **kwargs)


def test_running_statistics_are_not_counted_as_an_in_place_write():
    mean, var = (ours_of(s) for s in statistics())
    batch_norm(X, mean, var, training=True)
    theirs = [theirs_of(s) for s in statistics()]
    TF.batch_norm(torch.randn(2, 4, 3).double(), *theirs, training=True)
    assert mean._version == theirs[0]._version == 0
