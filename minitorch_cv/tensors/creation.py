"""Functions that make tensors: of data, filled, and like others."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..autograd.memory_order import pin
from ..autograd.variable import Variable
from ..ops.arguments import check_tensor, to_dtype
from ..ops.copying import as_asked, clone
from ..types import dtype as dt
from ..types import memory_format as mf
from ..types.device import check_device
from .factory_arguments import (
    check_common,
    check_dtype,
    check_out,
    check_size,
    set_requires_grad,
    write_out,
)
from .filling import fill_number, like_array
from .from_data import array_of, check_array, warn_read_only
from .tensor import Tensor


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new tensor with a copy of data (torch.tensor).

    Args:     data: a number, nested sequences of numbers, a NumPy array or a tensor.
              dtype: by default that of arrays and tensors; the default dtype for floats, int64 for ints, bool for
                  bools.
    Raises:   ValueError: for ragged sequences ("expected sequence of length 3 at dim 1 (got 2)").
              TypeError, RuntimeError: for what holds no numbers.
    """
    check_common("tensor", device, pin_memory=pin_memory)
    d = None if dtype is None else check_dtype("tensor", dtype)
    if isinstance(data, Variable):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
    return set_requires_grad("tensor", Tensor.wrap(array_of("tensor", data, d)), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    """data as a tensor: tensors as they are, NumPy arrays sharing memory, the rest copied (torch.as_tensor)."""
    check_device(device)
    d = None if dtype is None else check_dtype("as_tensor", dtype)
    if isinstance(data, Variable):
        return data if d is None else to_dtype(data, d)
    if isinstance(data, np.ndarray) and (d is None or d.numpy == data.dtype):
        check_array("as_tensor", data)
        warn_read_only(data)
        made = Tensor.wrap(data)
        pin(made)
        return made
    return Tensor.wrap(array_of("as_tensor", data, d))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool | None = None
) -> Any:
    """obj as a tensor; `copy` says whether memory must (True), may (None) or must not (False) be new (torch.asarray).

    Raises:   ValueError: for copy=False where a copy is needed.
    """
    check_device(device)
    d = None if dtype is None else check_dtype("asarray", dtype)
    if copy is False:
        if not isinstance(obj, (Variable, np.ndarray)):
            raise ValueError(f"asarray: can't alias arbitrary sequence into a tensor, got {type(obj).__name__}.")
        own = obj.dtype if isinstance(obj, Variable) else dt.from_numpy(obj.dtype)
        if d is not None and d is not own:
            raise ValueError(
                f"asarray: can't alias tensor with dtype '{own.tensor_type}' into dtype '{d.tensor_type}'."
            )
    made = as_tensor(obj, d)
    if (
        copy
        and isinstance(obj, (Variable, np.ndarray))
        and np.may_share_memory(made.array, obj.array if isinstance(obj, Variable) else obj)
    ):
        made = clone(made)
    if requires_grad is None or requires_grad == made.requires_grad:
        return made
    made = made.detached()
    return set_requires_grad("asarray", made, requires_grad)


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor that shares the memory of a NumPy array (torch.from_numpy).

    Raises:   TypeError: for anything else, and for dtypes that no tensor has. ValueError: for negative strides and
              foreign byte orders.
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    check_array("from_numpy", ndarray)
    warn_read_only(ndarray)
    made = Tensor.wrap(ndarray)
    pin(made)
    return made


def _filled(
    op_name: str,
    fill: Any,
    size: tuple,
    keywords: dict[str, Any],
    out: Any,
    dtype: Any,
    device: Any,
    layout: Any,
    pin_memory: bool,
    requires_grad: bool,
) -> Any:
    """A tensor of one number, or without defined content for None."""
    shape = check_size(op_name, size, keywords)
    check_common(op_name, device, layout, pin_memory)
    if out is not None:
        check_out(op_name, out, dtype)
        return set_requires_grad(op_name, write_out(op_name, out, np.full(shape, fill or 0)), requires_grad)
    d = check_dtype(op_name, dtype).numpy
    array = np.empty(shape, d) if fill is None else np.zeros(shape, d) if fill == 0 else np.full(shape, fill, d)
    return set_requires_grad(op_name, Tensor.wrap(array), requires_grad)


def zeros(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    **kwargs: Any,
) -> Any:
    """A tensor of zeros, `zeros(2, 3)` or `zeros((2, 3))` (torch.zeros).

    Raises:   RuntimeError: for a negative size.
    """
    return _filled("zeros", 0, size, kwargs, out, dtype, device, layout, pin_memory, requires_grad)


def ones(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    **kwargs: Any,
) -> Any:
    """A tensor of ones, `ones(2, 3)` or `ones((2, 3))` (torch.ones).

    Raises:   RuntimeError: for a negative size.
    """
    return _filled("ones", 1, size, kwargs, out, dtype, device, layout, pin_memory, requires_grad)


def empty(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = mf.contiguous_format,
    **kwargs: Any,
) -> Any:
    """A tensor without defined content, `empty(2, 3)` or `empty((2, 3))` (torch.empty).

    Raises:   RuntimeError: for a negative size.
    """
    shape = check_size("empty", size, kwargs)
    mf.check_memory_format("empty", memory_format, len(shape))
    if memory_format is mf.preserve_format:
        raise RuntimeError("empty: unsupported memory format Preserve: there is no tensor whose order to preserve")
    if out is not None:
        check_out("empty", out, dtype)
        write_out("empty", out, np.empty(shape, out.array.dtype))
        return out
    check_common("empty", device, layout, pin_memory)
    made = Tensor.wrap(mf.empty(shape, check_dtype("empty", dtype).numpy, memory_format))
    return set_requires_grad("empty", as_asked(made, memory_format), requires_grad)


def full(
    size: tuple[int, ...],
    fill_value: Any,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Any:
    """A tensor of one number; its dtype by default as tensor() infers it (torch.full).

    Raises:   RuntimeError: for a negative size, or a number that the dtype cannot hold.
    """
    shape = check_size("full", (), {"size": size})
    check_common("full", device, layout, pin_memory)
    if out is not None:
        check_out("full", out, dtype)
        return write_out("full", out, np.full(shape, fill_number("full", fill_value, out.dtype)))
    d = None if dtype is None else check_dtype("full", dtype)
    array = np.full(shape, fill_number("full", fill_value, d))
    return set_requires_grad("full", Tensor.wrap(array), requires_grad)


def _like(
    op_name: str,
    input: Variable,
    fill: Any,
    dtype: Any,
    device: Any,
    layout: Any,
    pin_memory: bool,
    requires_grad: bool,
    memory_format: Any,
) -> Any:
    check_tensor(op_name, input)
    check_common(op_name, device, layout, pin_memory)
    d = check_dtype(op_name, dtype, input.dtype)
    array = like_array(op_name, input.array, d, memory_format)
    if fill is not None:
        array.fill(fill_number(op_name, fill, d))
    return set_requires_grad(op_name, as_asked(Tensor.wrap(array), memory_format, input), requires_grad)


def zeros_like(
    input: Variable,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """Zeros in the shape, dtype and order of memory of input (torch.zeros_like)."""
    return _like("zeros_like", input, 0, dtype, device, layout, pin_memory, requires_grad, memory_format)


def ones_like(
    input: Variable,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """Ones in the shape, dtype and order of memory of input (torch.ones_like)."""
    return _like("ones_like", input, 1, dtype, device, layout, pin_memory, requires_grad, memory_format)


def empty_like(
    input: Variable,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """A tensor without defined content in the shape, dtype and order of memory of input (torch.empty_like)."""
    return _like("empty_like", input, None, dtype, device, layout, pin_memory, requires_grad, memory_format)


def full_like(
    input: Variable,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = mf.preserve_format,
) -> Any:
    """One number in the shape, dtype and order of memory of input (torch.full_like).

    Raises:   RuntimeError: for a number that the dtype cannot hold.
    """
    if fill_value is None:
        raise TypeError("full_like(): argument 'fill_value' must be Number, not NoneType")
    return _like("full_like", input, fill_value, dtype, device, layout, pin_memory, requires_grad, memory_format)
