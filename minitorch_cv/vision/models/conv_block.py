"""The block that most networks for images are made of: convolution, normalisation, activation."""

from __future__ import annotations

from collections.abc import Callable

from ... import nn


def conv_block(
    in_channels: int,
    out_channels: int,
    kernel_size: int = 3,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    batch_norm: bool = True,
    activation_layer: Callable[[], nn.Module] = nn.ReLU,
) -> list[nn.Module]:
    """A convolution, batch norm if asked for, and an activation, as a list of layers.

    A convolution before batch norm has no bias, which the norm would take away.

    Args:     padding: by default, as much as keeps the size at stride 1, if kernel_size is odd.
              activation_layer: makes the activation.
    """
    padding = kernel_size // 2 if padding is None else padding
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=not batch_norm)
    return [conv, *([nn.BatchNorm2d(out_channels)] if batch_norm else []), activation_layer()]
