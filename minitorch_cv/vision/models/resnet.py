"""ResNets of 18 to 152 layers, a ResNeXt and a wide one: blocks add to their input; under torchvision's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...nn.fusion import norm_relu
from ...tensors.tensor import Tensor
from .initialisation import kaiming_normal_convolutions
from .registry import register_model
from .weights_imagenet import (
    ResNet18_Weights,
    ResNet34_Weights,
    ResNet50_Weights,
    ResNet101_Weights,
    ResNet152_Weights,
    ResNeXt50_32X4D_Weights,
    Wide_ResNet50_2_Weights,
)
from .weights_loading import with_weights

Norm = Callable[[int], nn.Module]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions, whose result is added to the input.

    Args:     inplanes, planes: channels of the input and of the result.
              stride: of the first convolution.
              downsample: brings the input to the result's shape, where they differ.
              norm_layer: makes a normalisation for a number of channels; BatchNorm2d by default.
    Raises:   ValueError, NotImplementedError: for groups, base_width and dilation, which are those of other blocks.
    """

    expansion = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        if groups != 1 or base_width != 64:
            raise ValueError(
                "BasicBlock only supports groups=1 and base_width=64, got "
                f"groups={groups} and base_width={base_width} (ResNet's width_per_group)"
            )
        if dilation > 1:
            raise NotImplementedError(
                f"Dilation > 1 not supported in BasicBlock, got {dilation}: leave out replace_stride_with_dilation"
            )
        norm_layer = norm_layer or nn.BatchNorm2d
        self.conv1 = nn.Conv2d(inplanes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H/stride, W/stride)."""
        out = norm_relu(self.bn1, self.relu, self.conv1(x))
        residual = x if self.downsample is None else self.downsample(x)
        return norm_relu(self.bn2, self.relu, self.conv2(out), residual)


class Bottleneck(nn.Module):
    """A 3x3 convolution of fewer channels between two of 1x1, whose result is added to the input.

    The stride is that of the 3x3 convolution, as torchvision has it (ResNet V1.5); the paper's first one has it.

    Args:     inplanes: channels of the input; the result has planes * 4.
              stride: of the second convolution.
              downsample: brings the input to the result's shape, where they differ.
              groups, base_width: the second convolution has planes * base_width / 64 * groups channels in `groups`.
              dilation: of the second convolution.
              norm_layer: makes a normalisation for a number of channels; BatchNorm2d by default.
    """

    expansion = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = nn.Conv2d(inplanes, width, kernel_size=1, bias=False)
        self.bn1 = norm_layer(width)
        self.conv2 = nn.Conv2d(
            width, width, kernel_size=3, stride=stride, padding=dilation, dilation=dilation, groups=groups, bias=False
        )
        self.bn2 = norm_layer(width)
        self.conv3 = nn.Conv2d(width, planes * self.expansion, kernel_size=1, bias=False)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes * 4, H/stride, W/stride)."""
        out = norm_relu(self.bn1, self.relu, self.conv1(x))
        out = norm_relu(self.bn2, self.relu, self.conv2(out))
        residual = x if self.downsample is None else self.downsample(x)
        return norm_relu(self.bn3, self.relu, self.conv3(out), residual)


class ResNet(nn.Module):
    """A stem that shrinks images four times, four groups of blocks of growing width, and a linear classifier.

    Args:     block: BasicBlock, Bottleneck, or a class that takes the same arguments and has an `expansion`.
              layers: the number of blocks in each group.
              zero_init_residual: let every block begin as the identity (its last normalisation's factors are 0).
              groups, width_per_group, replace_stride_with_dilation: handed on to the blocks.
              norm_layer: makes a normalisation for a number of channels; BatchNorm2d by default.
    Raises:   ValueError: if replace_stride_with_dilation has not one value for each group but the first.
    Source:   He et al. 2015, "Deep residual learning for image recognition".
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: Norm | None = None,
    ) -> None:
        super().__init__()
        dilate = (False, False, False) if replace_stride_with_dilation is None else replace_stride_with_dilation
        if len(dilate) != 3:
            raise ValueError(
                f"replace_stride_with_dilation should be None or a 3-element tuple, got {replace_stride_with_dilation}"
            )
        self._norm_layer = norm_layer or nn.BatchNorm2d
        self.inplanes = 64
        self.dilation = 1
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = self._norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=dilate[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=dilate[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=dilate[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        self._initialise(zero_init_residual)

    def _make_layer(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        planes: int,
        blocks: int,
        stride: int = 1,
        dilate: bool = False,
    ) -> nn.Sequential:
        """A group of blocks; the first one changes the size."""
        dilation_before = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        width = planes * block.expansion
        downsample = None
        if stride != 1 or self.inplanes != width:
            downsample = nn.Sequential(
                nn.Conv2d(self.inplanes, width, kernel_size=1, stride=stride, bias=False), self._norm_layer(width)
            )
        shared = self.groups, self.base_width
        made = [block(self.inplanes, planes, stride, downsample, *shared, dilation_before, self._norm_layer)]
        self.inplanes = width
        made += [block(width, planes, 1, None, *shared, self.dilation, self._norm_layer) for _ in range(1, blocks)]
        return nn.Sequential(*made)

    def _initialise(self, zero_init_residual: bool) -> None:
        kaiming_normal_convolutions(self)
        if zero_init_residual:
            for module in self.modules():
                last = getattr(module, {BasicBlock: "bn2", Bottleneck: "bn3"}.get(type(module), ""), None)
                if getattr(last, "weight", None) is not None:
                    nn.init.zeros_(last.weight)  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        x = self.maxpool(norm_relu(self.bn1, self.relu, self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


@register_model(input_size=(3, 224, 224))
@with_weights(ResNet18_Weights)
def resnet18(**kwargs: Any) -> ResNet:
    """ResNet with eight blocks, 11,689,512 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    """
    return ResNet(BasicBlock, (2, 2, 2, 2), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(ResNet34_Weights)
def resnet34(**kwargs: Any) -> ResNet:
    """ResNet with sixteen blocks, 21,797,672 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    """
    return ResNet(BasicBlock, (3, 4, 6, 3), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(ResNet50_Weights)
def resnet50(**kwargs: Any) -> ResNet:
    """ResNet with sixteen bottleneck blocks, 25,557,032 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    """
    return ResNet(Bottleneck, (3, 4, 6, 3), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(ResNet101_Weights)
def resnet101(**kwargs: Any) -> ResNet:
    """ResNet with 33 bottleneck blocks, 44,549,160 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    """
    return ResNet(Bottleneck, (3, 4, 23, 3), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(ResNet152_Weights)
def resnet152(**kwargs: Any) -> ResNet:
    """ResNet with fifty bottleneck blocks, 60,192,808 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    """
    return ResNet(Bottleneck, (3, 8, 36, 3), **kwargs)


@register_model(input_size=(3, 224, 224))
@with_weights(ResNeXt50_32X4D_Weights)
def resnext50_32x4d(**kwargs: Any) -> ResNet:
    """ResNet-50 whose 3x3 convolutions are in 32 groups, 25,028,904 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    Raises:   ValueError: for other groups, and another width_per_group.
    Source:   Xie et al. 2017, "Aggregated residual transformations for deep neural networks".
    """
    return ResNet(Bottleneck, (3, 4, 6, 3), **_with_fixed(kwargs, groups=32, width_per_group=4))


@register_model(input_size=(3, 224, 224))
@with_weights(Wide_ResNet50_2_Weights)
def wide_resnet50_2(**kwargs: Any) -> ResNet:
    """ResNet-50 whose 3x3 convolutions are twice as wide, 68,883,240 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for ResNet, such as num_classes.
    Raises:   ValueError: for another width_per_group.
    Source:   Zagoruyko and Komodakis 2016, "Wide residual networks".
    """
    return ResNet(Bottleneck, (3, 4, 6, 3), **_with_fixed(kwargs, width_per_group=128))


def _with_fixed(given: dict[str, Any], **fixed: int) -> dict[str, Any]:
    """The settings of a network that is known by some of them."""
    for name, value in fixed.items():
        if given.setdefault(name, value) != value:
            raise ValueError(f"The parameter '{name}' expected value {value} but got {given[name]} instead.")
    return given
