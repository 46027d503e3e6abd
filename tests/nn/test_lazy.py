"""Lazy layers: they become what PyTorch's become, with optimisers, dtypes, state_dicts and errors on the way."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of

LAYERS = {
    "LazyLinear": [((5,), {}, (2, 3, 4)), ((5,), {"bias": False}, (4,))],
    "LazyConv1d": [((4, 3), {"padding": 1}, (2, 3, 7)), ((4, 3), {}, (3, 7))],
    "LazyConv2d": [
        ((4, 3), {"padding": "same", "padding_mode": "reflect"}, (2, 3, 7, 6)),
        ((6, (2, 3), 2, 1, 1, 3), {"bias": False}, (2, 3, 7, 6)),
        ((4, 3), {}, (3, 7, 6)),
    ],
    "LazyConvTranspose1d": [((4, 3, 2, 1, 1), {}, (2, 3, 7))],
    "LazyConvTranspose2d": [
        ((6, 3, 2, 1, 1, 3), {}, (2, 3, 5, 6)),
        ((4, 3), {"dilation": 2, "bias": False}, (3, 5, 6)),
    ],
    "LazyBatchNorm1d": [((), {}, (4, 3)), ((1e-3, None), {}, (4, 3, 5)), ((), {"affine": False}, (4, 3))],
    "LazyBatchNorm2d": [((), {"track_running_stats": False}, (4, 3, 2, 2)), ((), {"bias": False}, (4, 3, 2, 2))],
    "LazyBatchNorm3d": [((), {}, (4, 3, 2, 2, 2))],
    "LazyInstanceNorm1d": [((), {}, (2, 3, 5)), ((), {"affine": False}, (2, 3, 5))],
    "LazyInstanceNorm2d": [((), {}, (2, 3, 5, 4))],
}
CASES = [pytest.param(name, *case, id=f"{name}-{i}") for name, cases in LAYERS.items() for i, case in enumerate(cases)]


@pytest.mark.parametrize("name, args, kwargs, shape", CASES)
def test_as_in_torch(name, args, kwargs, shape):
    ours, theirs = getattr(nn, name)(*args, **kwargs), getattr(torch.nn, name)(*args, **kwargs)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    optimizers = [
        library.SGD(list(layer.parameters()), lr=0.1) if list(layer.parameters()) else None
        for library, layer in ((mt.optim, ours), (torch.optim, theirs))
    ]
    x = normal(*shape).astype(np.float32)
    ours(ours_of(x))
    theirs(theirs_of(x))
    assert repr(ours) == repr(theirs) and type(ours).__name__ == name.removeprefix("Lazy")
    assert [(n, tuple(v.shape)) for n, v in ours.state_dict().items()] == [
        (n, tuple(v.shape)) for n, v in theirs.state_dict().items()
    ]
    ours.load_state_dict({n: ours_of(v.numpy()) for n, v in theirs.state_dict().items()})
    results = []
    for layer, make, optimizer in ((ours, ours_of, optimizers[0]), (theirs, theirs_of, optimizers[1])):
        y = layer(make(x, True))
        (y * make(normal(*y.shape).astype(np.float32))).sum().backward()
        if optimizer is not None:
            optimizer.step()  # an optimiser made before has the same parameters
        results.append((y, *layer.parameters()))
    for one, two in zip(*results, strict=True):
        assert_close(one, two, 1e-5, name)


def network():
    return nn.Sequential(
        nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(5)
    )


def test_first_values():
    """Those that the layer would have had, if it had known."""
    mt.manual_seed(0)
    lazy = nn.LazyLinear(50)
    lazy(mt.ones(1, 100))
    mt.manual_seed(0)
    assert mt.equal(lazy.weight, nn.Linear(100, 50).weight)


def test_to_another_dtype_and_device_before():
    net = network().to("cpu").double()
    assert net[0].weight.dtype is mt.float64 and net[0].weight.requires_grad
    assert net(mt.ones(2, 3, 8, 8, dtype=mt.float64)).dtype is mt.float64
    assert {v.dtype for v in net.state_dict().values()} == {mt.float64, mt.int64}
    assert nn.LazyLinear(2, dtype=mt.float64).weight.dtype is mt.float64


def test_weights_loaded_before_the_first_input():
    trained = network()
    trained(mt.randn(2, 3, 8, 8))
    net = network()
    net.load_state_dict(trained.state_dict())
    x = mt.randn(2, 3, 8, 8)
    assert mt.equal(net.eval()(x), trained.eval()(x))
    assert repr(net) == repr(trained)
    check_error(RuntimeError, "Can't access the shape of an uninit", trained.load_state_dict, network().state_dict())


def test_what_cannot_be_done_before():
    net = network()
    weight = net[0].weight
    assert repr(weight) == "<UninitializedParameter>" and isinstance(weight, nn.Parameter)
    for function in (
        lambda: weight + 1,
        weight.numel,
        lambda: sum(p.numel() for p in net.parameters()),
        lambda: nn.init.xavier_uniform_(weight),
        lambda: copy.deepcopy(net),
        lambda: mt.cat([weight, weight]),
    ):
        check_error(ValueError, "Attempted to use an uninitialized parameter.*dummy batch", function)
    check_error(ValueError, "Attempted to use an uninitialized buffer", lambda: net[1].running_mean + 1)
    check_error(RuntimeError, "Can't access the shape of an uninitialized parameter", lambda: weight.shape)
    net(mt.ones(2, 3, 8, 8))
    assert copy.deepcopy(net)[0].weight.shape == (4, 3, 3, 3) and type(weight) is nn.Parameter


@pytest.mark.parametrize(
    "error, match, layer, shape",
    [
        (RuntimeError, r"Expected 3D \(unbatched\) or 4D \(batched\) input", nn.LazyConv2d(4, 3), (2, 3)),
        (
            ValueError,
            "must be divisible by groups, got 3 and 2",
            nn.LazyConv2d(4, 3, groups=2),
            (1, 3, 5, 5),
        ),
        (ValueError, r"LazyBatchNorm2d: expected 4D input \(got 2D input\)", nn.LazyBatchNorm2d(), (2, 3)),
        (ValueError, r"LazyInstanceNorm1d: expected 2D or 3D input", nn.LazyInstanceNorm1d(), (2, 3, 4, 4)),
    ],
)
def test_wrong_inputs_leave_them_as_they_are(error, match, layer, shape):
    check_error(error, match, layer, mt.ones(shape))
    assert layer.has_uninitialized_params()


def test_groups_that_do_not_divide():
    check_error(ValueError, "out_channels must be divisible by groups, got 4 and 3", nn.LazyConv2d, 4, 3, groups=3)


def test_training():
    """A whole training, the fused steps of Sequential included, is that of the layers with known sizes."""
    x, y = mt.randn(6, 3, 8, 8), mt.tensor([0, 1, 2, 3, 4, 0])
    lazy = network()
    lazy(x[:1])
    known = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5)
    )
    known.load_state_dict(lazy.state_dict())
    for net in (lazy, known):
        optimizer = mt.optim.Adam(net.parameters(), lr=0.01)
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()
    for one, two in zip(lazy.state_dict().values(), known.state_dict().values(), strict=True):
        assert mt.equal(one, two)
