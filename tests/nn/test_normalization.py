"""LayerNorm, RMSNorm, GroupNorm and LocalResponseNorm against PyTorch's."""

from __future__ import annotations

import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import check_error, normal, ours_of
from tests.nn.checks import check_module

LAYERS = [
    ("LayerNorm", (4,), {}, (2, 3, 4)),
    ("LayerNorm", ([3, 4],), {"eps": 0.1}, (2, 3, 4)),
    ("LayerNorm", ((3, 4),), {"bias": False}, (2, 3, 4)),
    ("LayerNorm", (4,), {"elementwise_affine": False}, (5, 4)),
    ("RMSNorm", (4,), {}, (2, 3, 4)),
    ("RMSNorm", ((3, 4),), {"eps": 1e-3}, (2, 3, 4)),
    ("RMSNorm", (4,), {"elementwise_affine": False}, (2, 4)),
    ("GroupNorm", (2, 4), {}, (2, 4, 3, 3)),
    ("GroupNorm", (1, 4), {"affine": False, "eps": 0.1}, (2, 4, 3)),
    ("GroupNorm", (4, 4), {"bias": False}, (2, 4, 3)),
    ("LocalResponseNorm", (3,), {}, (2, 5, 3, 3)),
    ("LocalResponseNorm", (2,), {"alpha": 0.5, "beta": 0.6, "k": 2.0}, (2, 5, 3)),
]


@pytest.mark.parametrize("name, arguments, kwargs, shape", LAYERS)
def test_layer(name, arguments, kwargs, shape):
    ours, theirs = getattr(nn, name)(*arguments, **kwargs), getattr(torch.nn, name)(*arguments, **kwargs)
    check_module(ours, theirs, [normal(*shape)], training=(True,))


@pytest.mark.parametrize("layer", [nn.LayerNorm(3, dtype=mt.float64), nn.GroupNorm(1, 3, dtype=mt.float64)])
def test_dtype_and_reset(layer):
    assert layer.weight.dtype is mt.float64
    with mt.no_grad():
        layer.weight.fill_(5)
        layer.bias.fill_(5)
    layer.reset_parameters()
    assert layer.weight.tolist() == [1.0] * 3 and layer.bias.tolist() == [0.0] * 3


@pytest.mark.parametrize("groups", [3, 0])
def test_groups_that_do_not_divide(groups):
    match = rf"num_channels \(4\) must be divisible by num_groups \({groups}\)"
    check_error(ValueError, match, nn.GroupNorm, groups, 4)


def test_device():
    for name, arguments in (("LayerNorm", (3,)), ("RMSNorm", (3,)), ("GroupNorm", (1, 3)), ("BatchNorm2d", (3,))):
        check_error(RuntimeError, "this library runs on the CPU", getattr(nn, name), *arguments, device="cuda")


def test_shape_that_does_not_match():
    check_error(RuntimeError, r"Given normalized_shape=\[3\]", nn.LayerNorm(3, dtype=mt.float64), ours_of(normal(2, 4)))
