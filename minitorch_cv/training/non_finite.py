"""A loss that is no number: where it came from, said before the weights are spoilt by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..serialization import save
from ..tensors.tensor import Tensor
from .restoring import state_kept


class NonFiniteLossError(RuntimeError):
    """The loss of a batch is NaN or infinite.

    Attributes: epoch, batch: which one; both from 1.
                inputs, targets: the batch.
    """

    def __init__(self, message: str, epoch: int, batch: int, inputs: Any, targets: Tensor) -> None:
        super().__init__(message)
        self.epoch, self.batch, self.inputs, self.targets = epoch, batch, inputs, targets


def non_finite_loss(
    model: Module, value: float, epoch: int, batch: int, inputs: Any, targets: Tensor, lr: float, out: Path | None
) -> NonFiniteLossError:
    """The error that tells which batch gave the loss `value`, and what first went wrong in it.

    The batch is saved in `out`, if there is one and it has room, as non_finite_batch.pt.
    """
    saved = ""
    if out is not None:
        path = out / "non_finite_batch.pt"
        try:
            save({"inputs": inputs, "targets": targets, "epoch": epoch, "batch": batch}, path)
            saved = f" The batch is saved in {path}."
        except (OSError, TypeError) as error:  # a full disk must not hide what went wrong before
            saved = f" The batch could not be saved: {error}."
    message = (
        f"fit: the loss is {value} in epoch {epoch}, batch {batch}, at learning rate {lr:g}: {_cause(model, inputs)}."
        f"{saved} The optimiser has not made this step. Try a smaller learning rate, GradientClipping(max_norm=1.0), "
        "or look at the batch"
    )
    return NonFiniteLossError(message, epoch, batch, inputs, targets)


def _cause(model: Module, inputs: Any) -> str:
    for given in inputs if isinstance(inputs, (tuple, list)) else [inputs]:  # of a model of several inputs
        if isinstance(given, Tensor) and not _finite(given):
            return f"the batch itself has NaN or infinity, in sample {_first_bad_sample(given)}"
    bad = [name for name, parameter in model.named_parameters() if not _finite(parameter)]
    if bad:
        return f"parameters hold NaN or infinity already: {', '.join(bad[:5])}"
    layer = _first_bad_layer(model, inputs)
    if layer is not None:
        return f"the first layer whose output has NaN or infinity is {layer}"
    return "all layers' outputs are finite, so it comes from the loss itself or from the targets"


def _first_bad_layer(model: Module, inputs: Any) -> str | None:
    """The name of the innermost module whose output is the first that is not finite; run once more to see."""
    found: list[str] = []
    handles = []

    def hook(name: str) -> Any:
        def look(module: Module, given: tuple, output: Any) -> None:
            if not found and isinstance(output, Tensor) and not _finite(output):
                found.append(f"{name or 'the model'} ({type(module).__name__})")

        return look

    for name, module in model.named_modules():
        handles.append(module.register_forward_hook(hook(name)))
    try:
        with state_kept(model), no_grad():  # batch norm would count the batch twice
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else None


def _finite(tensor: Tensor) -> bool:
    return bool(np.isfinite(tensor.array).all())


def _first_bad_sample(inputs: Tensor) -> int:
    bad = ~np.isfinite(inputs.array.reshape(len(inputs), -1)).all(axis=1)
    return int(np.flatnonzero(bad)[0])
