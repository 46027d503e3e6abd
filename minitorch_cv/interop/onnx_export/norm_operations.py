"""Normalisations and norms that a forward applies between layers, as ONNX nodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from ..program import Constant, Operand, ParameterName, Step, Value
from .elementwise import Emit
from .graph import Graph, input_value, sizes
from .norms import NORMS


def _as_layer(layer: str, **settings: Callable[[Step, Value], Any]) -> Emit:
    """As the layer of that name, with the operation's settings, its weight and its bias."""

    def emit(g: Graph, step: Step, x: list[str]) -> str:
        v = input_value(step)
        given = {"weight": None, "bias": None, **step.settings}
        given.update({name: _known(g, step, tensor) for name, tensor in zip(("weight", "bias"), step.inputs[1:])})
        given.update({name: of(step, v) for name, of in settings.items()})
        return NORMS[layer](g, SimpleNamespace(**given), x[0], v)

    return emit


def _known(g: Graph, step: Step, operand: Operand) -> Tensor | None:
    """A weight or bias, which must not depend on the input."""
    if isinstance(operand, Value):
        raise NotImplementedError(f"{step.title}: its weight or bias depends on the model's input")
    if isinstance(operand, ParameterName):
        return g.model.get_parameter(operand.name)
    return Tensor.wrap(operand.array) if isinstance(operand, Constant) else None


def _normalized_shape(step: Step, v: Value) -> tuple[int, ...]:
    return sizes(v, len(v.shape) - step.settings["dims"], step.title)


def _channels(step: Step, v: Value) -> int:
    return sizes(v, 1, step.title)[0]


def _statistic(name: str) -> Callable[[Step, Value], Tensor]:
    return lambda step, v: Tensor.wrap(np.asarray(step.settings[name], v.dtype))


_fixed_norm = _as_layer(
    "BatchNorm2d", running_mean=_statistic("mean"), running_var=_statistic("var"), num_features=_channels
)


def _fixed_norm_relu(g: Graph, step: Step, x: list[str]) -> str:
    """A batch norm by given statistics, and in the same operation a sum with something else and a ReLU."""
    y = _fixed_norm(g, step, x)
    if len(x) > 3 and x[3]:
        y = g.add("Add", y, x[3])
    return g.add("Relu", y) if step.settings["relu"] else y


def _vector_norm(g: Graph, step: Step, x: list[str]) -> str:
    order, dims = step.settings["order"], step.settings["dims"]
    keepdims = int(step.settings["keepdim"])
    axes = [] if dims is None else [g.integers(dims)]
    if order in (1, 2):
        return g.add(f"ReduceL{order:.0f}", x[0], *axes, keepdims=keepdims)
    size = g.add("Abs", x[0])
    if math.isinf(order):
        return g.add("ReduceMax" if order > 0 else "ReduceMin", size, *axes, keepdims=keepdims)
    if order == 0:
        raise NotImplementedError(f"{step.title}: the norm of order 0 is not supported in ONNX export")
    sums = g.add("ReduceSum", g.add("Pow", size, g.number(order, g.result)), *axes, keepdims=keepdims)
    return g.add("Pow", sums, g.number(1 / order, g.result))


def _var(g: Graph, step: Step, x: list[str]) -> str:
    s, v = step.settings, input_value(step)
    dims = range(len(v.shape)) if s["dims"] is None else s["dims"]
    counts = [v.shape[dim] for dim in dims]
    if None in counts:
        raise NotImplementedError(f"{step.title}: over the batch it is not supported in ONNX export")
    axes = g.integers(list(dims))
    centred = g.add("Sub", x[0], g.add("ReduceMean", x[0], axes))
    squares = g.add("ReduceSum", g.add("Mul", centred, centred), axes, keepdims=int(s["keepdim"]))
    return g.add("Div", squares, g.number(max(math.prod(counts) - s["correction"], 0), v))  # type: ignore[arg-type]


def _cosine_similarity(g: Graph, step: Step, x: list[str]) -> str:
    dims = step.settings["axis"]
    first, second = (g.shape_of(operand) for operand in step.inputs)  # type: ignore[arg-type]
    if any(first[dim] != second[dim] for dim in dims):
        raise NotImplementedError(f"{step.title}: sizes along dim {dims} differ: {list(first)} and {list(second)}")
    axes = g.integers(dims)
    least = g.number(step.settings["eps"], g.result)
    ones = [g.add("Div", one, g.add("Max", g.add("ReduceL2", one, axes), least)) for one in x]
    return g.add("ReduceSum", g.add("Mul", *ones), axes, keepdims=0)


NORM_OPERATIONS: dict[str, Emit] = {
    "CosineSimilarity": _cosine_similarity,
    "FixedNorm": _fixed_norm,
    "FixedNormRelu": _fixed_norm_relu,
    "GroupNorm": _as_layer("GroupNorm", num_channels=_channels),
    "LayerNorm": _as_layer("LayerNorm", normalized_shape=_normalized_shape),
    "LocalResponseNorm": _as_layer("LocalResponseNorm"),
    "RMSNorm": _as_layer("RMSNorm", normalized_shape=_normalized_shape),
    "Std": lambda g, step, x: g.add("Sqrt", _var(g, step, x)),
    "Var": _var,
    "VectorNorm": _vector_norm,
}
