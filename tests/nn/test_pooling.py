"""Pooling layers against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import assert_same_look, check_module

LAYERS = [
    ("MaxPool2d", (2,), {}, (2, 3, 6, 5)),
    ("MaxPool2d", ((3, 2), (2, 1)), {"padding": (1, 0), "dilation": (1, 2), "ceil_mode": True}, (1, 2, 7, 6)),
    ("MaxPool2d", (2,), {"return_indices": True}, (3, 6, 5)),
    ("MaxPool1d", (3, 2), {"padding": 1, "return_indices": True}, (2, 3, 7)),
    ("MaxPool1d", (2,), {}, (3, 7)),
    ("AvgPool2d", (2,), {}, (2, 3, 6, 5)),
    ("AvgPool2d", (3, 2, 1), {"ceil_mode": True, "count_include_pad": False}, (1, 2, 6, 6)),
    ("AvgPool2d", ((2, 3),), {"divisor_override": 5}, (2, 6, 6)),
    ("AvgPool1d", (3,), {"stride": 2, "padding": 1, "count_include_pad": False}, (2, 3, 7)),
    ("AvgPool1d", ((2,),), {"ceil_mode": True}, (2, 3, 7)),
    ("AdaptiveAvgPool2d", (1,), {}, (2, 3, 5, 4)),
    ("AdaptiveAvgPool2d", ((None, 3),), {}, (3, 5, 4)),
    ("AdaptiveAvgPool1d", (3,), {}, (2, 3, 5)),
    ("AdaptiveMaxPool2d", ((2, 3),), {"return_indices": True}, (2, 3, 5, 4)),
    ("AdaptiveMaxPool1d", (3,), {"return_indices": True}, (2, 3, 5)),
    ("AdaptiveMaxPool1d", (2,), {}, (3, 5)),
]


@pytest.mark.parametrize("name, arguments, kwargs, shape", LAYERS)
def test_layer(name, arguments, kwargs, shape):
    ours, theirs = getattr(nn, name)(*arguments, **kwargs), getattr(torch.nn, name)(*arguments, **kwargs)
    check_module(ours, theirs, [normal(*shape)], training=(True,))


@pytest.mark.parametrize(
    "name, arguments, shape", [("LPPool2d", (2, 3, 2), (2, 3, 7, 6)), ("LPPool1d", (3, 2, None, True), (2, 3, 7))]
)
def test_power_means(name, arguments, shape):
    ours, theirs = getattr(nn, name)(*arguments), getattr(torch.nn, name)(*arguments)
    check_module(ours, theirs, [np.abs(normal(*shape)) + 0.1], training=(True,))


@pytest.mark.parametrize("arguments, output_size", [((2,), None), ((2, 2), (5, 4)), (((2, 2), None, 0), None)])
def test_unpooling(arguments, output_size):
    ours, theirs = nn.MaxUnpool2d(*arguments), torch.nn.MaxUnpool2d(*arguments)
    assert_same_look(ours, theirs)
    x = normal(1, 2, 5, 4)
    pooled, places = torch.nn.MaxPool2d(2, return_indices=True)(theirs_of(x))
    one = ours(ours_of(pooled.numpy()), ours_of(places.numpy()), output_size)
    assert_close(one, theirs(pooled, places, output_size), 0, "result")


def test_errors():
    check_error(TypeError, r"MaxUnpool2d\(\): argument 'kernel_size' must be int", nn.MaxUnpool2d, 2.5)
    check_error(RuntimeError, "Output size is too small", nn.MaxPool2d(9), ours_of(normal(1, 1, 4, 4)))
