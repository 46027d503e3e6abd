"""BatchNorm and InstanceNorm against PyTorch's, over several steps."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import assert_same_look, assert_same_state, check_module

INPUTS = {
    "BatchNorm1d": (5, 3, 4),
    "BatchNorm2d": (2, 3, 4, 5),
    "BatchNorm3d": (2, 3, 2, 1, 2),
    "InstanceNorm1d": (2, 3, 4),
    "InstanceNorm2d": (2, 3, 4, 5),
}
SETTINGS = [
    {},
    {"affine": False},
    {"affine": True, "bias": False},
    {"affine": True, "track_running_stats": True},
    {"track_running_stats": False},
    {"track_running_stats": True, "momentum": None},
    {"eps": 0.1, "momentum": 0.5},
]


@pytest.mark.parametrize("kwargs", SETTINGS)
@pytest.mark.parametrize("name", INPUTS)
def test_layer(name, kwargs):
    check_module(getattr(nn, name)(3, **kwargs), getattr(torch.nn, name)(3, **kwargs), [normal(*INPUTS[name])])


def test_features_without_pixels_and_unbatched():
    check_module(nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3), [normal(5, 3)])
    for track in (False, True):
        kwargs = {"affine": True, "track_running_stats": track}
        check_module(nn.InstanceNorm1d(3, **kwargs), torch.nn.InstanceNorm1d(3, **kwargs), [normal(3, 4)])
        check_module(nn.InstanceNorm2d(3, **kwargs), torch.nn.InstanceNorm2d(3, **kwargs), [normal(3, 4, 2)])


@pytest.mark.parametrize("momentum", [0.1, None, 0.9])
@pytest.mark.parametrize("name", INPUTS)
def test_running_statistics_over_steps(name, momentum):
    """Batches of different sizes and scales; now and then an evaluation, which changes nothing."""
    kwargs = {"momentum": momentum, "track_running_stats": True}
    ours, theirs = getattr(nn, name)(3, **kwargs).double(), getattr(torch.nn, name)(3, **kwargs).double()
    for step in range(6):
        x = normal(2 + step, *INPUTS[name][1:], seed=step) * (step + 1) + step
        training = step != 3
        ours.train(training)
        theirs.train(training)
        assert_close(ours(ours_of(x)), theirs(theirs_of(x)), 1e-13, f"step {step}")
        assert_same_state(ours, theirs, 1e-13)
    assert ours.num_batches_tracked.item() == (5 if name.startswith("Batch") else 0)
    ours.reset_running_stats()
    theirs.reset_running_stats()
    assert_same_state(ours, theirs, 0)


def test_frozen_layer_stays_frozen():
    """In evaluation mode, and with parameters that need no gradient: the input's gradient still flows."""
    ours, theirs = nn.BatchNorm2d(3).double().eval(), torch.nn.BatchNorm2d(3).double().eval()
    ours.requires_grad_(False)
    theirs.requires_grad_(False)
    x = normal(2, 3, 4, 4)
    grads = []
    for layer, make in ((ours, ours_of), (theirs, theirs_of)):
        leaf = make(x, True)
        layer(leaf).backward(make(normal(2, 3, 4, 4, seed=1)))
        grads.append(leaf.grad)
    assert_close(*grads, 1e-13, "gradient")
    assert ours.weight.grad is None
    assert_same_state(ours, theirs, 0)
    assert ours.num_batches_tracked.item() == 0


def test_running_statistics_are_buffers():
    layer = nn.BatchNorm2d(3)
    assert [name for name, _ in layer.named_buffers()] == ["running_mean", "running_var", "num_batches_tracked"]
    assert layer.num_batches_tracked.dtype is mt.int64 and layer.num_batches_tracked.shape == ()
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert not layer.running_mean.requires_grad


def test_conversion_leaves_the_count_an_integer():
    layer = nn.BatchNorm2d(3, dtype=mt.float64)
    assert layer.running_var.dtype is mt.float64
    layer.to(mt.float32)
    assert layer.running_var.dtype is mt.float32 and layer.num_batches_tracked.dtype is mt.int64


def test_state_of_versions_without_a_count():
    """state_dicts of before PyTorch 0.4 have no num_batches_tracked."""
    layer = nn.BatchNorm2d(3)
    layer(ours_of(normal(2, 3, 2, 2).astype(np.float32)))
    state = {key: value for key, value in layer.state_dict().items() if key != "num_batches_tracked"}
    fresh = nn.BatchNorm2d(3)
    fresh.load_state_dict(state)
    assert_close(fresh.running_mean, layer.running_mean, 0, "running_mean")
    assert fresh.num_batches_tracked.item() == 0
    versioned = layer.state_dict()
    del versioned["num_batches_tracked"]
    check_error(
        RuntimeError, r'Missing key\(s\) in state_dict: "num_batches_tracked"', fresh.load_state_dict, versioned
    )


def test_one_value_per_channel():
    layer = nn.BatchNorm1d(3)
    x = ours_of(normal(1, 3).astype(np.float32))
    check_error(
        ValueError,
        r"Expected more than 1 value per channel when training, got input size torch.Size\(\[1, 3\]\)",
        layer,
        x,
    )
    assert layer.eval()(x).shape == (1, 3)


def test_empty_batch():
    ours, theirs = nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    empty = np.zeros((0, 3, 2, 2), np.float32)
    assert_close(ours(ours_of(empty)), theirs(theirs_of(empty)), 0, "result")
    assert_same_state(ours, theirs, 0)


@pytest.mark.parametrize("name, kwargs", [("BatchNorm2d", {"momentum": None}), ("InstanceNorm2d", {"affine": True})])
def test_printed(name, kwargs):
    assert_same_look(getattr(nn, name)(4, **kwargs), getattr(torch.nn, name)(4, **kwargs))


def test_channels_that_do_not_match():
    x = ours_of(normal(2, 4, 3, 3).astype(np.float32))
    check_error(RuntimeError, "running_mean should contain 4 elements not 3", nn.BatchNorm2d(3), x)
    match = r"expected input's size at dim=1 to match num_features \(3\), but got: 4"
    check_error(ValueError, match, nn.InstanceNorm2d(3, affine=True), x)
    with pytest.warns(UserWarning, match="input's size at dim=1 does not match num_features"):
        assert nn.InstanceNorm2d(3)(x).shape == x.shape


@pytest.mark.parametrize(
    "name, shape, match",
    [
        ("BatchNorm1d", (2, 3, 4, 4), r"BatchNorm1d: expected 2D or 3D input \(got 4D input\)"),
        ("BatchNorm2d", (2, 3), r"BatchNorm2d: expected 4D input \(got 2D input\)"),
        ("BatchNorm3d", (2, 3, 4, 4), r"BatchNorm3d: expected 5D input \(got 4D input\)"),
        ("InstanceNorm1d", (2, 3, 4, 4), r"InstanceNorm1d: expected 2D or 3D input \(got 4D input\)"),
        ("InstanceNorm2d", (2, 3), r"InstanceNorm2d: expected 3D or 4D input \(got 2D input\)"),
    ],
)
def test_wrong_rank(name, shape, match):
    check_error(ValueError, match, getattr(nn, name)(3), ours_of(normal(*shape)))
