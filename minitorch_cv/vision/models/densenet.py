"""DenseNet: every layer sees the maps of all those before it, under torchvision's names."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from ... import nn
from ...nn import functional as F
from ...nn.fusion import norm_relu
from ...ops.joining import cat
from ...tensors.tensor import Tensor
from .registry import register_model
from .weights_imagenet import DenseNet121_Weights
from .weights_loading import with_weights


class _DenseLayer(nn.Module):
    """A 1x1 convolution of all maps to bn_size * growth_rate, a 3x3 convolution of those to growth_rate new ones."""

    def __init__(self, num_input_features: int, growth_rate: int, bn_size: int, drop_rate: float) -> None:
        super().__init__()
        width = bn_size * growth_rate
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(num_input_features, width, kernel_size=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, growth_rate, kernel_size=3, padding=1, bias=False)
        self.drop_rate = float(drop_rate)

    def forward(self, input: Tensor | list[Tensor]) -> Tensor:
        """The new maps (N, growth_rate, H, W) of those before: one tensor, or a list of them to be joined."""
        x = input if isinstance(input, Tensor) else cat(tuple(input), 1)
        x = self.conv1(norm_relu(self.norm1, self.relu1, x))
        x = self.conv2(norm_relu(self.norm2, self.relu2, x))
        return F.dropout(x, self.drop_rate, self.training) if self.drop_rate > 0 else x


class _DenseBlock(nn.ModuleDict):
    """Dense layers, each of which sees the input and the maps of those before."""

    _version = 2

    def __init__(
        self, num_layers: int, num_input_features: int, bn_size: int, growth_rate: int, drop_rate: float
    ) -> None:
        super().__init__()
        for i in range(num_layers):
            layer = _DenseLayer(num_input_features + i * growth_rate, growth_rate, bn_size, drop_rate)
            self.add_module(f"denselayer{i + 1}", layer)

    def forward(self, init_features: Tensor) -> Tensor:
        """The input (N, C, H, W) and all new maps, (N, C + num_layers * growth_rate, H, W)."""
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return cat(tuple(features), 1)


class _Transition(nn.Sequential):
    """Between two blocks: a 1x1 convolution to fewer maps, and the means of every 2x2 pixels."""

    def __init__(self, num_input_features: int, num_output_features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(num_input_features)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(num_input_features, num_output_features, kernel_size=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """A stem that shrinks images four times, blocks of dense layers with transitions between them, a linear classifier.

    Made for 224x224 images; takes any from 29x29 on.

    Args:     growth_rate: maps that each layer adds.
              block_config: the number of layers in each block.
              num_init_features: maps of the first convolution.
              bn_size: times growth_rate, the maps inside a layer.
              drop_rate: probability that a number of a layer's maps is dropped in training.
              memory_efficient: torchvision computes maps a second time in backward then; here it may only be False.
    Raises:   NotImplementedError: for memory_efficient=True.
    Source:   Huang et al. 2017, "Densely connected convolutional networks".
    """

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: tuple[int, int, int, int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0,
        num_classes: int = 1000,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        if memory_efficient:
            raise NotImplementedError(
                "DenseNet: memory_efficient=True is not supported, only False: activations are always kept here; take "
                "smaller batches to save memory"
            )
        self.features = nn.Sequential(
            OrderedDict(
                conv0=nn.Conv2d(3, num_init_features, kernel_size=7, stride=2, padding=3, bias=False),
                norm0=nn.BatchNorm2d(num_init_features),
                relu0=nn.ReLU(inplace=True),
                pool0=nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
            )
        )
        channels = num_init_features
        for i, num_layers in enumerate(block_config):
            block = _DenseBlock(num_layers, channels, bn_size, growth_rate, drop_rate)
            self.features.add_module(f"denseblock{i + 1}", block)
            channels += num_layers * growth_rate
            if i != len(block_config) - 1:
                self.features.add_module(f"transition{i + 1}", _Transition(channels, channels // 2))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
        nn.init.zeros_(self.classifier.bias)  # type: ignore[arg-type]  # there is one

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        features = F.relu(self.features(x), inplace=True)
        return self.classifier(F.adaptive_avg_pool2d(features, (1, 1)).flatten(1))


_OLD_KEY = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.(?:weight|bias|running_mean|running_var))$")


def _renamed(key: str) -> str:
    """A name as it is now: in the published files layers are called norm.1 that are norm1 today."""
    return _OLD_KEY.sub(r"\1\2", key)


@register_model(input_size=(3, 224, 224))
@with_weights(DenseNet121_Weights, renamed=_renamed)
def densenet121(**kwargs: Any) -> DenseNet:
    """DenseNet with 58 dense layers, 7,978,856 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for DenseNet, such as num_classes.
    """
    return DenseNet(32, (6, 12, 24, 16), 64, **kwargs)
