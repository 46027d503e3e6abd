"""ResNets for 32x32 images: those of the paper's section 4.2, and ResNet-18 with a stem that does not shrink images."""

from __future__ import annotations

from ... import nn
from ...nn import functional as F
from ...nn.fusion import norm_relu
from ...tensors.tensor import Tensor
from .initialisation import kaiming_normal_convolutions
from .registry import register_model
from .resnet import BasicBlock, ResNet


class _PaddedShortcut(nn.Module):
    """Every second pixel, with channels of zeros added on both sides: a shortcut without parameters (option A)."""

    def __init__(self, extra_channels: int) -> None:
        super().__init__()
        self.each_side = extra_channels // 2

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C + extra_channels, H/2, W/2)."""
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.each_side, self.each_side))


class CIFARResNet(nn.Module):
    """A 3x3 convolution and three groups of blocks of 16, 32 and 64 channels. Made for 32x32 images; takes any size.

    Args:     depth: layers with weights: 6n + 2, for n blocks a group.
    Raises:   ValueError: for another depth.
    Source:   He et al. 2015, "Deep residual learning for image recognition", section 4.2.
    """

    def __init__(self, depth: int, num_classes: int = 10) -> None:
        super().__init__()
        blocks, rest = divmod(depth - 2, 6)
        if rest or blocks < 1:
            raise ValueError(f"CIFARResNet: depth is {depth}, expected 6n + 2: 8, 14, 20, 32, 44, 56, 110 ...")
        self.conv1 = nn.Conv2d(3, 16, kernel_size=3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(*(BasicBlock(16, 16) for _ in range(blocks)))
        self.layer2 = _narrowing_group(16, blocks)
        self.layer3 = _narrowing_group(32, blocks)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(64, num_classes)
        kaiming_normal_convolutions(self)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        x = norm_relu(self.bn1, self.relu, self.conv1(x))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(self.avgpool(x).flatten(1))


def _narrowing_group(channels: int, blocks: int) -> nn.Sequential:
    """Blocks that halve height and width and double the channels."""
    first = BasicBlock(channels, 2 * channels, stride=2, downsample=_PaddedShortcut(channels))
    return nn.Sequential(first, *(BasicBlock(2 * channels, 2 * channels) for _ in range(1, blocks)))


@register_model(input_size=(3, 32, 32))
def resnet20(num_classes: int = 10) -> CIFARResNet:
    """CIFAR's ResNet of 20 layers, 269,722 parameters for ten classes."""
    return CIFARResNet(20, num_classes)


@register_model(input_size=(3, 32, 32))
def resnet32(num_classes: int = 10) -> CIFARResNet:
    """CIFAR's ResNet of 32 layers, 464,154 parameters for ten classes."""
    return CIFARResNet(32, num_classes)


@register_model(input_size=(3, 32, 32))
def resnet44(num_classes: int = 10) -> CIFARResNet:
    """CIFAR's ResNet of 44 layers, 658,586 parameters for ten classes."""
    return CIFARResNet(44, num_classes)


@register_model(input_size=(3, 32, 32))
def resnet56(num_classes: int = 10) -> CIFARResNet:
    """CIFAR's ResNet of 56 layers, 853,018 parameters for ten classes."""
    return CIFARResNet(56, num_classes)


@register_model(input_size=(3, 32, 32))
def resnet110(num_classes: int = 10) -> CIFARResNet:
    """CIFAR's ResNet of 110 layers, 1,727,962 parameters for ten classes."""
    return CIFARResNet(110, num_classes)


@register_model(input_size=(3, 32, 32))
def cifar_resnet18(num_classes: int = 10) -> ResNet:
    """ResNet-18 for 32x32 images: a 3x3 stem and no max-pooling; 11,173,962 parameters for ten classes.

    The weights have the names of resnet18's.
    """
    model = ResNet(BasicBlock, (2, 2, 2, 2), num_classes)
    model.conv1 = nn.Conv2d(3, 64, kernel_size=3, padding=1, bias=False)
    model.maxpool = nn.Identity()  # type: ignore[assignment]  # forward calls it, whatever it is
    kaiming_normal_convolutions(model.conv1)
    return model
