"""SqueezeNet: AlexNet's accuracy with a fiftieth of its weights, under torchvision's names."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...nn.fusion import run_in_turn
from ...ops.joining import cat
from ...tensors.tensor import Tensor
from .registry import register_model
from .weights_imagenet import SqueezeNet1_0_Weights, SqueezeNet1_1_Weights
from .weights_loading import with_weights


class Fire(nn.Module):
    """A 1x1 convolution to few maps; 1x1 and 3x3 convolutions of those, side by side.

    Args:     inplanes: channels of the input.
              squeeze_planes: of the few maps.
              expand1x1_planes, expand3x3_planes: of the two parts of the result.
    """

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, expand1x1_planes + expand3x3_planes, H, W)."""
        x = run_in_turn((self.squeeze, self.squeeze_activation), x)
        ones = run_in_turn((self.expand1x1, self.expand1x1_activation), x)
        threes = run_in_turn((self.expand3x3, self.expand3x3_activation), x)
        return cat((ones, threes), 1)


class SqueezeNet(nn.Module):
    """A convolution, eight Fire modules with pooling between them, and a convolution whose maps' means are the scores.

    Made for 224x224 images; takes any from 21x21 (version 1_0) or 17x17 (1_1) on.

    Args:     version: "1_0", the paper's, or "1_1", with 2.4 times less to compute.
              dropout: probability that a number is dropped in training before the last convolution.
    Raises:   ValueError: for another version, and for a dropout outside [0, 1].
    Source:   Iandola et al. 2016, "SqueezeNet".
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.num_classes = num_classes
        if version == "1_0":
            self.features = nn.Sequential(
                nn.Conv2d(3, 96, kernel_size=7, stride=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(96, 16, 64, 64),
                Fire(128, 16, 64, 64),
                Fire(128, 32, 128, 128),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(256, 32, 128, 128),
                Fire(256, 48, 192, 192),
                Fire(384, 48, 192, 192),
                Fire(384, 64, 256, 256),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(512, 64, 256, 256),
            )
        elif version == "1_1":
            self.features = nn.Sequential(
                nn.Conv2d(3, 64, kernel_size=3, stride=2),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(64, 16, 64, 64),
                Fire(128, 16, 64, 64),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(128, 32, 128, 128),
                Fire(256, 32, 128, 128),
                nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
                Fire(256, 48, 192, 192),
                Fire(384, 48, 192, 192),
                Fire(384, 64, 256, 256),
                Fire(512, 64, 256, 256),
            )
        else:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        final_conv = nn.Conv2d(512, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout), final_conv, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1))
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is final_conv:
                    nn.init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # all have one

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(self.features(x)).flatten(1)


@register_model(input_size=(3, 224, 224))
@with_weights(SqueezeNet1_0_Weights)
def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0, 1,248,424 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for SqueezeNet, such as num_classes.
    """
    return SqueezeNet("1_0", **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(SqueezeNet1_1_Weights)
def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1, 1,235,496 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for SqueezeNet, such as num_classes.
    """
    return SqueezeNet("1_1", **kwargs)
