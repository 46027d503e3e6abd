"""LeNet-5, the first convolutional network that read cheques, in the form that courses teach."""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor

_PADDING = {28: 2, 32: 0}  # both give the 5x5 maps that the linear layers expect


class LeNet5(nn.Module):
    """Two convolutions of 6 and 16 filters with pooling, then linear layers of 120, 84 and `num_classes`.

    As usual today, with ReLU for tanh, max-pooling for trained averaging, every filter on every map, and plain scores
    for the distances to class templates. 61,706 parameters for ten classes of grey images.

    Args:     in_channels: 1 for grey images, 3 for RGB.
              image_size: 28 (MNIST, padded by 2) or 32 (CIFAR).
    Raises:   ValueError: for another image_size.
    Source:   LeCun, Bottou, Bengio and Haffner 1998.
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1, image_size: int = 28) -> None:
        super().__init__()
        if image_size not in _PADDING:
            raise ValueError(f"LeNet5: image_size is {image_size}, expected 28 or 32; resize the images to one of them")
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 6, kernel_size=5, padding=_PADDING[image_size]),  # (N, 6, 28, 28)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 6, 14, 14)
            nn.Conv2d(6, 16, kernel_size=5),  # (N, 16, 10, 10)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (N, 16, 5, 5)
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, in_channels, image_size, image_size)."""
        return self.classifier(self.features(images))
