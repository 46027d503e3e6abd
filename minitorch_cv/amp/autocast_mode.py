"""autocast, which casts nothing: a CPU computes no faster in 16 bits, and NumPy has no bfloat16."""

from __future__ import annotations

import warnings
from contextlib import ContextDecorator
from typing import Any

from ..types.dtype import bfloat16, float16
from ..types.dtype import dtype as dtype_class
from ..utils.say_once import warn_once

_DEVICES = ("cpu", "cuda", "mps", "xpu")


class autocast(ContextDecorator):
    """A context, or decorator, in which everything is computed as outside of it (torch.autocast).

    The first one that is enabled for the CPU says so in a warning; one for a GPU warns as PyTorch does where there is
    none. A script that is written for either device runs, in the precision of its tensors.

    Args:     device_type: 'cpu', 'cuda', 'mps' or 'xpu'.
              dtype: that operations would have; None, float16 or bfloat16.
              enabled: False is silent.
              cache_enabled: without effect, as nothing is cast.
    Raises:   ValueError, TypeError: for an argument of another type. RuntimeError: for another device.
    """

    def __init__(
        self,
        device_type: str,
        dtype: dtype_class | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if not is_autocast_available(device_type):
            raise RuntimeError(
                f"User specified an unsupported autocast device_type '{device_type}'; there are {', '.join(_DEVICES)}"
            )
        if dtype is not None and not isinstance(dtype, dtype_class):
            raise TypeError(f"autocast: dtype must be a dtype or None, got {dtype!r}")
        self.device = device_type
        if not enabled:
            return
        if device_type != "cpu":
            warnings.warn(f"{device_type.upper()} is not available. Disabling autocast.", stacklevel=2)
        elif dtype not in (None, float16, bfloat16):
            warnings.warn(
                "In CPU autocast, but the target dtype is not supported. Disabling autocast.\n"
                f"CPU Autocast only supports dtype of torch.bfloat16, torch.float16 currently; got {dtype}.",
                stacklevel=2,
            )
        else:
            warn_once("autocast changes nothing in minitorch_cv: operations keep the dtype of their tensors")

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing was changed."""

    def __call__(self, func: Any) -> Any:
        """Decorate a function."""
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as "
                "a context manager? For example:\n    with torch.autocast(device_type=...):\n"
                "        output = model(input)"
            )
        return super().__call__(func)


def is_autocast_available(device_type: str) -> bool:
    """Whether `autocast` takes this device type."""
    return device_type in _DEVICES


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """False: no operation is cast (torch.is_autocast_enabled)."""
    return False
