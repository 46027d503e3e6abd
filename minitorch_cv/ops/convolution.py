"""Convolution (cross-correlation: the kernel is not flipped) over one or two spatial dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.grad_mode import grad_state
from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import convolution as kernels
from ..kernels.bias import conv2d_backward_bias
from ..kernels.keeping import Kept, keep
from ..kernels.window import Window, same_padding
from .activation_piecewise import relu_gradient
from .convolution_arguments import check_bias, check_groups, check_operands, check_paddings, check_steps, times
from .image_form import ImageForm, window_over
from .kept import Scaling, kept_for, let_go
from .known import kind, kind_of, known, settings

Integers = int | tuple[int, ...]


@dataclass(eq=False, repr=False)
class Convolution(Operation):
    """The weighted sum of each window of the input, and on request the ReLU of that."""

    form: ImageForm
    window: Window
    groups: int
    relu: bool = False

    def name(self) -> str:
        """ConvolutionBackward0, or that of what comes last."""
        return "ReluBackward0" if self.relu else super().name()

    def forward(self, x: Array, weight: Array, bias: Array | None) -> Array:
        form = self.form
        self.x: Any = x if self.needs_grad[1] else None
        self.weight: Any = weight if self.needs_grad[0] else None
        self.image_size, self.weight_shape = form.image_size(x.shape), weight.shape
        out = _convolved(form, x, weight, bias, self.window, self.groups, self.relu)
        self.y: Any = out if self.relu and True in self.needs_grad else None
        return out

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_weight = grad_bias = None
        form = self.form
        grad = form.to_images(relu_gradient(self.y, grad_out) if self.relu else grad_out)
        if self.needs_grad[0]:
            filters = form.filters(self.weight)
            grad_x = kernels.conv2d_backward_input(grad, filters, self.image_size, self.window, self.groups)
            grad_x = form.from_images(grad_x)
        if self.needs_grad[1]:
            grad_weight = kernels.conv2d_backward_weight(grad, form.to_images(self.x), self.window, self.groups)
            grad_weight = grad_weight.reshape(self.weight_shape)
        if self.needs_grad[2]:
            grad_bias = conv2d_backward_bias(grad)
        return grad_x, grad_weight, grad_bias


def _convolved(
    form: ImageForm,
    x: Array,
    weight: Array,
    bias: Array | None,
    window: Window,
    groups: int,
    relu: bool,
    kept: Kept | None = None,
) -> Array:
    images, filters, low = form.to_images(x), form.filters(weight), 0 if relu else -math.inf
    return form.from_images(kernels.conv2d(images, filters, bias, window, groups, low, kept))


def conv1d(
    input: V,
    weight: Variable,
    bias: Variable | None = None,
    stride: Integers = 1,
    padding: Integers | str = 0,
    dilation: Integers = 1,
    groups: int = 1,
) -> V:
    """Convolve sequences with filters.

    Args:     input: (N, C, L) or (C, L), float32 or float64.
              weight: (O, C/groups, k), same dtype.
              bias: (O,), same dtype, or None.
              padding: zeros at both ends; 'valid' for none, 'same' for as many as keep the length (stride 1 only).
              groups: channels and filters are split into so many groups; each filter sees the channels of its group.
    Returns:  (N, O, ol) or (O, ol) with ol = (L + 2*padding - dilation*(k - 1) - 1)//stride + 1.
    Raises:   RuntimeError: for shapes that do not fit, mixed dtypes, and a stride, dilation or padding out of range.
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: V,
    weight: Variable,
    bias: Variable | None = None,
    stride: Integers = 1,
    padding: Integers | str = 0,
    dilation: Integers = 1,
    groups: int = 1,
) -> V:
    """Convolve images with filters.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              weight: (O, C/groups, kh, kw), same dtype.
              bias: (O,), same dtype, or None.
              stride, dilation: one number, or one for the vertical and one for the horizontal.
              padding: likewise, zeros on both sides; 'valid' for none, 'same' for as many as keep the size (stride 1
                  only; where their number is odd, one more goes to the bottom or right).
              groups: channels and filters are split into so many groups; each filter sees the channels of its group.
                  groups=C is a depthwise convolution.
    Returns:  (N, O, oh, ow) or (O, oh, ow) with oh = (H + 2*ph - dh*(kh - 1) - 1)//sh + 1.
    Raises:   RuntimeError: for shapes that do not fit, mixed dtypes, and a stride, dilation or padding out of range.
    Source:   Chellapilla et al. 2006 (im2col); Lavin & Gray 2016 (Winograd).

    float32 images are computed some neighbouring pixels at a time: a NaN or infinity may then show in pixels beside
    those whose windows hold it, within a tile of 6x6 or in a row. `backends.conv.algorithm("im2col")` keeps it there.
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv2d_relu(
    input: V, weight: Variable, bias: Variable | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> V:
    """relu(conv2d(...)) as one operation."""
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups, relu=True)


def _convolve(
    op_name: str,
    spatial: int,
    input: V,
    weight: Variable,
    bias: Variable | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    relu: bool = False,
) -> V:
    if spatial == 2 and not grad_state.enabled and isinstance(input, Variable) and isinstance(weight, Variable):
        with np.errstate(all="ignore"):
            made = evaluate_conv2d(input.array, weight, bias, stride, padding, dilation, groups, None, relu)
        return input.wrap(made)

    options = stride, padding, dilation, groups
    found = _known_settings(op_name, spatial, kind(input), lambda: input, weight, bias, options)
    let_go(weight)
    return Convolution(*found, relu)(input, weight, bias)


def evaluate_conv2d(
    x: Array,
    weight: Variable,
    bias: Variable | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    norm: Scaling | None,
    relu: bool,
) -> Array:
    """What conv2d gives for the array of an input, when nothing is recorded, and what follows it.

    Args:     norm: a scale and a shift of each output channel, as a batch normalisation in evaluation is.
              relu: whether a ReLU comes last.
    """
    options = stride, padding, dilation, groups
    form, window, groups = _known_settings("conv2d", 2, kind_of(x), lambda: weight.wrap(x), weight, bias, options)
    filters, shift = weight.array, None if bias is None else bias.array
    pixels = math.prod(window.output_size(form.image_size(x.shape))) * (x.shape[0] if form.batched else 1)
    kept = kept_for(pixels, weight, bias, norm)
    if norm is not None:
        filters, shift = keep(kept, "scaled", lambda: norm.scaled(weight.array, shift))
    return _convolved(form, x, filters, shift, window, groups, relu, kept)


_KNOWN: dict[Any, tuple[ImageForm, Window, int]] = {}


def _known_settings(
    op_name: str,
    spatial: int,
    input_kind: Any,
    input: Callable[[], Variable],
    weight: Variable,
    bias: Variable | None,
    options: tuple,
) -> tuple[ImageForm, Window, int]:
    """What _settings gives for an input of this kind, which is only asked for if that is not known yet."""
    key = op_name, input_kind, kind(weight), kind(bias), settings(*options)
    return known(_KNOWN, key, lambda: _settings(op_name, spatial, input(), weight, bias, *options))


def _settings(
    op_name: str,
    spatial: int,
    input: Variable,
    weight: Variable,
    bias: Variable | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> tuple[ImageForm, Window, int]:
    form = check_operands(op_name, spatial, input, weight, bias)
    strides, dilations = check_steps(op_name, spatial, stride, dilation)
    groups = check_groups(op_name, groups, weight)
    size = weight.array.shape[2:]
    paddings = _paddings(op_name, spatial, padding, size, strides, dilations)
    _check_channels(op_name, form, input, weight, groups)
    check_bias(op_name, bias, weight, weight.array.shape[0])
    _check_fits(op_name, input.array.shape[-spatial:], size, paddings, dilations)
    return form, window_over(size, strides, paddings, dilations), groups


def _paddings(
    op_name: str,
    spatial: int,
    padding: Any,
    size: tuple[int, ...],
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:
    """(near, far) padding for each spatial dimension."""
    if not isinstance(padding, str):
        return tuple((p, p) for p in check_paddings(op_name, spatial, padding))
    if padding == "valid":
        return ((0, 0),) * spatial
    if padding != "same":
        raise RuntimeError(f"{op_name}: Invalid padding string: '{padding}'; it must be 'same' or 'valid'")
    if max(strides) > 1:
        raise RuntimeError(
            f"{op_name}: padding='same' is not supported for strided convolutions, got stride={list(strides)}"
        )
    window = window_over(size, strides, ((0, 0),) * spatial, dilations)
    return same_padding(window.size, window.dilation)[2 - spatial :]


def _check_channels(op_name: str, form: ImageForm, input: Variable, weight: Variable, groups: int) -> None:
    shape, weight_shape = list(input.array.shape), weight.array.shape
    channels, expected = shape[-form.spatial - 1], weight_shape[1] * groups
    if channels != expected:
        raise RuntimeError(
            f"{op_name}: input has {channels} channels, but weight {tuple(weight_shape)} with groups={groups} expects "
            f"{expected}. Given groups={groups}, weight of size {list(weight_shape)}, expected input{shape} to have "
            f"{expected} channels, but got {channels} channels instead"
        )


def _check_fits(
    op_name: str,
    image_size: tuple[int, ...],
    size: tuple[int, ...],
    paddings: tuple[tuple[int, int], ...],
    dilations: tuple[int, ...],
) -> None:
    padded = [n + near + far for n, (near, far) in zip(image_size, paddings)]
    extent = [d * (k - 1) + 1 for k, d in zip(size, dilations)]
    if any(n < k for n, k in zip(padded, extent)):
        raise RuntimeError(
            f"{op_name}: Calculated padded input size per channel: ({times(padded)}). Kernel size: ({times(extent)}). "
            "Kernel size can't be greater than actual input size. Pad, or shrink the input less before this."
        )
