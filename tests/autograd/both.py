"""Scenarios that are run in both libraries: what happens must be the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import minitorch_cv as mt

LIBRARIES = {"ours": mt, "PyTorch": torch}


def tensor(library: Any, data: Any, requires_grad: bool = False, dtype: str = "float64") -> Any:
    """A tensor of one of the libraries."""
    made = library.from_numpy(np.array(data, dtype))
    return made.requires_grad_() if requires_grad else made


def ones(library: Any, *shape: int) -> Any:
    """A float64 tensor of ones: a gradient for backward."""
    return tensor(library, np.ones(shape))


def plain(value: Any) -> Any:
    """Tensors as lists, so that results of the two libraries can be compared."""
    if isinstance(value, (torch.Tensor, mt.Tensor)):
        return value.detach().tolist()
    if isinstance(value, (tuple, list)):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def in_both(scenario: Callable[[Any], Any]) -> Callable[[], None]:
    """Make a test of `scenario(library)`: what it returns is the same in both."""

    def test() -> None:
        assert plain(scenario(mt)) == plain(scenario(torch))

    return test


def raises_in_both(error: type[Exception], match: str) -> Callable:
    """Make a test of `scenario(library)`: both libraries raise this, with a message that matches."""

    def decorate(scenario: Callable[[Any], Any]) -> Callable[[], None]:
        def test() -> None:
            for library in LIBRARIES.values():
                with pytest.raises(error, match=match) as caught:
                    scenario(library)
                assert caught.type is error

        return test

    return decorate
