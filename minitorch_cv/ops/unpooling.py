"""max_unpool2d: what max_pool2d found, put back in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.window import Pair
from .arguments import check_floating, check_tensor, pair

IntOrPair = int | tuple[int, int]


@dataclass(eq=False, repr=False)
class MaxUnpool2D(Operation):
    """Zeros, but for the elements at the given places."""

    output_size: Pair

    def forward(self, x: Array, indices: Array) -> Array:
        self.indices = indices
        out = np.zeros((*x.shape[:-2], self.output_size[0] * self.output_size[1]), x.dtype)
        np.put_along_axis(out, _flat(indices), _flat(x), axis=-1)
        return out.reshape(*x.shape[:-2], *self.output_size)

    def backward(self, grad_out: Array) -> tuple:
        return np.take_along_axis(_flat(grad_out), _flat(self.indices), axis=-1).reshape(self.indices.shape), None


def _flat(x: Array) -> Array:
    """Images as rows of pixels."""
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])


def max_unpool2d(
    input: V,
    indices: Variable,
    kernel_size: IntOrPair,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    output_size: Sequence[int] | None = None,
) -> V:
    """Lay each element where `indices` says, as max_pool2d(..., return_indices=True) gave it, and zeros elsewhere.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              indices: same shape, int64; places in the result's images as y*W + x.
              kernel_size, stride, padding: those of max_pool2d, from which the result's size follows.
              output_size: (oh, ow), or a whole shape, where several sizes are pooled to input's.
    Raises:   RuntimeError: for indices of another shape or dtype, or out of range. ValueError: for an output_size that
                  is not pooled to input's.
    """
    op_name = "max_unpool2d"
    check_floating(op_name, input)
    check_tensor(op_name, indices, "indices")
    size = pair(op_name, "kernel_size", kernel_size)
    strides = size if stride is None else pair(op_name, "stride", stride)
    paddings = pair(op_name, "padding", padding)
    shape = input.array.shape
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            f"{op_name}: Input to max_unpooling2d should be a 3d or 4d Tensor with non-zero size for non-batch "
            f"dimensions, but got shape {list(shape)}"
        )
    if indices.array.dtype != np.int64:
        raise RuntimeError(f"{op_name}: elements in indices should be type int64 but got: {indices.dtype.tensor_type}")
    if indices.array.shape != shape:
        raise RuntimeError(
            f"{op_name}: Expected shape of indices to be same as that of the input tensor ({list(shape)}) but got "
            f"indices tensor with shape: {list(indices.array.shape)}"
        )
    if min(strides) < 1:
        raise RuntimeError(f"{op_name}: strides should be greater than zero, but got stride: {list(strides)}")
    usual = tuple((n - 1) * s + k - 2 * p for n, s, k, p in zip(shape[-2:], strides, size, paddings))
    oh, ow = usual if output_size is None else _chosen(op_name, output_size, usual, strides)
    wrong = (indices.array < 0) | (indices.array >= oh * ow)
    if wrong.any():
        raise RuntimeError(
            f"{op_name}: Found an invalid max index: {indices.array[wrong][0]} (output volumes are of size {oh}x{ow}, "
            f"so indices must be in [0, {oh * ow - 1}])"
        )
    return MaxUnpool2D((oh, ow))(input, indices)


def _chosen(op_name: str, output_size: Any, usual: tuple[int, ...], strides: Pair) -> tuple[int, ...]:
    sizes = tuple(output_size)
    if len(sizes) not in (2, 4):
        raise ValueError(
            f"{op_name}: output_size should be a sequence containing 2 or 4 elements, but it has a length of "
            f"'{len(sizes)}'"
        )
    for d, (n, middle, s) in enumerate(zip(sizes[-2:], usual, strides)):
        if not middle - s < n < middle + s:
            raise ValueError(
                f'{op_name}: invalid output_size "{sizes}" (dim {d} must be between {middle - s} and {middle + s})'
            )
    return sizes[-2:]
