"""ResNets for CIFAR against the same networks in torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numba.core import config

import minitorch_cv as mt
from minitorch_cv.vision import models
from minitorch_cv.vision.models import CIFARResNet, cifar_resnet18, resnet18
from tests.checks import check_error
from tests.vision.models.checks import check_model, state_shapes


class Block(torch.nn.Module):
    def __init__(self, c, o, stride):
        super().__init__()
        nn = torch.nn
        self.conv1, self.bn1 = nn.Conv2d(c, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)

    def forward(self, x):
        out = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if out.shape != x.shape:  # option A: a smaller image, and zeros for the channels that are new
            missing = out.shape[1] - x.shape[1]
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, missing // 2, missing // 2))
        return torch.relu(out + x)


class InTorch(torch.nn.Module):
    def __init__(self, blocks, classes):
        super().__init__()
        nn = torch.nn
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        for group, (c, o) in enumerate([(16, 16), (16, 32), (32, 64)], 1):
            first = Block(c, o, 1 if group == 1 else 2)
            setattr(self, f"layer{group}", nn.Sequential(first, *(Block(o, o, 1) for _ in range(1, blocks))))
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.fc(x.mean((2, 3)))


@pytest.mark.parametrize("depth", [8, 14])
def test_results_and_gradients(depth):
    theirs = InTorch((depth - 2) // 6, 4)
    ours = CIFARResNet(depth, num_classes=4)
    assert state_shapes(ours) == state_shapes(theirs)
    check_model(ours, theirs, (3, 3, 12, 11))


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110])
def test_depths(depth, without_first_values):
    model = getattr(models, f"resnet{depth}")(num_classes=3)
    layers = [m for m in model.modules() if isinstance(m, (mt.nn.Conv2d, mt.nn.Linear))]
    assert len(layers) == depth and layers[-1].out_features == 3


def test_first_values():
    for model in (CIFARResNet(14), cifar_resnet18()):
        for module in model.modules():
            if isinstance(module, mt.nn.Conv2d):  # enough numbers to know their spread within 10 %
                kh, kw = module.kernel_size
                expected = np.sqrt(2 / (module.out_channels * kh * kw))
                assert module.weight.array.std() == pytest.approx(expected, rel=0.1)
            if isinstance(module, mt.nn.BatchNorm2d):
                assert module.weight.array.min() == 1 and module.bias.array.max() == 0


def test_resnet18_with_another_stem(without_first_values):
    ours, usual = cifar_resnet18(num_classes=1000), resnet18()
    assert [shape for shape in state_shapes(ours) if shape[0] != "conv1.weight"] == state_shapes(usual)[1:]
    assert ours.conv1.weight.shape == (64, 3, 3, 3)


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for these widths")
def test_resnet18_keeps_the_size_of_small_images():
    model = cifar_resnet18(num_classes=4)
    sizes = []
    model.layer1.register_forward_hook(lambda module, inputs, output: sizes.append(tuple(output.shape)))
    assert model(mt.zeros(1, 3, 16, 16)).shape == (1, 4)
    assert sizes == [(1, 64, 16, 16)]


@pytest.mark.parametrize("depth", [18, 2, 21])
def test_other_depths(depth):
    match = rf"CIFARResNet: depth is {depth}, expected 6n \+ 2: 8, 14, 20"
    check_error(ValueError, match, CIFARResNet, depth)
