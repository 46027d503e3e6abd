"""What datasets check before they read: names given by the user, and files that are not there."""

from __future__ import annotations

from collections.abc import Sequence


def one_of(value: str, arg: str, valid_values: Sequence[str]) -> str:
    """`value`, if it is one of the valid ones.

    Raises:   ValueError: if it is not.
    """
    if not isinstance(value, str):
        raise ValueError(f"Expected type str for argument {arg}, but got type {type(value)}.")
    if value not in valid_values:
        quoted = "', '".join(valid_values)
        raise ValueError(f"Unknown value '{value}' for argument {arg}. Valid values are {{'{quoted}'}}.")
    return value


def not_found(name: str, expected: str, source: str) -> RuntimeError:
    """The error for a dataset that is not where it should be.

    Args:     expected: what should be where.
              source: the address at which a user can get it.
    """
    return RuntimeError(
        f"Dataset not found. You can use download=True to download it. {name} expects {expected}. It can be fetched "
        f"from {source}"
    )
