"""ResNet-9: the small residual network that learns CIFAR-10 in few epochs."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .registry import register_model


@register_model(input_size=(3, 32, 32))
class ResNet9(nn.Module):
    """Four convolutions, two of them followed by two more that are added to their input; one linear layer.

    6,573,130 parameters for ten classes. Made for 32x32 images; takes any from 8x8 on.

    Args:     in_channels: 1 for grey images, 3 for RGB.
              width: filters of the first convolution; the last have eight times as many.
              dropout: probability that a number is dropped in training before the linear layer.
    Raises:   ValueError: for a dropout outside [0, 1].
    Source:   Page 2018, "How to train your ResNet".
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 3, width: int = 64, dropout: float = 0.2) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(*conv_block(in_channels, width))
        self.conv2 = nn.Sequential(*conv_block(width, 2 * width), nn.MaxPool2d(2))
        self.res1 = _two_convolutions(2 * width)
        self.conv3 = nn.Sequential(*conv_block(2 * width, 4 * width), nn.MaxPool2d(2))
        self.conv4 = nn.Sequential(*conv_block(4 * width, 8 * width), nn.MaxPool2d(2))
        self.res2 = _two_convolutions(8 * width)
        self.classifier = nn.Sequential(
            nn.AdaptiveMaxPool2d(1),  # of 4x4 maps, where images are 32x32
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(8 * width, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, H, W)."""
        x = self.conv2(self.conv1(images))
        x = x + self.res1(x)
        x = self.conv4(self.conv3(x))
        x = x + self.res2(x)
        return self.classifier(x)


def _two_convolutions(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Sequential(*conv_block(channels, channels)), nn.Sequential(*conv_block(channels, channels)))
