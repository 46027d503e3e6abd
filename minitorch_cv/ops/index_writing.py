"""Writing by index along a dimension (index_add, index_copy, index_fill) and by mask (masked_scatter)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .accumulation import add_at
from .arguments import as_number, broadcast_shape, check_tensor, is_number, normalize_dim, to_dtype, unbroadcast
from .expanding import Expand
from .index_arguments import check_indices, check_vector, in_range, rows_of
from .numbers import number_array
from .numpy_names import numpy_names
from .scatter_operations import lines


@dataclass(eq=False, repr=False)
class IndexAdd(Operation):
    """x with alpha * source added at the indices of a dimension that a vector names."""

    dim: int
    index: Array
    alpha: Any = 1

    def forward(self, x: Array, source: Array) -> Array:
        result = x.copy()
        self.forward_inplace(result, source)
        return result

    def forward_inplace(self, target: Array, source: Array) -> None:
        target = lines(target)
        values = lines(source) if self.alpha == 1 else lines(source) * np.asarray(self.alpha).astype(target.dtype)
        add_at(target, rows_of(self.dim, self.index, target.ndim), values)

    def backward(self, grad_out: Array) -> tuple:
        grad_source = None
        if self.needs_grad[1]:
            grad_source = np.take(lines(grad_out), self.index, self.dim) * self.alpha
            grad_source = grad_source.astype(grad_out.dtype).reshape(grad_source.shape if grad_out.ndim else ())
        return grad_out if self.needs_grad[0] else None, grad_source


@dataclass(eq=False, repr=False)
class IndexWrite(Operation):
    """x with the indices of a dimension that a vector names overwritten by source, which may be one number."""

    dim: int
    index: Array
    torch_name: str = "IndexCopyBackward0"

    def forward(self, x: Array, source: Array) -> Array:
        result = x.copy()
        self.forward_inplace(result, source)
        return result

    def forward_inplace(self, target: Array, source: Array) -> None:
        self.source_shape = source.shape
        values = source.copy() if np.may_share_memory(source, target) else source
        lines(target)[rows_of(self.dim, self.index, max(target.ndim, 1))] = values

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_source = None
        rows = rows_of(self.dim, self.index, max(grad_out.ndim, 1))
        if self.needs_grad[0]:
            grad_x = grad_out.copy()
            lines(grad_x)[rows] = 0
        if self.needs_grad[1]:
            grad_source = unbroadcast(lines(grad_out)[rows], self.source_shape)
        return grad_x, grad_source


@dataclass(eq=False, repr=False)
class MaskedScatter(Operation):
    """x with the elements where a mask is True overwritten by the first ones of source."""

    mask: Array

    def forward(self, x: Array, source: Array) -> Array:
        result = x.copy()
        self.forward_inplace(result, source)
        return result

    def forward_inplace(self, target: Array, source: Array) -> None:
        self.source_shape = source.shape
        self.count = int(np.count_nonzero(self.mask))
        target[self.mask] = source.reshape(-1)[: self.count].copy()

    def backward(self, grad_out: Array) -> tuple:
        grad_x = grad_source = None
        if self.needs_grad[0]:
            grad_x = np.where(self.mask, np.zeros((), grad_out.dtype), grad_out)
        if self.needs_grad[1]:
            grad_source = np.zeros(self.source_shape, grad_out.dtype)
            grad_source.reshape(-1)[: self.count] = grad_out[self.mask]
        return grad_x, grad_source


@numpy_names
def index_add(input: V, dim: int, index: Variable, source: Variable, *, alpha: float = 1) -> V:
    """A copy of input with alpha * source added at the indices of dim that a vector names (torch.index_add).

    Repeated indices count each time.

    Raises:   RuntimeError: for an index out of range, negative ones too, or sources of another shape or dtype.
    """
    return index_adding("index_add", input, dim, index, source, alpha)(input, source)


@numpy_names
def index_add_(input: V, dim: int, index: Variable, source: Variable, *, alpha: float = 1) -> V:
    """Add alpha * source at the indices of dim that a vector names, in place."""
    return index_adding("index_add_", input, dim, index, source, alpha).inplace(input, source)


def index_adding(
    op_name: str,
    input: Variable,
    dim: int,
    index: Variable,
    source: Variable,
    alpha: float,
    error: type[Exception] = RuntimeError,
) -> IndexAdd:
    """The operation, after all checks; `error` for an index out of range."""
    check_tensor(op_name, input)
    check_tensor(op_name, source, "source")
    shape, source_shape = input.array.shape, source.array.shape
    d = normalize_dim(op_name, dim, len(shape))
    check_indices(op_name, index)
    check_vector(op_name, index)
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{op_name}(): self ({input.dtype.tensor_type}) and source ({source.dtype.tensor_type}) must have the same "
            "scalar type"
        )
    alpha = as_number(op_name, "alpha", alpha)
    given = source_shape[d] if d < len(source_shape) else 1
    if given != index.array.size:
        raise RuntimeError(
            f"{op_name}(): Number of indices ({index.array.size}) should be equal to source.size(dim): ({given}), for "
            f"dim: {d}"
        )
    if (*shape[:d], *shape[d + 1 :]) != (*source_shape[:d], *source_shape[d + 1 :]) or len(shape) != len(source_shape):
        raise RuntimeError(
            f"{op_name}: source tensor shape must match self tensor shape, excluding the specified dimension. Got "
            f"self.shape = {list(shape)} source.shape = {list(source_shape)}"
        )
    return IndexAdd(d, in_range(op_name, index.array.reshape(-1), shape[d] if shape else 1, d, error), alpha)


@numpy_names
def index_copy(input: V, dim: int, index: Variable, source: Variable) -> V:
    """A copy of input with the indices of dim that a vector names overwritten by source (torch.index_copy).

    Raises:   IndexError: for an index out of range, negative ones too, or another number of them than source has.
              RuntimeError: for sources of another shape or dtype.
    """
    return _index_copying("index_copy", input, dim, index, source)(input, source)


@numpy_names
def index_copy_(input: V, dim: int, index: Variable, source: Variable) -> V:
    """Overwrite the indices of dim that a vector names by source, in place."""
    return _index_copying("index_copy_", input, dim, index, source).inplace(input, source)


def _index_copying(op_name: str, input: Variable, dim: int, index: Variable, source: Variable) -> IndexWrite:
    check_tensor(op_name, input)
    check_tensor(op_name, source, "source")
    check_tensor(op_name, index, "index")
    shape, source_shape = input.array.shape, source.array.shape
    d = normalize_dim(op_name, dim, len(shape))
    if index.array.ndim > 1:
        raise IndexError(f"{op_name}(): Index should have dimension 1 or 0 (got {index.array.ndim})")
    if index.array.dtype != np.int64:
        raise RuntimeError(f"{op_name}(): Expected a long tensor for index, but got {index.dtype.tensor_type}")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{op_name}(): self and source expected to have the same dtype, but got (self) {input.dtype.tensor_type} "
            f"and (source) {source.dtype.tensor_type}"
        )
    count = index.array.size
    if not source_shape:
        if count != 1:
            raise IndexError(f"{op_name}(): When source is scalar, index should have one element (got {count})")
    elif shape and len(shape) != len(source_shape):
        raise IndexError(
            f"{op_name}(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({len(source_shape)}), destination dimensionality ({len(shape)})"
        )
    elif source_shape[d] != count:
        raise IndexError(
            f"{op_name}(): Number of indices ({count}) should be equal to source.size(dim) ({source_shape[d]})"
        )
    slice_shape, source_slice = (*shape[:d], *shape[d + 1 :]), (*source_shape[:d], *source_shape[d + 1 :])
    if slice_shape != source_slice:
        raise RuntimeError(
            f"{op_name}(): Source/destination tensor must have same slice shapes. Destination slice shape: "
            f"{list(slice_shape)} at dimension {d} and source slice shape: {list(source_slice)} at dimension {d}."
        )
    vector = in_range(f"{op_name}()", index.array.reshape(-1), shape[d] if shape else 1, d, IndexError)
    return IndexWrite(d, vector)


@numpy_names
def index_fill(input: V, dim: int, index: Variable, value: float | Variable) -> V:
    """A copy of input with the indices of dim that a vector names set to value (torch.index_fill).

    Args:     index: int64; negative ones count from the end.
              value: a number or 0-d tensor.
    Raises:   IndexError: for an index out of range, or of another dtype than int64.
    """
    op, source = _index_filling("index_fill", input, dim, index, value)
    return op(input, source)


@numpy_names
def index_fill_(input: V, dim: int, index: Variable, value: float | Variable) -> V:
    """Set the indices of dim that a vector names to a number or 0-d tensor, in place."""
    op, source = _index_filling("index_fill_", input, dim, index, value)
    return op.inplace(input, source)


def _index_filling(op_name: str, input: Variable, dim: int, index: Variable, value: Any) -> tuple[IndexWrite, Variable]:
    check_tensor(op_name, input)
    check_tensor(op_name, index, "index")
    d = normalize_dim(op_name, dim, input.array.ndim)
    if index.array.dtype != np.int64:
        raise IndexError(f"{op_name}(): Expected dtype int64 for index, got {index.dtype.name}.")
    if index.array.ndim > 1:
        raise RuntimeError(f"{op_name}: Index has to be a vector/scalar, got shape {list(index.array.shape)}")
    if isinstance(value, Variable):
        if value.array.ndim:
            raise RuntimeError(
                f"{op_name} only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} "
                "dimension(s)."
            )
        source = to_dtype(value, input.dtype)
    elif is_number(value):
        source = input.wrap(number_array(op_name, value, input.dtype))
    else:
        raise TypeError(f"{op_name}(): argument 'value' must be Number or Tensor, not {type(value).__name__}")
    n = input.array.shape[d] if input.array.ndim else 1
    vector = in_range(op_name, index.array.reshape(-1), n, d, IndexError, negative=True)
    return IndexWrite(d, vector, "IndexFillBackward0"), source


def masked_scatter(input: V, mask: Variable, source: Variable) -> V:
    """A copy of input with the elements where mask is True taken from source in order (torch.masked_scatter).

    Raises:   RuntimeError: for too few elements in source, another dtype, or a mask that is not bool.
    """
    check_tensor("masked_scatter", input)
    check_tensor("masked_scatter", mask, "mask")
    shape = broadcast_shape("masked_scatter", input.array.shape, mask.array.shape)
    expanded = input if shape == input.array.shape else Expand(shape)(input)
    return _masked_scattering("masked_scatter", expanded, mask, source)(expanded, source)


def masked_scatter_(input: V, mask: Variable, source: Variable) -> V:
    """Overwrite the elements where mask is True by the first ones of source, in place."""
    check_tensor("masked_scatter_", input)
    check_tensor("masked_scatter_", mask, "mask")
    return _masked_scattering("masked_scatter_", input, mask, source).inplace(input, source)


def _masked_scattering(op_name: str, input: Variable, mask: Variable, source: Variable) -> MaskedScatter:
    check_tensor(op_name, source, "source")
    if mask.array.dtype != bool:
        raise RuntimeError(f"{op_name} only supports boolean masks, but got mask with dtype {mask.dtype.name}")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{op_name}: expected self and source to have same dtypes but got {input.dtype.tensor_type} and "
            f"{source.dtype.tensor_type}"
        )
    if broadcast_shape(op_name, input.array.shape, mask.array.shape) != input.array.shape:
        raise RuntimeError(
            f"{op_name}: mask of shape {list(mask.array.shape)} does not broadcast to the tensor's shape "
            f"{list(input.array.shape)}"
        )
    full = np.broadcast_to(mask.array, input.array.shape).copy()
    count = int(np.count_nonzero(full))
    if source.array.size < count:
        raise RuntimeError(
            f"{op_name}: Number of elements of source < number of ones in mask: {source.array.size} < {count}"
        )
    return MaskedScatter(full)
