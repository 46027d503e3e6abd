"""layer_statistics: activations and gradients against PyTorch's, dead units, and what is left in the model."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.training.layer_statistics import layer_statistics
from tests.checks import FORWARD_TOLERANCE, GRADIENT_TOLERANCE, assert_close, normal

IMAGES = normal(4, 1, 6, 6).astype(np.float32)
TARGETS = np.array([0, 1, 2, 0])


def network(lib):
    """A small network with a normalisation and a ReLU in place."""
    layers = [lib.nn.Conv2d(1, 4, 3), lib.nn.BatchNorm2d(4), lib.nn.ReLU(inplace=True), lib.nn.Flatten()]
    return lib.nn.Sequential(*layers, lib.nn.Linear(64, 3))


def reference(model):
    """PyTorch's outputs and their gradients, layer by layer."""
    found, x = [], torch.from_numpy(IMAGES)
    for layer in model:
        x = torch.relu(x) if isinstance(layer, torch.nn.ReLU) else layer(x)
        x.retain_grad()
        found.append(x)
    torch.nn.functional.cross_entropy(x, torch.from_numpy(TARGETS)).backward()
    return found


def test_against_pytorch_layer_by_layer():
    ours, theirs = network(mt), network(torch)
    theirs.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in ours.state_dict().items()})
    found = layer_statistics(ours, nn.CrossEntropyLoss(), mt.from_numpy(IMAGES), mt.from_numpy(TARGETS))
    assert [(layer.name, layer.kind) for layer in found] == [
        ("0", "Conv2d"), ("1", "BatchNorm2d"), ("2", "ReLU"), ("3", "Flatten"), ("4", "Linear"),
    ]  # fmt: skip
    for layer, expected in zip(found, reference(theirs)):
        numbers, grads = expected.detach().numpy(), expected.grad.numpy()
        forward, backward = 10 * FORWARD_TOLERANCE["float32"], 10 * GRADIENT_TOLERANCE["float32"]
        assert_close(np.sort(layer.activations), np.sort(numbers.ravel()), forward, f"activations of {layer.name}")
        assert_close(np.sort(layer.gradients), np.sort(grads.ravel()), backward, f"gradients of {layer.name}")
        assert layer.activation_std == pytest.approx(numbers.std(dtype=np.float64), rel=1e-4)
        assert layer.gradient_std == pytest.approx(grads.std(dtype=np.float64), rel=1e-3)
        assert layer.zeros == pytest.approx(np.mean(numbers == 0))
    assert [layer.dead for layer in found[:2]] == [None, None] and found[2].dead == 0.0


def test_dead_units_are_those_that_are_zero_throughout():
    model = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.ReLU())
    images = np.array([[[[-1.0]], [[2.0]], [[-1.0]], [[-3.0]]], [[[-1.0]], [[-2.0]], [[5.0]], [[-3.0]]]], np.float32)
    found = layer_statistics(model, lambda out, _: out.sum(), mt.from_numpy(images).requires_grad_(), None)
    assert [layer.dead for layer in found] == [0.5, None, 0.5] and found[0].zeros == 0.75
    assert found[0].gradients.size == 8 and found[0].gradients.max() == 1


def test_the_model_is_left_as_it_was():
    model = network(mt)
    model[1].eval()
    before = {k: v.numpy().copy() for k, v in model.state_dict().items()}
    grad = mt.ones(3)
    model[4].bias.grad = grad
    layer_statistics(model, nn.CrossEntropyLoss(), mt.from_numpy(IMAGES), mt.from_numpy(TARGETS))
    model[1].train()
    layer_statistics(model, nn.CrossEntropyLoss(), mt.from_numpy(IMAGES), mt.from_numpy(TARGETS))
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[name], err_msg=name)
    assert model[4].bias.grad is grad and grad.tolist() == [1, 1, 1] and model[0].weight.grad is None
    assert not any(layer._forward_hooks for layer in model.modules())


def test_of_a_frozen_layer_there_are_no_gradients():
    model = network(mt)
    model[0].requires_grad_(False)
    found = layer_statistics(model, nn.CrossEntropyLoss(), mt.from_numpy(IMAGES), mt.from_numpy(TARGETS))
    assert [layer.gradients.size for layer in found] == [0, 256, 256, 256, 12] and found[0].gradient_std == 0


def test_layers_called_twice_and_outputs_that_are_no_numbers():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc, self.pair, self.whole = nn.Linear(2, 2), Pair(), Whole()

        def forward(self, x):
            self.whole(x)
            return self.pair(self.fc(self.fc(x)))[0]

    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    class Whole(nn.Module):
        def forward(self, x):
            return x.long()

    found = layer_statistics(Odd(), lambda out, _: out.sum(), mt.ones(3, 2), None)
    assert [(layer.name, layer.activations.size, layer.gradients.size) for layer in found] == [("fc", 12, 12)]


def test_of_many_numbers_some_are_kept(monkeypatch):
    monkeypatch.setattr(sys.modules[layer_statistics.__module__], "_KEPT", 10)
    model = nn.Sequential(nn.Linear(2, 8))
    (found,) = layer_statistics(model, lambda out, _: out.sum(), mt.ones(3, 2), None)
    assert found.activations.size == found.gradients.size == 10 and (found.gradients == 1).all()


def test_a_model_without_layers():
    class Empty(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale, self.unused = nn.Parameter(mt.ones(1)), nn.ReLU()

        def forward(self, x):
            return x * self.scale

    with pytest.raises(ValueError, match="layer_statistics: the model calls no layers"):
        layer_statistics(Empty(), lambda out, _: out.sum(), mt.ones(2), None)
