"""layer_features: against PyTorch's activations, and what is left of it in the model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.training.features import layer_features
from minitorch_cv.utils.data import DataLoader, TensorDataset
from tests.checks import FORWARD_TOLERANCE, assert_close, normal

IMAGES = normal(10, 1, 6, 6).astype(np.float32)
TARGETS = np.arange(10) % 3


def network(lib):
    """Convolution, ReLU in place, pooling, linear layer."""
    layers = [lib.nn.Conv2d(1, 2, 3), lib.nn.ReLU(inplace=True), lib.nn.Dropout(0.5), lib.nn.MaxPool2d(2)]
    return lib.nn.Sequential(*layers, lib.nn.Flatten(), lib.nn.Linear(8, 3))


def loader(images=IMAGES):
    return DataLoader(TensorDataset(mt.from_numpy(images), mt.from_numpy(TARGETS[: len(images)])), batch_size=4)


@pytest.mark.parametrize("layer", ["0", "1", "3", "4", "5", ""])
def test_features_are_the_layers_outputs_in_evaluation(layer):
    ours, theirs = network(mt), network(torch)
    theirs.load_state_dict({k: torch.from_numpy(v.numpy().copy()) for k, v in ours.state_dict().items()})
    features, targets = layer_features(ours, loader(), layer)
    x = torch.from_numpy(IMAGES)
    for module in list(theirs.eval())[: int(layer or 5) + 1]:
        if layer == "0" or not isinstance(module, torch.nn.ReLU):
            x = module(x)
        else:
            x = torch.relu(x)
    assert_close(features, x.flatten(1).detach().numpy(), FORWARD_TOLERANCE["float32"], "features")
    np.testing.assert_array_equal(targets, TARGETS)


def test_large_images_of_features_are_averaged():
    model = nn.Sequential(nn.Identity())
    large = normal(4, 5, 30, 28).astype(np.float32)  # 4200 numbers a sample
    features, _ = layer_features(model, loader(large), model[0])
    np.testing.assert_allclose(features, large.mean(axis=(2, 3), dtype=np.float64), atol=1e-6)
    small = large[:, :4]
    np.testing.assert_array_equal(layer_features(model, loader(small), "0")[0], small.reshape(4, -1))


def test_it_stops_at_max_samples_and_leaves_the_model_as_it_was():
    model = network(mt)
    model[2].eval()
    features, targets = layer_features(model, loader(), "4", max_samples=6)
    assert features.shape == (6, 8) and features.dtype == np.float32 and targets.tolist() == [0, 1, 2, 0, 1, 2]
    assert model.training and model[0].training and not model[2].training
    assert not any(module._forward_hooks for module in model.modules())


def test_targets_may_be_lists_and_layers_called_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.relu, self.unused = nn.ReLU(), nn.ReLU()

        def forward(self, x):
            return self.relu(self.relu(x) - 1)

    features, targets = layer_features(Twice(), [(mt.tensor([[0.5, 3.0]]), [7])], "relu")
    assert features.tolist() == [[0.0, 2.0]] and targets.tolist() == [7]
    with pytest.raises(RuntimeError, match="layer_features: the model's forward does not call the layer 'unused'"):
        layer_features(Twice(), [(mt.ones(1, 2), [7])], "unused")


class Pair(nn.Module):
    """Gives two tensors."""

    def forward(self, x):
        return x, x


@pytest.mark.parametrize(
    ("error", "arguments", "match"),
    [
        (ValueError, (network(mt), loader(), "conv"), "the model has no layer 'conv'; there are 0, 1, 2, 3, 4, 5"),
        (ValueError, (network(mt), loader(), nn.ReLU()), "no layer a ReLU that is not part of it; there are 0, 1"),
        (ValueError, (network(mt), [], "0"), "the loader gives no samples"),
        (ValueError, (network(mt), loader(), "0", 0), "max_samples is 0, expected at least 1"),
        (TypeError, (Pair(), loader(), ""), "the layer '' gives a tuple; expected a tensor"),
    ],
)
def test_bad_input(error, arguments, match):
    with pytest.raises(error, match=f"layer_features: .*{match}"):
        layer_features(*arguments)
