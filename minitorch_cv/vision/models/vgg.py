"""VGG: stacks of 3x3 convolutions, under torchvision's names.

The functions take `weights` and `progress` (weights_loading.py), and any of VGG's arguments beside `features`, such as
num_classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import nn
from ...tensors.tensor import Tensor
from .initialisation import kaiming_normal_convolutions
from .registry import register_model
from .weights_imagenet import (
    VGG11_BN_Weights,
    VGG11_Weights,
    VGG13_BN_Weights,
    VGG13_Weights,
    VGG16_BN_Weights,
    VGG16_Weights,
    VGG19_BN_Weights,
    VGG19_Weights,
)
from .weights_loading import with_weights

# Filters of each convolution, "M" for a max-pooling layer; named as in the paper's table 1.
cfgs: dict[str, list[str | int]] = {
    "A": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "B": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "D": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
    "E": [64, 64, "M", 128, 128, "M", *[256] * 4, "M", *[512] * 4, "M", *[512] * 4, "M"],
}


class VGG(nn.Module):
    """Convolutions and three linear layers. Made for 224x224 images; takes any from 32x32 on.

    Args:     features: the convolutions, as `make_layers` makes them; they give 512 maps.
              init_weights: draw first values as torchvision does; if not, they are those of the layers.
              dropout: probability that a number is dropped in training after the first two linear layers.
    Raises:   ValueError: for a dropout outside [0, 1].
    Source:   Simonyan and Zisserman 2014, "Very deep convolutional networks for large-scale image recognition".
    """

    def __init__(
        self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            self._initialise()

    def _initialise(self) -> None:
        kaiming_normal_convolutions(self)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def make_layers(cfg: Sequence[str | int], batch_norm: bool = False) -> nn.Sequential:
    """The convolutions of a VGG.

    Args:     cfg: filters of each convolution, and "M" for a max-pooling layer: a value of `cfgs`.
              batch_norm: normalise after each convolution.
    Raises:   ValueError: for anything else in cfg.
    """
    layers: list[nn.Module] = []
    in_channels = 3
    for entry in cfg:
        if entry == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        elif isinstance(entry, int):
            layers.append(nn.Conv2d(in_channels, entry, kernel_size=3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(entry))
            layers.append(nn.ReLU(inplace=True))
            in_channels = entry
        else:
            raise ValueError(f"make_layers: cfg holds {entry!r}, expected numbers of filters and 'M' for max-pooling")
    return nn.Sequential(*layers)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG11_Weights, init_weights=False)
def vgg11(**kwargs: Any) -> VGG:
    """VGG of 11 layers, 132,863,336 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["A"]), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG11_BN_Weights, init_weights=False)
def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG of 11 layers with batch norm, 132,868,840 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["A"], batch_norm=True), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG13_Weights, init_weights=False)
def vgg13(**kwargs: Any) -> VGG:
    """VGG of 13 layers, 133,047,848 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["B"]), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG13_BN_Weights, init_weights=False)
def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG of 13 layers with batch norm, 133,053,736 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["B"], batch_norm=True), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG16_Weights, init_weights=False)
def vgg16(**kwargs: Any) -> VGG:
    """VGG of 16 layers, 138,357,544 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["D"]), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG16_BN_Weights, init_weights=False)
def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG of 16 layers with batch norm, 138,365,992 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["D"], batch_norm=True), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG19_Weights, init_weights=False)
def vgg19(**kwargs: Any) -> VGG:
    """VGG of 19 layers, 143,667,240 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["E"]), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(VGG19_BN_Weights, init_weights=False)
def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG of 19 layers with batch norm, 143,678,248 parameters for 1000 classes."""
    return VGG(make_layers(cfgs["E"], batch_norm=True), **kwargs)
