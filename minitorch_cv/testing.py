"""torch.testing.assert_close: an error that tells how far two results are apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .tensors.tensor import Tensor
from .types.dtype import dtype as dtype_class
from .types.dtype import float16, float32, float64

_TOLERANCES: dict[dtype_class, tuple[float, float]] = {  # relative, absolute
    float16: (1e-3, 1e-5),
    float32: (1.3e-6, 1e-5),
    float64: (1e-7, 1e-7),
}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Nothing, if |actual - expected| <= atol + rtol * |expected| everywhere (torch.testing.assert_close).

    Args:     actual, expected: tensors, arrays or numbers, or sequences or mappings of them.
              allow_subclasses: False asks for tensors of one class.
              rtol, atol: both or neither; by default they depend on the dtype, 1.3e-6 and 1e-5 for float32.
              equal_nan: whether NaN equals NaN.
              check_device, check_layout: without effect, all tensors are on the CPU and strided.
              check_dtype: whether dtypes must be the same; otherwise both are promoted.
              check_stride: whether strides must be the same.
              msg: the error's text, or a function that makes it of the usual one.
    Raises:   AssertionError: if they are not close, or not of the same shape, dtype or structure.
              ValueError: for one tolerance without the other. TypeError: for what cannot be compared.
    """
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    tolerances = None if rtol is None or atol is None else (rtol, atol)

    def difference(actual: Any, expected: Any, place: str) -> str | None:
        if isinstance(actual, Mapping) and isinstance(expected, Mapping):
            if actual.keys() != expected.keys():
                return f"The keys of the mappings do not match: {list(actual)} != {list(expected)}{place}"
            pairs: Any = ((actual[key], expected[key], f"{place or ' at '}[{key!r}]") for key in actual)
        elif _is_sequence(actual) and _is_sequence(expected):
            if len(actual) != len(expected):
                return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{place}"
            pairs = ((a, e, f"{place or ' at '}[{i}]") for i, (a, e) in enumerate(zip(actual, expected)))
        else:
            if not allow_subclasses and type(actual) is not type(expected):
                raise TypeError(f"assert_close: {type(actual)} and {type(expected)} are not of one class")
            return _difference(actual, expected, place, tolerances, equal_nan, check_dtype, check_stride)
        return next((found for pair in pairs if (found := difference(*pair))), None)

    found = difference(actual, expected, "")
    if found is not None:
        raise AssertionError(msg(found) if callable(msg) else msg or found)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _tensor(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (bool, int, float, np.ndarray, np.generic)):
        return Tensor.wrap(np.asarray(value))
    raise TypeError(
        f"assert_close: expected tensors, arrays, numbers, or sequences or mappings of them, got {type(value).__name__}"
    )


def _difference(
    actual: Any,
    expected: Any,
    place: str,
    tolerances: tuple[float, float] | None,
    equal_nan: bool,
    check_dtype: bool,
    check_stride: bool,
) -> str | None:
    """What two tensors differ in, if they do."""
    a, e = _tensor(actual), _tensor(expected)
    numbers = not isinstance(actual, Tensor) and a.ndim == 0
    if a.shape != e.shape:
        return f"The values for attribute 'shape' do not match: {a.shape} != {e.shape}{place}."
    if check_dtype and not numbers and a.dtype is not e.dtype:
        return f"The values for attribute 'dtype' do not match: {a.dtype} != {e.dtype}{place}."
    if check_stride and a.stride() != e.stride():
        return f"The values for attribute 'stride()' do not match: {a.stride()} != {e.stride()}{place}."
    rtol, atol = tolerances or (max(_TOLERANCES.get(t.dtype, (0.0, 0.0))[k] for t in (a, e)) for k in (0, 1))
    left, right = (t.array.astype(np.float64 if t.dtype.is_floating_point else t.array.dtype) for t in (a, e))
    if left.dtype == np.bool_ or right.dtype == np.bool_:
        left, right = left.astype(np.int64), right.astype(np.int64)
    wrong = ~np.isclose(left, right, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if not wrong.any():
        return None
    with np.errstate(all="ignore"):
        absolute = np.where(wrong, np.abs(left.astype(np.float64) - right), 0.0)
        relative = absolute / np.abs(right)
    not_what, allowed_absolute, allowed_relative = "equal", "", ""
    if rtol or atol:
        not_what, allowed_absolute, allowed_relative = "close", f" (up to {atol} allowed)", f" (up to {rtol} allowed)"
    if wrong.ndim == 0:
        return (
            f"Scalars are not {not_what}!{place}\n\nExpected {e.array.item()} but got {a.array.item()}.\n"
            f"Absolute difference: {absolute.item()}{allowed_absolute}\n"
            f"Relative difference: {relative.item()}{allowed_relative}"
        )
    share = wrong.sum() / wrong.size
    return (
        f"Tensor-likes are not {not_what}!{place}\n\nMismatched elements: {wrong.sum()} / {wrong.size} ({share:.1%})\n"
        f"Greatest absolute difference: {_greatest(absolute)}{allowed_absolute}\n"
        f"Greatest relative difference: {_greatest(relative)}{allowed_relative}"
    )


def _greatest(differences: np.ndarray) -> str:
    """The largest number and its place."""
    place = np.unravel_index(np.argmax(np.nan_to_num(differences, nan=np.inf)), differences.shape)
    return f"{differences[place]} at index {tuple(int(i) for i in place)}"
