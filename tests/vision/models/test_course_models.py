"""The networks of courses against the same networks in torch: names of weights, results, gradients, errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from numba.core import config
from torch import nn

import minitorch_cv as mt
from benchmarks.side_by_side import models as benchmarked
from minitorch_cv.vision.models import (
    MLP,
    DepthwiseNet,
    ImagenetteModel,
    LeNet5,
    ResNet9,
    SimpleClassifier,
    SimpleNet,
    SimpleNetFinal,
    VOCClassifier,
    pooled_classifier,
)
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.vision.models.checks import check_model, copy_in_order

needs_jit = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for images of this size")


def test_pooled_classifier():
    """The same as in torch, in training and in evaluation; SqueezeNet's maps, whose means are large."""
    ours = pooled_classifier(6, 4, dropout=0.0)
    theirs = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(6), nn.Dropout(0.0), nn.Linear(6, 4))
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    maps = normal(5, 6, 3, 4).astype(np.float32) * 50 + 100
    for mode in (True, False):
        found, expected = ours.train(mode)(mt.tensor(maps)), theirs.train(mode)(torch.tensor(maps))
        np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="dropout"):
        pooled_classifier(6, 4, dropout=1.5)


def keys(model):
    return [name for name in model.state_dict() if "num_batches" not in name and "running" not in name]


def conv(c, o, size, norm, padding=None, stride=1, groups=1, activation=nn.ReLU):
    padding = size // 2 if padding is None else padding
    layers = [nn.Conv2d(c, o, size, stride, padding, groups=groups, bias=not norm)]
    return [*layers, *([nn.BatchNorm2d(o)] if norm else []), activation()]


def linear(i, o, norm):
    return [nn.Linear(i, o, bias=not norm), *([nn.BatchNorm1d(o)] if norm else []), nn.ReLU()]


class TestMLP:
    @pytest.mark.parametrize("hidden", [(), (5,), (7, 6, 5)])
    def test_against_torch(self, hidden):
        layers = [nn.Flatten()]
        for narrow, wide in itertools.pairwise([16, *hidden, 3]):
            layers += [nn.Linear(narrow, wide), nn.ReLU()]
        check_model(MLP(16, hidden, 3), nn.Sequential(*layers[:-1]), (3, 1, 4, 4))

    def test_for_mnist(self):
        assert [tuple(p.shape) for p in MLP().parameters() if p.ndim == 2] == [(128, 784), (64, 128), (10, 64)]
        assert [type(layer).__name__ for layer in MLP(hidden=(4,)).layers] == ["Flatten", "Linear", "ReLU", "Linear"]

    def test_with_dropout_drops_in_training_only(self):
        model = MLP(4, (50,), 2, dropout=0.5)
        x = mt.ones(1, 4)
        assert model(x).tolist() != model(x).tolist()
        model.eval()
        assert model(x).tolist() == model(x).tolist()
        with pytest.raises(ValueError, match="between 0 and 1"):
            MLP(dropout=1.5)


class TestLeNet5:
    @pytest.mark.parametrize("norm", [False, True])
    @pytest.mark.parametrize("classes, channels, size", [(10, 1, 28), (4, 3, 32)])
    def test_against_torch(self, classes, channels, size, norm):
        theirs = nn.Sequential(
            *conv(channels, 6, 5, norm, 2 if size == 28 else 0), nn.MaxPool2d(2), *conv(6, 16, 5, norm, 0),
            nn.MaxPool2d(2), nn.Flatten(), *linear(400, 120, norm), *linear(120, 84, norm), nn.Linear(84, classes),
        )  # fmt: skip
        # batch norm divides by the spread of a unit in the batch, which in a small one may be next to nothing
        check_model(LeNet5(classes, channels, size, norm), theirs, (8, channels, size, size))

    def test_names(self):
        layers = ("features.0", "features.3", "classifier.1", "classifier.3", "classifier.5")
        assert keys(LeNet5()) == [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]

    def test_with_batch_norm_there_are_no_biases_but_its_own(self):
        assert sum(p.numel() for p in LeNet5(batch_norm=True).parameters()) == 61706 - 226 + 2 * 226

    def test_other_sizes(self):
        match = "LeNet5: image_size is 64, expected 28 or 32; resize the images to one of them"
        check_error(ValueError, match, LeNet5, image_size=64)
        match = r"LeNet5: got images of shape \[2, 1, 32, 32\], expected \[N, 1, 28, 28\]; .*Resize\(\(28, 28\)\)"
        check_error(RuntimeError, match, LeNet5(), mt.zeros(2, 1, 32, 32))
        check_error(
            RuntimeError, r"\[3, 28, 28\], expected \[N, 3, 28, 28\]", LeNet5(in_channels=3), mt.ones(3, 28, 28)
        )


class TestSimpleNet:
    @pytest.mark.parametrize(
        "steps", [{}, {"dropout": 0.5}, {"deeper": True}, {"dropout": 0.5, "deeper": True, "batch_norm": True}]
    )
    def test_against_torch(self, steps):
        norm, deeper = "batch_norm" in steps, "deeper" in steps
        layers = []
        for c, o in ((1, 10), (10, 20)):
            convolution, *rest = conv(c, o, 5, norm, padding=0)
            layers += [convolution, *rest[:-1], nn.MaxPool2d(3), nn.ReLU()]
        if deeper:
            layers += conv(20, 30, 3, norm)
        features = 25 * (30 if deeper else 20)
        fc = [nn.Flatten(), nn.Linear(features, 100), nn.ReLU(), nn.Linear(100, 15)]
        check_model(SimpleNet(**steps), nn.Sequential(*layers, *fc), (2, 1, 64, 64))

    def test_weights_have_the_names_of_the_projects_code(self):
        layers = ("conv_layers.0", "conv_layers.3", "fc_layers.0", "fc_layers.2")
        assert keys(SimpleNet()) == [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]
        assert keys(SimpleNet(dropout=0.5)) == keys(SimpleNet())
        assert [str(layer) for layer in SimpleNet(dropout=0.4).conv_layers][-1] == "Dropout(p=0.4, inplace=False)"

    def test_the_last_network(self):
        check_model(SimpleNetFinal(), benchmarked.simplenet_final(nn), (2, 1, 64, 64))
        rates = [m.p for m in SimpleNetFinal().modules() if isinstance(m, mt.nn.Dropout)]
        assert rates == [m.p for m in benchmarked.simplenet_final(nn) if isinstance(m, nn.Dropout)]

    def test_errors(self):
        for model in (SimpleNet, SimpleNetFinal):
            match = rf"{model.__name__}: got images of shape \[1, 3, 64, 64\], expected \[N, 1, 64, 64\]; .*in_channels"
            check_error(RuntimeError, match, model(), mt.zeros(1, 3, 64, 64))
            assert model(num_classes=4, in_channels=3).eval()(mt.zeros(1, 3, 64, 64)).shape == (1, 4)
        check_error(ValueError, "between 0 and 1, but got -0.5", SimpleNet, dropout=-0.5)


class TestImagenetteModel:
    def test_against_the_benchmark(self):
        check_model(ImagenetteModel(width=2), benchmarked.imagenette(nn, width=2), (3, 3, 32, 32))

    @pytest.mark.parametrize("norm", [False, True])
    @pytest.mark.parametrize("activation", ["LeakyReLU", "Sigmoid", "ReLU"])
    def test_with_other_activations(self, activation, norm):
        widths = [3, 2, 4, 8, 16, 32]
        layers = []
        for i, (c, o) in enumerate(itertools.pairwise(widths)):
            layers += conv(c, o, 5, norm, activation=getattr(nn, activation))
            layers.append(nn.AvgPool2d(2) if i < 4 else nn.AdaptiveAvgPool2d(1))
        theirs = nn.Sequential(*layers, nn.Flatten(), nn.Linear(32, 6))
        ours = ImagenetteModel(6, 2, batch_norm=norm, activation_layer=getattr(mt.nn, activation))
        check_model(ours, theirs, (4, 3, 19, 22))

    def test_dropout(self):
        assert ImagenetteModel(width=1, dropout=0.25).classifier[1].p == 0.25

    @pytest.mark.parametrize("given", ["relu", mt.nn.ReLU()])
    def test_activations_that_are_none(self, given):
        match = "ImagenetteModel: activation_layer is .*expected what makes a layer, such as nn.ReLU"
        check_error(TypeError, match, ImagenetteModel, activation_layer=given)


class TestResNet9:
    def test_against_the_benchmark(self):
        check_model(ResNet9(width=2), benchmarked.resnet9(nn, width=2), (3, 3, 32, 32))

    def test_names_and_settings(self):
        model = ResNet9(num_classes=4, in_channels=1, width=3, dropout=0.4)
        assert {name.partition(".")[0] for name in keys(model)} == {
            "conv1", "conv2", "res1", "conv3", "conv4", "res2", "classifier"
        }  # fmt: skip
        assert model.classifier[2].p == 0.4
        assert model.eval()(mt.zeros(2, 1, 8, 9)).shape == (2, 4)


class TestDepthwiseNet:
    def test_against_the_benchmark(self):
        check_model(DepthwiseNet(width=4), benchmarked.depthwise_net(nn, width=4), (3, 3, 16, 16))

    def test_settings(self):
        assert DepthwiseNet(num_classes=3, in_channels=1, width=2).eval()(mt.zeros(2, 1, 9, 7)).shape == (2, 3)


class VOCInTorch(nn.Module):
    """As the assignment hands it out."""

    def __init__(self, classes):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(3, 64, 5), nn.Conv2d(64, 32, 3), nn.Conv2d(32, 16, 3)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 26 * 26, 120), nn.Linear(120, 84), nn.Linear(84, classes)

    def forward(self, x):
        for conv in (self.conv1, self.conv2, self.conv3):
            x = self.pool(torch.relu(conv(x)))
        x = x.view(x.size()[0], 16 * 26 * 26)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


class TestVOC:
    def test_simple_classifiers_scores(self):
        ours, theirs = SimpleClassifier(3), VOCInTorch(3)
        copy_in_order(ours, theirs)
        x = normal(1, 3, 227, 227).astype(np.float32)
        with mt.no_grad(), torch.no_grad():
            assert_close(ours(ours_of(x)), theirs(theirs_of(x)), 2e-5, "scores")

    @needs_jit
    def test_simple_classifiers_gradients(self):
        check_model(SimpleClassifier(3), VOCInTorch(3), (1, 3, 227, 227), dtypes=["float32"])

    def test_simple_classifiers_names_and_size(self):
        assert keys(SimpleClassifier()) == keys(VOCInTorch(20))
        match = r"SimpleClassifier: got images of shape \[1, 3, 224, 224\], expected \[N, 3, 227, 227\]"
        check_error(RuntimeError, match, SimpleClassifier(), mt.zeros(1, 3, 224, 224))

    @pytest.mark.parametrize("norm", [False, True])
    @pytest.mark.parametrize("deeper", [False, True])
    def test_with_switches(self, deeper, norm):
        layers = []
        for c, o in itertools.pairwise([3, 2, 4, 8, 16]):
            layers += conv(c, o, 5, norm, stride=2) if c == 3 else conv(c, o, 3, norm)
            layers += [*(conv(o, o, 3, norm) if deeper else []), nn.MaxPool2d(2)]
        theirs = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 20))
        check_model(VOCClassifier(width=2, batch_norm=norm, deeper=deeper), theirs, (3, 3, 33, 37))

    def test_dropout(self):
        assert VOCClassifier(width=1, dropout=0.25).classifier[2].p == 0.25
