"""The model once more with nobody watching: neighbours run as one operation, which hooks prevent, or without a graph.

Here errors grow from layer to layer, by how much depends on the model: a batch norm over few numbers makes a great deal
of a little. So PyTorch's own rounding is the measure: how far its float32 is from its float64. The gradient of the
input is not compared: of equal numbers in a window, as a plain background has, max pooling may take one or another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ... import nn
from ...autograd.grad_mode import enable_grad, no_grad
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...training.restoring import BuffersBefore, put_back, state_kept
from ..torch_layers import torch_tensor
from .batches import OURS, Batch, tensors_in, torchs
from .judging import Judge, numbers
from .pairing import Pairing
from .rows import Row
from .watching import Key, watched

TOGETHER, ALONE = ", layers together", " without a graph"  # what a quantity of such a run ends with
_GROWTH = 10.0  # of a layer's error, from layer to layer; more if PyTorch's own is larger
_GROWTH_UNMEASURED = 1000.0  # where there is nothing to measure PyTorch's by
_ROUNDINGS = 20.0  # of PyTorch's: Winograd's rounding is some times that of a plain sum
_MOST = 0.1  # of the norm, that may be put down to rounding; what is less certain is not compared


def compare_together(
    model: Module,
    batch: Batch,
    judge: Judge,
    pairs: dict[str, tuple[Any, Any]],
    before: BuffersBefore,
    exact: dict[Key, np.ndarray],
    notes: list[str],
) -> list[Row]:
    """The rows of such a run: results, running statistics and gradients.

    Args:     judge: with what was noted of torch's run.
              pairs: our parameters and torch's, with gradients, by our names.
              before: the model's buffers before the first run.
              exact: what `in_float64` found; empty if nothing is known.
              notes: what could not be compared is added.
    """
    rows: list[Row] = []
    uncertain: list[Key] = []

    def measure(key: Key, ours: np.ndarray, said: str = TOGETHER, theirs: np.ndarray | None = None) -> None:
        theirs = judge.expected.get(key) if theirs is None else theirs
        if theirs is None or key.quantity.startswith("gradient of input"):
            return
        floor = judge.floor(key)
        tolerance = judge.tolerance(key, theirs.dtype)
        growth = _growth(tolerance, theirs, exact.get(key), floor)
        # A single number may come out the same by chance: the loss is no surer than the scores that it is made of.
        made_of_uncertain = key.quantity == "loss" and any(not other.layer for other in uncertain)
        if growth * tolerance > max(_MOST, tolerance) or made_of_uncertain:
            uncertain.append(key)
            return
        judge.measure(key._replace(quantity=key.quantity + said), ours, theirs, floor, growth)
        rows.append(judge.rows[key._replace(quantity=key.quantity + said)])

    with state_kept(model):
        put_back(before)
        with enable_grad():
            batch.run(model, nn.functional, OURS, lambda array: Tensor.wrap(array.copy()), measure)
        last = {(key.layer, key.quantity): key for key in judge.expected}  # of several calls
        for path, module in model.named_modules():
            for name, buffer in module.named_buffers(recurse=False):
                if (path, name) in last:
                    measure(last[path, name], buffer.array)
        for name, (ours, theirs) in reversed(pairs.items()):
            if ours.grad is not None or theirs.grad is not None:
                path, _, own = name.rpartition(".")
                measure(Key(path, 0, f"gradient of {own}"), numbers(ours.grad), theirs=numbers(theirs.grad))
        if not model.training:
            with no_grad():
                results = model(*[Tensor.wrap(array.copy()) for array in batch.inputs])
            for i, result in enumerate(tensors_in(results, Tensor)):
                measure(Key("", 0, f"result {i + 1}" if i else "result"), result.array, ALONE)
    if uncertain:
        notes.append(
            f"of layers together {len(uncertain)} quantities were not compared: PyTorch's own float32 is too far from "
            f"its float64 there, by more than {_MOST / _ROUNDINGS:.1%}"
        )
    return sorted(rows, key=lambda row: row.quantity.startswith("gradient"))


def _growth(tolerance: float, theirs: np.ndarray, exact: np.ndarray | None, floor: float) -> float:
    """How many times a layer's error is allowed."""
    if not tolerance:
        return 1.0
    growth = min(_GROWTH_UNMEASURED, max(1.0, _MOST / tolerance))
    if exact is not None and exact.shape == theirs.shape:
        size = max(float(np.linalg.norm(exact)), floor)
        rounding = float(np.linalg.norm(theirs - exact)) / size if size else 0.0
        growth = max(_GROWTH, _ROUNDINGS * rounding / tolerance) if math.isfinite(rounding) else _GROWTH
    return growth


def in_float64(torch_model: Any, pairing: Pairing, batch: Batch) -> dict[Key, np.ndarray]:
    """What torch's model does with the batch in float64, but for its layers' outputs; it is left as it was."""
    import torch

    found: dict[Key, np.ndarray] = {}

    def note(key: Key, array: np.ndarray) -> None:
        if not (key.layer and key.quantity.startswith(("input", "output", "gradient"))):
            found[key] = array.copy()

    def tensor(array: np.ndarray) -> Any:
        return torch_tensor(array).double() if array.dtype.kind == "f" else torch_tensor(array)

    library = torchs()
    with torch_state_kept(torch_model):
        torch_model.double()
        with torch.enable_grad(), watched(torch_model, pairing.layer, library, note):
            batch.run(torch_model, torch.nn.functional, library, tensor, note)
        for name, parameter in torch_model.named_parameters():
            path, _, own = pairing.keys[name].rpartition(".")
            found[Key(path, 0, f"gradient of {own}")] = numbers(parameter.grad).copy()
    return found


@contextmanager
def torch_state_kept(torch_model: Any) -> Iterator[None]:
    """Give torch's model its numbers and their dtypes back, and no gradients."""
    parameters = [(parameter, parameter.data) for parameter in torch_model.parameters()]
    buffers = [
        (module, name, buffer, buffer.clone())
        for module in torch_model.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    try:
        yield
    finally:
        for parameter, data in parameters:
            parameter.grad = None
            parameter.data = data
        for module, name, buffer, values in buffers:
            setattr(module, name, buffer)
            buffer.data = values
