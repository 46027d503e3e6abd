"""MobileNetV2: narrow maps that are widened only to be filtered, channel by channel, under torchvision's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...nn import functional as F
from ...tensors.tensor import Tensor
from ..ops.conv_norm_activation import Conv2dNormActivation
from .initialisation import kaiming_normal_convolutions
from .registry import register_model
from .weights_imagenet import MobileNet_V2_Weights
from .weights_loading import with_weights

Layer = Callable[..., nn.Module]

# Of each group of blocks: how many times wider the maps are inside, channels, number of blocks, stride of the first.
_GROUPS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class InvertedResidual(nn.Module):
    """A 1x1 convolution to more channels, a 3x3 filter for each, a 1x1 convolution to few, without ReLU behind it.

    The result is added to the input if it has its shape.

    Args:     inp, oup: channels of the input and of the result.
              stride: of the 3x3 filters, 1 or 2.
              expand_ratio: how many times more channels; 1 for no convolution before the filters.
              norm_layer: makes a normalisation for a number of channels; BatchNorm2d by default.
    Raises:   ValueError: for another stride.
    """

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int, norm_layer: Layer | None = None) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        norm_layer = norm_layer or nn.BatchNorm2d
        self.stride = stride
        self.use_res_connect = stride == 1 and inp == oup
        width = round(inp * expand_ratio)
        settings: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        layers: list[nn.Module] = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, width, kernel_size=1, **settings))
        layers += [
            Conv2dNormActivation(width, width, stride=stride, groups=width, **settings),
            nn.Conv2d(width, oup, kernel_size=1, bias=False),
            norm_layer(oup),
        ]
        self.conv = nn.Sequential(*layers)
        self.out_channels = oup

    def forward(self, x: Tensor) -> Tensor:
        """(N, inp, H, W) to (N, oup, H/stride, W/stride)."""
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """A convolution, groups of inverted residual blocks, a 1x1 convolution, the mean of each map, a linear classifier.

    Args:     width_mult: times as many channels everywhere; the last maps stay as many if it is less than 1.
              inverted_residual_setting: of each group of blocks [expand_ratio, channels, number, stride of the first];
                the paper's by default.
              round_nearest: what numbers of channels are rounded to multiples of.
              block: makes a block, with InvertedResidual's arguments.
              norm_layer: makes a normalisation for a number of channels; BatchNorm2d by default.
              dropout: probability that a number is dropped in training before the linear layer.
    Raises:   ValueError: for a setting of another form, and a dropout outside [0, 1].
    Source:   Sandler et al. 2018, "MobileNetV2".
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        groups = _GROUPS if inverted_residual_setting is None else inverted_residual_setting
        if not groups or any(len(group) != 4 for group in groups):
            raise ValueError(
                f"inverted_residual_setting should be non-empty or a 4-element list, got {inverted_residual_setting}"
            )
        block = block or InvertedResidual
        norm_layer = norm_layer or nn.BatchNorm2d
        settings: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        channels = _rounded(32 * width_mult, round_nearest)
        self.last_channel = _rounded(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2, **settings)]
        for expand_ratio, width, count, first_stride in groups:
            width = _rounded(width * width_mult, round_nearest)
            for i in range(count):
                stride = first_stride if i == 0 else 1
                features.append(block(channels, width, stride, expand_ratio=expand_ratio, norm_layer=norm_layer))
                channels = width
        features.append(Conv2dNormActivation(channels, self.last_channel, kernel_size=1, **settings))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))
        self._initialise()

    def _initialise(self) -> None:
        kaiming_normal_convolutions(self)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # all have one

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (N, num_classes) of images (N, 3, H, W)."""
        return self.classifier(F.adaptive_avg_pool2d(self.features(x), (1, 1)).flatten(1))


def _rounded(channels: float, divisor: int) -> int:
    """The nearest multiple, but no less than nine tenths, nor than the divisor."""
    found = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return found if found >= 0.9 * channels else found + divisor


@register_model(input_size=(3, 224, 224))
@with_weights(MobileNet_V2_Weights)
def mobilenet_v2(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2, 3,504,872 parameters for 1000 classes.

    Args:     weights, progress: see weights_loading.py.
              kwargs: for MobileNetV2, such as num_classes.
    """
    return MobileNetV2(**kwargs)
