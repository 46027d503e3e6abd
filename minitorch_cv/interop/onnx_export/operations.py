"""What the operations that a forward applies between layers are in ONNX."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..pooling_places import slid_window
from ..program import Constant, ParameterName, Step, Value
from .activations import ACTIVATIONS
from .graph import Graph
from .padding import constant_pad
from .pooling import average_pool, max_pool
from .products import linear

Emit = Callable[[Graph, Step, list[str]], str]

_END = np.iinfo(np.int64).max  # of a dimension, in a Slice


def _node(operator: str, **names: str) -> Emit:
    """An operator with the settings of the given names."""
    return lambda g, step, x: g.add(operator, *x, **{a: step.settings[name] for a, name in names.items()})


def _scaled(operator: str) -> Emit:
    """a + alpha * b, or a - alpha * b."""

    def emit(g: Graph, step: Step, x: list[str]) -> str:
        alpha = step.settings["alpha"]
        second = x[1] if alpha == 1 else g.add("Mul", x[1], g.number(alpha, g.result))
        return g.add(operator, x[0], second)

    return emit


def _reduced(operator: str) -> Emit:
    def emit(g: Graph, step: Step, x: list[str]) -> str:
        dims = step.settings["dims"]
        dims = (dims,) if isinstance(dims, int) else dims
        axes = [] if dims is None else [g.integers(dims)]
        return g.add(operator, *x, *axes, keepdims=int(step.settings["keepdim"]))

    return emit


def _hardtanh(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("Clip", *x, *[g.number(step.settings[name], g.result) for name in ("min_val", "max_val")])


def _clamp(g: Graph, step: Step, x: list[str]) -> str:
    limits = (step.settings[name] for name in ("min", "max"))
    return g.add("Clip", *x, *["" if limit is None else g.number(float(limit), g.result) for limit in limits])


def _as_layer(layer: str, **settings: Any) -> Emit:
    """As the activation layer of that name, with settings or, where None, the operation's of the same name."""

    def emit(g: Graph, step: Step, x: list[str]) -> str:
        own = {name: step.settings[name] if value is None else value for name, value in settings.items()}
        return ACTIVATIONS[layer](g, SimpleNamespace(**own), x[0], _value(step))

    return emit


def _stack(g: Graph, step: Step, x: list[str]) -> str:
    axis = step.settings["dim"]
    return g.add("Concat", *[g.add("Unsqueeze", one, g.integers([axis])) for one in x], axis=axis)


def _index(g: Graph, step: Step, x: list[str]) -> str:
    """Slices first, then numbers, which take a dimension away, then new dimensions."""
    result = x[0]
    cuts: list[tuple[int, int, int, int]] = []  # start, end, dimension, step
    taken, new = [], []
    axis = place = 0  # the dimension of the input, and of the result
    for item in step.settings["index"]:
        if item is None:
            new.append(place)
        elif isinstance(item, slice):
            if item != slice(None):
                cuts.append((item.start or 0, _END if item.stop is None else item.stop, axis, item.step or 1))
            axis += 1
        else:
            cuts.append((int(item), int(item) + 1 or _END, axis, 1))
            taken.append(axis)
            axis += 1
            continue
        place += 1
    if cuts:
        result = g.add("Slice", result, *map(g.integers, zip(*cuts)))
    if taken:
        result = g.add("Squeeze", result, g.integers(taken))
    return g.add("Unsqueeze", result, g.integers(new)) if new else result


def _pad(g: Graph, step: Step, x: list[str]) -> str:
    return constant_pad(g, x[0], step.settings["pads"], step.settings["value"] or 0, g.result)


def _softmax(operator: str) -> Emit:
    def emit(g: Graph, step: Step, x: list[str]) -> str:
        (axis,) = step.settings["axis"]
        return g.add(operator, *x, axis=axis)

    return emit


def _then_relu(g: Graph, step: Step, x: str) -> str:
    return g.add("Relu", x) if step.settings["relu"] else x


def _linear(g: Graph, step: Step, x: list[str]) -> str:
    return _then_relu(g, step, linear(g, x[0], len(_value(step).shape), x[1], x[2] if len(x) > 2 else ""))


def _convolution(g: Graph, step: Step, x: list[str]) -> str:
    form, window = _form(step), step.settings["window"]
    own = slice(2 - form.spatial, None)
    sides = window.padding_by_side[own]
    settings = {
        "strides": window.stride[own],
        "pads": [side[0] for side in sides] + [side[1] for side in sides],
        "dilations": window.dilation[own],
        "group": step.settings["groups"],
    }
    return _then_relu(g, step, g.add("Conv", *(name for name in x if name), **settings))


def _max_pool(g: Graph, step: Step, x: list[str]) -> str:
    spatial = _form(step).spatial
    if step.settings["return_indices"] or spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.max_pool2d without return_indices is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    return max_pool(g, x[0], _value(step), window.size, window.stride, window.padding, [1, 1])


def _average_pool(g: Graph, step: Step, x: list[str]) -> str:
    if _form(step).spatial != 2:
        raise NotImplementedError(f"{step.title}: only F.avg_pool2d is supported; use a layer")
    window = slid_window(step.settings["places"], step.title)
    divisor = np.asarray(step.settings["divisor"])
    return average_pool(g, x[0], _value(step), window.size, window.stride, window.padding, divisor)


def _form(step: Step) -> Any:
    form = step.settings["form"]
    if not form.batched:
        raise NotImplementedError(f"{step.title}: ONNX takes a batch: give a sample with a batch dimension")
    return form


def _value(step: Step) -> Value:
    operand = step.inputs[0]
    if not isinstance(operand, Value):
        what = operand.name if isinstance(operand, ParameterName) else "a constant"
        assert isinstance(operand, (ParameterName, Constant)), "the first input is never absent"
        raise NotImplementedError(f"{step.title}: is applied to {what}; expected what comes from the model's input")
    return operand


OPERATIONS: dict[str, Emit] = {
    "Abs": _node("Abs"),
    "Add": _scaled("Add"),
    "Amax": _reduced("ReduceMax"),
    "Amin": _reduced("ReduceMin"),
    "AvgPool2D": _average_pool,
    "BasicIndex": _index,
    "Cat": _node("Concat", axis="dim"),
    "Clamp": _clamp,
    "Clone": _node("Identity"),
    "ConstantPad": _pad,
    "Convolution": _convolution,
    "Cos": _node("Cos"),
    "Div": _node("Div"),
    "Erf": _node("Erf"),
    "Exp": _node("Exp"),
    "Gelu": _as_layer("GELU", approximate="none"),
    "GeluTanh": _as_layer("GELU", approximate="tanh"),
    "Glu": _as_layer("GLU", dim=None),
    "Hardswish": _node("HardSwish"),
    "Hardtanh": _hardtanh,
    "LeakyRelu": _node("LeakyRelu", alpha="negative_slope"),
    "Linear": _linear,
    "Log": _node("Log"),
    "LogSigmoid": _as_layer("LogSigmoid"),
    "LogSoftmax": _softmax("LogSoftmax"),
    "Logsumexp": _reduced("ReduceLogSumExp"),
    "Matmul": _node("MatMul"),
    "MaxPool2DWithIndices": _max_pool,
    "Maximum": _node("Max"),
    "Mean": _reduced("ReduceMean"),
    "Minimum": _node("Min"),
    "Mish": _as_layer("Mish"),
    "Mul": _node("Mul"),
    "Neg": _node("Neg"),
    "Permute": _node("Transpose", perm="dims"),
    "Pow": _node("Pow"),
    "Reciprocal": _node("Reciprocal"),
    "Relu": _node("Relu"),
    "Reshape": lambda g, step, x: g.reshape(x[0], step.settings["shape"], step.title),
    "Rsub": _scaled("Sub"),
    "Sigmoid": _node("Sigmoid"),
    "Silu": _as_layer("SiLU"),
    "Sin": _node("Sin"),
    "Softmax": _softmax("Softmax"),
    "Softplus": _as_layer("Softplus", beta=None, threshold=None),
    "Sqrt": _node("Sqrt"),
    "Stack": _stack,
    "Sub": _scaled("Sub"),
    "Sum": _reduced("ReduceSum"),
    "Tanh": _node("Tanh"),
}
