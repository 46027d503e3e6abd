"""What stands in checkpoints beside tensors: NumPy's arrays, a script's arguments, histories, paths, dates.

These are a few classes of NumPy's and Python's own that hold values and do nothing else. `reduced` writes them, each as
a call of a name; `CHECKPOINT_NAMES` has the stand-ins that the names are read by, which check what they are given,
because what they are given stands in the file.
"""

from __future__ import annotations

import os
import pathlib
from argparse import Namespace
from collections import defaultdict, deque
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..utils.pickle_limits import shown
from ..utils.pickled_names import StandIn, is_plain_dtype
from .torch_names import TorchGlobal

_FACTORIES = {kind.__name__: kind for kind in (list, dict, set, int, float, bool, str)}  # what a defaultdict makes
_PATH_COST = 60  # bytes for each character of a path, which may be a part of its own


class _ArrayDtype:
    """An array's dtype on its way into a file."""

    def __init__(self, dtype: np.dtype) -> None:
        self.reduced = dtype.__reduce__()


def reduced(obj: Any) -> tuple | None:
    """How pickle writes an object of one of these classes: a name, its arguments, and what it is filled with.

    None for all others, subclasses among them: reading one needs its code.
    """
    kind = type(obj)
    if kind is np.ndarray and is_plain_dtype(obj.dtype):
        function, (_, *arguments), (version, shape, dtype, *rest) = obj.__reduce__()
        state = (version, shape, _ArrayDtype(dtype), *rest)
        return _named(function), (TorchGlobal("numpy", "ndarray"), *arguments), state
    if kind is _ArrayDtype:
        _, arguments, state = obj.reduced
        return TorchGlobal("numpy", "dtype"), arguments, state
    if kind in (Namespace, SimpleNamespace):
        return _named(kind), (), vars(obj)
    if kind is defaultdict and (obj.default_factory is None or obj.default_factory in _FACTORIES.values()):
        factory = obj.default_factory
        arguments = () if factory is None else (TorchGlobal("__builtin__", factory.__name__),)
        return _named(kind), arguments, None, None, iter(obj.items())
    if kind is deque:
        return _named(kind), ((), obj.maxlen), None, iter(obj)
    if kind is frozenset:
        return TorchGlobal("__builtin__", "frozenset"), (list(obj),)
    if kind in _PATHS.values():
        return TorchGlobal("pathlib", kind.__name__), obj.parts
    if kind is timedelta or kind is date or (kind is datetime and obj.tzinfo is None):
        return _named(kind), obj.__reduce__()[1]
    return None


def _named(obj: Any) -> TorchGlobal:
    return TorchGlobal(obj.__module__, obj.__name__)


class _Factory(StandIn):
    """A class that a defaultdict calls for a missing key; the file itself calls none."""

    __slots__ = ("kind",)

    def __init__(self, kind: type) -> None:
        def refused(*arguments: Any) -> None:
            raise TypeError(f"{kind.__name__} is not callable")

        super().__init__(refused)
        self.kind = kind


def _defaultdict(factory: Any = None) -> defaultdict:
    if factory is None:
        return defaultdict()
    # `set` has a stand-in already, for a set is written as a call of it.
    kind = factory.kind if isinstance(factory, _Factory) else getattr(factory, "function", None)
    if kind not in _FACTORIES.values():
        raise ValueError(f"a defaultdict of {shown(factory)}")
    return defaultdict(kind)


def _deque(elements: tuple | list = (), most: int | None = None) -> deque:
    if not isinstance(elements, (tuple, list)) or not (most is None or (type(most) is int and most >= 0)):
        raise ValueError(f"a deque of {shown(elements)} with {shown(most)} elements at most")
    return deque(elements, most)


def _simple_namespace() -> SimpleNamespace:
    return SimpleNamespace()


# A path of another system stands for itself, without being one of this system's.
_OF_ANOTHER_SYSTEM = (
    {"WindowsPath": pathlib.PureWindowsPath} if os.name == "posix" else {"PosixPath": pathlib.PurePosixPath}
)
_PATHS = {
    kind.__name__: _OF_ANOTHER_SYSTEM.get(kind.__name__, kind)
    for kind in (pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
}


def _path(kind: type) -> StandIn:
    def made(*parts: str) -> Any:
        if not all(type(part) is str for part in parts):
            raise ValueError(f"a path of {shown(parts)}")
        return kind(*parts)

    return StandIn(made, copies=_PATH_COST)


def _date(packed: bytes) -> date:
    _check_packed(packed, 4)
    made = date(packed)  # type: ignore[call-arg, arg-type]
    return date(made.year, made.month, made.day)  # which checks them


def _datetime(packed: bytes) -> datetime:
    _check_packed(packed, 10)
    made = datetime(packed)  # type: ignore[call-arg, arg-type]
    return datetime(made.year, made.month, made.day, made.hour, made.minute, made.second, made.microsecond)


def _check_packed(packed: Any, length: int) -> None:
    if type(packed) is not bytes or len(packed) != length:
        raise ValueError(f"a date of {shown(packed)}")


def _timedelta(days: int, seconds: int, microseconds: int) -> timedelta:
    if not all(type(number) is int for number in (days, seconds, microseconds)):
        raise ValueError(f"a timedelta of {shown((days, seconds, microseconds))}")
    return timedelta(days, seconds, microseconds)


CHECKPOINT_NAMES: dict[tuple[str, str], Any] = {
    **{("builtins", name): _Factory(kind) for name, kind in _FACTORIES.items() if kind is not set},
    # What pickle calls them in the protocol that Python 2 reads too.
    ("builtins", "long"): _Factory(int),
    ("builtins", "unicode"): _Factory(str),
    ("collections", "defaultdict"): StandIn(_defaultdict),
    ("collections", "deque"): StandIn(_deque, copies=1),
    ("argparse", "Namespace"): StandIn(Namespace, new=True),
    ("types", "SimpleNamespace"): StandIn(_simple_namespace),
    ("datetime", "date"): StandIn(_date),
    ("datetime", "datetime"): StandIn(_datetime),
    ("datetime", "timedelta"): StandIn(_timedelta),
    **{(module, name): _path(kind) for module in ("pathlib", "pathlib._local") for name, kind in _PATHS.items()},
}
