"""The helper that holds a network against the same network in PyTorch or torchvision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

import minitorch_cv as mt
from tests.checks import as_array, assert_close, normal, ours_of, theirs_of

# float64 to the last digits; float32 within what two float32 networks of some layers differ by
RESULT_TOLERANCE = {"float32": 2e-5, "float64": 1e-11}
GRADIENT_TOLERANCE = {"float32": 2e-3, "float64": 1e-10}


def copy_in_order(ours: Any, theirs: torch.nn.Module) -> None:
    """Give ours the numbers of theirs, one after the other: a definition in a test need not have the same names."""
    names, values = ours.state_dict().keys(), theirs.state_dict().values()
    ours.load_state_dict({name: ours_of(as_array(value)) for name, value in zip(names, values, strict=True)})


def state_shapes(model: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Names and shapes of the state, in order."""
    return [(name, tuple(value.shape)) for name, value in model.state_dict().items()]


def without_dropout(model: Any) -> Any:
    """The model, with dropout layers that drop nothing: the libraries draw other random numbers."""
    for module in model.modules():
        if "Dropout" in type(module).__name__:
            module.p = 0.0
    return model


def check_model(
    ours: Any, theirs: torch.nn.Module, images: tuple[int, ...], dtypes: Sequence[str] = ("float64", "float32")
) -> None:
    """Hold results, all gradients and running statistics against PyTorch's, with PyTorch's weights.

    In float32 and float64, in training and in evaluation mode, and in evaluation without a graph; without dropout.

    Args:     images: the shape of the input.
    """
    without_dropout(ours)
    without_dropout(theirs)
    for dtype in dtypes:
        ours.to(getattr(mt, dtype))
        theirs.to(getattr(torch, dtype))
        copy_in_order(ours, theirs)
        x = normal(*images).astype(dtype)
        for training in (True, False):
            _check_mode(ours.train(training), theirs.train(training), x, f"{dtype}, training={training}:")
        with mt.no_grad(), torch.no_grad():
            assert_close(ours(ours_of(x)), theirs(theirs_of(x)), RESULT_TOLERANCE[dtype], f"{dtype}, without a graph")


def _check_mode(ours: Any, theirs: torch.nn.Module, x: np.ndarray, what: str) -> None:
    dtype = str(x.dtype)
    ours.zero_grad()
    theirs.zero_grad()
    inputs = ours_of(x, requires_grad=True), theirs_of(x, requires_grad=True)
    results = ours(inputs[0]), theirs(inputs[1])
    assert_close(*results, RESULT_TOLERANCE[dtype], f"{what} result")
    cotangent = normal(*results[1].shape, seed=1).astype(dtype)
    results[0].backward(ours_of(cotangent))
    results[1].backward(theirs_of(cotangent))
    assert_close(inputs[0].grad, inputs[1].grad, GRADIENT_TOLERANCE[dtype], f"{what} gradient of the images")
    for (name, one), two in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert_close(one.grad, two.grad, GRADIENT_TOLERANCE[dtype], f"{what} gradient of {name}")
    for (name, one), two in zip(ours.named_buffers(), theirs.buffers(), strict=True):
        assert_close(one, two, RESULT_TOLERANCE[dtype], f"{what} {name}")
