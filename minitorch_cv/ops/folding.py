"""unfold and fold: every window of an image as a column, and columns summed back into an image (im2col, col2im)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels import im2col as kernels
from ..kernels.window import Pair, Window
from .arguments import check_floating, pair

IntOrPair = int | tuple[int, int]


@dataclass(eq=False, repr=False)
class Unfold(Operation):
    """Every window of every image as a column."""

    torch_name = "Im2ColBackward0"
    window: Window

    def forward(self, x: Array) -> Array:
        self.image_size = x.shape[-2:]
        return _unfold(x, self.window)

    def backward(self, grad_out: Array) -> Array:
        return _fold(grad_out, self.image_size, self.window)


@dataclass(eq=False, repr=False)
class Fold(Operation):
    """Every column added to the pixels under its window."""

    torch_name = "Col2ImBackward0"
    window: Window
    image_size: Pair

    def forward(self, x: Array) -> Array:
        return _fold(x, self.image_size, self.window)

    def backward(self, grad_out: Array) -> Array:
        return _unfold(grad_out, self.window)


def _unfold(x: Array, window: Window) -> Array:
    return kernels.unfold(x, window) if x.ndim == 4 else kernels.unfold(x[None], window)[0]


def _fold(cols: Array, image_size: Pair, window: Window) -> Array:
    if cols.ndim == 3:
        return kernels.fold(cols, image_size, window)
    return kernels.fold(cols[None], image_size, window)[0]


def unfold(
    input: V,
    kernel_size: IntOrPair,
    dilation: IntOrPair = 1,
    padding: IntOrPair = 0,
    stride: IntOrPair = 1,
) -> V:
    """Lay out every window of every image as a column (im2col).

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
    Returns:  (N, C*kh*kw, L) or (C*kh*kw, L), the L = oh*ow windows in row-major order.
    Raises:   RuntimeError: if no window fits, or for settings out of range.
    """
    check_floating("unfold", input)
    window = _window("unfold", kernel_size, dilation, padding, stride)
    shape = input.array.shape
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "unfold: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions "
            f"for input, but got: {list(shape)}"
        )
    blocks = window.output_size(shape[-2:])
    if min(blocks) < 1:
        raise RuntimeError(
            f"unfold: Given input with spatial size {shape[-2:]}, {_described(window)}, calculated shape of the array "
            f"of sliding blocks as {blocks}, but its components must be at least one."
        )
    return Unfold(window)(input)


def fold(
    input: V,
    output_size: IntOrPair,
    kernel_size: IntOrPair,
    dilation: IntOrPair = 1,
    padding: IntOrPair = 0,
    stride: IntOrPair = 1,
) -> V:
    """Add every column to the pixels under its window (col2im): where windows overlap, their values are summed.

    Args:     input: (N, C*kh*kw, L) or (C*kh*kw, L), float32 or float64, with L windows in an image of output_size.
              output_size: (H, W) of the result.
    Returns:  (N, C, H, W) or (C, H, W).
    Raises:   RuntimeError: if input's sizes are not those of an unfolded image, or for settings out of range.
    """
    check_floating("fold", input)
    height, width = pair("fold", "output_size", output_size)
    window = _window("fold", kernel_size, dilation, padding, stride)
    shape = input.array.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "fold: Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions, "
            f"but got: {list(shape)}"
        )
    rows, columns = shape[-2:]
    if rows % (window.size[0] * window.size[1]):
        raise RuntimeError(
            f"fold: Expected size of input's dimension {len(shape) - 2} to be divisible by the product of kernel_size, "
            f"but got input.size({len(shape) - 2})={rows} and kernel_size={window.size}."
        )
    blocks = window.output_size((height, width))
    if min(blocks) < 1 or columns != blocks[0] * blocks[1]:
        raise RuntimeError(
            f"fold: Given output_size={(height, width)}, {_described(window)}, stride={window.stride}, expected size "
            f"of input's dimension {len(shape) - 1} to match the calculated number of sliding blocks {blocks[0]} * "
            f"{blocks[1]} = {blocks[0] * blocks[1]}, but got input.size({len(shape) - 1})={columns}."
        )
    return Fold(window, (height, width))(input)


def _window(op_name: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Window:
    size, steps = pair(op_name, "kernel_size", kernel_size), pair(op_name, "stride", stride)
    dilations, paddings = pair(op_name, "dilation", dilation), pair(op_name, "padding", padding)
    for name, (vertical, horizontal) in {"kernel size": size, "stride": steps, "dilation": dilations}.items():
        if min(vertical, horizontal) < 1:
            kind = name.split()[0]
            raise RuntimeError(
                f"{op_name}: {name} should be greater than zero, but got {kind}_height: {vertical} "
                f"{kind}_width: {horizontal}"
            )
    if min(paddings) < 0:
        raise RuntimeError(
            f"{op_name}: padding should be non-negative, but got pad_height: {paddings[0]} pad_width: {paddings[1]}"
        )
    return Window(size, steps, paddings, dilations)


def _described(window: Window) -> str:
    return f"kernel_size={window.size}, dilation={window.dilation}, padding={window.padding}"
