"""The arguments that all functions that make tensors have in common."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.arguments import check_tensor
from ..ops.sizes import check_not_negative, spread_ints
from ..types import dtype as dt
from ..types.device import check_device
from ..types.memory_format import check_layout


def check_dtype(op_name: str, dtype: Any, default: dt.dtype | None = None) -> dt.dtype:
    """The dtype of a `dtype=` argument: a dtype, or float, int, bool; None means `default`.

    Raises:   TypeError: for anything else.
    """
    if dtype is None:
        return default or dt.get_default_dtype()
    if isinstance(dtype, dt.dtype):
        return dtype
    if dtype in (float, int, bool):
        return dt.as_dtype(dtype)
    raise TypeError(
        f"{op_name}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}; this library has "
        f"{dt.supported()}"
    )


def check_common(op_name: str, device: Any, layout: Any = None, pin_memory: Any = False) -> None:
    """Raise for a device, layout or memory that this library does not have."""
    check_device(device)
    check_layout(op_name, layout)
    if pin_memory:
        raise RuntimeError(
            f"{op_name}: pin_memory=True requires a CUDA or other accelerator backend; this library runs on the CPU"
        )


def check_size(op_name: str, size: tuple, keywords: dict[str, Any]) -> tuple[int, ...]:
    """The shape of `f(2, 3)` or `f((2, 3))`."""
    shape = check_not_negative(op_name, spread_ints(op_name, "size", size, keywords))
    count = 1
    for n in shape:
        count *= n
    if count >= 1 << 60:
        raise RuntimeError(f"{op_name}: Storage size calculation overflowed with sizes={list(shape)}")
    return shape


def set_requires_grad(op_name: str, made: Variable, requires_grad: Any) -> Any:
    """`made`, requiring a gradient if asked for."""
    if not isinstance(requires_grad, bool):
        raise TypeError(f"{op_name}(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    if requires_grad:
        if made.array.dtype.kind != "f":
            raise RuntimeError(
                f"{op_name}: Only Tensors of floating point dtype can require gradients, got {made.dtype.name}"
            )
        made.requires_grad = True
    return made


def check_out(op_name: str, out: Any, dtype: Any) -> None:
    """Raise unless results of the dtype asked for can be written into `out`."""
    check_tensor(op_name, out, "out")
    if out.requires_grad:
        raise RuntimeError(
            f"{op_name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad."
        )
    if dtype is not None and check_dtype(op_name, dtype) is not out.dtype:
        raise RuntimeError(
            f"{op_name}: dtype {check_dtype(op_name, dtype).tensor_type} does not match dtype of out parameter "
            f"({out.dtype.tensor_type})"
        )


def write_out(op_name: str, out: Any, array: np.ndarray) -> Any:
    """`out` with the result written into it."""
    if out.array.shape != array.shape:
        raise RuntimeError(
            f"{op_name}: out has shape {list(out.array.shape)}, but the result has shape {list(array.shape)}; this "
            "library does not resize it"
        )
    out.check_inplace(op_name, False)
    with np.errstate(all="ignore"):
        np.copyto(out.array, array, casting="unsafe")
    out.bump_version()
    return out
