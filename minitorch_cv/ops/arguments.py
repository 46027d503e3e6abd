"""What the public functions of this layer do with their arguments before an operation sees them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.broadcast import is_expanded
from ..autograd.broadcast import unbroadcast as unbroadcast  # the families of operations take it from here
from ..autograd.operation import Array, Operation
from ..autograd.variable import Variable
from ..types import dtype as dt
from ..types import memory_format as mf
from ..types.promotion import can_cast, number_dtype, promote_types, result_type


def check_tensor(op_name: str, value: Any, arg_name: str = "input") -> None:
    """Raise TypeError unless `value` is a tensor."""
    if not isinstance(value, Variable):
        hint = " (wrap it: torch.tensor(...))" if isinstance(value, (np.ndarray, list, tuple, int, float)) else ""
        raise TypeError(f"{op_name}(): argument '{arg_name}' must be Tensor, not {type(value).__name__}{hint}")


def check_floating(op_name: str, x: Variable, arg_name: str = "input") -> None:
    """Raise unless `x` is a float32 or float64 tensor: float16 is for storage, and integers have no such operation."""
    check_tensor(op_name, x, arg_name)
    if x.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(
            f"{op_name}: '{arg_name}' is {x.dtype.name}; supported are float32 and float64. "
            "Convert it with .float() or .double()."
        )


def check_same_dtype(op_name: str, **tensors: Variable | None) -> None:
    """Raise unless all given tensors have one dtype."""
    present = {name: t for name, t in tensors.items() if t is not None}
    if len({t.array.dtype for t in present.values()}) > 1:
        found = ", ".join(f"{name} is {t.dtype.name}" for name, t in present.items())
        raise RuntimeError(f"{op_name}: expected all tensors to have the same dtype, but {found}")


def normalize_dim(op_name: str, dim: Any, ndim: int) -> int:
    """A dimension counted from the front.

    Raises:   IndexError: if there is no such dimension. TypeError: if `dim` is not an integer.
    """
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"{op_name}(): argument 'dim' must be int, not {type(dim).__name__}")
    number = operator.index(dim)
    size = max(ndim, 1)  # a 0-d tensor takes dim 0 and -1
    if not -size <= number < size:
        raise IndexError(
            f"{op_name}: Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {number})"
        )
    return number % size


def normalize_dims(op_name: str, dim: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front; None and () mean all of them.

    Raises:   RuntimeError: if one is named twice. IndexError, TypeError: as normalize_dim.
    """
    if dim is None:
        return tuple(range(ndim))
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if not dims:
        return tuple(range(ndim))
    found = tuple(normalize_dim(op_name, d, ndim) for d in dims)
    for d in found:
        if found.count(d) > 1:
            raise RuntimeError(f"{op_name}: dim {d} appears multiple times in the list of dims")
    return found if ndim else ()


def pair(op_name: str, arg_name: str, value: Any) -> tuple[int, int]:
    """One integer for both sides of a window, or two; errors as tuple_of."""
    return tuple_of(2, op_name, arg_name, value)  # type: ignore[return-value]


def tuple_of(count: int, op_name: str, arg_name: str, value: Any) -> tuple[int, ...]:
    """One integer for all of `count` dimensions, or one for each.

    Raises:   TypeError: if it is no integer or sequence of integers. RuntimeError: for another number of integers.
    """
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * count
    for v in values:
        if isinstance(v, bool) or not hasattr(v, "__index__"):
            raise TypeError(f"{op_name}(): argument '{arg_name}' must be int or tuple of ints, got {value!r}")
    if len(values) == 1:
        values = values * count
    if len(values) != count:
        raise RuntimeError(
            f"{op_name}: expected {arg_name} to be a single integer value or a list of {count} values to match the "
            f"spatial dimensions, but got {arg_name}={list(values)}"
        )
    return tuple(operator.index(v) for v in values)


def broadcast_shape(op_name: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The common shape.

    Raises:   RuntimeError: with torch's words, naming the sizes and the dimension that do not go together.
    """
    different = {shape for shape in shapes if shape}
    if len(different) < 2:
        return different.pop() if different else ()
    result: list[int] = []
    ndim = max(map(len, shapes))
    for d in range(1, ndim + 1):
        size = 1
        for shape in shapes:
            n = shape[-d] if d <= len(shape) else 1
            if n != 1 and size not in (1, n):
                raise RuntimeError(
                    f"{op_name}: The size of tensor a ({size}) must match the size of tensor b ({n}) at non-singleton "
                    f"dimension {ndim - d} (shapes {' and '.join(str(list(s)) for s in shapes)})"
                )
            size = n if n != 1 else size
        result.append(size)
    return tuple(reversed(result))


@dataclass(eq=False, repr=False)
class ToDtype(Operation):
    """A copy in another dtype."""

    is_pointwise = True
    torch_name = "ToCopyBackward0"
    numpy_dtype: np.dtype
    memory_format: mf.memory_format = mf.preserve_format

    def forward(self, x: Array) -> Array:
        self.input_dtype = str(x.dtype)
        return dense_copy(x, self.numpy_dtype, self.memory_format)

    def backward(self, grad_out: Array) -> Array:
        return grad_out.astype(self.input_dtype)


def dense_copy(x: Array, numpy_dtype: np.dtype, memory_format: mf.memory_format) -> Array:
    """A copy without gaps. Of an array that shows one place many times no order of memory can be preserved."""
    if memory_format is mf.preserve_format and is_expanded(x):
        memory_format = mf.contiguous_format
    return mf.copy(x, numpy_dtype, memory_format)


def to_dtype(x: Variable, d: dt.dtype) -> Any:
    """`x` in dtype `d`: itself if it is so already."""
    return x if x.array.dtype == d.numpy else ToDtype(d.numpy)(x)


def is_number(value: Any) -> bool:
    """Whether `value` is a real number of Python or NumPy rather than a tensor."""
    return isinstance(value, (int, float, np.integer, np.floating, np.bool_))


def as_number(op_name: str, arg_name: str, value: Any, expected: str = "Number") -> Any:
    """A number of Python's, NumPy's or in a 0-d tensor, as Python's.

    Raises:   TypeError: if it is neither, or a tensor that requires a gradient, which would be lost.
    """
    if is_number(value):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, Variable) and value.array.ndim == 0 and not value.requires_grad:
        return value.array.item()
    hint = ""
    if isinstance(value, Variable):
        found = "one that requires a gradient" if value.array.ndim == 0 else f"one of shape {list(value.shape)}"
        hint = f" ({found}; value.item() is the number in a tensor of one element)"
    raise TypeError(f"{op_name}(): argument '{arg_name}' must be {expected}, not {type(value).__name__}{hint}")


def dtype_of_operands(op_name: str, *operands: Any) -> dt.dtype:
    """The dtype in which PyTorch would compute with these tensors and numbers.

    Raises:   TypeError: if one is neither a tensor nor a number.
    """
    found: list[tuple[dt.dtype, int | None]] = []
    for operand in operands:
        if isinstance(operand, Variable):
            found.append((operand.dtype, operand.array.ndim))
        elif is_number(operand):
            found.append((number_dtype(operand), None))
        else:
            raise TypeError(
                f"{op_name}(): unsupported operand {type(operand).__name__}; expected a Tensor or a number"
                + (" (torch.from_numpy(array) makes a tensor of an array)" if isinstance(operand, np.ndarray) else "")
            )
    return result_type(*found)


def as_variables(op_name: str, d: dt.dtype, *operands: Any) -> tuple[Variable, ...]:
    """Tensors and numbers as tensors of one dtype, whose shapes go together."""
    kind = next((o for o in operands if isinstance(o, Variable)), None)
    if kind is None:
        raise TypeError(f"{op_name}(): argument 'input' must be Tensor, not {type(operands[0]).__name__}")
    made = [to_dtype(o, d) if isinstance(o, Variable) else kind.wrap(_number_array(op_name, o, d)) for o in operands]
    broadcast_shape(op_name, *[v.array.shape for v in made])
    return tuple(made)


def _number_array(op_name: str, value: Any, d: dt.dtype) -> Array:
    if d.numpy.kind in "iu" and isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        wrapped = np.array(int(value) & ((1 << 64) - 1), np.uint64)  # as torch does: modulo the dtype's range
        if not -(1 << 63) <= int(value) < 1 << 63:
            raise RuntimeError(f"{op_name}: value cannot be converted to type int64_t without overflow")
        return wrapped.astype(d.numpy)
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        raise OverflowError(f"{op_name}: int too big to convert: {value}; write it as a float")
    if -65504 <= value <= 65504:  # float16's range
        return np.array(value, d.numpy)
    with np.errstate(over="ignore"):  # beyond the dtype's range it is an infinity
        return np.array(value, d.numpy)


def promote(op_name: str, *operands: Any) -> tuple[Variable, ...]:
    """Tensors and numbers as tensors of the dtype that PyTorch's promotion gives; numbers become 0-d.

    Raises:   TypeError: for anything else. RuntimeError: if the shapes do not broadcast.
    """
    return as_variables(op_name, dtype_of_operands(op_name, *operands), *operands)


def promote_floating(op_name: str, *operands: Any) -> tuple[Variable, ...]:
    """As promote, but integers and bool go to the default float dtype."""
    d = dtype_of_operands(op_name, *operands)
    return as_variables(op_name, d if d.is_floating_point else dt.get_default_dtype(), *operands)


def inplace_operands(op_name: str, target: Variable, *others: Any, floating: bool = False) -> tuple[Variable, ...]:
    """The other operands of an in-place operation, in the target's dtype.

    Args:     floating: the operation's result is a float even for integers (division, exp).
    Raises:   RuntimeError: if the result could not be written into the target's dtype.
    """
    check_tensor(op_name, target)
    d = dtype_of_operands(op_name, target, *others)
    if floating and not d.is_floating_point:
        d = dt.get_default_dtype()
    if not can_cast(d, target.dtype):
        raise RuntimeError(
            f"{op_name}: result type {d.tensor_type} can't be cast to the desired output type "
            f"{target.dtype.tensor_type}. Use the out-of-place form, or convert the tensor first."
        )
    made = [
        to_dtype(o, target.dtype) if isinstance(o, Variable) else target.wrap(_number_array(op_name, o, target.dtype))
        for o in others
    ]
    broadcast_shape(op_name, target.array.shape, *[v.array.shape for v in made])
    return tuple(made)


def common_dtype(op_name: str, tensors: Sequence[Variable]) -> tuple[Variable, ...]:
    """Tensors in the dtype that all of them promote to, whatever their number of dimensions (cat, stack)."""
    d = tensors[0].dtype
    for t in tensors[1:]:
        d = promote_types(d, t.dtype)
    return tuple(to_dtype(t, d) for t in tensors)
