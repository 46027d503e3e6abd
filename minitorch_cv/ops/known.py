"""Checking arguments once: a network calls its operations with the same shapes and settings over and over.

- `kind(x)`: all that a check may look at in a tensor: shape and dtype; `kind_of(array)`: that of the array of one
- `settings(*values)`: settings as a key, in which 1, True and 1.0 are not the same
- `known(cache, key, check)`: what check() returned when it was called for this key
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ..autograd.operation import Array
from ..autograd.variable import Variable

T = TypeVar("T")

_UNKNOWN: Any = object()
_NO_KEY: Any = object()
_MOST = 4096  # keys in a cache; it is emptied then


def kind(x: Variable | None) -> Hashable:
    """Shape and dtype of a tensor; None for None, the value itself for what is no tensor."""
    # An array of the user's is no tensor: it has no kind, so that no check is passed over that would refuse it.
    return kind_of(x.array) if isinstance(x, Variable) else x


def kind_of(array: Array) -> Hashable:
    """The kind of a tensor with this array."""
    return array.shape, array.dtype.num


def settings(*values: Any) -> Hashable:
    """The values and their types, those within pairs too."""
    return values, tuple(map(_type, values))


def _type(value: Any) -> Any:
    return tuple(map(_type, value)) if type(value) is tuple else type(value)


def known(cache: dict[Any, T], key: Any, check: Callable[[], T]) -> T:
    """What is in the cache for `key`, which holds all that check() looks at; otherwise check(), which may raise."""
    # check() is called outside of `except`: its errors are for the user, and have no others in their trace.
    try:
        found = cache.get(key, _UNKNOWN)
    except TypeError:  # a list among the settings
        found = _NO_KEY
    if found is _NO_KEY:
        return check()
    if found is _UNKNOWN:
        found = check()
        if len(cache) >= _MOST:
            cache.clear()
        cache[key] = found
    return found
