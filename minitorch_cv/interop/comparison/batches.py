"""A batch that a model of either library is run on, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from .watching import Key, Library, See, follow, follow_gradient

Loss = Callable[[Any, Any, Any], Any]
MakeOptimizer = Callable[[Any, Any], Any]

OURS = Library(lambda t: t.array, lambda t, new: np.copyto(t.array, new), lambda new: Tensor.wrap(new.copy()), Tensor)


def torchs() -> Library:
    """PyTorch's, which is imported here."""
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
        for i, result in enumerate(tensors_in(results, library.kind)):
            name = f"result {i + 1}" if i else "result"
            follow(result, Key("", 0, name), library, see)
            if result.requires_grad:
                follow_gradient(result, Key("", 0, f"gradient of {name}"), library, see)
        targets = None if self.targets is None else tensor(self.targets)
        loss = self.loss(functional, results, targets)
        see(Key("", 0, "loss"), library.array(loss))
        loss.backward()


def tensors_in(results: Any, kind: type) -> list[Any]:
    """What a model returned, as a flat list."""
    if isinstance(results, kind):
        return [results]
    values = results.values() if isinstance(results, dict) else results if isinstance(results, (tuple, list)) else ()
    return [tensor for value in values for tensor in tensors_in(value, kind)]
