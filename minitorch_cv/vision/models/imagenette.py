"""A network of five convolutions for Imagenette, with switches for what a course takes away or exchanges."""

from __future__ import annotations

from collections.abc import Callable

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .registry import register_model


@register_model(input_size=(3, 128, 128))
class ImagenetteModel(nn.Module):
    """Five 5x5 convolutions of doubling width with average pooling between them, and one linear layer.

    4,361,514 parameters for ten classes. Made for 128x128 images; takes any from 16x16 on.

    Args:     width: filters of the first convolution; the last has sixteen times as many.
              batch_norm: normalise after each convolution.
              dropout: probability that a number is dropped in training before the linear layer.
              activation_layer: makes the activation: nn.ReLU, nn.LeakyReLU, nn.Sigmoid or another class of layers.
    Raises:   TypeError: for an activation_layer that cannot be called. ValueError: for a dropout outside [0, 1].
    """

    def __init__(
        self,
        num_classes: int = 10,
        width: int = 32,
        batch_norm: bool = True,
        dropout: float = 0.5,
        activation_layer: Callable[[], nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        if not callable(activation_layer) or isinstance(activation_layer, nn.Module):
            raise TypeError(
                f"ImagenetteModel: activation_layer is {activation_layer!r}, expected what makes a layer, "
                "such as nn.ReLU, nn.LeakyReLU or nn.Sigmoid, without parentheses"
            )
        widths = [3, *(width * 2**i for i in range(5))]
        pools = [*(nn.AvgPool2d(2) for _ in range(4)), nn.AdaptiveAvgPool2d(1)]
        self.features = nn.Sequential(
            *(
                nn.Sequential(*conv_block(c, o, 5, batch_norm=batch_norm, activation_layer=activation_layer), pool)
                for c, o, pool in zip(widths, widths[1:], pools)
            )
        )
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(widths[-1], num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(self.features(images))
