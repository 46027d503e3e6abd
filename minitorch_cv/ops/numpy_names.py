"""The names and the check of the arguments that reductions share: dim or axis, keepdim or keepdims."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def numpy_names(function: F) -> F:
    """Let `function` be called with axis= and keepdims= too, and refuse a keepdim that is no bool.

    (`sum(x, 0, 1)` would else be taken for a sum over dimension 0 alone.)
    """
    parameters = list(inspect.signature(function).parameters)
    place = parameters.index("keepdim") if "keepdim" in parameters else None

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            for theirs, ours in _NAMES.items():
                if theirs in kwargs:
                    if ours in kwargs:
                        raise TypeError(f"{function.__name__}() got both '{ours}' and '{theirs}'; they mean the same")
                    kwargs[ours] = kwargs.pop(theirs)
        if place is not None:
            keepdim = args[place] if len(args) > place else kwargs.get("keepdim", False)
            if not isinstance(keepdim, bool):
                raise TypeError(
                    f"{function.__name__}(): argument 'keepdim' must be bool, not {type(keepdim).__name__}. "
                    "Several dimensions are given as a tuple: dim=(0, 1)"
                )
        return function(*args, **kwargs)

    return wrapper  # type: ignore[return-value]
