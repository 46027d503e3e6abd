"""Run one scenario with PyTorch and with this library, and compare what comes out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch

import minitorch_cv


def plain(value: Any) -> Any:
    """A result in terms that both libraries share: tensors as dtype and nested lists, sizes as tuples."""
    if hasattr(value, "tolist"):
        return (str(value.dtype), value.tolist())
    if isinstance(value, dict):
        return [(key, plain(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return value


def check_same(scenario: Callable[[Any], Any]) -> Any:
    """Assert that `scenario(library)` gives the same with both libraries; returns it."""
    ours, theirs = plain(scenario(minitorch_cv)), plain(scenario(torch))
    assert ours == theirs, f"ours:\n{ours}\nPyTorch's:\n{theirs}"
    return ours


def error_of(call: Callable[[], Any]) -> tuple[str, str]:
    """The type and text of the exception that a call raises."""
    try:
        call()
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError("no exception was raised")


def warnings_of(call: Callable[[], Any]) -> list[tuple[str, str]]:
    """The types and texts of the warnings that a call gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [(w.category.__name__, str(w.message)) for w in caught]


def make_net(library: Any) -> Any:
    """A small model of every kind of content: parameters, shared ones, buffers, modules, a None of each."""
    nn = library.nn

    class Scale(nn.Module):
        def __init__(self, features: int, bias: bool = True) -> None:
            super().__init__()
            self.features = features
            self.weight = nn.Parameter(library.arange(features).to(library.float32) + 1)
            if bias:
                self.bias = nn.Parameter(library.zeros(features))
            else:
                self.register_parameter("bias", None)

        def forward(self, x: Any) -> Any:
            y = x * self.weight
            return y if self.bias is None else y + self.bias

        def extra_repr(self) -> str:
            return f"{self.features}, bias={self.bias is not None}"

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = Scale(3)
            self.blocks = nn.Sequential(Scale(3, bias=False), nn.Identity(), Scale(3))
            self.tied = self.first
            self.factor = nn.Parameter(library.tensor(2.0))
            self.register_buffer("mean", library.zeros(3))
            self.register_buffer("cache", library.ones(2), persistent=False)
            self.register_buffer("count", library.tensor(5))
            self.register_buffer("nothing", None)
            self.register_module("absent", None)

        def forward(self, x: Any) -> Any:
            return self.blocks(self.first(x)) * self.factor - self.mean

    return Net()
