"""What max_pool and avg_pool check of their arguments."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..kernels.places import Places, sliding_places
from ..kernels.window import Window
from .arguments import check_floating, tuple_of
from .image_form import ImageForm, window_over


def pooled_form(op_name: str, spatial: int, input: Variable) -> ImageForm:
    """The form of a float tensor with `spatial` dimensions to pool over; nothing but the batch may be empty."""
    check_floating(op_name, input)
    shape = input.array.shape
    if len(shape) not in (spatial + 1, spatial + 2) or 0 in shape[-spatial - 1 :]:
        raise RuntimeError(
            f"{op_name}: Expected {spatial + 1}D or {spatial + 2}D (batch mode) tensor with optional 0 dim batch size "
            f"for input, but got: {list(shape)}"
        )
    return ImageForm(spatial, batched=len(shape) == spatial + 2)


def pooling_window(
    op_name: str, spatial: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any = 1
) -> Window:
    """The window; a stride of None or () is kernel_size."""
    size = tuple_of(spatial, op_name, "kernel_size", kernel_size)
    same = stride is None or (isinstance(stride, (tuple, list)) and not stride)
    strides = size if same else tuple_of(spatial, op_name, "stride", stride)
    paddings = tuple_of(spatial, op_name, "padding", padding)
    dilations = tuple_of(spatial, op_name, "dilation", dilation)
    if min(size) < 1:
        raise RuntimeError(f"{op_name}: kernel size should be greater than zero, but got {list(size)}")
    if 0 in strides:
        raise RuntimeError(f"{op_name}: stride should not be zero, but got {list(strides)}")
    if min(strides) < 0:
        raise RuntimeError(f"{op_name}: stride must be greater than zero, but got {list(strides)}")
    if min(dilations) < 1:
        raise RuntimeError(f"{op_name}: dilation should be greater than zero, but got {list(dilations)}")
    for k, p, d in zip(size, paddings, dilations):
        if p < 0:
            raise RuntimeError(f"{op_name}: pad must be non-negative, but got pad: {p}")
        if p > k // 2:
            raise RuntimeError(
                f"{op_name}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
    return window_over(size, strides, paddings, dilations)


def places_of(op_name: str, form: ImageForm, window: Window, input: Variable, ceil_mode: bool) -> Places:
    """The pixels of each window.

    Raises:   RuntimeError: if no window fits, or if a window sees no pixel (which dilation can bring about).
    """
    shape = input.array.shape
    image_size = form.image_size(shape)
    output_size = window.output_size(image_size, ceil_mode)
    if min(output_size) < 1:
        channels = shape[-form.spatial - 1]
        before, after = ("x".join(map(str, (channels, *size))) for size in (image_size, output_size))
        raise RuntimeError(
            f"{op_name}: Given input size: ({before}). Calculated output size: ({after}). Output size is too small"
        )
    places = sliding_places(window, image_size, output_size)
    for name, spans in (("row", places.rows), ("column", places.columns)):
        if (spans[:, 0] >= spans[:, 1]).any():
            raise RuntimeError(
                f"{op_name}: with padding {window.padding} and dilation {window.dilation} there is a window without "
                f"any {name} of an image of size {image_size}; use less padding or dilation"
            )
    return places
