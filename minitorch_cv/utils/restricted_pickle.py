"""Read pickles of NumPy arrays, numbers, strings, bytes and containers, and never run anything that stands in the file.

A pickle may name any function and have it called. Here a name stands for something only if it is in a short list; even
NumPy's own functions are replaced by stand-ins that check what they are given. CIFAR is distributed in this format.
"""

from __future__ import annotations

import io
import math
import pickle
import re
import struct
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LARGEST = 1 << 30  # bytes of a file; a batch of CIFAR has 30 MB, CIFAR-100 150 MB
_SIMPLE_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c(8|16))")

# The reader written in Python: the one written in C allocates at once whatever lengths and numbers the file announces.
_PythonUnpickler: Any = pickle._Unpickler  # type: ignore[attr-defined]


def load_restricted(path: str | Path, *, encoding: str = "latin1", largest: int = LARGEST) -> Any:
    """The object in a pickle file.

    Args:     encoding: of Python 2's strings: "latin1", "ASCII", "utf-8", or "bytes" to leave them as bytes.
              largest: size of the file in bytes above which it is refused.
    Returns:  numbers, strings, bytes, lists, tuples, dicts, sets, None and NumPy arrays of numbers, in any nesting.
    Raises:   pickle.UnpicklingError: if the file names anything else. Nothing of it has been called then.
              RuntimeError: if the file is damaged, cut off or too large.
    """
    size = Path(path).stat().st_size
    if size > largest:
        raise RuntimeError(f"{path} has {size} bytes, more than the {largest} that are read of a pickle")
    try:
        return _Unpickler(path, encoding).load()
    except pickle.UnpicklingError as error:
        if str(path) in str(error):
            raise
        raise _damaged(path, error) from error
    except (
        *(EOFError, LookupError, ValueError, TypeError, AttributeError, AssertionError, struct.error),
        *(MemoryError, OverflowError, RecursionError),
    ) as error:
        raise _damaged(path, error) from error


def _damaged(path: str | Path, error: Exception) -> RuntimeError:
    return RuntimeError(
        f"{path} is corrupted: it cannot be read as a pickle ({type(error).__name__}: {error}). "
        "Delete it and get it again"
    )


class _Unpickler(_PythonUnpickler):
    """Knows the names of `_KNOWN` and no others."""

    def __init__(self, path: str | Path, encoding: str) -> None:
        super().__init__(io.BytesIO(Path(path).read_bytes()), encoding=encoding)
        self.path = path

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for."""
        known = _KNOWN.get((module.replace("numpy._core", "numpy.core"), name))
        if known is None:
            raise pickle.UnpicklingError(
                f"{self.path} names {module}.{name}, which is not read: a pickle can run any code that way. Read are "
                "NumPy arrays, numbers, strings, bytes and containers of them. If this is a dataset, delete the file "
                "and get it from its owner again; if you made it, store plain arrays"
            )
        return known

    def get_extension(self, code: int) -> Any:
        """Refuse names from the registry of the process."""
        raise ValueError(f"it uses extension {code}")


class _StandIn:
    """What a name stands for: it can be called, and nothing in a file can change it."""

    __slots__ = ("_function",)
    _function: Callable

    def __init__(self, function: Callable) -> None:
        object.__setattr__(self, "_function", function)

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} cannot be set")


class _Dtype:
    """A dtype of plain numbers, in two steps as pickle makes it: kind and size, then the byte order."""

    __slots__ = ("numpy",)

    def __init__(self, kind: str | bytes, align: Any = False, copy: Any = False) -> None:
        text = kind.decode("ascii") if isinstance(kind, bytes) else kind
        if not isinstance(text, str) or not _SIMPLE_DTYPE.fullmatch(text):
            raise ValueError(f"an array of dtype {kind!r}; read are integers, floats, complex numbers and booleans")
        self.numpy = np.dtype(text)

    def __setstate__(self, state: tuple) -> None:
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        if order not in ("<", ">", "|", "=") or state[2:] != (None, None, None, -1, -1, 0):
            raise ValueError(f"a dtype with state {state}")
        self.numpy = self.numpy.newbyteorder(order)  # type: ignore[arg-type]


class _Array(np.ndarray):
    """An array that takes from a file only what fits together."""

    def __setstate__(self, state: tuple) -> None:
        _version, shape, dtype, fortran, raw = state
        content = raw.encode("latin1") if isinstance(raw, str) else raw  # Python 2 had no bytes
        if not isinstance(dtype, _Dtype) or not isinstance(content, (bytes, bytearray)):
            raise ValueError("an array without a dtype or without bytes")
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError(f"an array of shape {shape!r}")
        if math.prod(shape) * dtype.numpy.itemsize != len(content):
            raise ValueError(f"an array of shape {shape} and dtype {dtype.numpy} with {len(content)} bytes")
        super().__setstate__((1, shape, dtype.numpy, bool(fortran), bytes(content)))  # type: ignore[arg-type]


def _empty_array(kind: Any, shape: Any, typecode: Any) -> _Array:
    return _Array((0,), np.int8)  # __setstate__ fills it


def _scalar(dtype: _Dtype, raw: bytes | str) -> np.generic:
    content = raw.encode("latin1") if isinstance(raw, str) else raw
    if len(content) != dtype.numpy.itemsize:
        raise ValueError(f"a number of dtype {dtype.numpy} with {len(content)} bytes")
    return np.frombuffer(content, dtype.numpy)[0]


def _encoded(text: str, encoding: str) -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise ValueError(f"bytes encoded as {encoding!r}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    return b""  # how protocol 2 writes them


_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): "ndarray",  # an argument of _reconstruct, never called
    ("numpy", "dtype"): _StandIn(_Dtype),
    ("numpy.core.multiarray", "_reconstruct"): _StandIn(_empty_array),
    ("numpy.core.multiarray", "scalar"): _StandIn(_scalar),
    ("_codecs", "encode"): _StandIn(_encoded),
    ("collections", "OrderedDict"): OrderedDict,
    **{
        (module, name): kind
        for module in ("builtins", "__builtin__")
        for name, kind in {
            "bytes": _StandIn(_no_bytes),
            "complex": complex,
            "set": set,
            "frozenset": frozenset,
        }.items()
    },
}
