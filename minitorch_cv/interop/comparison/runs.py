"""Running both models on a batch, torch's first; each of our layers is then given PyTorch's numbers.

So an error in one layer does not reach the next: what a row says is about its own layer alone, and tolerances need not
grow with depth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import nn, optim
from ...autograd.grad_mode import enable_grad
from ...nn.module import Module
from ...tensors.tensor import Tensor
from ..torch_layers import torch_tensor
from .pairing import Pairing
from .rows import TOLERANCES, Row, measured
from .watching import Key, Library, See, follow, follow_gradient, watched

Loss = Callable[[Any, Any, Any], Any]
MakeOptimizer = Callable[[Any, Any], Any]

_OURS = Library(lambda t: t.array, lambda t, new: np.copyto(t.array, new), lambda new: Tensor.wrap(new.copy()), Tensor)


def _theirs() -> Library:
    import torch

    return Library(lambda t: t.detach().numpy(), lambda t, new: None, torch.from_numpy, torch.Tensor)


class Batch:
    """Inputs and targets as arrays, and the loss and optimiser, for either library."""

    def __init__(self, inputs: list[np.ndarray], targets: np.ndarray | None, loss: Loss, optimizer: MakeOptimizer):
        self.inputs = inputs
        self.targets = targets
        self.loss = loss
        self.optimizer = optimizer

    def run(self, model: Any, functional: Any, library: Library, tensor: Callable[[np.ndarray], Any], see: See) -> None:
        """Forward and backward; `see` is told of the result, the loss and the gradients around the model too."""
        inputs = []
        for i, array in enumerate(self.inputs):
            value = tensor(array)
            if array.dtype.kind == "f":
                value.requires_grad_()
                follow_gradient(
                    value, Key("", 0, f"gradient of input {i + 1}" if i else "gradient of input"), library, see
                )
                value = value.clone()  # a first layer that works in place must not write to a leaf
            inputs.append(value)
        results = model(*inputs)
        for i, result in enumerate(_tensors(results, library.kind)):
            name = f"result {i + 1}" if i else "result"
            follow(result, Key("", 0, name), library, see)
            if result.requires_grad:
                follow_gradient(result, Key("", 0, f"gradient of {name}"), library, see)
        targets = None if self.targets is None else tensor(self.targets)
        loss = self.loss(functional, results, targets)
        see(Key("", 0, "loss"), library.array(loss))
        loss.backward()


def _tensors(results: Any, kind: type) -> list[Any]:
    if isinstance(results, kind):
        return [results]
    values = results.values() if isinstance(results, dict) else results if isinstance(results, (tuple, list)) else ()
    return [tensor for value in values for tensor in _tensors(value, kind)]


def compare_runs(model: Module, torch_model: Any, pairing: Pairing, batch: Batch, mode: str, tolerance: float | None,
                 updates: bool) -> list[Row]:  # fmt: skip
    """The rows of one mode. Both models are changed: parameters if `updates`, running statistics in training.

    Raises:   ValueError: if no layer or result of the two can be compared.
    """
    import torch

    model.train(mode == "train")
    torch_model.train(mode == "train")
    torch_model.zero_grad()
    expected: dict[Key, np.ndarray] = {}

    def note(key: Key, array: np.ndarray) -> None:
        expected[key] = array.copy()

    library = _theirs()
    with torch.enable_grad(), watched(torch_model, pairing.layer, library, note):
        batch.run(torch_model, torch.nn.functional, library, torch_tensor, note)

    kinds = {name: type(module).__name__ for name, module in model.named_modules()}
    judge = _Judge(mode, kinds, expected, tolerance)
    with enable_grad(), watched(model, lambda path: path, _OURS, judge.see):
        batch.run(model, nn.functional, _OURS, lambda array: Tensor.wrap(array.copy()), judge.see)
    pairs = _parameters(model, torch_model, pairing)
    for name, (ours, theirs) in pairs.items():
        judge.gradient(name, ours.grad, theirs.grad)
    rows = judge.in_order()
    return rows + (_updates(pairs, batch, judge) if updates else [])


class _Judge:
    """Measures what it sees of our model against what was noted of torch's."""

    def __init__(self, mode: str, kinds: dict[str, str], expected: dict[Key, np.ndarray], tolerance: float | None):
        self.mode = mode
        self.kinds = kinds
        self.expected = expected
        self.given = tolerance
        self.rows: dict[Key, Row] = {}

    def see(self, key: Key, ours: np.ndarray) -> np.ndarray | None:
        """PyTorch's numbers, to go on with."""
        theirs = self.expected.get(key)
        if theirs is None:
            return None
        floor = 0.0
        if key.quantity == "gradient of input":  # of a layer: a normalisation takes most of the gradient away
            floor = 0.01 * self._norm(key._replace(quantity="gradient of output"))
        elif key.quantity == "running_mean":  # may be that of centred numbers
            floor = float(np.sqrt(np.abs(self.expected[key._replace(quantity="running_var")]).sum()))
        self.measure(key, ours, theirs, floor)
        return theirs if theirs.shape == ours.shape and theirs.dtype == ours.dtype else None

    def measure(self, key: Key, ours: np.ndarray, theirs: np.ndarray, floor: float = 0.0) -> None:
        """Write a row."""
        layer = key.layer, self.kinds.get(key.layer, ""), key.call
        tolerance = self.tolerance("gradient" if key.quantity.startswith("gradient") else "output", theirs.dtype)
        self.rows[key] = measured(self.mode, layer, key.quantity, ours, theirs, tolerance, floor)

    def tolerance(self, what: str, dtype: np.dtype) -> float:
        """That which the caller wants, or else what rounding explains."""
        if dtype.kind != "f":
            return 0.0
        return TOLERANCES[dtype.name][what] if self.given is None else self.given

    def gradient(self, name: str, ours: Any, theirs: Any) -> None:
        """Write a row for the gradient of a parameter."""
        path, _, own = name.rpartition(".")
        if ours is None and theirs is None:
            return
        # a bias before a normalisation has the gradient zero, but for rounding of the sum
        floor = self._norm(Key(path, 0, "gradient of output"))
        self.measure(Key(path, 0, f"gradient of {own}"), _array(ours), _array(theirs), floor)

    def _norm(self, key: Key) -> float:
        return float(np.linalg.norm(self.expected[key])) if key in self.expected else 0.0

    def in_order(self) -> list[Row]:
        """Outputs in the order of the calls, then gradients in the opposite one, those of an input last."""
        forward = [key for key in self.rows if not key.quantity.startswith("gradient")]
        calls = list(dict.fromkeys((key.layer, key.call) for key in forward if key.layer))
        place = {call: i for i, call in enumerate(reversed(calls))}
        whole = {"gradient of result": -1}  # the model's own: its result before all layers, its input after them

        def order(key: Key) -> tuple[int, int]:
            stage = 0 if "output" in key.quantity else 2 if "input" in key.quantity else 1
            missing = whole.get(key.quantity, len(place))
            return place.get((key.layer, key.call), missing) if key.layer else missing, stage

        backward = sorted((key for key in self.rows if key.quantity.startswith("gradient")), key=order)
        return [self.rows[key] for key in (*forward, *backward)]


def _array(grad: Any) -> np.ndarray:
    """The numbers of a gradient of either library; none if there is none."""
    if grad is None:
        return np.empty(0)
    return grad.array if isinstance(grad, Tensor) else grad.detach().numpy()


def _parameters(model: Module, torch_model: Any, pairing: Pairing) -> dict[str, tuple[Any, Any]]:
    """Our parameter and torch's by our name."""
    theirs = {pairing.keys[name]: parameter for name, parameter in torch_model.named_parameters()}
    return {name: (ours, theirs[name]) for name, ours in model.named_parameters() if name in theirs}


def _updates(pairs: dict[str, tuple[Any, Any]], batch: Batch, judge: _Judge) -> list[Row]:
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
        tolerance = judge.tolerance("gradient", old.dtype)
        # the difference of two parameters is known no better than the parameters
        floor = 8 * float(np.finfo(old.dtype).eps * np.linalg.norm(old)) / tolerance
        layer = path, judge.kinds.get(path, ""), 0
        changes = ours.array - old, theirs.detach().numpy() - old
        rows.append(measured(judge.mode, layer, f"update of {own}", *changes, tolerance, floor))
    return rows
