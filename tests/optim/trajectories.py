"""Parameters, gradients and whole optimisation runs, the same for PyTorch and for this library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

import minitorch_cv as ours

LIBRARIES = {"ours": ours, "torch": torch}
SHAPES = ((3, 4), (5,), ())
STEPS = 100

# How far parameters may be apart after a whole run, relative to the largest element.
TOLERANCE = {"float64": 1e-12, "float32": 2e-6}


def first_values(dtype: str) -> list[np.ndarray]:
    """What the parameters begin with: one of each shape."""
    rng = np.random.default_rng(1)
    return [np.asarray(rng.standard_normal(shape), dtype) for shape in SHAPES]


def make_params(library: Any, dtype: str = "float64") -> list[Any]:
    """Parameters of either library, with values of their own."""
    return [library.nn.Parameter(library.from_numpy(value.copy())) for value in first_values(dtype)]


def set_gradients(library: Any, params: Iterable[Any], step: int) -> None:
    """Gradients that depend on the step and on where the parameter is; some elements are exactly 0."""
    rng = np.random.default_rng(100 + step)
    for param in params:
        value = param.detach().numpy()
        noise = rng.standard_normal(value.shape)
        grad = np.where(np.abs(noise) < 0.1, 0, noise + 0.3 * value)
        param.grad = library.from_numpy(np.asarray(grad, value.dtype))


def run(library: Any, optimizer: Any, params: list[Any], steps: Iterable[int] = range(STEPS)) -> None:
    """Step an optimizer along those gradients; the second parameter has none in every fifth step."""
    for step in steps:
        optimizer.zero_grad()
        set_gradients(library, params, step)
        if step % 5 == 4:
            params[1].grad = None
        optimizer.step()


def values(params: Iterable[Any]) -> list[np.ndarray]:
    """The parameters' numbers, copied."""
    return [param.detach().numpy().copy() for param in params]


def assert_same_values(one: Iterable[np.ndarray], two: Iterable[np.ndarray], what: str = "") -> None:
    """Both are equal but for rounding."""
    for a, b in zip(one, two, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape, what
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE[str(a.dtype)] * np.abs(b).max(initial=1), err_msg=what)


def to_ours(value: Any) -> Any:
    """A state_dict of PyTorch's with this library's tensors in it."""
    if isinstance(value, torch.Tensor):
        return ours.from_numpy(value.detach().numpy().copy())
    if isinstance(value, dict):
        return {key: to_ours(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_ours(item) for item in value]
    return value


def to_torch(value: Any) -> Any:
    """A state_dict of this library's with PyTorch's tensors in it."""
    if isinstance(value, ours.Tensor):
        return torch.from_numpy(value.detach().numpy().copy())
    if isinstance(value, dict):
        return {key: to_torch(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_torch(item) for item in value]
    return value
