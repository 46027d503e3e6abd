"""pad: rows, columns and so on added around a tensor, or, by a negative number, cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels.window import Pair
from ..types import memory_format as mf
from .arguments import as_number, check_tensor
from .memory_order import take

_MODES = ("constant", "reflect", "replicate", "circular")


@dataclass(eq=False, repr=False)
class ConstantPad(Operation):
    """A value around the input.

    Attributes:
        pads: (before, after) for each dimension.
    """

    torch_name = "ConstantPadNdBackward0"
    pads: tuple[Pair, ...]
    value: Any

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        shape = [n + before + after for n, (before, after) in zip(x.shape, self.pads)]
        out = mf.empty(shape, x.dtype, mf.format_of(x))
        out[...] = np.array(self.value).astype(x.dtype)  # 1.5 into integers is 1
        inner, kept = self._common()
        out[inner] = x[kept]
        return out

    def backward(self, grad_out: Array) -> Array:
        inner, kept = self._common()
        if self.shape == tuple([k.stop - k.start for k in kept]):  # nothing was cut off
            return grad_out[inner]
        grad_x = np.zeros(self.shape, grad_out.dtype)
        grad_x[kept] = grad_out[inner]
        return grad_x

    def _common(self) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """Where the result shows the input, and which part of the input that is."""
        kept = [slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in zip(self.shape, self.pads)]
        inner = [slice(max(b, 0), max(b, 0) + k.stop - k.start) for k, (b, _) in zip(kept, self.pads)]
        return tuple(inner), tuple(kept)


@dataclass(eq=False, repr=False)
class IndexPad(Operation):
    """The input's own elements around it.

    Attributes:
        kind: begins PyTorch's name for the backward node.
        sources: for each of the last dimensions, the position in the input that each position of the result shows.
    """

    kind: str
    sources: tuple[Array, ...]

    def name(self) -> str:
        """ReflectionPad2DBackward0 and so on."""
        return f"{self.kind}Pad{len(self.sources)}DBackward0"

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        for axis, source in self._by_axis():
            x = take(x, source, axis)
        return x

    def backward(self, grad_out: Array) -> Array:
        for axis, source in reversed(self._by_axis()):
            grad_out = _sum_back(grad_out, source, self.shape[axis], axis)
        return grad_out

    def _by_axis(self) -> list[tuple[int, Array]]:
        first = len(self.shape) - len(self.sources)
        return [(first + i, source) for i, source in enumerate(self.sources)]


def _sum_back(grad_out: Array, source: Array, size: int, axis: int) -> Array:
    """The transpose of np.take(x, source, axis) for an x of `size` along the axis."""
    shape = (*grad_out.shape[:axis], size, *grad_out.shape[axis + 1 :])
    grad_x = mf.empty(shape, grad_out.dtype, mf.format_of(grad_out))
    grad_x.fill(0)
    lines = np.moveaxis(grad_x, axis, 0)
    for position, grad in zip(source, np.moveaxis(grad_out, axis, 0)):
        lines[position] += grad
    return grad_x


def pad(input: V, pad: tuple[int, ...], mode: str = "constant", value: float | None = None) -> V:
    """Add elements around a tensor, or cut them off where a number is negative.

    Args:     pad: (before, after) of the last dimension, then of the one before it, and so on:
                  (left, right, top, bottom) for images.
              mode: 'constant' for any dimensions of any tensor; 'reflect' (without repeating the border), 'replicate'
                  and 'circular' for the last one, two or three dimensions of (C, ...) and (N, C, ...).
              value: what 'constant' fills with; 0 by default.
    A dimension that 'circular' crops at one end can be wrapped around at the other as far as it is then long.
    Raises:   RuntimeError: if pad does not fit the input's shape. NotImplementedError: for an unknown mode, and for
                  numbers of dimensions that a mode does not take. TypeError: if pad is not made of integers.
    """
    check_tensor("pad", input)
    numbers = _numbers(pad)
    if mode not in _MODES:
        raise NotImplementedError(f"pad: Unrecognised padding mode {mode}; it must be one of {', '.join(_MODES)}")
    if mode == "constant":
        return _constant(input, numbers, 0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'pad: Padding mode "{mode}" doesn\'t take in value argument, got {value}')
    return _from_itself(input, numbers, mode)


def _numbers(pad: Any) -> tuple[int, ...]:
    numbers = tuple(pad) if isinstance(pad, (tuple, list)) else (None,)
    if any(isinstance(n, bool) or not hasattr(n, "__index__") for n in numbers):
        raise TypeError(f"pad(): argument 'pad' (position 2) must be tuple of ints, got {pad!r}")
    if len(numbers) % 2:
        raise RuntimeError(f"pad: Padding length must be divisible by 2, got {list(numbers)}")
    return tuple(int(n) for n in numbers)


def _pairs_by_dim(numbers: tuple[int, ...]) -> tuple[Pair, ...]:
    """(before, after) in the order of the dimensions, the last one last."""
    return tuple(zip(numbers[-2::-2], numbers[::-2]))


def _constant(input: V, numbers: tuple[int, ...], value: Any) -> V:
    shape = input.array.shape
    value = as_number("pad", "value", value)
    dtype = input.array.dtype
    if dtype.kind in "iu" and not np.iinfo(dtype).min <= value <= np.iinfo(dtype).max:  # NaN is outside as well
        raise RuntimeError(f"pad: value {value} cannot be converted to type {dtype}_t without overflow")
    if len(numbers) > 2 * len(shape):
        raise RuntimeError(
            "pad: Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(numbers)} and input of dimension {len(shape)}"
        )
    pads = ((0, 0),) * (len(shape) - len(numbers) // 2) + _pairs_by_dim(numbers)
    for dim, (n, (before, after)) in enumerate(zip(shape, pads)):
        if n + before + after < 0 or n + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError(
                f"pad: padding ({before}, {after}) cuts more than dimension {dim} of input {list(shape)} has: "
                "length must be non-negative"
            )
    return ConstantPad(pads, value)(input)


def _from_itself(input: V, numbers: tuple[int, ...], mode: str) -> V:
    shape, spatial = input.array.shape, len(numbers) // 2
    if spatial not in (1, 2, 3) or len(shape) not in (spatial + 1, spatial + 2):
        raise NotImplementedError(
            f"pad: Padding size {len(numbers)} is not supported for {len(shape)}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if input.array.dtype == bool and mode != "circular":
        raise NotImplementedError(f"pad: mode '{mode}' is not implemented for 'Bool'")
    if 0 in shape[-spatial - 1 :] and mode != "circular":
        raise RuntimeError(
            f"pad: Expected {spatial + 1}D or {spatial + 2}D (batch mode) tensor with possibly 0 batch size and other "
            f"non-zero dimensions for input, but got: {list(shape)}"
        )
    kind, source_of = _SOURCES[mode]
    pairs = _pairs_by_dim(numbers)
    first = len(shape) - spatial
    sizes = [n + before + after for n, (before, after) in zip(shape[first:], pairs)]
    for dim, pair in enumerate(pairs, first):
        _CHECKS[mode](shape, dim, pair)
    if min(sizes) < 0 or (mode != "circular" and max(sizes) < 1):
        names = "DHW"[-spatial:]
        before = " ".join(f"{name}: {n}" for name, n in zip(names, shape[first:]))
        after = " ".join(f"{name}: {n}" for name, n in zip(names, sizes))
        raise RuntimeError(f"pad: input ({before}) is too small. Calculated output {after}")
    return IndexPad(kind, tuple(source_of(n, *pair) for n, pair in zip(shape[first:], pairs)))(input)


def _check_reflect(shape: tuple[int, ...], dim: int, pair: Pair) -> None:
    if max(pair) >= shape[dim]:
        raise RuntimeError(
            "pad: Padding size should be less than the corresponding input dimension, but got: padding "
            f"{pair} at dimension {dim} of input {list(shape)}"
        )


def _check_replicate(shape: tuple[int, ...], dim: int, pair: Pair) -> None:
    """Any number of copies of the border will do."""


def _check_circular(shape: tuple[int, ...], dim: int, pair: Pair) -> None:
    left = shape[dim] + min(pair[0], 0) + min(pair[1], 0)
    if shape[dim] + sum(pair) < 0 or left < 0:
        raise RuntimeError(
            "pad: Negative padding value is resulting in an empty dimension: "
            f"padding {pair} at dimension {dim} of input {list(shape)}"
        )
    if max(pair) > left:
        raise RuntimeError(
            "pad: Padding value causes wrapping around more than once: "
            f"padding {pair} at dimension {dim} of input {list(shape)}"
        )


def _reflected(n: int, before: int, after: int) -> Array:
    positions = np.abs(np.arange(-before, n + after))
    return np.where(positions < n, positions, 2 * (n - 1) - positions)


def _replicated(n: int, before: int, after: int) -> Array:
    return np.clip(np.arange(-before, n + after), 0, n - 1)


def _wrapped(n: int, before: int, after: int) -> Array:
    """What is cut off does not come round again."""
    cut = max(-before, 0)
    left = n - cut - max(-after, 0)
    return cut + np.arange(-max(before, 0), left + max(after, 0)) % max(left, 1)


_SOURCES: dict[str, tuple[str, Callable[[int, int, int], Array]]] = {
    "reflect": ("Reflection", _reflected),
    "replicate": ("Replication", _replicated),
    "circular": ("Circular", _wrapped),
}
_CHECKS: dict[str, Callable[[tuple[int, ...], int, Pair], None]] = {
    "reflect": _check_reflect,
    "replicate": _check_replicate,
    "circular": _check_circular,
}
