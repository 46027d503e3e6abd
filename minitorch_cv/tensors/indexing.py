"""Tensor's indexing: x[...], iteration, and the methods that pick or write elements by index or mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..autograd.variable import Variable
from ..ops import gathering, index_writing, indexing, scattering, splitting
from ..ops.numpy_names import numpy_names


class IndexingMethods(Variable):
    """x[...], gather, scatter, index_select, masked_select, nonzero and their like."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        return indexing.getitem(self, index)

    def __delitem__(self, index: Any) -> None:
        """A tensor's size does not change.

        Raises:   TypeError: always.
        """
        raise TypeError(
            "Tensor does not support deleting items; torch.cat the parts that shall stay, or index with a mask"
        )

    def __setitem__(self, index: Any, value: Any) -> None:
        indexing.setitem(self, index, value)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(splitting.unbind(self, 0))

    def index_put(self, indices: tuple, values: Variable, accumulate: bool = False) -> Any:
        """A copy with self[indices] overwritten by values, or increased by them."""
        return indexing.index_put(self, indices, values, accumulate)

    def index_put_(self, indices: tuple, values: Variable, accumulate: bool = False) -> Any:
        """Overwrite self[indices] by values, or increase it by them, in place."""
        return indexing.index_put_(self, indices, values, accumulate)

    @numpy_names
    def gather(self, dim: int, index: Variable, *, sparse_grad: bool = False) -> Any:
        """result[i, j] = self[i, index[i, j]] for dim = 1, and so for other dims."""
        return gathering.gather(self, dim, index, sparse_grad=sparse_grad)

    @numpy_names
    def take_along_dim(self, indices: Variable, dim: int | None = None) -> Any:
        """As gather, with both broadcast to each other; without dim, of the flat tensor."""
        return gathering.take_along_dim(self, indices, dim)

    @numpy_names
    def index_select(self, dim: int, index: Variable) -> Any:
        """The indices of dim that a vector names, in its order, as a copy."""
        return gathering.index_select(self, dim, index)

    def take(self, index: Variable) -> Any:
        """The elements at the given positions of the flat tensor, in the shape of index."""
        return gathering.take(self, index)

    def masked_select(self, mask: Variable) -> Any:
        """The elements where mask is True, as a vector."""
        return gathering.masked_select(self, mask)

    def nonzero(self, *, as_tuple: bool = False) -> Any:
        """The indices of all elements that are not zero."""
        return gathering.nonzero(self, as_tuple=as_tuple)

    def argwhere(self) -> Any:
        """The indices of all elements that are not zero, as a matrix."""
        return gathering.argwhere(self)

    @numpy_names
    def scatter(
        self, dim: int, index: Variable, src: Any = None, *, value: Any = None, reduce: str | None = None
    ) -> Any:
        """A copy with result[i, index[i, j]] = src[i, j] for dim = 1, and so for other dims."""
        return scattering.scatter(self, dim, index, src, value=value, reduce=reduce)

    @numpy_names
    def scatter_(
        self, dim: int, index: Variable, src: Any = None, *, value: Any = None, reduce: str | None = None
    ) -> Any:
        """Scatter, in place."""
        return scattering.scatter_(self, dim, index, src, value=value, reduce=reduce)

    @numpy_names
    def scatter_add(self, dim: int, index: Variable, src: Variable) -> Any:
        """A copy with src[i, j] added to result[i, index[i, j]] for dim = 1, and so for other dims."""
        return scattering.scatter_add(self, dim, index, src)

    @numpy_names
    def scatter_add_(self, dim: int, index: Variable, src: Variable) -> Any:
        """Add src at the places that index names along dim, in place."""
        return scattering.scatter_add_(self, dim, index, src)

    @numpy_names
    def scatter_reduce(
        self, dim: int, index: Variable, src: Variable, reduce: str, *, include_self: bool = True
    ) -> Any:
        """A copy with src reduced into the places that index names along dim."""
        return scattering.scatter_reduce(self, dim, index, src, reduce, include_self=include_self)

    @numpy_names
    def scatter_reduce_(
        self, dim: int, index: Variable, src: Variable, reduce: str, *, include_self: bool = True
    ) -> Any:
        """Reduce src into the places that index names along dim, in place."""
        return scattering.scatter_reduce_(self, dim, index, src, reduce, include_self=include_self)

    @numpy_names
    def index_add(self, dim: int, index: Variable, source: Variable, *, alpha: float = 1) -> Any:
        """A copy with alpha * source added at the indices of dim that a vector names."""
        return index_writing.index_add(self, dim, index, source, alpha=alpha)

    @numpy_names
    def index_add_(self, dim: int, index: Variable, source: Variable, *, alpha: float = 1) -> Any:
        """Add alpha * source at the indices of dim that a vector names, in place."""
        return index_writing.index_add_(self, dim, index, source, alpha=alpha)

    @numpy_names
    def index_copy(self, dim: int, index: Variable, source: Variable) -> Any:
        """A copy with the indices of dim that a vector names overwritten by source."""
        return index_writing.index_copy(self, dim, index, source)

    @numpy_names
    def index_copy_(self, dim: int, index: Variable, source: Variable) -> Any:
        """Overwrite the indices of dim that a vector names by source, in place."""
        return index_writing.index_copy_(self, dim, index, source)

    @numpy_names
    def index_fill(self, dim: int, index: Variable, value: Any) -> Any:
        """A copy with the indices of dim that a vector names set to value."""
        return index_writing.index_fill(self, dim, index, value)

    @numpy_names
    def index_fill_(self, dim: int, index: Variable, value: Any) -> Any:
        """Set the indices of dim that a vector names to value, in place."""
        return index_writing.index_fill_(self, dim, index, value)

    @numpy_names
    def index_reduce(
        self, dim: int, index: Variable, source: Variable, reduce: str, *, include_self: bool = True
    ) -> Any:
        """A copy with source reduced into the indices of dim that a vector names."""
        return scattering.index_reduce(self, dim, index, source, reduce, include_self=include_self)

    @numpy_names
    def index_reduce_(
        self, dim: int, index: Variable, source: Variable, reduce: str, *, include_self: bool = True
    ) -> Any:
        """Reduce source into the indices of dim that a vector names, in place."""
        return scattering.index_reduce_(self, dim, index, source, reduce, include_self=include_self)

    def masked_scatter(self, mask: Variable, source: Variable) -> Any:
        """A copy with the elements where mask is True taken from source in order."""
        return index_writing.masked_scatter(self, mask, source)

    def masked_scatter_(self, mask: Variable, source: Variable) -> Any:
        """Overwrite the elements where mask is True by the first ones of source, in place."""
        return index_writing.masked_scatter_(self, mask, source)
