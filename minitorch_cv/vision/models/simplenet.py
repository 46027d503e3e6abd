"""The networks of a course's project on the 15-Scenes images: the first one, the steps from it, and the last one."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .image_shape import check_images
from .registry import register_model

_SIZE = 64  # pixels; both networks' linear layers fit this


@register_model(input_size=(1, 64, 64))
class SimpleNet(nn.Module):
    """Two 5x5 convolutions, two linear layers, for 64x64 grey images; and the steps that an ablation adds to them.

    56,895 parameters for the 15 scenes.

    Args:     in_channels: 1 for grey images, 3 for RGB.
              dropout: probability that a number is dropped in training before the linear layers.
              deeper: a third convolution, 3x3 of 30 filters.
              batch_norm: normalise after each convolution.
    Raises:   ValueError: for a dropout outside [0, 1].
    Source:   Georgia Tech CS 6476, project 6. Weights have the names that the project's own code gives them.
    """

    def __init__(
        self,
        num_classes: int = 15,
        in_channels: int = 1,
        dropout: float = 0.0,
        deeper: bool = False,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        conv_layers = [
            *_pooled(in_channels, 10, batch_norm),  # (N, 10, 20, 20)
            *_pooled(10, 20, batch_norm),  # (N, 20, 5, 5)
        ]
        channels = 20
        if deeper:
            conv_layers += conv_block(20, 30, 3, batch_norm=batch_norm)
            channels = 30
        if dropout:
            conv_layers.append(nn.Dropout(dropout))
        self.conv_layers = nn.Sequential(*conv_layers)
        self.fc_layers = nn.Sequential(nn.Linear(channels * 5 * 5, 100), nn.ReLU(), nn.Linear(100, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, 64, 64)."""
        check_images("SimpleNet", images, self.in_channels, _SIZE)
        return self.fc_layers(self.conv_layers(images).flatten(1))


def _pooled(in_channels: int, out_channels: int, batch_norm: bool) -> list[nn.Module]:
    """A convolution without padding; its maxima in 3x3 windows, and ReLU on those alone: a ninth of the work."""
    *conv, relu = conv_block(in_channels, out_channels, 5, padding=0, batch_norm=batch_norm)
    return [*conv, nn.MaxPool2d(3), relu]


@register_model(input_size=(1, 64, 64))
class SimpleNetFinal(nn.Module):
    """Three convolutions with padding, batch norm on two, overlapping pooling and dropout, for 64x64 grey images.

    258,593 parameters for the 15 scenes.

    Args:     in_channels: 1 for grey images, 3 for RGB.
    Source:   Georgia Tech CS 6476, project 6: the last network of a report.
    """

    def __init__(self, num_classes: int = 15, in_channels: int = 1) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.conv_layers = nn.Sequential(
            nn.Conv2d(in_channels, 10, kernel_size=5, padding=2),
            nn.BatchNorm2d(10),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),  # (N, 10, 32, 32)
            nn.Conv2d(10, 20, kernel_size=5, padding=2),
            nn.BatchNorm2d(20),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),  # (N, 20, 16, 16)
            nn.Dropout(0.3),
            nn.Conv2d(20, 30, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),  # (N, 30, 8, 8)
        )
        self.fc_layers = nn.Sequential(
            nn.Dropout(0.5), nn.Linear(30 * 8 * 8, 128), nn.ReLU(), nn.Linear(128, num_classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, 64, 64)."""
        check_images("SimpleNetFinal", images, self.in_channels, _SIZE)
        return self.fc_layers(self.conv_layers(images).flatten(1))
