"""Tensor's methods that show the same elements in another shape or order: views."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import copying, expanding, permuting, reshaping, striding
from ..ops.numpy_names import numpy_names
from ..ops.sizes import spread_ints
from ..types import dtype as dt
from ..types import memory_format as mf


class ShapeMethods(Variable):
    """view, reshape, permute, squeeze, expand and their like."""

    __slots__ = ()

    def view(self, *size: Any, dtype: Any = None, **kwargs: Any) -> Any:
        """The same memory in another shape, `view(2, -1)` or `view((2, -1))`, or read as another dtype."""
        if dtype is None and len(size) == 1 and isinstance(size[0], (dt.dtype, type)):
            dtype, size = size[0], ()
        if dtype is not None:
            return reshaping.view_dtype(self, dt.as_dtype(dtype).numpy)
        return reshaping.view(self, spread_ints("view", "size", size, kwargs))

    def view_as(self, other: Variable) -> Any:
        """The same memory in the shape of `other`."""
        return reshaping.view(self, other.array.shape)

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """The elements in another shape, `reshape(2, -1)` or `reshape((2, -1))`; a copy only where a view cannot be."""
        return reshaping.reshape(self, spread_ints("reshape", "shape", shape, kwargs))

    as_strided_ = striding.as_strided_
    resize_ = striding.resize_
    resize_as_ = striding.resize_as_

    def reshape_as(self, other: Variable) -> Any:
        """The elements in the shape of `other`."""
        return reshaping.reshape(self, other.array.shape)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Any:
        """The dimensions from start_dim to end_dim, both included, as one."""
        return reshaping.flatten(self, start_dim, end_dim)

    @numpy_names
    def unflatten(self, dim: int, sizes: tuple[int, ...]) -> Any:
        """Dimension dim as several."""
        return reshaping.unflatten(self, dim, sizes)

    def ravel(self) -> Any:
        """All elements as one dimension, contiguous in memory."""
        return reshaping.ravel(self)

    @numpy_names
    def squeeze(self, dim: int | tuple[int, ...] | None = None) -> Any:
        """Without the dimensions of size 1: all of them, or those among dim."""
        return reshaping.squeeze(self, dim)

    @numpy_names
    def squeeze_(self, dim: int | tuple[int, ...] | None = None) -> Any:
        """Lose the dimensions of size 1, in place."""
        return reshaping.squeezing(self, dim).inplace_view(self)

    @numpy_names
    def unsqueeze(self, dim: int) -> Any:
        """With a dimension of size 1 before position dim."""
        return reshaping.unsqueeze(self, dim)

    @numpy_names
    def unsqueeze_(self, dim: int) -> Any:
        """Gain a dimension of size 1 before position dim, in place."""
        return reshaping.unsqueezing(self, dim).inplace_view(self)

    def contiguous(self, memory_format: mf.memory_format = mf.contiguous_format) -> Any:
        """Itself if its memory is in the format, by default in the order of its dimensions, else a copy that is."""
        return copying.contiguous(self, memory_format)

    def permute(self, *dims: Any, **kwargs: Any) -> Any:
        """The dimensions in another order, `permute(2, 0, 1)` or `permute((2, 0, 1))`."""
        return permuting.permute(self, spread_ints("permute", "dims", dims, kwargs))

    def transpose(self, dim0: int, dim1: int) -> Any:
        """Dimensions dim0 and dim1 exchanged."""
        return permuting.transpose(self, dim0, dim1)

    def transpose_(self, dim0: int, dim1: int) -> Any:
        """Exchange dimensions dim0 and dim1, in place."""
        return permuting.swapping("transpose_", self, dim0, dim1).inplace_view(self)

    def swapaxes(self, axis0: int, axis1: int) -> Any:
        """Dimensions axis0 and axis1 exchanged."""
        return permuting.swapaxes(self, axis0, axis1)

    def swapdims(self, dim0: int, dim1: int) -> Any:
        """Dimensions dim0 and dim1 exchanged."""
        return permuting.swapdims(self, dim0, dim1)

    swapaxes_, swapdims_ = transpose_, transpose_

    def movedim(self, source: Any, destination: Any) -> Any:
        """The source dimensions moved to the destination positions."""
        return permuting.movedim(self, source, destination)

    def moveaxis(self, source: Any, destination: Any) -> Any:
        """The same as movedim."""
        return permuting.moveaxis(self, source, destination)

    def t(self) -> Any:
        """A matrix transposed; a vector or scalar as it is."""
        return permuting.t(self)

    def t_(self) -> Any:
        """Transpose a matrix, in place."""
        return permuting.matrix_transposing(self).inplace_view(self)

    @property
    def T(self) -> Any:  # noqa: N802 - torch's name
        """All dimensions in reverse order."""
        return permuting.numpy_transpose(self)

    @property
    def mT(self) -> Any:  # noqa: N802 - torch's name
        """The last two dimensions exchanged."""
        return permuting.matrix_transpose(self, "mT")

    @property
    def H(self) -> Any:  # noqa: N802 - torch's name
        """A matrix transposed (there are no complex numbers to conjugate)."""
        return permuting.hermitian_transpose(self)

    @property
    def mH(self) -> Any:  # noqa: N802 - torch's name
        """The last two dimensions exchanged (there are no complex numbers to conjugate)."""
        return permuting.matrix_transpose(self, "mH")

    def adjoint(self) -> Any:
        """The last two dimensions exchanged (there are no complex numbers to conjugate)."""
        return permuting.matrix_transpose(self, "adjoint()")

    def expand(self, *size: Any, **kwargs: Any) -> Any:
        """Stretched without copying, `expand(4, -1)` or `expand((4, -1))`; -1 keeps a size."""
        return expanding.expand(self, spread_ints("expand", "size", size, kwargs))

    def expand_as(self, other: Variable) -> Any:
        """Stretched to the shape of `other`."""
        return expanding.expand(self, other.array.shape)

    def broadcast_to(self, size: tuple[int, ...]) -> Any:
        """The same as expand(size)."""
        return expanding.broadcast_to(self, size)
