"""What stands in checkpoints beside tensors: NumPy's arrays, a script's arguments, histories, paths, dates.

These are a few classes of NumPy's and Python's own that hold values and do nothing else. Each is read through a
stand-in, which checks what it is given, because what it is given stands in the file.
"""

from __future__ import annotations

import pathlib
from argparse import Namespace
from collections import defaultdict, deque
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..utils.pickle_limits import shown
from ..utils.pickled_names import StandIn, is_plain_dtype

_FACTORIES = {kind.__name__: kind for kind in (list, dict, set, int, float, bool, str)}  # what a defaultdict makes
_PATHS = (pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath)
_HOLDERS = {Namespace, SimpleNamespace, deque, frozenset, date, datetime, timedelta, *_PATHS}
_NAMES = {np.ndarray, np.dtype, defaultdict, *_HOLDERS, *_FACTORIES.values()}
_RECONSTRUCT = np.zeros(0).__reduce__()[0]  # how pickle makes an array


def as_pickle_writes_it(obj: Any) -> bool:
    """Whether pickle's own way to write an object is one that is read again here.

    A subclass is not: reading it needs its code.
    """
    if type(obj) is np.ndarray:
        return is_plain_dtype(obj.dtype)
    if type(obj) is defaultdict:
        return obj.default_factory is None or obj.default_factory in _FACTORIES.values()
    if isinstance(obj, type):
        return obj in _NAMES
    return type(obj) in _HOLDERS or isinstance(obj, np.dtype) or obj is _RECONSTRUCT


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


def _path(*parts: str) -> pathlib.Path:
    if not all(type(part) is str for part in parts):
        raise ValueError(f"a path of {shown(parts)}")
    return pathlib.Path(*parts)


def _date(packed: bytes) -> date:
    return date(packed) if type(packed) is bytes and len(packed) == 4 else _no_date(packed)  # type: ignore[call-arg, arg-type]


def _datetime(packed: bytes) -> datetime:
    return datetime(packed) if type(packed) is bytes and len(packed) == 10 else _no_date(packed)  # type: ignore[call-arg, arg-type]


def _no_date(packed: Any) -> Any:
    raise ValueError(f"a date of {shown(packed)}")


def _timedelta(days: int, seconds: int, microseconds: int) -> timedelta:
    if not all(type(number) is int for number in (days, seconds, microseconds)):
        raise ValueError(f"a timedelta of {shown((days, seconds, microseconds))}")
    return timedelta(days, seconds, microseconds)


CHECKPOINT_NAMES: dict[tuple[str, str], Any] = {
    **{("builtins", name): _Factory(kind) for name, kind in _FACTORIES.items() if kind is not set},
    ("collections", "defaultdict"): StandIn(_defaultdict),
    ("collections", "deque"): StandIn(_deque, copies=True),
    ("argparse", "Namespace"): StandIn(Namespace, new=True),
    ("types", "SimpleNamespace"): StandIn(SimpleNamespace),
    ("datetime", "date"): StandIn(_date),
    ("datetime", "datetime"): StandIn(_datetime),
    ("datetime", "timedelta"): StandIn(_timedelta),
    # A path of another system is one of this: it names a file there, which is not here anyway.
    **{(module, kind.__name__): StandIn(_path) for module in ("pathlib", "pathlib._local") for kind in _PATHS},
}
