"""The nine models of the training benchmark, each written once for both libraries.

Every builder takes the library's `nn` (minitorch_cv.nn or torch.nn) and gives a model, so that both train the same
source. `MODELS` holds what one training step needs to know: builder, shape of an image, batch, number of classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from .resnet18 import resnet18

Module = Any  # minitorch_cv.nn.Module or torch.nn.Module: a builder cannot know which


@dataclass(frozen=True)
class Model:
    """A model and the batch it is measured with.

    Attributes: build: makes it from a library's nn; takes the model's own options, such as width, by name.
                image: (C, H, W) of one input.
                batch: images in a training step.
                classes: number of outputs.
    """

    title: str
    build: Callable[..., Module]
    image: tuple[int, int, int]
    batch: int
    classes: int = 10

    def label(self, batch: bool = True) -> str:
        """Title, image and batch, for tables and charts."""
        return f"{self.title}, {'×'.join(map(str, self.image))}" + (f" ({self.batch})" if batch else "")

    def of_size(self, size: int | None) -> Model:
        """The same for images of another height and width; itself for None."""
        return self if size is None else replace(self, image=(self.image[0], size, size))


def mlp(nn: ModuleType) -> Module:
    """784-256-128-10, for MNIST."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def lenet5(nn: ModuleType) -> Module:
    """LeNet-5 with ReLU and max pooling, for CIFAR-sized colour images. Source: LeCun et al. 1998."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def simplenet_final(nn: ModuleType) -> Module:
    """The 15-Scenes course's last network, for 64×64 grey images: 258,593 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 10, 5, padding=2),
        nn.BatchNorm2d(10),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Conv2d(10, 20, 5, padding=2),
        nn.BatchNorm2d(20),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Dropout(0.3),
        nn.Conv2d(20, 30, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(30 * 8 * 8, 128),
        nn.ReLU(),
        nn.Linear(128, 15),
    )


def conv_block(nn: ModuleType, c: int, o: int, kernel_size: int, *pool: Module) -> Module:
    """Convolution that keeps the size, batch norm, ReLU, and a pooling layer if one is given."""
    conv = nn.Conv2d(c, o, kernel_size, padding=kernel_size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(o), nn.ReLU(inplace=True), *pool)


def imagenette(nn: ModuleType, width: int = 32) -> Module:
    """Five 5×5 convolutions with batch norm, average pooling and dropout, for Imagenette at 128×128."""
    return nn.Sequential(
        conv_block(nn, 3, width, 5, nn.AvgPool2d(2)),
        conv_block(nn, width, 2 * width, 5, nn.AvgPool2d(2)),
        conv_block(nn, 2 * width, 4 * width, 5, nn.AvgPool2d(2)),
        conv_block(nn, 4 * width, 8 * width, 5, nn.AvgPool2d(2)),
        conv_block(nn, 8 * width, 16 * width, 5, nn.AdaptiveAvgPool2d(1)),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(16 * width, 10),
    )


def depthwise_block(nn: ModuleType, c: int, o: int, stride: int = 1) -> Module:
    """A 3×3 filter for every channel, then a 1×1 convolution that mixes the channels."""
    return nn.Sequential(
        nn.Conv2d(c, c, 3, stride=stride, padding=1, groups=c, bias=False),
        nn.BatchNorm2d(c),
        nn.ReLU(inplace=True),
        nn.Conv2d(c, o, 1, bias=False),
        nn.BatchNorm2d(o),
        nn.ReLU(inplace=True),
    )


def depthwise_net(nn: ModuleType, width: int = 32) -> Module:
    """A small MobileNet of depthwise-separable convolutions, for 32×32. Source: Howard et al. 2017."""
    return nn.Sequential(
        conv_block(nn, 3, width, 3),
        depthwise_block(nn, width, 2 * width),
        depthwise_block(nn, 2 * width, 4 * width, stride=2),
        depthwise_block(nn, 4 * width, 4 * width),
        depthwise_block(nn, 4 * width, 8 * width, stride=2),
        depthwise_block(nn, 8 * width, 8 * width),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8 * width, 10),
    )


def resnet9(nn: ModuleType, width: int = 64) -> Module:
    """ResNet-9, for CIFAR. Source: Page 2018, "How to train your ResNet"."""

    class Residual(nn.Module):  # type: ignore[misc, name-defined]
        """Two convolutions and what went into them."""

        def __init__(self, channels: int) -> None:
            super().__init__()
            self.block = nn.Sequential(
                conv_block(nn, channels, channels, 3),
                conv_block(nn, channels, channels, 3),
            )

        def forward(self, x: Any) -> Any:
            """(N, C, H, W) to the same shape."""
            return x + self.block(x)

    return nn.Sequential(
        conv_block(nn, 3, width, 3),
        conv_block(nn, width, 2 * width, 3, nn.MaxPool2d(2)),
        Residual(2 * width),
        conv_block(nn, 2 * width, 4 * width, 3, nn.MaxPool2d(2)),
        conv_block(nn, 4 * width, 8 * width, 3, nn.MaxPool2d(2)),
        Residual(8 * width),
        nn.MaxPool2d(4),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(8 * width, 10),
    )


def alexnet(nn: ModuleType) -> Module:
    """AlexNet as torchvision has it, without names. Source: Krizhevsky 2014."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(192, 384, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2),
        nn.AdaptiveAvgPool2d(6),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(9216, 4096),
        nn.ReLU(inplace=True),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(inplace=True),
        nn.Linear(4096, 1000),
    )


MODELS = {
    "mlp": Model("MLP", mlp, (1, 28, 28), 128),
    "lenet5_16": Model("LeNet-5", lenet5, (3, 32, 32), 16),
    "lenet5_128": Model("LeNet-5", lenet5, (3, 32, 32), 128),
    "simplenet": Model("SimpleNetFinal", simplenet_final, (1, 64, 64), 32, 15),
    "imagenette": Model("ImagenetteModel", imagenette, (3, 128, 128), 32),
    "depthwise": Model("depthwise-separable", depthwise_net, (3, 32, 32), 64),
    "resnet9": Model("ResNet-9", resnet9, (3, 32, 32), 128),
    "alexnet": Model("AlexNet", alexnet, (3, 224, 224), 32, 1000),
    "resnet18": Model("ResNet-18", resnet18, (3, 224, 224), 16, 1000),
}
