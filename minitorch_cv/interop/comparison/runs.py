"""Running both models on a batch, torch's first; each of our layers is then given PyTorch's numbers.

So an error in one layer does not reach the next: what a row says is about its own layer alone, and tolerances need not
grow with depth. If all layers are the same, our model runs once more with nobody watching (together.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import nn, optim
from ...autograd.grad_mode import enable_grad
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ...training.restoring import BuffersBefore, buffers_of, put_back, state_kept
from ..torch_layers import torch_tensor
from .batches import OURS, Batch, torchs
from .judging import Judge
from .pairing import Pairing, copy_weights
from .rows import Row, measured
from .together import compare_together, in_float64, torch_state_kept
from .watching import Key, watched

_ATTEMPTS, _NOISE = 3, 1e-3  # with inputs that are changed by this part of themselves


def compare_runs(model: Module, torch_model: Any, pairing: Pairing, batch: Batch, mode: str, tolerance: float | None,
                 updates: bool, notes: list[str]) -> list[Row]:  # fmt: skip
    """The rows of one mode. Both models are changed: parameters if `updates`, running statistics in training.

    Args:     notes: what could not be done is added.
    Raises:   ValueError: if no layer or result of the two can be compared.
    """
    model.train(mode == "train")
    torch_model.train(mode == "train")
    frozen = {name for name, module in model.named_modules() if getattr(module, "stats_frozen", False)}
    for path, module in torch_model.named_modules():
        if pairing.layer(path) in frozen:  # by nn.utils.freeze; torch has nothing that would stay so through train()
            module.eval()
    torch_model.zero_grad()
    expected, exact = _of_torch(torch_model, pairing, batch, notes)
    before = buffers_of(model)
    kinds = {name: type(module).__name__ for name, module in model.named_modules()}
    judge = Judge(mode, kinds, expected, tolerance)
    with enable_grad(), watched(model, lambda path: path, OURS, judge.see):
        try:
            batch.run(model, nn.functional, OURS, lambda array: Tensor.wrap(array.copy()), judge.see)
        except Exception as error:  # after a layer that gave another shape the next one may not do
            if all(row.ok for row in judge.rows.values()):
                raise
            notes.append(f"our model stopped in {mode} mode after that: {type(error).__name__}: {error}")
            return judge.in_order()
    pairs = _parameters(model, torch_model, pairing)
    for name, (ours, theirs) in pairs.items():
        judge.gradient(name, ours.grad, theirs.grad)
    rows = judge.in_order()
    if all(row.ok for row in rows):
        together = compare_together(model, batch, judge, pairs, before, exact, notes)
        rows += _confirmed(together, model, torch_model, pairing, batch, judge, before)
    return rows + (_updates(pairs, batch, judge) if updates else [])


def _of_torch(
    torch_model: Any, pairing: Pairing, batch: Batch, notes: list[str]
) -> tuple[dict[Key, np.ndarray], dict[Key, np.ndarray]]:
    """What is seen of torch's model, and what `in_float64` finds of it, as far as it runs so."""
    import torch

    exact: dict[Key, np.ndarray] = {}
    if any(array.dtype == np.float32 for array in batch.inputs):
        try:
            exact = in_float64(torch_model, pairing, batch)
        except Exception as error:  # a constant or a loss of the user's that is in float32
            notes.append(f"torch_model did not run in float64, by which bounds of layers together are set: {error}")
    expected: dict[Key, np.ndarray] = {}

    def note(key: Key, array: np.ndarray) -> None:
        expected[key] = array.copy()

    library = torchs()
    with torch.enable_grad(), watched(torch_model, pairing.layer, library, note):
        batch.run(torch_model, torch.nn.functional, library, torch_tensor, note)
    return expected, exact


def _confirmed(rows: list[Row], model: Module, torch_model: Any, pairing: Pairing, batch: Batch, judge: Judge,
               before: BuffersBefore) -> list[Row]:  # fmt: skip
    """The rows, those of gradients that depart with these inputs but not with others that are nearly the same replaced.

    Where a number before a ReLU is nearer to zero than rounding, one library lets its gradient pass and the other does
    not. With other inputs that is another number, or none; a fault stays.
    """
    for attempt in range(_ATTEMPTS):
        doubtful = {(row.layer, row.quantity) for row in rows if not row.ok and row.quantity.startswith("gradient")}
        if not doubtful:
            break
        noise = np.random.default_rng(attempt)
        shaken = [
            (array * (1 + _NOISE * noise.standard_normal(array.shape))).astype(array.dtype) if array.dtype.kind == "f"
            else array
            for array in batch.inputs
        ]  # fmt: skip
        other = Batch(shaken, batch.targets, batch.loss, batch.optimizer)
        gradients = [(parameter, parameter.grad) for parameter in torch_model.parameters()]
        torch_model.zero_grad()
        with state_kept(model), torch_state_kept(torch_model):
            put_back(before)
            copy_weights(model, torch_model, pairing)
            expected, exact = _of_torch(torch_model, pairing, other, [])
            again = Judge(judge.mode, judge.kinds, expected, judge.given)
            pairs = _parameters(model, torch_model, pairing)
            found = compare_together(model, other, again, pairs, before, exact, [])
        for parameter, grad in gradients:
            parameter.grad = grad
        fine = {key: row for row in found if row.ok and (key := (row.layer, row.quantity)) in doubtful}
        rows = [fine.get((row.layer, row.quantity), row) for row in rows]
    return rows


def _parameters(model: Module, torch_model: Any, pairing: Pairing) -> dict[str, tuple[Any, Any]]:
    """Our parameter and torch's by our name."""
    theirs = {pairing.keys[name]: parameter for name, parameter in torch_model.named_parameters()}
    return {name: (ours, theirs[name]) for name, ours in model.named_parameters() if name in theirs}


def _updates(pairs: dict[str, tuple[Any, Any]], batch: Batch, judge: Judge) -> list[Row]:
    """The rows of two steps of the optimiser, both libraries' with PyTorch's gradients."""
    import torch

    trained = {name: pair for name, pair in pairs.items() if pair[1].grad is not None}
    if not trained:
        return []
    before = {name: theirs.detach().numpy().copy() for name, (_, theirs) in trained.items()}
    for ours, theirs in trained.values():
        ours.grad = Tensor.wrap(theirs.grad.numpy().copy())
    optimizers = (
        batch.optimizer(optim, [ours for ours, _ in trained.values()]),
        batch.optimizer(torch.optim, [theirs for _, theirs in trained.values()]),
    )
    for optimizer in optimizers:
        optimizer.step()
        optimizer.step()  # the first one does not show what is remembered
    rows = []
    for name, (ours, theirs) in trained.items():
        path, _, own = name.rpartition(".")
        old = before[name]
        tolerance = judge.tolerance(Key(path, 0, f"update of {own}"), old.dtype)
        # the difference of two parameters is known no better than the parameters
        floor = 8 * float(np.finfo(old.dtype).eps * np.linalg.norm(old)) / tolerance
        layer = path, judge.kinds.get(path, ""), 0
        changes = ours.array - old, theirs.detach().numpy() - old
        rows.append(measured(judge.mode, layer, f"update of {own}", *changes, tolerance, floor))
    return rows
