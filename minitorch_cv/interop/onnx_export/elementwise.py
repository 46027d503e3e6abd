"""What the operations on single elements, between layers, are in ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Step
from .graph import Graph

Emit = Callable[[Graph, Step, list[str]], Any]  # the name of the result, or a list of names for several


def node(operator: str, **names: str) -> Emit:
    """An operator with the settings of the given names."""
    return lambda g, step, x: g.add(operator, *x, **{a: step.settings[name] for a, name in names.items()})


def _scaled(operator: str) -> Emit:
    """a + alpha * b, or a - alpha * b."""

    def emit(g: Graph, step: Step, x: list[str]) -> str:
        alpha = step.settings["alpha"]
        second = x[1] if alpha == 1 else g.add("Mul", x[1], g.number(alpha, g.result))
        return g.add(operator, x[0], second)

    return emit


def _hardtanh(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("Clip", *x, *[g.number(step.settings[name], g.result) for name in ("min_val", "max_val")])


def _clamp(g: Graph, step: Step, x: list[str]) -> str:
    limits = (step.settings[name] for name in ("min", "max"))
    return g.add("Clip", *x, *["" if limit is None else g.number(float(limit), g.result) for limit in limits])


def _elu(g: Graph, step: Step, x: list[str]) -> str:
    """SELU is an ELU that is scaled, CELU one that is stretched as well."""
    s, v = step.settings, g.result
    if s["width"] != 1:  # ONNX's Celu is of float32 only
        width = g.number(s["width"], v)
        return g.add("Mul", g.add("Elu", g.add("Div", *x, width)), width)
    result = g.add("Elu", *x, alpha=float(s["alpha"]))
    return result if s["scale"] == 1 else g.add("Mul", result, g.number(s["scale"], v))


def _prelu(g: Graph, step: Step, x: list[str]) -> str:
    """ONNX broadcasts the slopes from the last dimension on; they are one for each channel."""
    spatial = max(len(g.result.shape) - 2, 0)
    return g.add("PRelu", x[0], g.add("Reshape", x[1], g.integers([-1, *[1] * spatial])))


def _threshold(g: Graph, step: Step, x: list[str]) -> str:
    limit, value = (g.number(step.settings[name], g.result) for name in ("threshold", "value"))
    return g.add("Where", g.add("LessOrEqual", x[0], limit), value, x[0])


def _addcmul(g: Graph, step: Step, x: list[str]) -> str:
    product = g.add("Mul", g.add("Mul", x[1], x[2]), g.number(float(step.settings["value"]), g.result))
    return g.add("Add", x[0], product)


def _addmm(g: Graph, step: Step, x: list[str]) -> str:
    beta, alpha = (g.number(float(step.settings[name]), g.result) for name in ("beta", "alpha"))
    return g.add("Add", g.add("Mul", x[0], beta), g.add("Mul", g.add("MatMul", x[1], x[2]), alpha))


def _lerp(g: Graph, step: Step, x: list[str]) -> str:
    return g.add("Add", x[0], g.add("Mul", g.add("Sub", x[1], x[0]), x[2]))


def _to_dtype(g: Graph, step: Step, x: list[str]) -> str:
    import onnx

    return g.add("Cast", *x, to=onnx.helper.np_dtype_to_tensor_dtype(np.dtype(step.settings["numpy_dtype"])))


def _remainder(g: Graph, step: Step, x: list[str]) -> str:
    """With the sign of the divisor, or of what is divided."""
    if step.settings["sign_of"] == "a":
        return g.add("Mod", *x, fmod=1)
    return g.add("Sub", x[0], g.add("Mul", g.add("Floor", g.add("Div", *x)), x[1]))


def _log1p(g: Graph, step: Step, x: list[str]) -> str:
    """x * log(u) / (u - 1) with u = 1 + x as it is rounded: so small numbers lose nothing; x where u is 1."""
    one = g.number(1, g.result)
    u = g.add("Add", x[0], one)
    exact = g.add("Div", g.add("Mul", x[0], g.add("Log", u)), g.add("Sub", u, one))
    infinite = g.add("Equal", u, x[0])  # of large numbers, for which inf / inf is not to be
    return g.add("Where", g.add("Equal", u, one), x[0], g.add("Where", infinite, g.add("Log", u), exact))


def _expm1(g: Graph, step: Step, x: list[str]) -> str:
    """2t / (1 - t) with t = tanh(x / 2) for small numbers, which lose nothing so."""
    one, two = (g.number(n, g.result) for n in (1, 2))
    t = g.add("Tanh", g.add("Div", x[0], two))
    small = g.add("Div", g.add("Mul", t, two), g.add("Sub", one, t))
    near = g.add("Less", g.add("Abs", x[0]), one)
    return g.add("Where", near, small, g.add("Sub", g.add("Exp", x[0]), one))


ELEMENTWISE: dict[str, Emit] = {
    "Abs": node("Abs"),
    "Add": _scaled("Add"),
    "Addcmul": _addcmul,
    "Addmm": _addmm,
    "Celu": _elu,
    "Clamp": _clamp,
    "Clone": node("Identity"),
    "Cos": node("Cos"),
    "Div": node("Div"),
    "Elu": _elu,
    "Erf": node("Erf"),
    "Exp": node("Exp"),
    "Expm1": _expm1,
    "Hardswish": node("HardSwish"),
    "Hardtanh": _hardtanh,
    "LeakyRelu": node("LeakyRelu", alpha="negative_slope"),
    "Lerp": _lerp,
    "Log": node("Log"),
    "Log1p": _log1p,
    "MaskedFill": lambda g, step, x: g.add("Where", x[1], x[2], x[0]),
    "Maximum": node("Max"),
    "Minimum": node("Min"),
    "Mul": node("Mul"),
    "Neg": node("Neg"),
    "Pow": node("Pow"),
    "Prelu": _prelu,
    "Reciprocal": node("Reciprocal"),
    "Relu": node("Relu"),
    "Remainder": _remainder,
    "Rsqrt": lambda g, step, x: g.add("Reciprocal", g.add("Sqrt", *x)),
    "Rsub": _scaled("Sub"),
    "Sigmoid": node("Sigmoid"),
    "Sign": node("Sign"),
    "Sin": node("Sin"),
    "Softsign": node("Softsign"),
    "Sqrt": node("Sqrt"),
    "Square": lambda g, step, x: g.add("Mul", x[0], x[0]),
    "Sub": _scaled("Sub"),
    "Tanh": node("Tanh"),
    "Threshold": _threshold,
    "ToDtype": _to_dtype,
    "Where": node("Where"),
}
