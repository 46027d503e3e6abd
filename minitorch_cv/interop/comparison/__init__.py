"""compare_torch: where a model departs from its twin in torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...nn.module import Module
from ...nn.utils.running_modules import is_layer, running_modules
from ...tensors.tensor import Tensor
from ...training.restoring import state_kept
from ..layers import settings_replaced
from ..to_torch import to_torch
from .batches import Batch, Loss, MakeOptimizer
from .pairing import copy_weights, paired
from .rows import Comparison, Row
from .runs import compare_runs
from .together import ALONE, TOGETHER

__all__ = ["Comparison", "Row", "compare_torch"]

_MODES = ("train", "eval")


def _default_loss(functional: Any, outputs: Any, targets: Any) -> Any:
    """Cross-entropy for class indices; else the sum of squares of the outputs, less the targets if there are any."""
    if targets is not None and not targets.is_floating_point():
        return functional.cross_entropy(outputs, targets)
    if targets is not None:
        return ((outputs - targets) ** 2).sum()
    values = outputs.values() if isinstance(outputs, dict) else outputs
    return sum((o**2).sum() for o in (values if isinstance(outputs, (tuple, list, dict)) else (outputs,)))


def _default_optimizer(optim: Any, params: Any) -> Any:
    return optim.SGD(params, lr=0.1, momentum=0.9)


def compare_torch(
    model: Module,
    torch_model: Any = None,
    batch: Any = None,
    *,
    loss: Loss | None = None,
    optimizer: MakeOptimizer | None = None,
    modes: Sequence[str] = _MODES,
    tolerance: float | None = None,
    verbose: bool = False,
) -> Comparison:
    """Run a model and its twin in torch on a batch, and print the first layer where ours departs, if one does.

    For each layer (module without modules in it) are compared its input, its output, its running statistics, and in
    backward the gradients of its output, of its parameters and of its input; then the optimiser's updates of two steps.
    torch runs first, and each of our layers is given PyTorch's numbers to go on with: what is said of a layer is about
    it alone. What a `forward` computes by functions is seen in the input of the next layer, or in the result. If no
    layer departs, our model runs once more without being watched, as neighbours then run as one operation, and in
    evaluation without a graph.

    Our model is left as it was. torch_model gets our weights (and dtype), and is left with them, without gradients.

    Args:     torch_model: with weights of the same names, or of other names but the same shapes in the same order; by
                default `to_torch(model, inputs)`.
              batch: inputs, or (inputs, targets), or what a DataLoader gives, [inputs, targets]. Of a model of several
                inputs ([first, second], targets or None). Arrays or tensors of either library.
              loss: function of (nn.functional of either library, outputs, targets); by default cross-entropy for
                targets of integers, else the sum of squares of outputs - targets.
              optimizer: function of (the optim module of either library, parameters); by default SGD with momentum.
              modes: of "train" and "eval". Dropout, which draws other numbers in torch, is switched off.
              tolerance: of all comparisons, in place of what rounding explains (2e-5 for outputs, 2e-4 for gradients in
                float32; in float64, to which `model.double()` brings all, 1e-12 and 1e-10). Where layers run together
                ten times that is allowed, or 20 times PyTorch's own rounding if that is more.
              verbose: print the table of all comparisons too.
    Raises:   ValueError: if the weights do not fit, naming them, for other modes, and if there is no batch.

    >>> found = compare_torch(model, torch_model, (images, labels))  # doctest: +SKIP
    the first to depart is Conv2d 'features.3', gradient of weight, train mode: departs by 1.00e+00 of its norm, ...
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"compare_torch: model is a {type(model).__module__}.{type(model).__name__}; expected is a model of this "
            "library first, and then its twin in torch"
        )
    if batch is None:
        raise ValueError("compare_torch: give a batch, compare_torch(model, torch_model, (inputs, targets))")
    if not modes or not set(modes) <= set(_MODES):
        raise ValueError(f"compare_torch: modes is {modes!r}, expected one or both of 'train' and 'eval'")
    inputs, targets = batch if isinstance(batch, (tuple, list)) and len(batch) == 2 else (batch, None)
    arrays = [_array(value) for value in (inputs if isinstance(inputs, list) else [inputs])]
    chosen = Batch(
        arrays,
        None if targets is None else _array(targets),
        loss or _default_loss,
        optimizer or _default_optimizer,
    )
    if torch_model is None:
        torch_model = to_torch(model, [Tensor.wrap(array) for array in arrays])
    found = _compare(model, torch_model, chosen, modes, tolerance)
    if verbose:
        print(found.table())  # noqa: T201 - it is asked for
    print(found)  # noqa: T201 - what a student calls it for
    return found


def _compare(
    model: Module, torch_model: Any, batch: Batch, modes: Sequence[str], tolerance: float | None
) -> Comparison:
    pairing = paired(model, torch_model)
    found = Comparison()
    if not pairing.by_name:
        found.notes.append(
            "the weights have other names in torch_model and were taken in order; other layers are not seen"
        )
    quiet = _without_chance(model), _without_chance(torch_model)
    if quiet[0] or quiet[1]:
        found.notes.append("dropout was switched off, and RReLU's slope fixed: the libraries draw other random numbers")
    torch_modes = [(module, module.training) for module in torch_model.modules()]
    with settings_replaced(quiet[0]), settings_replaced(quiet[1]):
        for mode in modes:
            copy_weights(model, torch_model, pairing)
            with state_kept(model):
                updates = mode == modes[0]
                found.rows += compare_runs(model, torch_model, pairing, batch, mode, tolerance, updates, found.notes)
    copy_weights(model, torch_model, pairing)
    torch_model.zero_grad()
    for module, training in torch_modes:
        module.training = training
    seen = {row.layer for row in found.rows}
    if not found.ok and all(row.quantity.endswith((TOGETHER, ALONE)) for row in found.departing):
        found.notes.append(
            "each layer by itself is the same: the fault is where neighbours run as one operation (nn/fusion.py) or, "
            "without a graph, on arrays (nn/evaluation.py)"
        )
    unseen = [n for n, m in running_modules(model) if n and n not in seen and is_layer(m)]
    if unseen:
        found.notes.append(f"not compared by themselves, as only one of the models calls them: {', '.join(unseen)}")
    return found


def _without_chance(model: Any) -> dict[Any, dict[str, object]]:
    """What to set so that nothing is drawn at random, for a model of either library."""
    settings: dict[Any, dict[str, object]] = {}
    for module in model.modules():
        kind = type(module).__name__
        if "Dropout" in kind and module.p:
            settings[module] = {"p": 0.0}
        elif kind == "RReLU":
            slope = (module.lower + module.upper) / 2
            settings[module] = {"lower": slope, "upper": slope}
    return settings


def _array(value: Any) -> np.ndarray:
    if isinstance(value, Tensor):
        return value.array
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)
