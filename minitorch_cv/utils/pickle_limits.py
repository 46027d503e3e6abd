"""What an object out of a foreign file may be, so that reading and using it takes neither time nor memory without end.

Honest files seldom come near these limits.
"""

from __future__ import annotations

import pickle
from argparse import Namespace
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from types import SimpleNamespace
from typing import Any

DEEPEST = 100  # containers within containers; Python's own recursion ends near 1000 calls
KEYS = 10_000  # parts of keys that are no plain strings and numbers
NAMESPACES = (Namespace, SimpleNamespace)
_NO_VALUE = "holds a class, function or dtype as a value, which is not read; store its name, a string"
_CONTAINERS = (list, tuple, dict, set, frozenset, deque, *NAMESPACES)
_HASHED_APART = 2**61 - 1  # smaller whole numbers are their own hashes
_EASY_KEYS = {str, bytes, float, bool, type(None)}


class Refused(pickle.UnpicklingError):
    """A file that asks for what is not given; the message goes on after the file's name."""


class NotAValue:
    """What a name in a file is while it is read: good for a call, not for standing in the object itself."""

    __slots__ = ()


class KeyCheck:
    """Looks at keys before they are hashed.

    A tuple's hash visits all its parts, each as often as it occurs: thirty tuples, each holding the one before twice,
    would keep the machine busy for minutes, and a million within one another overrun its stack. And of numbers and
    tuples any amount with equal hashes can be made up.
    """

    def __init__(self) -> None:
        self._left = KEYS

    def __call__(self, keys: Iterable) -> None:
        """Count what is not easy.

        Raises:   Refused: at more than `KEYS` parts in all.
        """
        for key in keys:
            kind = type(key)
            if kind in _EASY_KEYS or (kind is int and -_HASHED_APART < key < _HASHED_APART):
                continue
            waiting = [key]
            while waiting:
                part = waiting.pop()
                inside = part if isinstance(part, (tuple, frozenset)) else ()
                self._left -= 1 + len(inside)
                if self._left < 0:
                    raise Refused(f"has keys of dicts or elements of sets with more than {KEYS} parts in all")
                waiting.extend(inside)


def check_nesting(value: Any) -> None:
    """Refuse containers nested more than `DEEPEST` levels, which could not be copied, printed or saved.

    Each container is visited once, however often it occurs; one that holds itself is no deeper for that.

    Raises:   Refused: naming the limit; for a class or function in the place of a value.
    """
    if isinstance(value, NotAValue):
        raise Refused(_NO_VALUE)
    levels: dict[int, int] = {}  # of the containers met, by id; 0 as long as one is being looked at
    path: list[list] = []  # from the outermost to the one being looked at: id, what is left of it, its levels so far
    waiting = [value]
    while path or waiting:
        if waiting:
            item = waiting.pop()
            if isinstance(item, _CONTAINERS):
                levels[id(item)] = 0
                path.append([id(item), _parts(item), 1])
        if not path:
            return
        here = path[-1]
        for item in here[1]:
            if isinstance(item, _CONTAINERS):
                known = levels.get(id(item))
                if known is None:
                    waiting.append(item)
                    break
                here[2] = max(here[2], known + 1)
            elif isinstance(item, NotAValue):
                raise Refused(_NO_VALUE)
        else:
            path.pop()
            levels[here[0]] = here[2]
            if path:
                path[-1][2] = max(path[-1][2], here[2] + 1)
        if max(len(path), here[2]) > DEEPEST:
            raise Refused(f"has containers nested more than {DEEPEST} levels deep")


def _parts(container: Any) -> Iterator:
    if isinstance(container, NAMESPACES):
        return iter(vars(container).values())
    if isinstance(container, dict):
        return chain(container, container.values(), getattr(container, "__dict__", {}).values())
    return iter(container)


def told(error: Exception) -> str:
    """An error in an error message: some texts hold what could not be read, at any length."""
    if isinstance(error, EOFError):
        return "it ends too early"
    return f"{type(error).__name__}: {str(error)[:300]}"


def shown(value: Any) -> str:
    """A value out of a file in an error message: short, whatever it is; repr() of it might never end."""
    if isinstance(value, tuple) and len(value) <= 8:
        return "(" + "".join(f"{_shown_part(part)}, " for part in value).rstrip(" " if len(value) == 1 else ", ") + ")"
    return _shown_part(value)


def _shown_part(value: Any) -> str:
    if value is None or type(value) in (bool, float) or (type(value) is int and value.bit_length() <= 64):
        return repr(value)
    return repr(value[:60]) if type(value) in (str, bytes) else f"a {type(value).__name__}"
