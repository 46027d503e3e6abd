"""Rearrangements of channels and pixels: pixel_shuffle, pixel_unshuffle, channel_shuffle."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .arguments import check_tensor


@dataclass(eq=False, repr=False)
class PixelShuffle(Operation):
    """(..., C*r*r, H, W) as (..., C, H*r, W*r)."""

    factor: int

    def forward(self, x: Array) -> Array:
        return _shuffled(x, self.factor)

    def backward(self, grad_out: Array) -> Array:
        return _unshuffled(grad_out, self.factor)


@dataclass(eq=False, repr=False)
class PixelUnshuffle(Operation):
    """(..., C, H*r, W*r) as (..., C*r*r, H, W)."""

    factor: int

    def forward(self, x: Array) -> Array:
        return _unshuffled(x, self.factor)

    def backward(self, grad_out: Array) -> Array:
        return _shuffled(grad_out, self.factor)


@dataclass(eq=False, repr=False)
class ChannelShuffle(Operation):
    """(N, g*c, ...) with the channels dealt out like cards: the first of each group, the second of each, and so on."""

    groups: int

    def forward(self, x: Array) -> Array:
        return _dealt(x, self.groups)

    def backward(self, grad_out: Array) -> Array:
        return _dealt(grad_out, grad_out.shape[1] // self.groups)


def _shuffled(x: Array, r: int) -> Array:
    *leading, c, h, w = x.shape
    split = x.reshape(*leading, c // (r * r), r, r, h, w)
    n = len(leading)
    moved = split.transpose(*range(n + 1), n + 3, n + 1, n + 4, n + 2)  # (..., C, H, r, W, r)
    return moved.copy().reshape(*leading, c // (r * r), h * r, w * r)


def _unshuffled(x: Array, r: int) -> Array:
    *leading, c, h, w = x.shape
    split = x.reshape(*leading, c, h // r, r, w // r, r)
    n = len(leading)
    moved = split.transpose(*range(n + 1), n + 2, n + 4, n + 1, n + 3)  # (..., C, r, r, H, W)
    return moved.copy().reshape(*leading, c * r * r, h // r, w // r)


def _dealt(x: Array, groups: int) -> Array:
    n, c, *rest = x.shape
    return x.reshape(n, groups, c // max(groups, 1), *rest).swapaxes(1, 2).copy().reshape(x.shape)


def pixel_shuffle(input: V, upscale_factor: int) -> V:
    """Make images larger by laying r*r channels into a block of r by r pixels.

    Args:     input: (..., C*r*r, H, W), any dtype, r being upscale_factor.
    Returns:  (..., C, H*r, W*r).
    Raises:   RuntimeError: for fewer than 3 dimensions, r below 1, or channels that r*r does not divide.
    Source:   Shi et al. 2016.
    """
    factor = _factor("pixel_shuffle", "upscale_factor", input, upscale_factor)
    channels = input.array.shape[-3]
    if channels % factor**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {factor**2}"
        )
    return PixelShuffle(factor)(input)


def pixel_unshuffle(input: V, downscale_factor: int) -> V:
    """Make images smaller by laying each block of r by r pixels into r*r channels; undoes pixel_shuffle.

    Args:     input: (..., C, H*r, W*r), any dtype, r being downscale_factor.
    Returns:  (..., C*r*r, H, W).
    Raises:   RuntimeError: for fewer than 3 dimensions, r below 1, or sizes that r does not divide.
    """
    factor = _factor("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    for dim, name in ((-2, "height"), (-1, "width")):
        size = input.array.shape[dim]
        if size % factor:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({dim})={size} is "
                f"not divisible by {factor}"
            )
    return PixelUnshuffle(factor)(input)


def channel_shuffle(input: V, groups: int) -> V:
    """Deal out the channels of `groups` groups in turn, so that the next grouped convolution sees some of each.

    Args:     input: (N, C, ...) with at least 3 dimensions, any dtype; groups divides C.
    Raises:   RuntimeError: for fewer dimensions, groups below 1, or channels that groups does not divide.
    Source:   Zhang et al. 2018 (ShuffleNet).
    """
    check_tensor("channel_shuffle", input)
    groups = _integer("channel_shuffle", "groups", groups)
    shape = input.array.shape
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups < 1:
        raise RuntimeError(
            f"channel_shuffle: Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    if shape[1] % groups:
        raise RuntimeError(
            f"channel_shuffle: Number of channels must be divisible by groups. Got {shape[1]} channels and {groups} "
            "groups."
        )
    return ChannelShuffle(groups)(input)


def _factor(op_name: str, arg_name: str, input: Variable, value: Any) -> int:
    check_tensor(op_name, input)
    factor = _integer(op_name, arg_name, value)
    if input.array.ndim < 3:
        raise RuntimeError(
            f"{op_name} expects input to have at least 3 dimensions, but got input with {input.array.ndim} dimension(s)"
        )
    if factor < 1:
        raise RuntimeError(f"{op_name} expects a positive {arg_name}, but got {factor}")
    return factor


def _integer(op_name: str, arg_name: str, value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"{op_name}(): argument '{arg_name}' (position 2) must be int, not {type(value).__name__}"
        ) from None
