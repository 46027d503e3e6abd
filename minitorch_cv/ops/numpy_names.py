"""NumPy's argument names where PyTorch takes them too: `axis` for `dim`, `keepdims` for `keepdim`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def numpy_names(function: F) -> F:
    """Let `function` be called with axis= and keepdims= too."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            for theirs, ours in _NAMES.items():
                if theirs in kwargs:
                    if ours in kwargs:
                        raise TypeError(f"{function.__name__}() got both '{ours}' and '{theirs}'; they mean the same")
                    kwargs[ours] = kwargs.pop(theirs)
        return function(*args, **kwargs)

    return wrapper  # type: ignore[return-value]
