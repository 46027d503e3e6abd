"""Tensor's methods that take it apart and put copies of it together."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import rearranging, repeating, slicing, splitting, striding, view_writing
from ..ops.numpy_names import numpy_names
from ..ops.sizes import spread_ints


class PartMethods(Variable):
    """split, chunk, unbind, narrow, repeat, flip, tril and their like."""

    __slots__ = ()

    @numpy_names
    def select(self, dim: int, index: int) -> Any:
        """The part at one index of dimension dim, which goes away."""
        return slicing.select(self, dim, index)

    @numpy_names
    def narrow(self, dim: int, start: int, length: int) -> Any:
        """length indices of dimension dim from start on."""
        return slicing.narrow(self, dim, start, length)

    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        """The diagonal of two dimensions, as a new last dimension."""
        return slicing.diagonal(self, offset, dim1, dim2)

    def unfold(self, dimension: int, size: int, step: int) -> Any:
        """Windows of size elements along a dimension, one every step, as a new last dimension."""
        return slicing.unfold(self, dimension, size, step)

    def as_strided(self, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
        """The memory, seen through a size and strides of its own: a view."""
        return striding.as_strided(self, size, stride, storage_offset)

    def select_scatter(self, src: Variable, dim: int, index: int) -> Any:
        """A copy with the part at one index of a dimension overwritten by src."""
        return view_writing.select_scatter(self, src, dim, index)

    def slice_scatter(
        self, src: Variable, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
    ) -> Any:
        """A copy with start:end:step of a dimension overwritten by src."""
        return view_writing.slice_scatter(self, src, dim, start, end, step)

    def diagonal_scatter(self, src: Variable, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        """A copy with a diagonal overwritten by src."""
        return view_writing.diagonal_scatter(self, src, offset, dim1, dim2)

    @numpy_names
    def unbind(self, dim: int = 0) -> tuple:
        """The parts at each index of dim, which goes away."""
        return splitting.unbind(self, dim)

    @numpy_names
    def split(self, split_size: int | tuple[int, ...], dim: int = 0) -> tuple:
        """Parts of a given size (the last one may be smaller), or of the given sizes."""
        return splitting.split(self, split_size, dim)

    @numpy_names
    def split_with_sizes(self, split_sizes: tuple[int, ...], dim: int = 0) -> tuple:
        """Parts of the given sizes."""
        return splitting.split_with_sizes(self, split_sizes, dim)

    @numpy_names
    def chunk(self, chunks: int, dim: int = 0) -> tuple:
        """At most `chunks` parts of one size, the last of which may be smaller."""
        return splitting.chunk(self, chunks, dim)

    @numpy_names
    def tensor_split(self, indices_or_sections: Any, dim: int = 0) -> tuple:
        """So many parts of sizes that differ by at most 1, or the parts between the given indices."""
        return splitting.tensor_split(self, indices_or_sections, dim)

    def hsplit(self, indices_or_sections: Any) -> tuple:
        """tensor_split of the columns, or of a vector."""
        return splitting.hsplit(self, indices_or_sections)

    def vsplit(self, indices_or_sections: Any) -> tuple:
        """tensor_split of the rows."""
        return splitting.vsplit(self, indices_or_sections)

    def dsplit(self, indices_or_sections: Any) -> tuple:
        """tensor_split of the third dimension."""
        return splitting.dsplit(self, indices_or_sections)

    def repeat(self, *repeats: Any, **kwargs: Any) -> Any:
        """Copies side by side, `repeat(2, 1)` or `repeat((2, 1))`; new dimensions come first."""
        return repeating.repeat(self, spread_ints("repeat", "repeats", repeats, kwargs))

    def tile(self, *dims: Any, **kwargs: Any) -> Any:
        """As repeat, with missing leading repeats taken as 1."""
        return repeating.tile(self, spread_ints("tile", "dims", dims, kwargs))

    @numpy_names
    def repeat_interleave(self, repeats: Any, dim: int | None = None, *, output_size: int | None = None) -> Any:
        """Each element (or each index of dim) several times in a row."""
        return repeating.repeat_interleave(self, repeats, dim, output_size=output_size)

    def flip(self, *dims: Any, **kwargs: Any) -> Any:
        """The given dimensions in reverse, as a copy."""
        return rearranging.flip(self, spread_ints("flip", "dims", dims, kwargs))

    def fliplr(self) -> Any:
        """Dimension 1 in reverse, as a copy."""
        return rearranging.fliplr(self)

    def flipud(self) -> Any:
        """Dimension 0 in reverse, as a copy."""
        return rearranging.flipud(self)

    def roll(self, shifts: Any, dims: Any = ()) -> Any:
        """Elements shifted along dims, those that leave at one end coming in at the other."""
        return rearranging.roll(self, shifts, dims)

    def rot90(self, k: int = 1, dims: tuple[int, ...] = (0, 1)) -> Any:
        """Turned k times by 90 degrees in the plane of two dimensions."""
        return rearranging.rot90(self, k, dims)

    def tril(self, diagonal: int = 0) -> Any:
        """The lower triangle of each matrix."""
        return rearranging.tril(self, diagonal)

    def tril_(self, diagonal: int = 0) -> Any:
        """Keep the lower triangle, in place."""
        return rearranging.tril_(self, diagonal)

    def triu(self, diagonal: int = 0) -> Any:
        """The upper triangle of each matrix."""
        return rearranging.triu(self, diagonal)

    def triu_(self, diagonal: int = 0) -> Any:
        """Keep the upper triangle, in place."""
        return rearranging.triu_(self, diagonal)

    def diagflat(self, offset: int = 0) -> Any:
        """All elements as the diagonal of a square matrix."""
        return rearranging.diagflat(self, offset)

    def diag(self, diagonal: int = 0) -> Any:
        """A vector as the diagonal of a square matrix, or a copy of a matrix's diagonal."""
        return rearranging.diag(self, diagonal)

    def diag_embed(self, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
        """The last dimension as a diagonal of two new ones."""
        return rearranging.diag_embed(self, offset, dim1, dim2)
