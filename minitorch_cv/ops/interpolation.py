"""interpolate: sequences and images in another size, one dimension after the other."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import memory_format as mf
from .arguments import check_floating, check_tensor, is_number
from .average_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d
from .memory_order import take
from .resized_dimension import FILTERS, Part, antialiased_shares, cubic_parts, linear_parts, nearest_part

_UNALIGNED = ("nearest", "nearest-exact", "area")
_RANK_OF = {"linear": 3, "bilinear": 4, "bicubic": 4, "lanczos": 4}
_KINDS = {
    "nearest": "Nearest",
    "nearest-exact": "NearestExact",
    "linear": "Linear",
    "bilinear": "Bilinear",
    "bicubic": "Bicubic",
    "lanczos": "Lanczos",
}


@dataclass(eq=False, repr=False)
class Upsample(Operation):
    """Each dimension after the first two made anew from parts of the old one.

    Attributes:
        kind: part of PyTorch's name for the backward node.
        dims: the parts, of each of these dimensions, whose sum is the new one.
    """

    kind: str
    dims: tuple[tuple[Part, ...], ...]

    def name(self) -> str:
        """UpsampleNearest2DBackward0 and so on."""
        return f"Upsample{self.kind}{len(self.dims)}DBackward0"

    def forward(self, x: Array) -> Array:
        self.shape = x.shape
        for axis, (first, *others) in enumerate(self.dims, 2):
            new = _times(take(x, first.sources, axis), first.shares, axis)
            for part in others:
                new += _times(take(x, part.sources, axis), part.shares, axis)
            x = new
        return x

    def backward(self, grad_out: Array) -> Array:
        for axis, parts in reversed(list(enumerate(self.dims, 2))):
            shape = (*grad_out.shape[:axis], self.shape[axis], *grad_out.shape[axis + 1 :])
            grad_x = mf.empty(shape, grad_out.dtype, mf.format_of(grad_out))
            grad_x.fill(0)
            for part in parts:
                _add_back(grad_x, _times(grad_out, part.shares, axis), part.sources, axis)
            grad_out = grad_x
        return grad_out


@dataclass(eq=False, repr=False)
class UpsampleAntialiased(Operation):
    """Rows and columns of images as mixtures of the old ones.

    A filter reaches over many elements: a matrix product is faster than they are part by part, and rounds as PyTorch.

    Attributes:
        kind: part of PyTorch's name for the backward node.
        rows, columns: (new, old): the shares of the old ones; None where they stay as they are.
    """

    kind: str
    rows: Array | None
    columns: Array | None

    def name(self) -> str:
        """UpsampleBilinear2DAaBackward0 and so on."""
        return f"Upsample{self.kind}2DAaBackward0"

    def forward(self, x: Array) -> Array:
        mixed = x if self.columns is None else x @ self.columns.T
        mixed = mixed if self.rows is None else self.rows @ mixed
        if mixed is x or mf.format_of(mixed) is not mf.format_of(x):  # a product lies row by row
            return mf.copy(mixed, x.dtype, mf.format_of(x))
        return mixed

    def backward(self, grad_out: Array) -> Array:
        grad = grad_out if self.rows is None else self.rows.T @ grad_out
        return grad if self.columns is None else grad @ self.columns


def _times(x: Array, shares: Array | None, axis: int) -> Array:
    return x if shares is None else x * shares.reshape(-1, *(1,) * (x.ndim - axis - 1))


def _add_back(grad_x: Array, grads: Array, sources: Array, axis: int) -> None:
    """Add the gradient of np.take(x, sources, axis) to that of x."""
    shown, first = np.unique(sources, return_index=True)  # sources never decrease: equal ones are neighbours
    grad_x[(slice(None),) * axis + (shown,)] += np.add.reduceat(grads, first, axis=axis)


def interpolate(
    input: V,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> V:
    """Give sequences or images another size.

    Args:     input: (N, C, L) or (N, C, H, W), float32 or float64; uint8 too for 'nearest' and 'nearest-exact'.
              size: of the result: a number, or one for each of the dimensions after the first two; or
              scale_factor: what to multiply the input's size by, likewise.
              mode: 'nearest' (each pixel shows the one at its corner), 'nearest-exact' (the one at its middle), 'area'
                  (the mean, as adaptive_avg_pool), 'linear' for sequences; for images 'bilinear', 'bicubic' and, with
                  antialias, 'lanczos'.
              align_corners: for 'linear', 'bilinear' and 'bicubic': whether the corner pixels' middles, rather than the
                  images' corners, lie on one another.
              recompute_scale_factor: go by the ratio of the sizes, which are rounded, rather than by scale_factor.
              antialias: for 'bilinear', 'bicubic' and 'lanczos': a smaller image is made of means, as Pillow's resize
                  does, instead of single pixels.
    Raises:   ValueError: unless one of size and scale_factor is given, for the right number of dimensions; for
                  align_corners or antialias with another mode, and for 'lanczos' with the one or without the other.
                  RuntimeError: for empty images. NotImplementedError: for other numbers of dimensions and other modes.
    """
    check_tensor("interpolate", input)
    sizes, scales = _sizes_and_scales(input, size, scale_factor, mode, align_corners, recompute_scale_factor)
    ndim = input.array.ndim
    _check_mode(mode, ndim, antialias, bool(align_corners))
    _check_images(input, mode, sizes)
    if mode == "area":
        return adaptive_avg_pool1d(input, sizes) if ndim == 3 else adaptive_avg_pool2d(input, sizes)
    dtype = input.array.dtype if input.array.dtype.kind == "f" else np.dtype(np.float32)
    if antialias:
        changes = zip(input.array.shape[2:], sizes, scales)
        rows, columns = (antialiased_shares(*change, dtype, bool(align_corners), mode) for change in changes)
        return UpsampleAntialiased(_KINDS[mode], rows, columns)(input)
    dims = resized_dims(input.array.shape[2:], sizes, scales, dtype, mode, bool(align_corners))
    return Upsample(_KINDS[mode], dims)(input)


def resized_dims(
    before: tuple[int, ...],
    after: tuple[int, ...],
    scales: Sequence[float | None],
    dtype: np.dtype,
    mode: str,
    align_corners: bool,
) -> tuple[tuple[Part, ...], ...]:
    """For each dimension after the first two the parts whose sum is the new one.

    Args:     before, after: sizes.
              scales: that were asked for, None where it is the sizes that count.
    """
    changes = zip(before, after, scales)
    if mode in _RANK_OF:
        parts = cubic_parts if mode == "bicubic" else linear_parts
        return tuple(parts(n, m, scale, dtype, align_corners) for n, m, scale in changes)
    few = len(before) == 2 and sum(after) <= 128
    return tuple(nearest_part(n, m, scale, dtype, mode == "nearest-exact", few) for n, m, scale in changes)


def _sizes_and_scales(
    input: Variable,
    size: Any,
    scale_factor: Any,
    mode: str,
    align_corners: bool | None,
    recompute_scale_factor: bool | None,
) -> tuple[tuple[int, ...], Sequence[float | None]]:
    if mode in _UNALIGNED and align_corners is not None:
        raise ValueError(
            "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | "
            f"bicubic, got mode='{mode}'"
        )
    sizes, scales = _given_sizes(input, size, scale_factor)
    if recompute_scale_factor:
        if size is not None:
            raise ValueError("interpolate: recompute_scale_factor is not meaningful with an explicit size.")
        scales = [None] * len(scales)
    return sizes, scales


def upsample(
    input: V, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> V:
    """The old name of interpolate."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def _given_sizes(input: Variable, size: Any, scale_factor: Any) -> tuple[tuple[int, ...], list[float | None]]:
    """The new size of each dimension after the first two, and the scales that were asked for, if any."""
    own = input.array.shape[2:]
    if (size is None) == (scale_factor is None):
        which = "either" if size is None else "only one of"
        raise ValueError(f"interpolate: {which} size or scale_factor should be defined")
    given, name = (scale_factor, "scale_factor") if size is None else (size, "output size")
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * len(own)
    if len(numbers) != len(own):
        raise ValueError(
            f"interpolate: Input and {name} must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(own)} and {name} of {given}. Please provide input tensor in (N, C, d1, d2, "
            "...,dK) format and one number for each of d1, d2, ...,dK."
        )
    if size is not None:
        if any(isinstance(n, bool) or not hasattr(n, "__index__") for n in numbers):
            raise TypeError(f"interpolate: expected size to be an int or a tuple of ints, but got {size!r}")
        return tuple(int(n) for n in numbers), [None] * len(own)
    if not all(is_number(s) and math.isfinite(s) for s in numbers):
        raise TypeError(f"interpolate: expected scale_factor to be a number or a tuple of numbers, but got {given!r}")
    scales = [float(s) for s in numbers]
    return tuple(int(n * s) for n, s in zip(own, scales)), list(scales)


def _check_mode(mode: str, ndim: int, antialias: bool, align_corners: bool) -> None:
    if antialias and (mode not in FILTERS or ndim != 4):
        raise ValueError(
            "interpolate: Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D "
            f"tensor as input, got {ndim} dimensions and mode='{mode}'"
        )
    if ndim not in (3, 4) or mode not in (*_UNALIGNED, *_RANK_OF):
        raise NotImplementedError(
            f"interpolate: Input Error: Only 3D and 4D input Tensors supported (got {ndim}D) for the modes: nearest | "
            f"nearest-exact | area | linear | bilinear | bicubic | lanczos (got {mode})"
        )
    if _RANK_OF.get(mode, ndim) != ndim:
        raise NotImplementedError(f"interpolate: Got {ndim}D input, but {mode} mode needs {_RANK_OF[mode]}D input")
    if mode == "lanczos" and (align_corners or not antialias):
        which = "does not support align_corners=True" if align_corners else "requires antialias=True"
        raise ValueError(f"interpolate: Lanczos mode {which}")


def _check_images(input: Variable, mode: str, sizes: tuple[int, ...]) -> None:
    if input.array.dtype != np.uint8 or not mode.startswith("nearest"):
        check_floating("interpolate", input)
    shape = input.array.shape
    if min(*sizes, *shape[2:]) < 1:
        names = "HW"[-len(sizes) :]
        old, new = (", ".join(f"{name}: {n}" for name, n in zip(names, numbers)) for numbers in (shape[2:], sizes))
        raise RuntimeError(
            f"interpolate: Input and output sizes should be greater than 0, but got input ({old}) output ({new})"
        )
    if shape[1] == 0:
        raise RuntimeError(
            f"interpolate: Non-empty {len(shape)}D data tensor expected but got a tensor with sizes {list(shape)}"
        )
