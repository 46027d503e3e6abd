"""Evaluation of neighbouring layers when nothing is recorded: on arrays, without a tensor between them.

`Sequential` hands its layers to this file inside `no_grad()` (fusion.py). A convolution takes along the ReLU behind it,
and the batch norm between if that is in evaluation mode; a linear layer the Flatten before it and the ReLU. What a
convolution makes of its weights is kept from call to call (ops/kept.py). Any other layer is called as usual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ops.convolution import evaluate_conv2d
from ..ops.kept import Scaling
from ..ops.linear import evaluate_linear
from ..tensors.tensor import Tensor
from .activation import ReLU
from .batchnorm import BatchNorm2d
from .conv import Conv2d
from .dropout import Dropout, Dropout2d
from .linear import Linear
from .module import Module
from .plain import is_plain
from .shape import Flatten, Identity


def evaluate(modules: Sequence[Module], input: Any) -> Any:
    """Call every module on the result of the one before."""
    value, fresh = input, False  # fresh: it is the array of a tensor that nobody has seen
    i = 0
    with np.errstate(all="ignore"):
        while i < len(modules):
            found = _together(modules, i, value, fresh) if fresh or isinstance(value, Tensor) else None
            if found is None:
                value, fresh = modules[i](Tensor.wrap(value) if fresh else value), False
                i += 1
            else:
                (value, i), fresh = found, True
    return Tensor.wrap(value) if fresh else value


def _together(modules: Sequence[Module], i: int, value: Any, fresh: bool) -> tuple[np.ndarray, int] | None:
    """The result of module i and of those that run with it, and where to go on; None if it has to be called."""
    module: Any = modules[i]
    kind = type(module)
    if kind not in _KINDS or not is_plain(module):
        return None
    if kind in (Identity, Dropout, Dropout2d):
        return (value, i + 1) if fresh and (kind is Identity or not module.training) else None
    x = value if fresh else value.array
    if kind is Flatten:
        if x.ndim < 2 or (module.start_dim, module.end_dim) != (1, -1):
            return None
        flat = x.reshape(len(x), math.prod(x.shape[1:]))
        if fresh:
            return flat, i + 1
        following = _at(modules, i + 1, Linear)
        return None if following is None else _linear(modules, i + 1, flat)
    if kind is Linear:
        return _linear(modules, i, x)
    if module.padding_mode != "zeros":
        return None
    held = module._parameters
    norm = _scaling(_at(modules, i + 1, BatchNorm2d), module, x)
    end = i + 1 if norm is None else i + 2
    relu = _at(modules, end, ReLU) is not None
    made = evaluate_conv2d(
        x, held["weight"], held["bias"], module.stride, module.padding, module.dilation, module.groups, norm, relu
    )
    return made, end + relu


_KINDS = (Conv2d, Linear, Flatten, Identity, Dropout, Dropout2d)


def _linear(modules: Sequence[Module], i: int, x: np.ndarray) -> tuple[np.ndarray, int]:
    held: dict[str, Any] = modules[i]._parameters
    relu = _at(modules, i + 1, ReLU) is not None
    return evaluate_linear(x, held["weight"], held["bias"], relu), i + 1 + relu


def _at(modules: Sequence[Module], i: int, kind: type[Module]) -> Any:
    """Module i if it is of exactly this kind and plain."""
    return modules[i] if i < len(modules) and type(modules[i]) is kind and is_plain(modules[i]) else None


def _scaling(norm: BatchNorm2d | None, conv: Conv2d, x: np.ndarray) -> Scaling | None:
    """The normalisation as a factor and a summand for each channel of `conv`, if it is one."""
    if norm is None or norm.training or norm.num_features != conv.out_channels or x.dtype != np.float32 or x.ndim != 4:
        return None
    tensors = (*map(norm._buffers.get, ("running_mean", "running_var")), *map(norm._parameters.get, ("weight", "bias")))
    mean, var, weight, bias = [None if t is None else t.array for t in tensors]
    if mean is None or var is None or any(a is not None and a.dtype != np.float32 for a in (mean, var, weight, bias)):
        return None
    return Scaling(mean, var, norm.eps, weight, bias)
