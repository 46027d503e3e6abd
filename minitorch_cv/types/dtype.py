"""dtype objects: PyTorch's names for NumPy's number formats."""

from __future__ import annotations

import numpy as np


class dtype:
    """The number format of a tensor; the only instances are the constants of this module (float32, int64, ...).

    bfloat16 is there by name only: NumPy has no such numbers.

    Prints as PyTorch's, `torch.float32`, so that what a script prints is what it prints under PyTorch.
    """

    __slots__ = ("is_complex", "is_floating_point", "is_signed", "itemsize", "name", "numpy", "tensor_type")

    def __init__(self, name: str, tensor_type: str) -> None:
        self.name = name
        self.numpy = np.dtype(name)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind == "f"
        self.is_complex = False
        self.is_signed = self.numpy.kind in "fi"
        self.tensor_type = tensor_type  # torch's name in error messages: Float, Long ...

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple:
        return (as_dtype, (self.name,))  # copies and pickles give the one instance back


class _NameOnly(dtype):
    """A format of PyTorch's that NumPy does not have: scripts may name it; a tensor in it cannot be made."""

    __slots__ = ()

    def __init__(self, name: str, tensor_type: str, itemsize: int) -> None:
        self.name, self.tensor_type, self.itemsize = name, tensor_type, itemsize
        self.is_floating_point = self.is_signed = True
        self.is_complex = False

    @property
    def numpy(self) -> np.dtype:  # type: ignore[override]
        """Raises NotImplementedError."""
        raise NotImplementedError(
            f"torch.{self.name}: NumPy has no such number format, so there are no tensors in it; use float32. "
            "(autocast may be given it: it changes nothing here)"
        )


float16 = dtype("float16", "Half")
bfloat16 = _NameOnly("bfloat16", "BFloat16", 2)
float32 = dtype("float32", "Float")
float64 = dtype("float64", "Double")
int8 = dtype("int8", "Char")
int16 = dtype("int16", "Short")
int32 = dtype("int32", "Int")
int64 = dtype("int64", "Long")
uint8 = dtype("uint8", "Byte")
bool_ = dtype("bool", "Bool")

half, float_, double = float16, float32, float64
short, int_, long = int16, int32, int64

ALL_DTYPES = (float16, float32, float64, int8, int16, int32, int64, uint8, bool_)
_BY_NUMPY = {d.numpy: d for d in ALL_DTYPES}
_BY_NAME = {d.name: d for d in (*ALL_DTYPES, bfloat16)}
_BY_PYTHON = {float: float64, int: int64, bool: bool_}
_default = float32


def supported() -> str:
    """The names of all dtypes, for error messages."""
    return ", ".join(d.name for d in ALL_DTYPES)


def from_numpy(numpy_dtype: np.dtype) -> dtype:
    """The dtype of a NumPy array.

    Raises:   TypeError: for a format that the library has no tensor of (uint16, complex, object, strings ...).
    """
    found = _BY_NUMPY.get(numpy_dtype)
    if found is None:
        found = _BY_NUMPY.get(np.dtype(numpy_dtype).newbyteorder("="))
    if found is None:
        raise TypeError(f"can't convert np.ndarray of type {numpy_dtype}. The only supported types are: {supported()}.")
    return found


def as_dtype(value: object) -> dtype:
    """Turn what a user may write (a dtype, a NumPy dtype, a name, float, int, bool) into a dtype.

    Raises:   TypeError: if there is no such dtype.
    """
    if isinstance(value, dtype):
        return value
    if isinstance(value, type) and value in _BY_PYTHON:
        return _BY_PYTHON[value]
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]
    try:
        return from_numpy(np.dtype(value))  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise TypeError(f"{value!r} is not a dtype of this library; it has {supported()}") from None


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats (float32 unless set_default_dtype changed it)."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the dtype of tensors made from Python floats.

    Raises:   TypeError: if d is not a floating-point dtype.
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point or d is bfloat16:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _default = d


class finfo:
    """Limits of a floating-point dtype: bits, eps, max, min, tiny, smallest_normal, resolution (as torch.finfo)."""

    def __init__(self, type: dtype | None = None) -> None:
        chosen = _default if type is None else type
        if not isinstance(chosen, dtype):
            raise TypeError(f"finfo(): argument 'type' must be torch.dtype, not {chosen.__class__.__name__}")
        if not chosen.is_floating_point:
            raise TypeError(f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle {chosen!r}")
        if chosen is bfloat16:
            self.dtype, self.bits, self.eps, self.resolution = "bfloat16", 16, 2.0**-7, 0.01
            self.max, self.tiny = (2 - 2.0**-7) * 2.0**127, 2.0**-126
            self.min, self.smallest_normal = -self.max, self.tiny
            return
        info = np.finfo(chosen.numpy)
        self.dtype = chosen.name
        self.bits = int(info.bits)
        self.eps = float(info.eps)
        self.max = float(info.max)
        self.min = float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        fields = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{f}={getattr(self, f):g}' for f in fields)}, dtype={self.dtype})"


class iinfo:
    """Limits of an integer dtype: bits, min, max (as torch.iinfo)."""

    def __init__(self, type: dtype) -> None:
        chosen = type
        if not isinstance(chosen, dtype):
            raise TypeError(f"iinfo(): argument 'type' must be torch.dtype, not {chosen.__class__.__name__}")
        if chosen is bool_:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if chosen.is_floating_point:
            raise TypeError(f"torch.iinfo() requires an integer input type. Use torch.finfo to handle {chosen!r}")
        info = np.iinfo(chosen.numpy)
        self.dtype, self.bits, self.min, self.max = chosen.name, int(info.bits), int(info.min), int(info.max)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
