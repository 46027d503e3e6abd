"""Transposed convolution: the gradient of a convolution with respect to its input, as an operation of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import convolution as kernels
from ..kernels.bias import conv2d_backward_bias
from ..kernels.window import Pair, Window
from .arguments import tuple_of
from .convolution_arguments import check_bias, check_groups, check_operands, check_paddings, check_steps, times
from .image_form import ImageForm, window_over

Integers = int | tuple[int, ...]


@dataclass(eq=False, repr=False)
class TransposedConvolution(Operation):
    """The sum of the filters, each laid where its window is and multiplied by the input's value there."""

    torch_name = "ConvolutionBackward0"
    form: ImageForm
    window: Window
    groups: int
    output_size: Pair

    def forward(self, x: Array, weight: Array, bias: Array | None) -> Array:
        form = self.form
        self.x: Any = x if self.needs_grad[1] else None
        self.weight: Any = weight if self.needs_grad[0] else None
        self.weight_shape = weight.shape
        images, filters = form.to_images(x), form.filters(weight)
        out = kernels.conv2d_backward_input(images, filters, self.output_size, self.window, self.groups)
        if bias is not None:
            out += bias[:, None, None]
        return form.from_images(out)

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_weight = grad_bias = None
        form = self.form
        grad = form.to_images(grad_out)
        if self.needs_grad[0]:
            grad_x = form.from_images(kernels.conv2d(grad, form.filters(self.weight), None, self.window, self.groups))
        if self.needs_grad[1]:
            grad_weight = kernels.conv2d_backward_weight(form.to_images(self.x), grad, self.window, self.groups)
            grad_weight = grad_weight.reshape(self.weight_shape)
        if self.needs_grad[2]:
            grad_bias = conv2d_backward_bias(grad)
        return grad_x, grad_weight, grad_bias


def conv_transpose1d(
    input: V,
    weight: Variable,
    bias: Variable | None = None,
    stride: Integers = 1,
    padding: Integers = 0,
    output_padding: Integers = 0,
    groups: int = 1,
    dilation: Integers = 1,
) -> V:
    """Transposed convolution of sequences; arguments and errors as conv_transpose2d.

    Args:     input: (N, C, L) or (C, L).
              weight: (C, O/groups, k).
    Returns:  (N, O, ol) or (O, ol) with ol = (L - 1)*stride - 2*padding + dilation*(k - 1) + output_padding + 1.
    """
    return _convolve_transposed(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def conv_transpose2d(
    input: V,
    weight: Variable,
    bias: Variable | None = None,
    stride: Integers = 1,
    padding: Integers = 0,
    output_padding: Integers = 0,
    groups: int = 1,
    dilation: Integers = 1,
) -> V:
    """Transposed convolution of images: what conv2d with the same settings takes apart, this puts together.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              weight: (C, O/groups, kh, kw), same dtype.
              bias: (O,), same dtype, or None.
              padding: rows and columns that are cut off on each side of the result.
              output_padding: rows and columns added at the bottom and right; less than stride or dilation.
    Returns:  (N, O, oh, ow) or (O, oh, ow) with oh = (H - 1)*sh - 2*ph + dh*(kh - 1) + output_padding + 1.
    Raises:   RuntimeError: for shapes that do not fit, mixed dtypes, and settings out of range.
    """
    return _convolve_transposed(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def _convolve_transposed(
    op_name: str,
    spatial: int,
    input: V,
    weight: Variable,
    bias: Variable | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> V:
    form = check_operands(op_name, spatial, input, weight, bias)
    strides, dilations = check_steps(op_name, spatial, stride, dilation)
    groups = check_groups(op_name, groups, weight)
    paddings = check_paddings(op_name, spatial, padding)
    extra = _output_paddings(op_name, spatial, output_padding, strides, dilations)
    shape, weight_shape = list(input.array.shape), weight.array.shape
    channels = shape[-spatial - 1]
    if channels != weight_shape[0]:
        raise RuntimeError(
            f"{op_name}: input has {channels} channels, but weight {tuple(weight_shape)} expects {weight_shape[0]}. "
            f"Given transposed=1, weight of size {list(weight_shape)}, expected input{shape} to have {weight_shape[0]} "
            f"channels, but got {channels} channels instead"
        )
    check_bias(op_name, bias, weight, weight_shape[1] * groups)
    size = weight_shape[2:]
    image_size = shape[-spatial:]
    output_size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(image_size, strides, paddings, dilations, size, extra)
    )
    if min(image_size) < 1 or min(output_size) < 1:
        raise RuntimeError(
            f"{op_name}: Given input size per channel: ({times(image_size)}). Calculated output size per channel: "
            f"({times(output_size)}). Output size is too small"
        )
    # what the output has more than the windows reach is less padding on the far side: exactly the input's windows fit
    by_side = tuple((p, p - e) for p, e in zip(paddings, extra))
    window = window_over(size, strides, by_side, dilations)
    return TransposedConvolution(form, window, groups, form.image_size(output_size))(input, weight, bias)


def _output_paddings(
    op_name: str, spatial: int, output_padding: Any, strides: tuple[int, ...], dilations: tuple[int, ...]
) -> tuple[int, ...]:
    extra = tuple_of(spatial, op_name, "output_padding", output_padding)
    if min(extra) < 0:
        raise RuntimeError(f"{op_name}: negative output_padding is not supported, got {list(extra)}")
    if any(e >= max(s, d) for e, s, d in zip(extra, strides, dilations)):
        raise RuntimeError(
            f"{op_name}: output padding must be smaller than either stride or dilation, but got output_padding="
            f"{list(extra)}, stride={list(strides)}, dilation={list(dilations)}"
        )
    return extra
