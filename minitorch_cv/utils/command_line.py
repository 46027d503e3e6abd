"""Kinds of command-line arguments, for argparse's `type`: what is wrong with one is said at once, in a line."""

from __future__ import annotations

import argparse
from pathlib import Path


def positive_int(text: str) -> int:
    """A whole number of at least 1.

    Raises:   argparse.ArgumentTypeError: for anything else.

    >>> positive_int("20")
    20
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return number


def existing_file(text: str) -> Path:
    """The path of a file that is there.

    Raises:   argparse.ArgumentTypeError: if there is none, or a folder.
    """
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text} is {'a folder' if path.is_dir() else 'not there'}, expected a file")
    return path
