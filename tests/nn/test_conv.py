"""Convolution layers against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from tests.checks import check_error, normal, ours_of
from tests.nn.checks import assert_same_look, check_module

# name, arguments, settings, input shape
LAYERS = [
    ("Conv2d", (3, 4, 3), {}, (2, 3, 6, 5)),
    ("Conv2d", (3, 4, (3, 2)), {"stride": (2, 1), "padding": (1, 0), "bias": False}, (2, 3, 6, 5)),
    ("Conv2d", (4, 6, 3), {"groups": 2, "dilation": 2, "padding": "valid"}, (1, 4, 7, 6)),
    ("Conv2d", (3, 6, 3), {"groups": 3, "padding": "same"}, (3, 6, 5)),
    ("Conv2d", (2, 3, (2, 4)), {"padding": "same"}, (1, 2, 5, 6)),
    ("Conv1d", (3, 4, 3), {"stride": 2, "padding": 1}, (2, 3, 7)),
    ("Conv1d", (4, 4, 2), {"groups": 4, "bias": False}, (4, 7)),
    ("Conv1d", (2, 3, 4), {"padding": "same", "dilation": 2}, (1, 2, 9)),
    ("ConvTranspose2d", (3, 4, 3), {"stride": 2, "padding": 1, "output_padding": 1}, (2, 3, 4, 3)),
    ("ConvTranspose2d", (4, 6, (3, 2)), {"groups": 2, "bias": False, "dilation": (2, 1)}, (4, 4, 3)),
    ("ConvTranspose1d", (3, 4, 3), {"stride": 3, "output_padding": 2}, (2, 3, 5)),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("name, arguments, kwargs, shape", LAYERS)
def test_layer(name, arguments, kwargs, shape):
    ours, theirs = getattr(nn, name)(*arguments, **kwargs), getattr(torch.nn, name)(*arguments, **kwargs)
    check_module(ours, theirs, [normal(*shape)], training=(True,))


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, "same", "valid"])
def test_padding_modes(mode, padding):
    for name, shape in (("Conv2d", (1, 2, 4, 5)), ("Conv1d", (2, 2, 5)), ("Conv2d", (2, 4, 5))):
        size = (3, 4) if name == "Conv2d" else 4
        kwargs = {
            "padding": padding if name == "Conv1d" or padding != 1 else (1, 2),
            "padding_mode": mode,
            "dilation": 1,
        }
        ours, theirs = getattr(nn, name)(2, 3, size, **kwargs), getattr(torch.nn, name)(2, 3, size, **kwargs)
        check_module(ours, theirs, [normal(*shape)], training=(False,), dtypes=("float64",))


@pytest.mark.parametrize(
    "name, arguments, kwargs",
    [
        ("Conv2d", (3, 4, 3), {"padding_mode": "circular"}),
        ("Conv2d", (3, 4, 3), {"padding": (1, 0), "dilation": (1, 2), "groups": 1}),
        ("ConvTranspose2d", (3, 4, 3), {"output_padding": (0, 1), "stride": 2}),
    ],
)
def test_printed(name, arguments, kwargs):
    assert_same_look(getattr(nn, name)(*arguments, **kwargs), getattr(torch.nn, name)(*arguments, **kwargs))


@pytest.mark.parametrize("output_size", [(8, 6), (7, 5), (2, 4, 8, 6)])
def test_output_size_of_transposed(output_size):
    ours, theirs = (
        nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1),
        torch.nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1),
    )
    check_module(ours, theirs, [normal(2, 3, 4, 3), list(output_size)], training=(False,))


def test_output_size_of_transposed_sequences():
    ours, theirs = nn.ConvTranspose1d(2, 3, 3, stride=3), torch.nn.ConvTranspose1d(2, 3, 3, stride=3)
    check_module(ours, theirs, [normal(2, 5), [17]], training=(False,))


@pytest.mark.parametrize("name", ["Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d"])
def test_first_values(name):
    """Uniform between ±1/sqrt(fan_in), as PyTorch's: the same bounds, mean and spread."""
    arguments = (30, 40, 3) if name.endswith("1d") else (30, 40, (3, 2))
    ours, theirs = getattr(nn, name)(*arguments, groups=2), getattr(torch.nn, name)(*arguments, groups=2)
    for which, weight in theirs.named_parameters():
        drawn = dict(ours.named_parameters())[which].array
        bound = 1 / np.sqrt(theirs.weight[0].numel())
        assert np.abs(drawn).max() <= bound and weight.abs().max() <= bound
        assert abs(drawn.mean()) < 4 * bound / np.sqrt(3 * drawn.size)
        assert abs(drawn.std() * np.sqrt(3) / bound - 1) < 4 / np.sqrt(drawn.size)
    twice = getattr(nn, name)(*arguments)
    assert not np.array_equal(twice.weight.array.ravel()[:9], ours.weight.array.ravel()[:9])


def test_dtype_and_device():
    layer = nn.Conv2d(1, 2, 3, dtype=mt.float64, device="cpu")
    assert layer.weight.dtype is layer.bias.dtype is mt.float64
    check_error(RuntimeError, "this library runs on the CPU", nn.Conv2d, 1, 2, 3, device="cuda")


def test_trained_layer_learns():
    """One step against the gradient lowers the loss."""
    layer = nn.Conv2d(1, 1, 3, dtype=mt.float64)
    x = ours_of(normal(2, 1, 5, 5))
    before = (layer(x) * layer(x)).sum()
    before.backward()
    with mt.no_grad():
        for parameter in layer.parameters():
            parameter -= 1e-3 * parameter.grad
    assert (layer(x) * layer(x)).sum().item() < before.item()


@pytest.mark.parametrize(
    "error, match, name, arguments, kwargs",
    [
        (ValueError, "groups must be a positive integer, got 0", "Conv2d", (2, 2, 3), {"groups": 0}),
        (ValueError, "in_channels must be divisible by groups, got 3 and 2", "Conv2d", (3, 2, 3), {"groups": 2}),
        (
            ValueError,
            "out_channels must be divisible by groups, got 3 and 2",
            "ConvTranspose2d",
            (2, 3, 3),
            {"groups": 2},
        ),
        (ValueError, "Invalid padding string 'full', should be one of", "Conv2d", (2, 2, 3), {"padding": "full"}),
        (
            ValueError,
            r"padding='same' is not supported for strided convolutions, got stride=\(2, 2\)",
            "Conv2d",
            (2, 2, 3),
            {"padding": "same", "stride": 2},
        ),
        (
            ValueError,
            "padding_mode must be one of .* but got padding_mode='edge'",
            "Conv1d",
            (2, 2, 3),
            {"padding_mode": "edge"},
        ),
        (
            ValueError,
            'Only "zeros" padding mode is supported for ConvTranspose2d',
            "ConvTranspose2d",
            (2, 2, 3),
            {"padding_mode": "reflect"},
        ),
        (
            TypeError,
            r"Conv2d\(\): argument 'kernel_size' must be int or tuple of ints, got 2.5",
            "Conv2d",
            (2, 2, 2.5),
            {},
        ),
        (
            TypeError,
            r"ConvTranspose2d\(\): argument 'padding' must be int",
            "ConvTranspose2d",
            (2, 2, 3),
            {"padding": "same"},
        ),
        (
            RuntimeError,
            "expected stride to be a single integer value or a list of 2",
            "Conv2d",
            (2, 2, 3),
            {"stride": (1, 1, 1)},
        ),
    ],
)
def test_constructor_errors(error, match, name, arguments, kwargs):
    check_error(error, match, getattr(nn, name), *arguments, **kwargs)


def test_forward_errors():
    layer = nn.ConvTranspose2d(3, 4, 3, stride=2)
    x = ours_of(normal(1, 3, 4, 4).astype(np.float32))
    check_error(RuntimeError, "input has 1 channels, but weight", layer, ours_of(normal(1, 1, 4, 4).astype(np.float32)))
    check_error(ValueError, r"output_size must have 2 or 4 elements \(got 3\)", layer, x, [4, 9, 9])
    check_error(
        ValueError,
        r"requested an output size of \[12, 9\], but valid sizes range from \[9, 9\] to \[10, 10\] \(for an input of "
        r"\[4, 4\]\)",
        layer,
        x,
        [12, 9],
    )
