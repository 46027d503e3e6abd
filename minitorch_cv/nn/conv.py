"""Convolution layers."""

from __future__ import annotations

import math
from typing import Any

from ..ops.arguments import tuple_of
from ..ops.convolution import conv2d_relu
from ..tensors.creation import empty
from ..tensors.tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter

_PADDING_STRINGS = ("same", "valid")
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def check_divisible(name: str, channels: int, groups: int) -> None:
    """Raise ValueError if channels cannot be dealt out to groups."""
    if channels % groups != 0:
        raise ValueError(f"{name} must be divisible by groups, got {channels} and {groups}")


class _Conv(Module):
    """What all convolution layers have in common: settings, weight, bias and their first values."""

    _spatial: int  # number of dimensions that the window slides over
    transposed = False

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        check_divisible("in_channels", in_channels, groups)
        check_divisible("out_channels", out_channels, groups)
        if padding_mode not in _PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {_PADDING_MODES}, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = self._tuple("kernel_size", kernel_size)
        self.stride = self._tuple("stride", stride)
        self.padding: Any = padding if isinstance(padding, str) else self._tuple("padding", padding)
        self.dilation = self._tuple("dilation", dilation)
        self.transposed = self.transposed
        self.output_padding = self._tuple("output_padding", output_padding)
        self.groups = groups
        self.padding_mode = padding_mode
        if isinstance(padding, str):
            if padding not in _PADDING_STRINGS:
                raise ValueError(f"Invalid padding string '{padding}', should be one of {_PADDING_STRINGS}")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError(f"padding='same' is not supported for strided convolutions, got stride={self.stride}")
        self.weight = Parameter(empty(self._weight_shape(), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        ends = (self.out_channels, self.in_channels // self.groups)
        if self.transposed:
            ends = (self.in_channels, self.out_channels // self.groups)
        return (*ends, *self.kernel_size)

    def _tuple(self, name: str, value: Any) -> tuple[int, ...]:
        return tuple_of(self._spatial, type(self).__name__, name, value)

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly from ±1/sqrt(fan_in), fan_in being the weight's size for one first index."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """Channels and window, and what differs from the defaults."""
        none = (0,) * self._spatial
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != none:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self._spatial:
            text += f", dilation={self.dilation}"
        if self.output_padding != none:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text

    def _pad_numbers(self) -> tuple[int, ...]:
        """`padding` in the way of F.pad: (before, after) of the last dimension first."""
        if self.padding == "valid":
            return (0, 0) * self._spatial
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size)]
            return tuple(n for total in reversed(totals) for n in (total // 2, total - total // 2))
        return tuple(p for p in reversed(self.padding) for _ in range(2))

    def _padded(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input, and the zero padding that is still to be added to it."""
        if self.padding_mode == "zeros":
            return input, self.padding
        return F.pad(input, self._pad_numbers(), mode=self.padding_mode), 0


class Conv1d(_Conv):
    """Convolves sequences (N, C, L) or (C, L) with trained filters; see nn.functional.conv1d.

    Args:     padding: at both ends; a number, 'same' or 'valid'.
              padding_mode: what stands there: 'zeros', 'reflect', 'replicate' or 'circular'.
    Attributes: weight: (out_channels, in_channels/groups, kernel_size). bias: (out_channels,) or None.
    Raises:   ValueError: if groups does not divide the channels, or for an unknown padding.
    """

    _spatial = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] | str = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        """The convolution: (N, O, ol) or (O, ol)."""
        padded, padding = self._padded(input)
        return F.conv1d(padded, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(_Conv):
    """Convolves images (N, C, H, W) or (C, H, W) with trained filters; see nn.functional.conv2d.

    Args:     kernel_size, stride, dilation: a number, or (vertical, horizontal).
              padding: on each side; a number, (vertical, horizontal), 'same' or 'valid'.
              padding_mode: what stands there: 'zeros', 'reflect', 'replicate' or 'circular'.
    Attributes: weight: (out_channels, in_channels/groups, kh, kw). bias: (out_channels,) or None.
    Raises:   ValueError: if groups does not divide the channels, or for an unknown padding.
    """

    _spatial = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        """The convolution: (N, O, oh, ow) or (O, oh, ow)."""
        padded, padding = self._padded(input)
        return F.conv2d(padded, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def forward_relu(self, input: Tensor) -> Tensor:
        """relu(forward(input)) in one operation; see fusion.py."""
        padded, padding = self._padded(input)
        return conv2d_relu(padded, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class _ConvTranspose(_Conv):
    """What transposed convolution layers have in common."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            self._tuple("padding", padding),
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """The output_padding that gives results of `output_size`."""
        if output_size is None:
            return self.output_padding
        leading = input.ndim - self._spatial
        wanted = list(output_size)
        if len(wanted) == input.ndim:
            wanted = wanted[leading:]
        if len(wanted) != self._spatial:
            raise ValueError(
                f"{type(self).__name__}: for {input.ndim}D input, output_size must have {self._spatial} or "
                f"{leading + self._spatial} elements (got {len(wanted)})"
            )
        smallest = [
            (n - 1) * s - 2 * p + d * (k - 1) + 1
            for n, s, p, d, k in zip(input.shape[leading:], self.stride, self.padding, self.dilation, self.kernel_size)
        ]
        largest = [n + s - 1 for n, s in zip(smallest, self.stride)]
        if any(not low <= n <= high for low, n, high in zip(smallest, wanted, largest)):
            raise ValueError(
                f"{type(self).__name__}: requested an output size of {wanted}, but valid sizes range from {smallest} "
                f"to {largest} (for an input of {list(input.shape[leading:])})"
            )
        return tuple(n - low for n, low in zip(wanted, smallest))


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution of sequences (N, C, L) or (C, L); see nn.functional.conv_transpose1d.

    Args:     padding: elements cut off at both ends. output_padding: elements added at the end.
    Attributes: weight: (in_channels, out_channels/groups, kernel_size). bias: (out_channels,) or None.
    Raises:   ValueError: if groups does not divide the channels, or for a padding_mode other than 'zeros'.
    """

    _spatial = 1

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """The transposed convolution, of `output_size` if that is given."""
        extra = self._output_padding(input, output_size)
        return F.conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of images (N, C, H, W) or (C, H, W); see nn.functional.conv_transpose2d.

    Args:     padding: rows and columns cut off on each side. output_padding: those added at the bottom and right.
    Attributes: weight: (in_channels, out_channels/groups, kh, kw). bias: (out_channels,) or None.
    Raises:   ValueError: if groups does not divide the channels, or for a padding_mode other than 'zeros'.
    """

    _spatial = 2

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """The transposed convolution, of `output_size` (two numbers, or a whole shape) if that is given."""
        extra = self._output_padding(input, output_size)
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )
