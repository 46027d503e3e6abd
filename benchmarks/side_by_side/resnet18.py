"""ResNet-18 with torchvision's layout and names. Source: He et al. 2015."""

from __future__ import annotations

from types import ModuleType
from typing import Any


def resnet18(nn: ModuleType) -> Any:
    """The model, for 224×224 and 1000 classes; the library's own where `nn` is minitorch_cv.nn."""
    if nn.__name__ == "minitorch_cv.nn":
        from minitorch_cv.vision import models

        return models.resnet18()
    return _resnet(nn)


def _resnet(nn: ModuleType) -> Any:
    """Eight blocks of two convolutions, four widths."""

    class BasicBlock(nn.Module):  # type: ignore[misc, name-defined]
        """Two 3×3 convolutions and a way around them."""

        def __init__(self, c: int, o: int, stride: int = 1) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(c, o, 3, stride=stride, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(o)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(o, o, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(o)
            self.downsample = None
            if stride != 1 or c != o:
                self.downsample = nn.Sequential(nn.Conv2d(c, o, 1, stride=stride, bias=False), nn.BatchNorm2d(o))

        def forward(self, x: Any) -> Any:
            """(N, c, H, W) to (N, o, H/stride, W/stride)."""
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += x if self.downsample is None else self.downsample(x)
            return self.relu(out)

    class ResNet(nn.Module):  # type: ignore[misc, name-defined]
        """A stem, four groups of two blocks, a linear classifier."""

        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
            self.layer1 = nn.Sequential(BasicBlock(64, 64), BasicBlock(64, 64))
            self.layer2 = nn.Sequential(BasicBlock(64, 128, stride=2), BasicBlock(128, 128))
            self.layer3 = nn.Sequential(BasicBlock(128, 256, stride=2), BasicBlock(256, 256))
            self.layer4 = nn.Sequential(BasicBlock(256, 512, stride=2), BasicBlock(512, 512))
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc = nn.Linear(512, 1000)
            self.flatten = nn.Flatten()

        def forward(self, x: Any) -> Any:
            """(N, 3, H, W) to (N, 1000)."""
            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(self.flatten(self.avgpool(x)))

    return ResNet()
