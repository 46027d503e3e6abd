"""Padding layers against PyTorch's."""

from __future__ import annotations

import pytest
import torch

from minitorch_cv import nn
from tests.checks import check_error, normal, ours_of
from tests.nn.checks import check_module

KINDS = ["ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"]


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_layer(kind, batched):
    for dims, paddings in ((1, (2, (1, 2), [0, 1])), (2, (1, (1, 0, 2, 1), (2, -1, 0, 0)))):
        shape = ((2, 3, 4), (2, 3, 4, 5))[dims - 1][0 if batched else 1 :]
        for padding in paddings:
            name = f"{kind}{dims}d"
            check_module(
                getattr(nn, name)(padding), getattr(torch.nn, name)(padding), [normal(*shape)], training=(True,)
            )


@pytest.mark.parametrize(
    "name, padding, shape", [("ConstantPad1d", (1, -1), (2, 3)), ("ConstantPad2d", 2, (1, 2, 3, 3))]
)
@pytest.mark.parametrize("value", [0, 2.5])
def test_constant(name, padding, shape, value):
    ours, theirs = getattr(nn, name)(padding, value), getattr(torch.nn, name)(padding, value)
    check_module(ours, theirs, [normal(*shape)], training=(True,))


def test_errors():
    match = r"ReflectionPad2d: padding must be a number or 4 numbers, got \(1, 2\)"
    check_error(ValueError, match, nn.ReflectionPad2d, (1, 2))
    check_error(
        ValueError,
        r"CircularPad1d: expected 2D or 3D input \(got 4D input\)",
        nn.CircularPad1d(1),
        ours_of(normal(1, 1, 2, 2)),
    )
    check_error(
        ValueError,
        r"CircularPad2d: expected 3D or 4D input \(got 2D input\)",
        nn.CircularPad2d(1),
        ours_of(normal(2, 2)),
    )
    check_error(RuntimeError, "Padding size should be less than", nn.ReflectionPad1d(4), ours_of(normal(1, 2, 3)))
