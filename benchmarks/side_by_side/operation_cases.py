"""Every operation at the shapes of the courses' models, written once for both libraries: `CASES`, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]
FLOAT = 4  # bytes


@dataclass(frozen=True)
class Case:
    """One operation and what it is applied to.

    Attributes: build: makes it from the library and its nn: a module, or a function of tensors.
                inputs: shapes; the data are drawn.
                flops: additions and multiplications of forward by the direct method, 0 if memory decides.
                traffic: bytes of forward's inputs and outputs, each once; backward has the same of gradients.
                input_grad: whether the input's gradient is wanted; a first layer's is not.
    """

    label: str
    build: Callable[[Any, Any], Callable[..., Any]]
    inputs: tuple[Shape, ...]
    flops: int = 0
    traffic: int = 0
    input_grad: bool = True

    @property
    def backward_flops(self) -> int:
        """Of the gradients of weight and input, each as much as forward."""
        return self.flops * (2 if self.input_grad else 1)


def convolution(
    n: int, c: int, size: int, o: int, k: int, stride: int = 1, padding: int = 0, groups: int = 1, first: bool = False
) -> Case:
    """A convolution of (n, c, size, size) with o filters k×k."""
    out = (size + 2 * padding - k) // stride + 1
    label = f"conv {k}×{k}{f' /{stride}' if stride > 1 else ''} {'depthwise ' if groups > 1 else ''}{c}→{o}"

    def build(_: Any, nn: Any) -> Any:
        return nn.Conv2d(c, o, k, stride, padding, groups=groups, bias=True)

    flops = 2 * n * o * out * out * (c // groups) * k * k
    return Case(f"{label}, {n}×{size}×{size}", build, ((n, c, size, size),), flops, input_grad=not first)


def linear(n: int, c: int, o: int) -> Case:
    """A linear layer."""
    return Case(f"linear {c}→{o}, {n}", lambda _, nn: nn.Linear(c, o), ((n, c),), 2 * n * c * o)


def memory_bound(label: str, make: Callable[[Any], Any], shape: Shape, outputs: int | None = None) -> Case:
    """A layer whose time goes into reading `shape` and writing `outputs` numbers, as many as it reads if None."""
    numbers = prod(shape) + (prod(shape) if outputs is None else outputs)
    sizes = "×".join(map(str, shape))
    return Case(f"{label}, {sizes}", lambda _, nn: make(nn), (shape,), traffic=FLOAT * numbers)


def binary(label: str, function: Callable[[Any, Any], Any], shape: Shape) -> Case:
    """A function of two tensors of one shape."""
    sizes = "×".join(map(str, shape))
    return Case(f"{label}, {sizes}", lambda *_: function, (shape, shape), traffic=3 * FLOAT * prod(shape))


def cross_entropy(n: int, classes: int) -> Case:
    """Softmax and cross-entropy, which are one operation."""

    def build(library: Any, nn: Any) -> Callable[[Any], Any]:
        criterion = nn.CrossEntropyLoss()
        labels = library.from_numpy(np.arange(n) % classes)
        return lambda scores: criterion(scores, labels)

    return Case(f"cross-entropy, {n}×{classes}", build, ((n, classes),), traffic=FLOAT * n * classes)


CASES = {
    "lenet1": convolution(128, 3, 32, 6, 5, first=True),
    "lenet2": convolution(128, 6, 14, 16, 5),
    "simplenet1": convolution(32, 1, 64, 10, 5, padding=2, first=True),
    "simplenet2": convolution(32, 10, 32, 20, 5, padding=2),
    "simplenet3": convolution(32, 20, 16, 30, 3, padding=1),
    "imagenette1": convolution(32, 3, 128, 32, 5, padding=2, first=True),
    "imagenette2": convolution(32, 32, 64, 64, 5, padding=2),
    "imagenette3": convolution(32, 64, 32, 128, 5, padding=2),
    "imagenette4": convolution(32, 128, 16, 256, 5, padding=2),
    "imagenette5": convolution(32, 256, 8, 512, 5, padding=2),
    "resnet9_1": convolution(128, 3, 32, 64, 3, padding=1, first=True),
    "resnet9_2": convolution(128, 64, 32, 128, 3, padding=1),
    "resnet9_3": convolution(128, 128, 16, 128, 3, padding=1),
    "resnet9_4": convolution(128, 128, 16, 256, 3, padding=1),
    "resnet9_5": convolution(128, 256, 8, 512, 3, padding=1),
    "resnet9_6": convolution(128, 512, 4, 512, 3, padding=1),
    "alexnet1": convolution(32, 3, 224, 64, 11, stride=4, padding=2, first=True),
    "alexnet2": convolution(32, 64, 27, 192, 5, padding=2),
    "alexnet3": convolution(32, 192, 13, 384, 3, padding=1),
    "alexnet4": convolution(32, 384, 13, 256, 3, padding=1),
    "resnet18_1": convolution(16, 3, 224, 64, 7, stride=2, padding=3, first=True),
    "resnet18_2": convolution(16, 64, 56, 64, 3, padding=1),
    "resnet18_3": convolution(16, 64, 56, 128, 3, stride=2, padding=1),
    "resnet18_3s": convolution(16, 64, 56, 128, 1, stride=2),
    "resnet18_4": convolution(16, 128, 28, 128, 3, padding=1),
    "resnet18_5": convolution(16, 128, 28, 256, 3, stride=2, padding=1),
    "resnet18_5s": convolution(16, 128, 28, 256, 1, stride=2),
    "resnet18_6": convolution(16, 256, 14, 256, 3, padding=1),
    "resnet18_7": convolution(16, 256, 14, 512, 3, stride=2, padding=1),
    "resnet18_7s": convolution(16, 256, 14, 512, 1, stride=2),
    "resnet18_8": convolution(16, 512, 7, 512, 3, padding=1),
    "depthwise1": convolution(64, 32, 32, 32, 3, padding=1, groups=32),
    "depthwise2": convolution(64, 64, 32, 64, 3, stride=2, padding=1, groups=64),
    "depthwise3": convolution(64, 128, 16, 128, 3, padding=1, groups=128),
    "depthwise4": convolution(64, 256, 8, 256, 3, padding=1, groups=256),
    "pointwise1": convolution(64, 32, 32, 64, 1),
    "pointwise2": convolution(64, 128, 16, 128, 1),
    "pointwise3": convolution(64, 256, 8, 256, 1),
    "linear_mlp": linear(128, 784, 256),
    "linear_lenet": linear(128, 400, 120),
    "linear_alexnet": linear(32, 9216, 4096),
    "linear_classes": linear(16, 512, 1000),
    "batch_norm1": memory_bound("batch norm", lambda nn: nn.BatchNorm2d(64), (128, 64, 32, 32)),
    "batch_norm2": memory_bound("batch norm", lambda nn: nn.BatchNorm2d(512), (128, 512, 4, 4)),
    "batch_norm_relu": memory_bound(
        "batch norm, ReLU", lambda nn: nn.Sequential(nn.BatchNorm2d(64), nn.ReLU(inplace=True)), (128, 64, 32, 32)
    ),
    "relu1": memory_bound("ReLU", lambda nn: nn.ReLU(), (128, 64, 32, 32)),
    "relu2": memory_bound("ReLU", lambda nn: nn.ReLU(), (128, 6, 28, 28)),
    "sigmoid": memory_bound("sigmoid", lambda nn: nn.Sigmoid(), (128, 64, 32, 32)),
    "tanh": memory_bound("tanh", lambda nn: nn.Tanh(), (128, 64, 32, 32)),
    "gelu": memory_bound("GELU", lambda nn: nn.GELU(), (128, 64, 32, 32)),
    "add": binary("add", lambda a, b: a + b, (128, 64, 32, 32)),
    "mul": binary("mul", lambda a, b: a * b, (128, 64, 32, 32)),
    "max_pool_lenet": memory_bound("max pool 2", lambda nn: nn.MaxPool2d(2), (128, 6, 28, 28), 128 * 6 * 14 * 14),
    "max_pool_resnet9": memory_bound("max pool 2", lambda nn: nn.MaxPool2d(2), (128, 128, 32, 32), 128 * 128 * 16 * 16),
    "max_pool_resnet18": memory_bound(
        "max pool 3 /2", lambda nn: nn.MaxPool2d(3, 2, 1), (16, 64, 112, 112), 16 * 64 * 56 * 56
    ),
    "avg_pool": memory_bound("average pool 2", lambda nn: nn.AvgPool2d(2), (32, 32, 128, 128), 32 * 32 * 64 * 64),
    "adaptive_pool1": memory_bound("adaptive pool to 1", lambda nn: nn.AdaptiveAvgPool2d(1), (64, 256, 8, 8), 64 * 256),
    "adaptive_pool6": memory_bound(
        "adaptive pool to 6", lambda nn: nn.AdaptiveAvgPool2d(6), (32, 256, 6, 6), 32 * 256 * 36
    ),
    "dropout1": memory_bound("dropout", lambda nn: nn.Dropout(0.5), (32, 9216)),
    "dropout2": memory_bound("dropout", lambda nn: nn.Dropout(0.5), (32, 20, 16, 16)),
    "log_softmax": memory_bound("log-softmax", lambda nn: nn.LogSoftmax(1), (128, 1000)),
    "cross_entropy10": cross_entropy(128, 10),
    "cross_entropy1000": cross_entropy(32, 1000),
}
CONVOLUTIONS = [name for name, case in CASES.items() if case.label.startswith("conv")]

# Optimiser steps over the parameters of ResNet-18: numbers read and written for each parameter.
OPTIMIZERS: dict[str, tuple[str, Callable[[Any, Any], Any], int]] = {
    "sgd": ("SGD", lambda library, p: library.optim.SGD(p, lr=1e-6), 3),
    "sgd_momentum": ("SGD, momentum", lambda library, p: library.optim.SGD(p, lr=1e-6, momentum=0.9), 5),
    "adam": ("Adam", lambda library, p: library.optim.Adam(p, lr=1e-6), 7),
}
