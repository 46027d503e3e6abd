"""What stands for the harmless names in pickles: containers, bytes, complex numbers, and NumPy's arrays and numbers.

A stand-in checks what it is given, because what it is given stands in the file.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .pickle_limits import NotAValue, Refused, shown

_SIMPLE_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c(8|16))")
_OTHER_DTYPE = re.compile(r"[<>|=]?[OSUVMmgG]\d*")  # objects, text, dates, records, long doubles
_DIMENSIONS = 64  # NumPy's limit


class StandIn(NotAValue):
    """What a name stands for: it can be called, and nothing in a file can change it.

    Args:     function: is called with the arguments in the file.
              keys: from the same arguments, what the function will hash, to be looked at before.
              copies: bytes that it takes for each byte of what it is given, which the file may have held before.
              new: whether the file makes it by NEWOBJ, without arguments, to give it its state afterwards.
    """

    __slots__ = ("copies", "function", "keys", "new")

    def __init__(
        self,
        function: Callable,
        keys: Callable[..., Iterable] | None = None,
        copies: int = 0,
        new: bool = False,
    ) -> None:
        self.function = function
        self.keys = keys
        self.copies = copies
        self.new = new


class StandInDtype(NotAValue):
    """A dtype of plain numbers, in two steps as pickle makes it: kind and size, then the byte order."""

    __slots__ = ("numpy",)

    def __init__(self, kind: str | bytes, align: Any = False, copy: Any = False) -> None:
        text = kind.decode("ascii") if isinstance(kind, bytes) else kind
        if not isinstance(text, str) or not _SIMPLE_DTYPE.fullmatch(text):
            if isinstance(text, str) and _OTHER_DTYPE.fullmatch(text):
                raise Refused(
                    f"has an array of dtype {shown(kind)}; read are integers, floats, complex numbers and booleans. "
                    "Store others as lists: array.tolist()"
                )
            raise ValueError(f"an array of dtype {shown(kind)}")
        self.numpy = np.dtype(text)

    def __setstate__(self, state: tuple) -> None:
        plain = type(state) is tuple and all(type(part) in (int, str, bytes, type(None)) for part in state)
        order = state[1].decode("ascii") if plain and isinstance(state[1], bytes) else state[1]
        if not plain or order not in ("<", ">", "|", "=") or state[2:] != (None, None, None, -1, -1, 0):
            raise ValueError(f"a dtype with state {shown(state)}")
        self.numpy = self.numpy.newbyteorder(order)  # type: ignore[arg-type]


def is_plain_dtype(dtype: np.dtype) -> bool:
    """Whether an array of this dtype is read again: integers, floats, complex numbers and booleans are."""
    return _SIMPLE_DTYPE.fullmatch(dtype.str) is not None


def build_array(empty: np.ndarray, state: tuple) -> None:
    """Fill what `_reconstruct` made, with what fits together."""
    _version, shape, dtype, fortran, raw = state
    content = raw.encode("latin1") if isinstance(raw, str) else raw  # Python 2 had no bytes
    _check_array(content, dtype, shape)
    if empty.shape != (0,):
        raise ValueError("an array that is built twice")
    empty.__setstate__((1, shape, dtype.numpy, bool(fortran), bytes(content)))  # type: ignore[arg-type]


def _check_array(content: Any, dtype: Any, shape: Any) -> None:
    if not isinstance(dtype, StandInDtype) or not isinstance(content, (bytes, bytearray)):
        raise ValueError("an array without a dtype or without bytes")
    if (
        not isinstance(shape, tuple)
        or len(shape) > _DIMENSIONS
        or not all(type(size) is int and size >= 0 for size in shape)
    ):
        raise ValueError(f"an array of shape {shown(shape)}")
    if math.prod(shape) * dtype.numpy.itemsize != len(content):
        raise ValueError(f"an array of shape {shown(shape)} and dtype {dtype.numpy} with {len(content)} bytes")


def _array(content: bytes | bytearray, dtype: StandInDtype, shape: tuple, order: str, axes: Any = None) -> np.ndarray:
    """What protocol 5 writes."""
    _check_array(content, dtype, shape)
    flat = np.frombuffer(bytearray(content), dtype.numpy)
    if order == "K":
        return flat.reshape(shape).transpose(axes)
    return flat.reshape(shape, order=order)  # type: ignore[call-overload]


def _empty_array(kind: Any, shape: Any, typecode: Any) -> np.ndarray:
    return np.empty(0, np.int8)


def _scalar(dtype: StandInDtype, raw: bytes | str) -> np.generic:
    content = raw.encode("latin1") if isinstance(raw, str) else raw
    if not isinstance(dtype, StandInDtype) or len(content) != dtype.numpy.itemsize:
        raise ValueError(f"a number of dtype {getattr(dtype, 'numpy', None)} with {len(content)} bytes")
    return np.frombuffer(content, dtype.numpy)[0]


def _encoded(text: str, encoding: str) -> bytes:
    if type(encoding) is not str or encoding not in ("latin1", "latin-1"):
        raise ValueError(f"bytes encoded as {shown(encoding)}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    return b""  # how protocol 2 writes them


def _bytearray(content: bytes | str = b"", encoding: str = "latin-1") -> bytearray:
    if not isinstance(content, (bytes, str)):  # a number would be a size
        raise ValueError(f"a bytearray of {shown(content)}")
    return bytearray(_encoded(content, encoding) if isinstance(content, str) else content)


def _complex(real: float, imaginary: float) -> complex:
    if not type(real) is type(imaginary) is float:
        raise ValueError(f"a complex number of {shown(real)} and {shown(imaginary)}")
    return complex(real, imaginary)


def _items(items: Iterable = ()) -> Iterable:
    _check_sequence(items)  # not a tensor, which may show one number a billion times
    return items


def _firsts(pairs: Iterable = ()) -> Iterable:
    _check_sequence(pairs)
    for pair in pairs:
        _check_sequence(pair)
        yield from pair[:1]  # type: ignore[index]


def _check_sequence(items: Any) -> None:
    if not isinstance(items, (list, tuple)):
        raise ValueError(f"a container made of {shown(items)}")


_IN_BUILTINS = {
    "bytes": StandIn(_no_bytes),
    "bytearray": StandIn(_bytearray, copies=1),
    "complex": StandIn(_complex),
    "set": StandIn(set, _items, copies=1),
    "frozenset": StandIn(frozenset, _items, copies=1),
}
HARMLESS: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): NotAValue(),  # an argument of _reconstruct, never called
    ("numpy", "dtype"): StandIn(StandInDtype),
    ("numpy.core.multiarray", "_reconstruct"): StandIn(_empty_array),
    ("numpy.core.multiarray", "scalar"): StandIn(_scalar),
    ("numpy.core.numeric", "_frombuffer"): StandIn(_array, copies=1),
    ("_codecs", "encode"): StandIn(_encoded, copies=1),
    ("collections", "OrderedDict"): StandIn(OrderedDict, _firsts, copies=1),
    **{("builtins", name): stand_in for name, stand_in in _IN_BUILTINS.items()},
}
