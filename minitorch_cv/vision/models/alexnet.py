"""AlexNet, which began the rise of deep networks, under torchvision's names."""

from __future__ import annotations

from typing import Any

from ... import nn
from ...tensors.tensor import Tensor
from .registry import register_model
from .weights_imagenet import AlexNet_Weights
from .weights_loading import with_weights


class AlexNet(nn.Module):
    """Five convolutions and three linear layers. Made for 224x224 images; takes any from 63x63 on.

    Args:     dropout: probability that a number is dropped in training before the first two linear layers.
    Raises:   ValueError: for a dropout outside [0, 1].
    Source:   Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks".
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 384, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


@register_model(input_size=(3, 224, 224))
@with_weights(AlexNet_Weights)
def alexnet(**kwargs: Any) -> AlexNet:
    """AlexNet, 61,100,840 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for AlexNet, such as num_classes.
    """
    return AlexNet(**kwargs)
