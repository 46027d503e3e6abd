"""How large the numbers are that the layers of a model hand on, and the gradients that come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import nn
from ..nn.module import Module
from ..tensors.tensor import Tensor
from .restoring import state_kept

_KEPT = 100_000  # numbers of a layer: enough for a histogram
_RELUS = (nn.ReLU, nn.ReLU6)


@dataclass
class LayerStatistics:
    """The output of one layer for one batch, and the loss's gradient with respect to it.

    Args:     name: in model.named_modules().
              kind: the class of the layer.
              activations, gradients: all numbers, or 100,000 chosen at random; no gradients if none came.
              activation_std, gradient_std: of all numbers.
              zeros: the share of activations that are exactly 0.
              dead: of a ReLU, the share of units (channels of images) that are 0 for the whole batch; else None.
    """

    name: str
    kind: str
    activations: np.ndarray
    gradients: np.ndarray
    activation_std: float
    gradient_std: float
    zeros: float
    dead: float | None


def layer_statistics(
    model: Module, loss: Callable[[Any, Any], Any], images: Any, targets: Any
) -> list[LayerStatistics]:
    """Run a batch forward and backward and note what every layer (module without modules in it) gave and got back.

    The model runs in the mode that it is in, and is left as it was: gradients, running statistics, random numbers. What
    a `forward` computes by functions is not seen, only modules.

    Args:     loss: function of outputs and targets.
              images, targets: a batch.
    Returns:  the layers in the order of their first call; the calls of a layer that is called several times together.
    Raises:   ValueError: if the model calls no such layers.
    """
    outputs: dict[str, list[np.ndarray]] = {}
    grads: dict[str, list[np.ndarray]] = {}
    kinds: dict[str, Module] = {}
    handles = []

    def watch(name: str, module: Module) -> None:
        def after(module: Module, inputs: tuple, output: Any) -> None:
            if not isinstance(output, Tensor) or not output.is_floating_point():
                return
            kinds[name] = module
            outputs.setdefault(name, []).append(output.array.copy())  # a layer that follows may work in place
            if output.requires_grad:
                output.register_hook(lambda grad: grads.setdefault(name, []).append(grad.array.copy()))

        handles.append(module.register_forward_hook(after))

    for name, module in model.named_modules():
        if not list(module.children()):
            watch(name, module)
    try:
        with state_kept(model):
            loss(model(images), targets).backward()
    finally:
        for handle in handles:
            handle.remove()
    if not outputs:
        raise ValueError("layer_statistics: the model calls no layers; modules that it registers and calls are seen")
    return [_statistics(name, kinds[name], outputs[name], grads.get(name, [])) for name in outputs]


def _statistics(name: str, module: Module, outputs: list[np.ndarray], grads: list[np.ndarray]) -> LayerStatistics:
    activations, gradients = _flat(outputs), _flat(grads)
    return LayerStatistics(
        name,
        type(module).__name__,
        _some(activations),
        _some(gradients),
        float(activations.std(dtype=np.float64)) if activations.size else 0.0,
        float(gradients.std(dtype=np.float64)) if gradients.size else 0.0,
        float(np.mean(activations == 0)) if activations.size else 0.0,
        float(np.mean([_dead(output) for output in outputs])) if isinstance(module, _RELUS) else None,
    )


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel(order="K") for array in arrays]) if arrays else np.empty(0, np.float32)


def _some(numbers: np.ndarray) -> np.ndarray:
    if numbers.size <= _KEPT:
        return numbers
    return numbers[np.random.default_rng(0).integers(numbers.size, size=_KEPT)]


def _dead(output: np.ndarray) -> float:
    """The share of units, (N, units) or channels (N, C, ...), that are zero throughout."""
    others = (0, *range(2, output.ndim)) if output.ndim > 1 else ()
    return float(np.mean((output == 0).all(axis=others)))
