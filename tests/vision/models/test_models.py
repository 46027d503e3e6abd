"""LeNet5 and MLP against the same networks in torch, with the same weights."""

import itertools

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.vision.models import MLP, LeNet5


def lenet_in_torch(num_classes, in_channels, padding):
    nn = torch.nn
    features = nn.Sequential(
        nn.Conv2d(in_channels, 6, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2),
    )  # fmt: skip
    classifier = nn.Sequential(
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, num_classes)
    )
    return nn.Sequential(features, classifier)


def mlp_in_torch(sizes):
    layers = [torch.nn.Flatten()]
    for narrow, wide in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(narrow, wide), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def assert_same(ours, theirs, images):
    """The same results and gradients, given torch's weights."""
    assert [tuple(p.shape) for p in ours.parameters()] == [tuple(p.shape) for p in theirs.parameters()]
    with mt.no_grad():
        for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
            mine.copy_(mt.tensor(reference.detach().numpy()))
    cotangent = np.random.default_rng(1).standard_normal((len(images), theirs(torch.tensor(images)).shape[1]))
    cotangent = cotangent.astype(np.float32)
    found, reference = ours(mt.tensor(images)), theirs(torch.tensor(images))
    np.testing.assert_allclose(found.detach().numpy(), reference.detach().numpy(), rtol=1e-4, atol=1e-5)
    found.backward(mt.tensor(cotangent))
    reference.backward(torch.tensor(cotangent))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("num_classes", "in_channels", "size"), [(10, 1, 28), (4, 3, 32)])
def test_lenet(num_classes, in_channels, size):
    images = np.random.default_rng(0).standard_normal((2, in_channels, size, size)).astype(np.float32)
    theirs = lenet_in_torch(num_classes, in_channels, 2 if size == 28 else 0)
    assert_same(LeNet5(num_classes, in_channels, size), theirs, images)


def test_lenet_has_61706_parameters_under_readable_names():
    model = LeNet5()
    assert sum(p.numel() for p in model.parameters()) == 61706
    assert next(iter(model.state_dict())) == "features.0.weight"
    assert "classifier.5.bias" in model.state_dict()


def test_lenet_for_other_sizes():
    with pytest.raises(
        ValueError, match="LeNet5: image_size is 64, expected 28 or 32; resize the images to one of them"
    ):
        LeNet5(image_size=64)


@pytest.mark.parametrize("hidden", [(), (5,), (7, 6, 5)])
def test_mlp(hidden):
    images = np.random.default_rng(0).standard_normal((3, 1, 4, 4)).astype(np.float32)
    assert_same(MLP(16, hidden, 3), mlp_in_torch([16, *hidden, 3]), images)


def test_mlp_for_mnist():
    assert [tuple(p.shape) for p in MLP().parameters() if p.ndim == 2] == [(128, 784), (64, 128), (10, 64)]
    assert [type(layer).__name__ for layer in MLP(hidden=(4,)).layers] == ["Flatten", "Linear", "ReLU", "Linear"]


def test_mlp_with_dropout_drops_in_training_only():
    model = MLP(4, (50,), 2, dropout=0.5)
    x = mt.ones(1, 4)
    assert model(x).tolist() != model(x).tolist()
    model.eval()
    assert model(x).tolist() == model(x).tolist()
    with pytest.raises(ValueError, match="between 0 and 1"):
        MLP(dropout=1.5)
