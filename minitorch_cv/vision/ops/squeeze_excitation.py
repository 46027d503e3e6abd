"""Squeeze and excitation: channels weighted by what all of them have seen (torchvision.ops.misc)."""

from __future__ import annotations

from collections.abc import Callable

from ... import nn
from ...tensors.tensor import Tensor


class SqueezeExcitation(nn.Module):
    """Multiplies each channel by a number that two 1x1 convolutions make of the means of all channels.

    Args:     input_channels: of the images.
              squeeze_channels: between the two convolutions.
              activation, scale_activation: make what follows the first convolution and the second.
    Source:   Hu et al. 2018, "Squeeze-and-excitation networks".
    """

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Callable[..., nn.Module] = nn.ReLU,
        scale_activation: Callable[..., nn.Module] = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        """(N, input_channels, H, W), each channel times its factor."""
        squeezed = self.activation(self.fc1(self.avgpool(input)))
        return self.scale_activation(self.fc2(squeezed)) * input
