"""Fusion: a batch norm, convolution or linear layer and the ReLU after it as one operation, where nobody can tell.

On their own, each reads and writes a whole map, and each keeps one for backward. `Sequential` and the blocks of
vision.models hand neighbours to this file, which runs them together if both are the library's own, unchanged, and if
nothing is to happen between them: no hooks. Otherwise it calls one after the other, as PyTorch does. Results, running
statistics and gradients are the same either way, up to the rounding of float32. Where nothing is recorded,
evaluation.py goes further.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..autograd.grad_mode import grad_state
from ..tensors.tensor import Tensor
from .activation import ReLU
from .batchnorm import BatchNorm1d, BatchNorm2d
from .conv import Conv2d
from .evaluation import evaluate
from .linear import Linear
from .module import Module
from .plain import is_plain

_WITH_RELU = (BatchNorm1d, BatchNorm2d, Conv2d, Linear)  # those with a forward_relu


def run_in_turn(modules: Iterable[Module], input: Any) -> Any:
    """Call every module on the result of the one before."""
    in_turn = list(modules)
    if not grad_state.enabled:
        return evaluate(in_turn, input)
    i = 0
    while i < len(in_turn):
        module = in_turn[i]
        if i + 1 < len(in_turn) and fusable(module, in_turn[i + 1]):
            input = module.forward_relu(input)
            i += 2
        else:
            input = module(input)
            i += 1
    return input


def norm_relu(norm: Module, relu: Module, input: Tensor, residual: Tensor | None = None) -> Tensor:
    """relu(norm(input) + residual)."""
    if fusable(norm, relu):
        return norm.forward_relu(input, residual)
    result = norm(input)
    return relu(result if residual is None else result + residual)


def fusable(layer: Module, relu: Module) -> bool:
    """Whether `layer` has a forward_relu and `relu` is a ReLU, and the two may run as one."""
    return type(relu) is ReLU and type(layer) in _WITH_RELU and is_plain(layer) and is_plain(relu)
