"""What a layer of a model makes of a data set, as a row of numbers for each sample."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..autograd.grad_mode import no_grad
from ..nn.module import Module
from ..tensors.tensor import Tensor
from .restoring import modes_kept

_LARGE = 4096  # numbers a sample; larger images of features are averaged over their places


def layer_features(
    model: Module, loader: Iterable[Any], layer: str | Module, max_samples: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """Run samples through a model and keep the output of one layer: what `plot_embedding` draws.

    The model runs in evaluation mode, without recording gradients, and is left as it was.

    Args:     loader: of batches (images, targets).
              layer: a module of the model, or its name in `model.named_modules()`: "features.3"; "" for the model.
                Of a layer that is called several times in a forward, the last call counts.
              max_samples: stop after so many.
    Returns:  features (N, D) float32, and targets (N,) or (N, K). Of a layer with outputs (n, C, H, W) D is C*H*W or,
              where that is more than 4096, C: the mean over H and W.
    Raises:   ValueError: if the model has no such layer, the loader is empty, or max_samples is less than 1.
              RuntimeError: if forward does not call the layer. TypeError: if its output is no tensor.
    """
    name, module = find_layer(model, layer)
    if max_samples < 1:
        raise ValueError(f"layer_features: max_samples is {max_samples}, expected at least 1")
    caught: list[np.ndarray] = []

    def catch(module: Module, inputs: tuple, output: Any) -> None:
        caught[:] = [_rows(name, output)]  # a copy: a layer that follows may work in place

    features, targets = [], []
    count = 0
    handle = module.register_forward_hook(catch)
    try:
        with modes_kept(model), no_grad():
            model.eval()
            for images, labels in loader:
                caught.clear()
                model(images)
                if not caught:
                    raise RuntimeError(f"layer_features: the model's forward does not call the layer {name!r}")
                features.append(caught[0])
                targets.append(labels.array if isinstance(labels, Tensor) else np.asarray(labels))
                count += len(caught[0])
                if count >= max_samples:
                    break
    finally:
        handle.remove()
    if not features:
        raise ValueError("layer_features: the loader gives no samples")
    return np.concatenate(features)[:max_samples], np.concatenate(targets)[:max_samples]


def find_layer(model: Module, layer: str | Module) -> tuple[str, Module]:
    """A layer's name and the layer.

    Raises:   ValueError: if the model has no such layer.
    """
    modules = dict(model.named_modules())
    if isinstance(layer, str):
        if layer in modules:
            return layer, modules[layer]
    else:
        for name, module in modules.items():
            if module is layer:
                return name, module
    asked = repr(layer) if isinstance(layer, str) else f"a {type(layer).__name__} that is not part of it"
    raise ValueError(f"layer_features: the model has no layer {asked}; there are {', '.join(filter(None, modules))}")


def _rows(name: str, output: Any) -> np.ndarray:
    """A layer's output as a new (n, D) float32 array."""
    if not isinstance(output, Tensor):
        raise TypeError(f"layer_features: the layer {name!r} gives a {type(output).__name__}; expected a tensor")
    array = output.array
    if array.ndim == 4 and array[0].size > _LARGE:
        return array.mean(axis=(2, 3), dtype=np.float32)
    return np.array(array.reshape(len(array), -1), np.float32)
