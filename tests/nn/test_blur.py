"""The Blur layer: PyTorch has none, so it is held against a depthwise convolution with the same filter."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of


def in_torch(layer, x, stride, padding):
    channels = x.shape[-3]
    kernel = theirs_of(layer.kernel.array)
    convolution = torch.nn.Conv2d(channels, channels, tuple(kernel.shape), stride, padding, groups=channels, bias=False)
    convolution.weight.data = kernel.expand(channels, 1, *kernel.shape)
    return convolution.to(kernel.dtype)(theirs_of(x))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [None, "box", "gaussian"])
@pytest.mark.parametrize(
    "size, stride, padding", [(3, 2, 1), ((2, 4), (1, 2), (0, 2)), (4, 1, "same"), (5, 1, "valid")]
)
def test_layer(size, stride, padding, kind, dtype):
    layer = nn.Blur(size, stride, padding, kind=kind, dtype=getattr(mt, dtype))
    for shape in ((2, 3, 6, 7), (3, 6, 7)):
        x = normal(*shape).astype(dtype)
        tolerance = {"float32": 2e-6, "float64": 1e-13}[dtype]
        assert_close(layer(ours_of(x)), in_torch(layer, x, stride, padding).detach(), tolerance, "result")


def test_filter_of_ones_own():
    kernel = mt.tensor([[0.0, 1.0], [2.0, 3.0]])
    layer = nn.Blur(kernel)
    kernel.fill_(0)  # the layer has a copy
    x = np.zeros((1, 1, 3, 3), np.float32)
    x[0, 0, 1, 1] = 1
    np.testing.assert_array_equal(layer(ours_of(x)).array, [[[[3, 2], [1, 0]]]])


def test_buffer_and_looks():
    layer = nn.Blur(3, stride=2, padding=1)
    assert list(layer.state_dict()) == ["kernel"]
    assert not list(layer.parameters())
    assert repr(layer) == "Blur(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))"
    np.testing.assert_allclose(layer.kernel.array[1] * 16, [2, 4, 2])
    assert layer.double().kernel.dtype is mt.float64


def test_constant_images_stay_constant_inside():
    layer = nn.Blur((4, 3), kind="gaussian", sigma=(0.7, 2.0))
    np.testing.assert_allclose(layer(mt.ones(1, 2, 6, 6)).array, 1, rtol=1e-6)


def test_gradient_flows_to_the_input_only():
    layer = nn.Blur(2, dtype=mt.float64)
    x = ours_of(normal(1, 1, 3, 3), True)
    layer(x).sum().backward()
    np.testing.assert_allclose(x.grad.array[0, 0], np.outer([0.5, 1, 0.5], [0.5, 1, 0.5]))
    assert layer.kernel.grad is None


@pytest.mark.parametrize(
    "error, match, arguments, kwargs",
    [
        (ValueError, "kind, sigma and dtype describe a filter to be made", (mt.ones(2, 2),), {"kind": "box"}),
        (ValueError, r"expected a kernel of shape \(kh, kw\), but got \[3\]", (mt.ones(3),), {}),
        (ValueError, "kind must be one of binomial, box, gaussian", (3,), {"kind": "median"}),
        (ValueError, "sigma is for kind='gaussian'", (3,), {"sigma": 1.0}),
        (ValueError, "size must be greater than zero", (0,), {}),
        (TypeError, r"Blur\(\): argument 'stride' must be int", (3, 1.5), {}),
        (RuntimeError, "this library runs on the CPU", (3,), {"device": "cuda"}),
    ],
)
def test_errors(error, match, arguments, kwargs):
    check_error(error, match, nn.Blur, *arguments, **kwargs)
