"""Activation and softmax layers as ONNX nodes. Each function takes the graph, the layer, the input and its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Value
from .graph import Graph

Emit = Callable[[Graph, Any, str, Value], str]


def _plain(operator: str, **names: str) -> Emit:
    """An operator with attributes that the layer has under the given names."""

    def emit(g: Graph, m: Any, x: str, v: Value) -> str:
        attributes: dict[str, Any] = {a: float(getattr(m, name)) for a, name in names.items()}
        return g.add(operator, x, **attributes)

    return emit


def _clip(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Clip", x, g.number(m.min_val, v), g.number(m.max_val, v))


def _silu(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Mul", x, g.add("Sigmoid", x))


def _threshold(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Where", g.add("Greater", x, g.number(m.threshold, v)), x, g.number(m.value, v))


def _leaky(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("LeakyRelu", x, alpha=float(m.negative_slope))


def _rrelu(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("LeakyRelu", x, alpha=(m.lower + m.upper) / 2)


def _prelu(g: Graph, m: Any, x: str, v: Value) -> str:
    slopes = m.weight.array
    return g.add(
        "PRelu", x, g.array(slopes.reshape(-1, *[1] * max(len(v.shape) - 2, 0)) if len(slopes) > 1 else slopes)
    )


def _gelu(g: Graph, m: Any, x: str, v: Value) -> str:
    if m.approximate == "tanh":
        cube = g.add("Mul", g.add("Mul", g.add("Mul", x, x), x), g.number(0.044715, v))
        inner = g.add("Tanh", g.add("Mul", g.add("Add", x, cube), g.number(np.sqrt(2 / np.pi), v)))
    else:
        inner = g.add("Erf", g.add("Mul", x, g.number(np.sqrt(0.5), v)))
    return g.add("Mul", g.add("Mul", x, g.number(0.5, v)), g.add("Add", inner, g.number(1, v)))


def _glu(g: Graph, m: Any, x: str, v: Value) -> str:
    first, second = g.add("Split", x, outputs=2, axis=m.dim, num_outputs=2)
    return g.add("Mul", first, g.add("Sigmoid", second))


def _softplus(g: Graph, m: Any, x: str, v: Value) -> str:
    scaled = g.add("Mul", x, g.number(m.beta, v))
    soft = g.add("Div", g.add("Softplus", scaled), g.number(m.beta, v))
    return g.add("Where", g.add("Greater", scaled, g.number(m.threshold, v)), x, soft)


def _log_sigmoid(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Neg", g.add("Softplus", g.add("Neg", x)))


def _mish(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Mul", x, g.add("Tanh", g.add("Softplus", x)))


def _tanhshrink(g: Graph, m: Any, x: str, v: Value) -> str:
    return g.add("Sub", x, g.add("Tanh", x))


def _axis(m: Any, v: Value) -> int:
    """The dimension, by PyTorch's old rule where none was given."""
    return m.dim if m.dim is not None else 0 if len(v.shape) in (0, 1, 3) else 1


ACTIVATIONS: dict[str, Emit] = {
    "CELU": _plain("Celu", alpha="alpha"),
    "ELU": _plain("Elu", alpha="alpha"),
    "GELU": _gelu,
    "GLU": _glu,
    "Hardshrink": lambda g, m, x, v: g.add("Shrink", x, lambd=float(m.lambd), bias=0.0),
    "Hardsigmoid": lambda g, m, x, v: g.add("HardSigmoid", x, alpha=1 / 6, beta=0.5),
    "Hardswish": _plain("HardSwish"),
    "Hardtanh": _clip,
    "LeakyReLU": _leaky,
    "LogSigmoid": _log_sigmoid,
    "LogSoftmax": lambda g, m, x, v: g.add("LogSoftmax", x, axis=_axis(m, v)),
    "Mish": _mish,
    "PReLU": _prelu,
    "RReLU": _rrelu,
    "ReLU": _plain("Relu"),
    "ReLU6": _clip,
    "SELU": _plain("Selu"),
    "SiLU": _silu,
    "Sigmoid": _plain("Sigmoid"),
    "Softmax": lambda g, m, x, v: g.add("Softmax", x, axis=_axis(m, v)),
    "Softmax2d": lambda g, m, x, v: g.add("Softmax", x, axis=-3),
    "Softmin": lambda g, m, x, v: g.add("Softmax", g.add("Neg", x), axis=_axis(m, v)),
    "Softplus": _softplus,
    "Softshrink": _plain("Shrink", lambd="lambd", bias="lambd"),
    "Softsign": _plain("Softsign"),
    "Tanh": _plain("Tanh"),
    "Tanhshrink": _tanhshrink,
    "Threshold": _threshold,
}
