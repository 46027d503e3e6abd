"""Activations of one number, as their papers write them: the slow and obvious versions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def elementwise(function: Callable[..., float], *arrays: np.ndarray) -> np.ndarray:
    """Apply a function of numbers to each element."""
    out = np.empty_like(arrays[0])
    for index in np.ndindex(out.shape):
        out[index] = function(*(float(a[index]) for a in arrays))
    return out


def relu(x: float) -> float:
    return x if x > 0 else 0.0


def threshold(x: float, threshold: float, value: float) -> float:
    return x if x > threshold else value


def hardtanh(x: float, low: float = -1.0, high: float = 1.0) -> float:
    return low if x < low else high if x > high else x


def leaky_relu(x: float, slope: float = 0.01) -> float:
    return x if x > 0 else slope * x


def hardsigmoid(x: float) -> float:
    return hardtanh(x / 6 + 0.5, 0.0, 1.0)


def hardswish(x: float) -> float:
    return x * hardsigmoid(x)


def hardshrink(x: float, lambd: float = 0.5) -> float:
    return x if abs(x) > lambd else 0.0


def softshrink(x: float, lambd: float = 0.5) -> float:
    return math.copysign(abs(x) - lambd, x) if abs(x) > lambd else 0.0


def elu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * (math.exp(x) - 1)


def selu(x: float) -> float:
    return 1.0507009873554805 * elu(x, 1.6732632423543772)


def celu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * (math.exp(x / alpha) - 1)


def gelu(x: float) -> float:
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def gelu_tanh(x: float) -> float:
    return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def silu(x: float) -> float:
    return x * sigmoid(x)


def softplus(x: float, beta: float = 1.0, threshold: float = 20.0) -> float:
    return x if beta * x > threshold else math.log1p(math.exp(beta * x)) / beta


def mish(x: float) -> float:
    return x * math.tanh(softplus(x))


def logsigmoid(x: float) -> float:
    return math.log(sigmoid(x))


def softsign(x: float) -> float:
    return x / (1 + abs(x))


def tanhshrink(x: float) -> float:
    return x - math.tanh(x)


def prelu(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    for index in np.ndindex(x.shape):
        channel = index[1] if x.ndim > 1 and weight.size > 1 else 0
        out[index] = leaky_relu(float(x[index]), float(weight.flat[channel]))
    return out


def glu(x: np.ndarray, dim: int = -1) -> np.ndarray:
    moved = np.moveaxis(x, dim, -1)
    half = moved.shape[-1] // 2
    out = np.empty((*moved.shape[:-1], half), x.dtype)
    for index in np.ndindex(out.shape):
        out[index] = moved[index] * sigmoid(float(moved[(*index[:-1], index[-1] + half)]))
    return np.moveaxis(out, -1, dim)


def softmax(x: np.ndarray, dim: int) -> np.ndarray:
    """Each row by itself, in the order of the dimensions."""
    if x.ndim == 0:
        return np.ones_like(x)
    moved = np.moveaxis(x, dim, -1)
    out = np.empty_like(moved)
    for index in np.ndindex(moved.shape[:-1]):
        row = [float(v) for v in moved[index]]
        largest = max(row)
        exponentials = [math.exp(v - largest) for v in row]
        out[index] = [e / sum(exponentials) for e in exponentials]
    return np.moveaxis(out, -1, dim)


def log_softmax(x: np.ndarray, dim: int) -> np.ndarray:
    """x minus log(sum(exp(x))), row by row."""
    if x.ndim == 0:
        return np.zeros_like(x)
    moved = np.moveaxis(x, dim, -1)
    out = np.empty_like(moved)
    for index in np.ndindex(moved.shape[:-1]):
        row = [float(v) for v in moved[index]]
        largest = max(row)
        log_sum = largest + math.log(sum(math.exp(v - largest) for v in row))
        out[index] = [v - log_sum for v in row]
    return np.moveaxis(out, -1, dim)
