"""PyTorch's switches for deterministic algorithms and the precision of products.

Results here never depend on the number of threads, and products are computed in the dtype they are asked for in: the
switches are remembered and change nothing.
"""

from __future__ import annotations

_PRECISIONS = ("highest", "high", "medium")
_deterministic = False
_warn_only = False
_precision = "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the mode; all algorithms here are deterministic (torch.use_deterministic_algorithms)."""
    global _deterministic, _warn_only
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms(): argument 'mode' must be bool, not {type(mode).__name__}")
    _deterministic, _warn_only = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    """The mode that use_deterministic_algorithms set."""
    return _deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """The warn_only that use_deterministic_algorithms set."""
    return _warn_only


def set_float32_matmul_precision(precision: str) -> None:
    """Remember the precision; float32 products here always have the highest (torch.set_float32_matmul_precision).

    Raises:   ValueError: unless it is "highest", "high" or "medium".
    """
    global _precision
    if precision not in _PRECISIONS:
        raise ValueError(f"set_float32_matmul_precision: {precision!r} is not one of {', '.join(_PRECISIONS)}")
    _precision = precision


def get_float32_matmul_precision() -> str:
    """The precision that set_float32_matmul_precision set."""
    return _precision
