"""grid_sample: what images show at the places of a grid; affine_grid: the grid of an affine map."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .accumulation import add_at
from .arguments import check_floating, check_tensor
from .grid_places import Read, reads
from .matmul import matmul
from .numbers import even_steps
from .permuting import transpose
from .reshaping import reshape

_MODES = ("bilinear", "nearest", "bicubic")
_PADDING_MODES = ("zeros", "border", "reflection")


@dataclass(eq=False, repr=False)
class GridSample(Operation):
    """Each place as a sum of pixels, by what columns and rows have to do with it."""

    torch_name = "GridSampler2DBackward0"
    mode: str
    padding_mode: str
    align_corners: bool

    def forward(self, x: Array, grid: Array) -> Array:
        n, c, h, w = x.shape
        self.shape = x.shape
        self.pixels = x.transpose(0, 2, 3, 1).reshape(n, h * w, c)
        # One grid for all images, expanded: where its places lie is worked out once.
        self.grid = grid[:1] if grid.strides[0] == 0 else grid
        out = None
        for index, column, row in self._reads():
            read = self._at(index)
            read *= (column.share * row.share)[..., None]
            out = read if out is None else np.add(out, read, out=out)
        assert out is not None
        return out.transpose(0, 3, 1, 2)

    def _reads(self) -> Iterator[tuple[Array, Read, Read]]:
        """Of each pair of a column and a row: which of an image's pixels, and the two."""
        _, _, h, w = self.shape
        how = self.mode, self.padding_mode, self.align_corners
        rows = reads(self.grid[..., 1], h, *how)
        for column in reads(self.grid[..., 0], w, *how):
            for row in rows:
                yield row.pixel * w + column.pixel, column, row

    def _at(self, index: Array) -> Array:
        """(N, height, width, C): each image's pixels at its places."""
        if len(index) == 1:
            return np.take(self.pixels, index[0], axis=1)
        return self.pixels[np.arange(len(index)).reshape(-1, 1, 1), index]

    def backward(self, grad_out: Array) -> tuple[Array | None, Array | None]:
        n, c, h, w = self.shape
        grads = grad_out.transpose(0, 2, 3, 1)
        images = np.broadcast_to(np.arange(n).reshape(-1, 1, 1), grads.shape[:3])
        grad_pixels = np.zeros_like(self.pixels) if self.needs_grad[0] else None
        grad_grid = np.zeros((*grads.shape[:3], 2), grads.dtype) if self.needs_grad[1] else None
        for index, column, row in self._reads():
            if grad_pixels is not None:
                everywhere = np.broadcast_to(index, grads.shape[:3])
                read = grads * (column.share * row.share)[..., None]
                add_at(grad_pixels, (images, everywhere, slice(None)), read)
            if grad_grid is not None:
                along = (grads * self._at(index)).sum(axis=-1)
                grad_grid[..., 0] += along * column.slope * row.share
                grad_grid[..., 1] += along * column.share * row.slope
        if grad_pixels is None:
            return None, grad_grid
        return grad_pixels.reshape(n, h, w, c).transpose(0, 3, 1, 2), grad_grid


def grid_sample(
    input: V,
    grid: Variable,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> V:
    """What images show at the places of a grid.

    Args:     input: images (N, C, H, W), float32 or float64.
              grid: (N, height, width, 2) of (x, y), of the images' dtype: (-1, -1) is their upper left corner, (1, 1)
                the lower right one, (0, 0) the middle.
              mode: 'nearest', 'bilinear' or 'bicubic'.
              padding_mode: what lies outside: 'zeros', 'border' (the outermost pixels) or 'reflection' (the images'
                mirror images).
              align_corners: whether -1 and 1 are the middles of the outermost pixels rather than the images' borders;
                None for False and a warning.
    Returns:  (N, C, height, width).
    Raises:   ValueError: for another mode. RuntimeError: for other shapes or dtypes, and images without pixels.
    Source:   Jaderberg et al. 2015, "Spatial Transformer Networks".

    >>> from minitorch_cv import tensor
    >>> image = tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> grid_sample(image, tensor([[[[0.0, 0.0], [0.5, -0.5]]]]), align_corners=False)
    tensor([[[[1.5000, 1.0000]]]])
    """
    check_tensor("grid_sample", input)
    check_tensor("grid_sample", grid, "grid")
    for name, given, known in (("mode", mode, _MODES), ("padding_mode", padding_mode, _PADDING_MODES)):
        if given not in known:
            raise ValueError(
                f"nn.functional.grid_sample(): expected {name} to be one of {', '.join(map(repr, known))}, but got: "
                f"{given!r}"
            )
    if align_corners is None:
        _warn_of_corners()
    check_floating("grid_sample", input)
    _check_shapes(input, grid)
    if input.array.dtype != grid.array.dtype:
        raise RuntimeError(
            f"grid_sample: input is {input.array.dtype} and grid {grid.array.dtype}, expected the same dtype: "
            "grid.to(input.dtype)"
        )
    return GridSample(mode, padding_mode, bool(align_corners))(input, grid)


def _check_shapes(input: Variable, grid: Variable) -> None:
    sizes, places = list(input.array.shape), list(grid.array.shape)
    both = f"but got input with sizes {sizes} and grid with sizes {places}"
    if len(sizes) == 5 and len(places) == 5:
        raise NotImplementedError("grid_sample: volumes (N, C, D, H, W) are not supported, only images (N, C, H, W)")
    if len(sizes) != 4 or len(places) != 4:
        raise RuntimeError(f"grid_sampler(): expected 4D input and grid with same number of dimensions, {both}")
    if sizes[0] != places[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, {both}")
    if places[3] != 2:
        raise RuntimeError(f"grid_sampler(): expected grid to have size 2 in last dimension, but got {places}")
    if 0 in sizes[2:]:
        raise RuntimeError(
            f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {sizes} with "
            f"dimension {sizes.index(0, 2)} being empty"
        )


def affine_grid(theta: V, size: Sequence[int], align_corners: bool | None = None) -> V:
    """The grid, for grid_sample, of an affine map: where in an image each pixel of the result comes from.

    Args:     theta: (N, 2, 3), float32 or float64: (x, y) of an image is theta @ (x, y, 1) of the result.
              size: (N, C, height, width) of the result.
              align_corners: as for grid_sample.
    Returns:  (N, height, width, 2).
    Raises:   ValueError: for other shapes of theta, integers, and sizes below 1. NotImplementedError: for other numbers
                of sizes.
    """
    check_tensor("affine_grid", theta, "theta")
    if align_corners is None:
        _warn_of_corners()
    size = tuple(int(n) for n in size)
    if theta.array.dtype.kind != "f":
        raise ValueError(f"affine_grid: Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) != 4:
        raise NotImplementedError(
            f"affine_grid only supports 4D sizes (N, C, height, width), for 2D affine transforms. Got size {size}"
        )
    if theta.array.ndim != 3 or theta.array.shape[1:] != (2, 3) or theta.array.shape[0] != size[0]:
        raise ValueError(
            f"affine_grid: Expected a batch of 2D affine matrices of shape Nx2x3 for size {size}. Got "
            f"{tuple(theta.array.shape)}."
        )
    if min(size) <= 0:
        raise ValueError(f"affine_grid: Expected non-zero, positive output size. Got {size}")
    n, _, h, w = size
    y, x = (_middles(count, theta.array.dtype, bool(align_corners)) for count in (h, w))
    places = np.ones((h, w, 3), theta.array.dtype)
    places[..., 0], places[..., 1] = x, y[:, None]
    rows = type(theta).wrap(places.reshape(1, h * w, 3))
    return reshape(matmul(rows, transpose(theta, 1, 2)), (n, h, w, 2))


def _middles(n: int, dtype: np.dtype, align_corners: bool) -> Array:
    """Of n pixels the normalised places of their middles."""
    if n == 1:
        return np.zeros(1, dtype)
    places = even_steps(-1, 1, n, dtype).astype(dtype)
    return places if align_corners else places * dtype.type(n - 1) / dtype.type(n)


def _warn_of_corners() -> None:
    warnings.warn(
        "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
        "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
        stacklevel=3,
    )
