"""LeNet-5, the first convolutional network that read cheques, in the form that courses teach."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .image_shape import check_images
from .registry import register_model

_PADDING = {28: 2, 32: 0}  # both give the 5x5 maps that the linear layers expect


@register_model(input_size=(1, 28, 28))
class LeNet5(nn.Module):
    """Two convolutions of 6 and 16 filters with pooling, then linear layers of 120, 84 and `num_classes`.

    As usual today, with ReLU for tanh, max-pooling for trained averaging, every filter on every map, and plain scores
    for the distances to class templates. 61,706 parameters for ten classes of grey images.

    Args:     in_channels: 1 for grey images, 3 for RGB.
              image_size: 28 (MNIST, padded by 2) or 32 (CIFAR).
              batch_norm: normalise before every ReLU.
    Raises:   ValueError: for another image_size.
    Source:   LeCun, Bottou, Bengio and Haffner 1998.
    """

    def __init__(
        self, num_classes: int = 10, in_channels: int = 1, image_size: int = 28, batch_norm: bool = False
    ) -> None:
        super().__init__()
        if image_size not in _PADDING:
            raise ValueError(f"LeNet5: image_size is {image_size}, expected 28 or 32; resize the images to one of them")
        self.in_channels = in_channels
        self.image_size = image_size
        self.features = nn.Sequential(
            *conv_block(in_channels, 6, 5, padding=_PADDING[image_size], batch_norm=batch_norm),  # (N, 6, 28, 28)
            nn.MaxPool2d(2),  # (N, 6, 14, 14)
            *conv_block(6, 16, 5, padding=0, batch_norm=batch_norm),  # (N, 16, 10, 10)
            nn.MaxPool2d(2),  # (N, 16, 5, 5)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            *_linear_block(16 * 5 * 5, 120, batch_norm),
            *_linear_block(120, 84, batch_norm),
            nn.Linear(84, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, image_size, image_size)."""
        check_images("LeNet5", images, self.in_channels, self.image_size)
        return self.classifier(self.features(images))


def _linear_block(in_features: int, out_features: int, batch_norm: bool) -> list[nn.Module]:
    linear = nn.Linear(in_features, out_features, bias=not batch_norm)
    return [linear, *([nn.BatchNorm1d(out_features)] if batch_norm else []), nn.ReLU()]
