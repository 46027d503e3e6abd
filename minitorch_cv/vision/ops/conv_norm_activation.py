"""The block that most networks for images are made of: convolution, normalisation, activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn

Layer = Callable[..., nn.Module]


class Conv2dNormActivation(nn.Sequential):
    """A convolution, a normalisation, an activation.

    Args:     padding: by default as much as keeps the size at stride 1, if kernel_size is odd.
              norm_layer: makes a normalisation for a number of channels; None for none.
              activation_layer: makes an activation; None for none.
              inplace: for the activation; None if it takes no such argument.
              bias: of the convolution; by default there is one if there is no normalisation, which would take it away.
    Raises:   what Conv2d raises.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int] = 3,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int | tuple[int, int] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        if padding is None:
            padding = _padding(kernel_size, dilation)
        if bias is None:
            bias = norm_layer is None
        layers: list[nn.Module] = [
            nn.Conv2d(
                in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**inplace_or_default(inplace)))
        super().__init__(*layers)
        self.out_channels = out_channels


def inplace_or_default(inplace: bool | None) -> dict[str, Any]:
    """The keyword arguments of a layer that may take `inplace`."""
    return {} if inplace is None else {"inplace": inplace}


def _padding(kernel_size: int | tuple[int, int], dilation: int | tuple[int, int]) -> Any:
    """What keeps the size at stride 1; of as many numbers as were given, which the convolution checks."""
    if isinstance(kernel_size, int) and isinstance(dilation, int):
        return (kernel_size - 1) // 2 * dilation
    dims = next(len(v) for v in (kernel_size, dilation) if isinstance(v, (tuple, list)))
    sizes, dilations = (v if isinstance(v, (tuple, list)) else (v,) * dims for v in (kernel_size, dilation))
    return tuple((size - 1) // 2 * step for size, step in zip(sizes, dilations))
