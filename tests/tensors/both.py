"""Expressions evaluated in both libraries: their values, or their errors, must be the same."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_cv as mt

NAMES = {"np": np, "copy": copy, "math": math, "operator": operator, "pickle": pickle}


def evaluate(library: Any, setup: str, expression: str) -> Any:
    """The value of an expression in which L is the library, after the statements of `setup`."""
    names = {"L": library, **NAMES}
    exec(setup, names)
    return eval(expression, names)


def shown(value: Any) -> Any:
    """What is compared of a value: tensors as they print, sizes and other classes by what they hold."""
    if isinstance(value, np.ndarray):
        return ("array", str(value.dtype), value.tolist())
    if isinstance(value, (mt.Size, torch.Size)):
        return ("Size", *value)
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    if isinstance(value, type):
        return value.__name__
    return repr(value)


def assert_same(setup: str, expression: str) -> None:
    """The expression has the same value in both libraries."""
    assert shown(evaluate(mt, setup, expression)) == shown(evaluate(torch, setup, expression))


def assert_same_error(setup: str, expression: str, error: type[Exception], match: str) -> None:
    """Both libraries raise this error, with a message that matches."""
    for library in (mt, torch):
        with pytest.raises(error, match=match):
            evaluate(library, setup, expression)
