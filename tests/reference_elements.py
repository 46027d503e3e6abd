"""The slow, obvious versions of operations on single elements: one Python number at a time."""

from __future__ import annotations

import math

import numpy as np


def each(function, *arrays):
    """A function of Python floats, applied to one element (of the broadcast arrays) after the other."""
    broadcast = np.broadcast_arrays(*arrays)
    out = np.zeros(broadcast[0].shape)
    for index in np.ndindex(out.shape):
        out[index] = function(*[float(a[index]) for a in broadcast])
    return out


def sign(x):
    """-1, 0 or 1."""
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0


UNARY = {
    "exp": math.exp,
    "exp2": lambda x: 2.0**x,
    "expm1": math.expm1,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "rsqrt": lambda x: 1 / math.sqrt(x),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "abs": abs,
    "sign": sign,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "erf": math.erf,
    "logit": lambda x: math.log(x / (1 - x)),
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "round": round,
    "frac": lambda x: x - math.trunc(x),
}

BINARY = {
    "atan2": math.atan2,
    "logaddexp": lambda a, b: math.log(math.exp(a) + math.exp(b)),
    "maximum": max,
    "minimum": min,
    "fmax": max,
    "fmin": min,
}
