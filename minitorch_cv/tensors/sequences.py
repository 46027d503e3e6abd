"""Functions that make tensors by a rule: arange, linspace, logspace, eye, indices of triangles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.arguments import as_number
from ..ops.numbers import even_steps, number_array
from ..ops.sizes import as_integer
from ..types import dtype as dt
from ..types import memory_format as mf
from .factory_arguments import check_common, check_dtype, check_out, set_requires_grad, write_out
from .tensor import Tensor


def _finish(
    op_name: str, array: np.ndarray, out: Any, dtype: Any, device: Any, layout: Any, pin_memory: bool, grad: bool
) -> Any:
    check_common(op_name, device, layout, pin_memory)
    if out is not None:
        check_out(op_name, out, dtype)
        return write_out(op_name, out, array)
    return set_requires_grad(op_name, Tensor.wrap(array), grad)


def arange(
    *args: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    **kwargs: Any,
) -> Any:
    """The numbers from start (0) to end, end not included, in steps of step (1) (torch.arange).

    `arange(end)`, `arange(start, end)` or `arange(start, end, step)`; int64 if all are integers, else the default
    dtype.

    Raises:   RuntimeError: for a step of 0 or of the wrong sign, or limits that are not finite.
    """
    limits = _arange_limits(args, kwargs)
    start, end, step = (as_number("arange", name, limits[name]) for name in ("start", "end", "step"))
    if out is not None and dtype is None:
        d = out.dtype if isinstance(out, Variable) else dt.get_default_dtype()
    else:
        floats = any(isinstance(v, (float, np.floating)) for v in (start, end, step))
        d = check_dtype("arange", dtype, dt.get_default_dtype() if floats else dt.int64)
    array = _arange_array(start, end, step, d)
    return _finish("arange", array, out, dtype, device, layout, pin_memory, requires_grad)


def _arange_limits(args: tuple, keywords: dict[str, Any]) -> dict[str, Any]:
    names = ("end",) if len(args) == 1 and "end" not in keywords else ("start", "end", "step")
    given = dict(zip(names, args))
    for name, value in keywords.items():
        if name not in ("start", "end", "step"):
            raise TypeError(f"arange() got an unexpected keyword argument '{name}'")
        if name in given:
            raise TypeError(f"arange() got multiple values for argument '{name}'")
        given[name] = value
    if "end" not in given or len(args) > 3:
        raise TypeError(
            f"arange() received an invalid combination of arguments - got {len(args)} numbers; expected (end), "
            "(start, end) or (start, end, step)"
        )
    return {"start": 0, "step": 1, **given}


def _arange_array(start: Any, end: Any, step: Any, d: dt.dtype) -> np.ndarray:
    if d is dt.bool_:
        raise NotImplementedError("arange: not implemented for bool; ask for an integer or float dtype")
    if step == 0:
        raise RuntimeError("arange: step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"arange: unsupported range: {start} -> {end}")
    if (end - start) * (1 if step > 0 else -1) < 0:
        raise RuntimeError(
            f"arange: upper bound and lower bound inconsistent with step sign: start={start}, end={end}, step={step}"
        )
    if d is dt.int64:
        first, last, stride = int(start), int(end), int(step)
        if stride == 0:
            raise RuntimeError("arange: step must be nonzero as an integer; ask for a float dtype")
        return np.arange(first, last, stride, dtype=np.int64)
    count = math.ceil((float(end) - float(start)) / float(step))  # in double precision, as PyTorch counts
    if count >= 1 << 60:
        raise RuntimeError(f"arange: invalid size, possible overflow? {count} elements")
    if d.is_floating_point:
        return (start + np.arange(count) * np.float64(step)).astype(d.numpy)
    return (int(start) + np.arange(count) * int(step)).astype(d.numpy)


def _even_steps(op_name: str, start: Any, end: Any, steps: Any, d: dt.dtype) -> np.ndarray:
    """float64 numbers from start to end, both included, counted from the nearer end."""
    first, last = as_number(op_name, "start", start), as_number(op_name, "end", end)
    if not d.is_floating_point:  # the ends become integers before the steps between them are taken
        first, last = (float(number_array(op_name, limit, d)) for limit in (first, last))
    count = as_integer(op_name, "steps", steps)
    if count < 0:
        raise RuntimeError(f"{op_name}: number of steps must be non-negative, got {count}")
    if d is dt.bool_:
        raise NotImplementedError(f"{op_name}: not implemented for bool; ask for an integer or float dtype")
    return even_steps(first, last, count, d.numpy)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Any:
    """`steps` evenly spaced numbers from start to end, both included (torch.linspace).

    Raises:   RuntimeError: for a negative number of steps.
    """
    d = check_dtype("linspace", dtype, out.dtype if isinstance(out, Variable) else None)
    with np.errstate(all="ignore"):
        array = _even_steps("linspace", start, end, steps, d).astype(d.numpy)
    return _finish("linspace", array, out, dtype, device, layout, pin_memory, requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Any:
    """base to the power of `steps` evenly spaced numbers from start to end, both included (torch.logspace).

    Raises:   RuntimeError: for a negative number of steps.
    """
    d = check_dtype("logspace", dtype, out.dtype if isinstance(out, Variable) else None)
    with np.errstate(all="ignore"):
        exponents = _even_steps("logspace", start, end, steps, d)
        array = np.power(float(as_number("logspace", "base", base)), exponents).astype(d.numpy)
    return _finish("logspace", array, out, dtype, device, layout, pin_memory, requires_grad)


def _count(op_name: str, arg_name: str, value: Any) -> int:
    count = as_integer(op_name, arg_name, value)
    if count < 0:
        raise RuntimeError(f"{op_name}: {arg_name} must be greater or equal to 0, got {count}")
    return count


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = mf.strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Any:
    """An n x m (n x n) matrix with ones on the diagonal, zeros elsewhere (torch.eye).

    Raises:   RuntimeError: for a negative size.
    """
    rows = _count("eye", "n", n)
    d = check_dtype("eye", dtype, out.dtype if isinstance(out, Variable) else None)
    array = np.eye(rows, rows if m is None else _count("eye", "m", m), dtype=d.numpy)
    return _finish("eye", array, out, dtype, device, layout, pin_memory, requires_grad)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dt.int64, device: Any = None, layout: Any = mf.strided
) -> Any:
    """Row and column numbers of a matrix's lower triangle, as a (2, count) matrix (torch.tril_indices)."""
    found = np.tril_indices(_count("tril_indices", "row", row), offset, _count("tril_indices", "col", col))
    return _index_pairs("tril_indices", found, dtype, device, layout)


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dt.int64, device: Any = None, layout: Any = mf.strided
) -> Any:
    """Row and column numbers of a matrix's upper triangle, as a (2, count) matrix (torch.triu_indices)."""
    found = np.triu_indices(_count("triu_indices", "row", row), offset, _count("triu_indices", "col", col))
    return _index_pairs("triu_indices", found, dtype, device, layout)


def _index_pairs(op_name: str, found: tuple, dtype: Any, device: Any, layout: Any) -> Any:
    d = check_dtype(op_name, dtype, dt.int64)
    if d not in (dt.int32, dt.int64):
        raise NotImplementedError(f"{op_name}: not implemented for {d.name}; supported are int32 and int64")
    check_common(op_name, device, layout)
    return Tensor.wrap(np.stack(found).astype(d.numpy))
