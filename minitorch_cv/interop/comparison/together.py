"""The model once more with nobody watching: neighbours run as one operation, which hooks prevent, or without a graph.

Here errors grow from layer to layer, by how much depends on the model: a batch norm over few numbers makes a great deal
of a little. So PyTorch's own rounding is the measure: how far its float32 is from its float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import nn
from ...autograd.grad_mode import enable_grad, no_grad
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...training.restoring import state_kept
from ..torch_layers import torch_tensor
from .batches import OURS, Batch, tensors_in, torchs
from .judging import Judge, numbers
from .pairing import Pairing
from .rows import Row
from .watching import Key, watched

TOGETHER, ALONE = ", layers together", " without a graph"  # what a quantity of such a run ends with
_GROWTH = 10.0  # of a layer's error, from layer to layer; more if PyTorch's own is larger
_GROWTH_IN_FLOAT64 = 1000.0  # where there is nothing to measure PyTorch's by
_ROUNDINGS = 20.0  # of PyTorch's: Winograd's rounding is some times that of a plain sum


def compare_together(
    model: Module,
    exact_model: Any,
    pairing: Pairing,
    batch: Batch,
    judge: Judge,
    pairs: dict[str, tuple[Any, Any]],
    before: list[tuple[Any, np.ndarray]],
) -> list[Row]:
    """The rows of such a run: results, running statistics and gradients.

    Args:     exact_model: torch's, as it was before its run; it is changed.
              judge: with what was noted of torch's run.
              pairs: our parameters and torch's, with gradients, by our names.
              before: the model's buffers, and their numbers before the first run.
    """
    exact = _in_float64(exact_model, pairing, batch)
    seen = len(judge.rows)

    def measure(key: Key, ours: np.ndarray, theirs: np.ndarray, said: str = TOGETHER) -> None:
        growth = _GROWTH if theirs.dtype == np.float32 else _GROWTH_IN_FLOAT64
        tolerance = judge.tolerance("gradient" if key.quantity.startswith("gradient") else "output", theirs.dtype)
        if tolerance and key in exact and exact[key].shape == theirs.shape:
            size = float(np.linalg.norm(exact[key]))
            rounding = float(np.linalg.norm(theirs - exact[key])) / size if size else 0.0
            growth = max(growth, _ROUNDINGS * rounding / tolerance)
        floor = judge.norm(Key(key.layer, 0, "gradient of output")) if key.layer else 0.0
        judge.measure(key._replace(quantity=key.quantity + said), ours, theirs, floor, growth)

    def see(key: Key, ours: np.ndarray) -> None:
        if key in judge.expected:
            measure(key, ours, judge.expected[key])

    with state_kept(model):
        for buffer, old in before:
            buffer.array[...] = old
        with enable_grad():
            batch.run(model, nn.functional, OURS, lambda array: Tensor.wrap(array.copy()), see)
        last = {(key.layer, key.quantity): key for key in judge.expected}  # of several calls
        for path, module in model.named_modules():
            for name, buffer in module.named_buffers(recurse=False):
                if (path, name) in last:
                    see(last[path, name], buffer.array)
        for name, (ours, theirs) in pairs.items():
            if ours.grad is not None or theirs.grad is not None:
                path, _, own = name.rpartition(".")
                measure(Key(path, 0, f"gradient of {own}"), numbers(ours.grad), numbers(theirs.grad))
        if not model.training:
            with no_grad():
                results = model(*[Tensor.wrap(array.copy()) for array in batch.inputs])
            for i, result in enumerate(tensors_in(results, Tensor)):
                key = Key("", 0, f"result {i + 1}" if i else "result")
                measure(key, result.array, judge.expected[key], ALONE)
    return list(judge.rows.values())[seen:]


def _in_float64(torch_model: Any, pairing: Pairing, batch: Batch) -> dict[Key, np.ndarray]:
    """What torch's model does with the batch in float64."""
    import torch

    found: dict[Key, np.ndarray] = {}

    def note(key: Key, array: np.ndarray) -> None:
        found[key] = array.copy()

    def tensor(array: np.ndarray) -> Any:
        return torch_tensor(array).double() if array.dtype.kind == "f" else torch_tensor(array)

    torch_model.double()
    library = torchs()
    with torch.enable_grad(), watched(torch_model, pairing.layer, library, note):
        batch.run(torch_model, torch.nn.functional, library, tensor, note)
    for name, parameter in torch_model.named_parameters():
        path, _, own = pairing.keys[name].rpartition(".")
        found[Key(path, 0, f"gradient of {own}")] = numbers(parameter.grad)
    return found
