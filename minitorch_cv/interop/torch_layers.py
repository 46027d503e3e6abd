"""torch's layer for one of ours, and torch's tensor for one of ours."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..nn.module import Module
from ..tensors.tensor import Tensor
from .layers import layer_kind

# Where a constructor's argument is not kept under its own name.
_KEPT_AS = {("PairwiseDistance", "p"): "norm", ("TripletMarginWithDistanceLoss", "distance_function"): None}
# Arguments that say how something else was given, or that no attribute keeps because another tells the same.
_LEFT_OUT = {
    "self",
    "device",
    "args",
    "kwargs",
    "_weight",
    "_freeze",
    "min_value",
    "max_value",
    "size_average",
    "reduce",
}


def pytorch() -> Any:
    """PyTorch itself.

    Raises:   ImportError: if it is not installed. RuntimeError: if this library stands for it (as_torch).
    """
    import torch

    if torch.__version__.endswith("+minitorch_cv"):
        raise RuntimeError(
            "interop: `import torch` brings this library here (as_torch, or `minitorch_cv run`); to compare with "
            "PyTorch or to convert to it, run the script by plain `python` and import minitorch_cv by its own name"
        )
    return torch


def torch_tensor(value: Tensor | np.ndarray) -> Any:
    """A torch tensor with a copy of the numbers, in the usual order of memory."""
    return pytorch().from_numpy(np.array(value.array if isinstance(value, Tensor) else value, order="C"))


def torch_layer(module: Module, path: str) -> Any:
    """torch's layer with the same settings and first values of its own.

    Raises:   NotImplementedError: if torch has no such layer.
    """
    kind = layer_kind(module)
    made: Any = getattr(pytorch().nn, kind, None) if kind is not None else None
    if made is None or (kind, "distance_function") in _KEPT_AS:
        raise NotImplementedError(
            f"to_torch: torch has no counterpart of layer {path!r} ({type(module).__name__}); replace it by layers of "
            "torch.nn's names"
        )
    arguments = {}
    for name in inspect.signature(made.__init__).parameters:
        if name in _LEFT_OUT:
            continue
        if name == "dtype":
            arguments[name] = _dtype(module)
        elif name == "bias" and (not isinstance(getattr(module, name, None), bool)):
            arguments[name] = module.bias is not None
        else:
            value = getattr(module, _KEPT_AS.get((kind, name)) or name)  # type: ignore[arg-type]
            arguments[name] = torch_tensor(value) if isinstance(value, Tensor) else value
    return made(**arguments)


def _dtype(module: Module) -> Any:
    """torch's name of the dtype of the module's tensors of floats; None, its default, without any."""
    import torch

    for tensor in [*module.parameters(), *module.buffers()]:  # below a layer there is only what computes its weight
        if tensor.is_floating_point():
            return getattr(torch, tensor.array.dtype.name)
    return None
