"""blur2d: one filter applied to every channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import convolution as kernels
from ..kernels.window import Pair, Window, same_padding
from .arguments import check_floating, check_same_dtype, check_tensor, pair
from .image_form import ImageForm

IntOrPair = int | tuple[int, int]


@dataclass(eq=False, repr=False)
class Blur2D(Operation):
    """The sum of each window of each channel, weighted by one filter (kh, kw): a depthwise convolution."""

    form: ImageForm
    window: Window

    def forward(self, x: Array, kernel: Array) -> Array:
        images = self.form.to_images(x)
        self.channels, self.image_size = images.shape[1], images.shape[2:]
        self.x: Any = x if self.needs_grad[1] else None
        self.kernel: Any = kernel if self.needs_grad[0] else None
        return self.form.from_images(kernels.conv2d(images, self._filters(kernel), None, self.window, self.channels))

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_kernel = None
        form, window, channels = self.form, self.window, self.channels
        grad = form.to_images(grad_out)
        if self.needs_grad[0]:
            filters = self._filters(self.kernel)
            grad_x = form.from_images(
                kernels.conv2d_backward_input(grad, filters, self.image_size, window, channels)  # type: ignore[arg-type]
            )
        if self.needs_grad[1]:
            grad_filters = kernels.conv2d_backward_weight(grad, form.to_images(self.x), window, channels)
            grad_kernel = grad_filters.sum(axis=(0, 1))
        return grad_x, grad_kernel

    def _filters(self, kernel: Array) -> Array:
        return np.repeat(kernel[None, None], self.channels, axis=0)


def blur2d(input: V, kernel: Variable, stride: IntOrPair = 1, padding: IntOrPair | str = 0) -> V:
    """Filter every channel of images with one kernel: a convolution (without flipping, as conv2d) channel by channel.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              kernel: (kh, kw), same dtype, of any size, odd or even.
              padding: zeros on each side; a number, a pair, 'valid' for none, or 'same' for as many as keep the size
                  (stride 1 only; for an even kernel one more goes to the bottom or right).
    Returns:  (N, C, oh, ow) or (C, oh, ow) with oh = (H + 2*ph - kh)//sh + 1.
    Raises:   RuntimeError: for shapes that do not fit, mixed dtypes, and a stride or padding out of range.
    """
    check_floating("blur2d", input)
    check_tensor("blur2d", kernel, "kernel")
    check_same_dtype("blur2d", input=input, kernel=kernel)
    shape, size = input.array.shape, kernel.array.shape
    if len(size) != 2 or 0 in size:
        raise RuntimeError(f"blur2d: expected a kernel of shape (kh, kw), but got {list(size)}")
    if len(shape) not in (3, 4) or shape[-3] == 0:
        raise RuntimeError(
            "Expected 3D (unbatched) or 4D (batched) input to blur2d with at least one channel, but got input of size: "
            f"{list(shape)}"
        )
    strides = pair("blur2d", "stride", stride)
    if min(strides) < 1:
        raise RuntimeError(f"blur2d: non-positive stride is not supported, got {list(strides)}")
    window = Window(size, strides, _padding(padding, size, strides))  # type: ignore[arg-type]
    if min(window.output_size(shape[-2:])) < 1:  # type: ignore[arg-type]
        raise RuntimeError(
            f"blur2d: Kernel size can't be greater than actual input size: a kernel of {size} does not fit into images "
            f"of {shape[-2:]} with padding {window.padding}"
        )
    return Blur2D(ImageForm(2, batched=len(shape) == 4), window)(input, kernel)


def _padding(padding: Any, size: Pair, strides: Pair) -> Any:
    if not isinstance(padding, str):
        numbers = pair("blur2d", "padding", padding)
        if min(numbers) < 0:
            raise RuntimeError(f"blur2d: negative padding is not supported, got {list(numbers)}. Crop with F.pad.")
        return numbers
    if padding not in ("same", "valid"):
        raise RuntimeError(f"blur2d: Invalid padding string: '{padding}'; it must be 'same' or 'valid'")
    if padding == "valid":
        return (0, 0)
    if strides != (1, 1):
        raise RuntimeError(f"blur2d: padding='same' is not supported for strides, got stride={list(strides)}")
    return same_padding(size)
