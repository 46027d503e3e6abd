"""A small MobileNet, made of depthwise-separable convolutions."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .registry import register_model


@register_model(input_size=(3, 32, 32))
class DepthwiseNet(nn.Module):
    """A 3x3 convolution, five depthwise-separable ones, the mean of each map, one linear layer.

    136,778 parameters for ten classes. Made for 32x32 images; takes any size.

    Args:     in_channels: 1 for grey images, 3 for RGB.
              width: filters of the first convolution; the last have eight times as many.
    Source:   Howard et al. 2017, "MobileNets".
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 3, width: int = 32) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Sequential(*conv_block(in_channels, width)),
            _separable(width, 2 * width),
            _separable(2 * width, 4 * width, stride=2),
            _separable(4 * width, 4 * width),
            _separable(4 * width, 8 * width, stride=2),
            _separable(8 * width, 8 * width),
        )
        self.classifier = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * width, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, H, W)."""
        return self.classifier(self.features(images))


def _separable(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """A 3x3 filter for every channel, then a 1x1 convolution that mixes the channels."""
    return nn.Sequential(
        *conv_block(in_channels, in_channels, stride=stride, groups=in_channels),
        *conv_block(in_channels, out_channels, kernel_size=1),
    )
