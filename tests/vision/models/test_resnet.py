"""ResNet against the same network in torch, with the same weights."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.vision.models import BasicBlock, ResNet, resnet18, resnet34
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.nn.checks import copy_state


class TorchBlock(torch.nn.Module):
    def __init__(self, c, o, stride=1, norm=torch.nn.BatchNorm2d):
        super().__init__()
        nn = torch.nn
        self.conv1, self.bn1 = nn.Conv2d(c, o, 3, stride, 1, bias=False), norm(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), norm(o)
        self.downsample = None
        if stride != 1 or c != o:
            self.downsample = nn.Sequential(nn.Conv2d(c, o, 1, stride, bias=False), norm(o))

    def forward(self, x):
        out = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(out + (x if self.downsample is None else self.downsample(x)))


class TorchResNet(torch.nn.Module):
    def __init__(self, layers, num_classes, norm=torch.nn.BatchNorm2d):
        super().__init__()
        nn = torch.nn
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), norm(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        widths = [64, 64, 128, 256, 512]
        for i, count in enumerate(layers):
            blocks = [TorchBlock(widths[i], widths[i + 1], 2 if i else 1, norm)]
            blocks += [TorchBlock(widths[i + 1], widths[i + 1], 1, norm) for _ in range(count - 1)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(512, num_classes)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


NORMS = {
    "batch norm": (None, torch.nn.BatchNorm2d),
    "group norm": (functools.partial(mt.nn.GroupNorm, 4), functools.partial(torch.nn.GroupNorm, 4)),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("norm", NORMS)
def test_resnet_gives_what_torch_gives(norm, dtype, training):
    """float32 within what two float32 networks of 18 layers differ by, float64 to the last digits."""
    torch.manual_seed(1)  # where a number lies within rounding of ReLU's kink, gradients differ by more
    ours = ResNet(BasicBlock, (1, 1, 1, 1), num_classes=5, norm_layer=NORMS[norm][0]).to(getattr(mt, dtype))
    theirs = TorchResNet((1, 1, 1, 1), 5, NORMS[norm][1]).to(getattr(torch, dtype))
    copy_state(ours, theirs)
    ours.train(training)
    theirs.train(training)
    x = normal(3, 3, 40, 40).astype(dtype)
    cotangent = normal(3, 5, seed=1).astype(dtype)
    results = ours(ours_of(x)), theirs(theirs_of(x))
    single = dtype == "float32"
    assert_close(*results, 2e-5 if single else 1e-11, "result")
    results[0].backward(ours_of(cotangent))
    results[1].backward(theirs_of(cotangent))
    for (name, one), (_, two) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert_close(one.grad, two.grad, 2e-3 if single else 1e-10, name)
    for (name, one), (_, two) in zip(ours.named_buffers(), theirs.named_buffers(), strict=True):
        assert_close(one, two, 1e-5 if single else 1e-11, name)


@pytest.mark.parametrize(
    "make, layers, count", [(resnet18, (2, 2, 2, 2), 11689512), (resnet34, (3, 4, 6, 3), 21797672)]
)
def test_parameters_and_names(make, layers, count):
    model = make(weights=None)
    theirs = TorchResNet(layers, 1000)
    assert sum(p.numel() for p in model.parameters()) == count == sum(p.numel() for p in theirs.parameters())
    shapes = [{name: tuple(t.shape) for name, t in m.state_dict().items()} for m in (model, theirs)]
    assert list(shapes[0].items()) == list(shapes[1].items())


def test_initialisation():
    mt.manual_seed(0)
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
        (NotImplementedError, "resnet18: trained weights do .*weights='DEFAULT'", lambda: resnet18(weights="DEFAULT")),
        (NotImplementedError, "resnet34: trained weights .*pretrained=True", lambda: resnet34(pretrained=True)),
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
    ],
)  # fmt: skip
def test_errors(error, match, call):
    check_error(error, match, call)
