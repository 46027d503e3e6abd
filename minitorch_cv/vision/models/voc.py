"""Networks of a course's assignment on PASCAL VOC: which of 20 kinds of objects are in an image.

Their scores go into BCEWithLogitsLoss or MultiLabelSoftMarginLoss: an image may show several objects.
"""

from __future__ import annotations

from ... import nn
from ...tensors.tensor import Tensor
from .conv_block import conv_block
from .image_shape import check_images
from .registry import register_model


@register_model(input_size=(3, 227, 227))
class SimpleClassifier(nn.Module):
    """Three convolutions with pooling and three linear layers, for 227x227 colour images: what there is to beat.

    1,337,856 parameters for 20 kinds of objects.

    Source:   University of Illinois CS 498 / ECE 549, assignment on multi-label classification.
    """

    def __init__(self, num_classes: int = 20) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, kernel_size=5)
        self.conv2 = nn.Conv2d(64, 32, kernel_size=3)
        self.conv3 = nn.Conv2d(32, 16, kernel_size=3)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(16 * 26 * 26, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Scores (N, num_classes) of images (N, 3, 227, 227)."""
        check_images("SimpleClassifier", images, 3, 227)
        x = images
        for conv in (self.conv1, self.conv2, self.conv3):
            x = self.pool(self.relu(conv(x)))
        x = x.flatten(1)  # (N, 16*26*26)
        x = self.relu(self.fc2(self.relu(self.fc1(x))))
        return self.fc3(x)


@register_model(input_size=(3, 227, 227))
class VOCClassifier(nn.Module):
    """Four groups of 3x3 convolutions of doubling width, the mean of each map, one linear layer; with switches.

    1,179,892 parameters for 20 kinds of objects. Made for 227x227 images; takes any from 32x32 on.

    Args:     width: filters of the first group; the last has eight times as many.
              batch_norm: normalise after each convolution.
              deeper: two convolutions a group instead of one.
              dropout: probability that a number is dropped in training before the linear layer.
    Raises:   ValueError: for a dropout outside [0, 1].
    """

    def __init__(
        self,
        num_classes: int = 20,
        width: int = 32,
        batch_norm: bool = True,
        deeper: bool = True,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        groups = []
        in_channels = 3
        for i in range(4):
            channels = width * 2**i
            # The first convolution halves the image: most of the work would be in the largest maps.
            kernel_size, stride = (5, 2) if i == 0 else (3, 1)
            layers = conv_block(in_channels, channels, kernel_size, stride, batch_norm=batch_norm)
            if deeper:
                layers += conv_block(channels, channels, batch_norm=batch_norm)
            groups.append(nn.Sequential(*layers, nn.MaxPool2d(2)))
            in_channels = channels
        self.features = nn.Sequential(*groups)
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(in_channels, num_classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        """Scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(self.features(images))
