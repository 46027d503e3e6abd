"""ResNet: with other normalisations against torchvision's, its first values, its errors."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch
import torchvision.models
from numba.core import config

import minitorch_cv as mt
from minitorch_cv.vision.models import BasicBlock, Bottleneck, ResNet, resnet18, resnext50_32x4d, wide_resnet50_2
from tests.checks import check_error, normal, ours_of
from tests.vision.models.checks import check_model

NORMS = {
    "batch norm": (None, torch.nn.BatchNorm2d),
    "group norm": (functools.partial(mt.nn.GroupNorm, 4), functools.partial(torch.nn.GroupNorm, 4)),
}


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for these widths")
@pytest.mark.parametrize("norm", NORMS)
def test_resnet_gives_what_torchvision_gives(norm):
    ours = ResNet(BasicBlock, (1, 1, 1, 1), num_classes=5, norm_layer=NORMS[norm][0])
    theirs = torchvision.models.ResNet(
        torchvision.models.resnet.BasicBlock, (1, 1, 1, 1), num_classes=5, norm_layer=NORMS[norm][1]
    )
    check_model(ours, theirs, (3, 3, 33, 36))


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for these widths")
@pytest.mark.parametrize(
    "settings",
    [
        {"groups": 8, "width_per_group": 2},
        {"width_per_group": 24, "replace_stride_with_dilation": (False, True, False)},
    ],
    ids=["ResNeXt", "wide"],
)
def test_bottlenecks_in_groups_and_of_other_widths(settings):
    ours = ResNet(Bottleneck, (1, 1, 1, 1), num_classes=5, **settings)
    theirs = torchvision.models.ResNet(torchvision.models.resnet.Bottleneck, (1, 1, 1, 1), num_classes=5, **settings)
    check_model(ours, theirs, (2, 3, 33, 36), ["float64"])


def test_initialisation():
    model = resnet18(num_classes=3)
    weight = model.layer3[0].conv1.weight.array  # (256, 128, 3, 3)
    assert weight.std() == pytest.approx(np.sqrt(2 / (256 * 9)), rel=0.02)
    assert model.fc.weight.shape == (3, 512)
    assert all(block.bn2.weight.array.min() == 1 for block in model.layer2)
    zeroed = ResNet(BasicBlock, (1, 1, 1, 1), zero_init_residual=True)
    assert zeroed.layer1[0].bn2.weight.array.max() == 0 and zeroed.layer1[0].bn1.weight.array.min() == 1


def test_block_begins_as_the_identity_if_asked():
    block = ResNet(BasicBlock, (1, 1, 1, 1), zero_init_residual=True).layer1[0]
    x = ours_of(np.abs(normal(2, 64, 3, 3)).astype(np.float32))
    np.testing.assert_array_equal(block(x).array, x.array)


@pytest.mark.parametrize(
    "error, match, call",
    [
        (ValueError, "BasicBlock only supports groups=1 and base_width=64, got groups=2", lambda: resnet18(groups=2)),
        (ValueError, "base_width=128", lambda: resnet18(width_per_group=128)),
        (
            NotImplementedError,
            "Dilation > 1 not supported in BasicBlock, got 2",
            lambda: resnet18(replace_stride_with_dilation=(False, False, True)),
        ),
        (
            ValueError,
            r"replace_stride_with_dilation should be None or a 3-element tuple, got \(True,\)",
            lambda: resnet18(replace_stride_with_dilation=(True,)),
        ),
        (TypeError, "unexpected keyword argument 'classes'", lambda: resnet18(classes=3)),
        (ValueError, "'groups' expected value 32 but got 2 instead", lambda: resnext50_32x4d(groups=2)),
        (ValueError, "'width_per_group' expected value 128 but got 64", lambda: wide_resnet50_2(width_per_group=64)),
    ],
)  # fmt: skip
def test_errors(error, match, call):
    check_error(error, match, call)
