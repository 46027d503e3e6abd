"""Tests of expressions that read the same in both libraries: functions of the library and of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, ours_of, theirs_of


def check_same(expression: Callable, inputs: Sequence, **options: Any) -> None:
    """check_op of `expression(library, *tensors)` in both libraries."""
    check_op(partial(expression, mt), partial(expression, torch), inputs, **options)


def check_same_error(
    error: type[Exception], match: str, expression: Callable, *inputs: Any, same_words: bool = True
) -> None:
    """Both libraries raise `error` for `expression(library, *tensors)`, with messages that match.

    Args:     same_words: whether PyTorch's message must match too.
    """
    for library, made in ((torch, theirs_of), (mt, ours_of)):
        with pytest.raises(error, match=match if same_words or library is mt else None):
            expression(library, *[made(a) if isinstance(a, np.ndarray) else a for a in inputs])
