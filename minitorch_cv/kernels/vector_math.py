"""exp and what is made of it: sigmoid, tanh, silu, gelu, elu and their gradients, for large float32 arrays.

- `sigmoid(x)`, `tanh(x)`, `silu(x)`, `gelu(x)`, `gelu_tanh(x)`, `elu(x, alpha)`
- `sigmoid_backward(y, grad)`, `tanh_backward(y, grad)`: from the result y
- `silu_backward(x, grad)`, `gelu_backward(x, grad)`, `gelu_tanh_backward(x, grad)`, `elu_backward(x, grad, alpha)`

Which arrays they take: see elementwise.supports. Within 3e-7 of the exact values, relative to the larger of these and
of the terms they are sums of; NaN stays NaN, infinities give the limits.

exp(x) is 2**n * exp(r) with n = x / log(2) rounded and |r| <= log(2)/2, where a polynomial of degree 7 is exact to the
last digit of float32.

Source:   Moshier's Cephes library for the polynomials of exp and tanh; the rational function for erf is Eigen's.
"""

import math
from typing import Any

import numpy as np
from llvmlite import ir

from minitorch_cv.kernels import elementwise
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.simd import (
    INT32,
    VECTOR,
    absolute,
    fma,
    instruction,
    load_part,
    select,
    splat,
    store_part,
    vector,
)  # fmt: skip
from minitorch_cv.kernels.target import VL

_LOG2_E = np.float32(math.log2(math.e))
_LOG2_HIGH, _LOG2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)  # log(2); n times the former is exact
_SQRT_HALF = np.float32(math.sqrt(0.5))
_DENSITY_0 = np.float32(1 / math.sqrt(2 * math.pi))  # of the normal distribution
_GELU_SCALE, _GELU_CUBE = np.float32(math.sqrt(2 / math.pi)), np.float32(0.044715)
_0, _1, _2, _HALF, _3 = (np.float32(n) for n in (0, 1, 2, 0.5, 3))


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(-x))."""
    return elementwise.apply(_sigmoid_all, (x,), out=out)


def sigmoid_backward(y: Array, grad: Array) -> Array:
    """grad * y * (1 - y)."""
    return elementwise.apply(_sigmoid_backward, (y, grad))


def tanh(x: Array, out: Array | None = None) -> Array:
    """The hyperbolic tangent."""
    return elementwise.apply(_tanh_all, (x,), out=out)


def tanh_backward(y: Array, grad: Array) -> Array:
    """grad * (1 - y*y)."""
    return elementwise.apply(_tanh_backward, (y, grad))


def silu(x: Array) -> Array:
    """x * sigmoid(x)."""
    return elementwise.apply(_silu, (x,))


def silu_backward(x: Array, grad: Array) -> Array:
    """grad * s * (1 + x * (1 - s)) with s = sigmoid(x)."""
    return elementwise.apply(_silu_backward, (x, grad))


def gelu(x: Array) -> Array:
    """x times the normal distribution's cumulative probability of x."""
    return elementwise.apply(_gelu, (x,))


def gelu_backward(x: Array, grad: Array) -> Array:
    """grad times the sum of that probability and x times its density."""
    return elementwise.apply(_gelu_backward, (x, grad))


def gelu_tanh(x: Array) -> Array:
    """gelu, with the probability approximated by a tanh."""
    return elementwise.apply(_gelu_tanh, (x,))


def gelu_tanh_backward(x: Array, grad: Array) -> Array:
    """grad times the derivative of gelu_tanh."""
    return elementwise.apply(_gelu_tanh_backward, (x, grad))


def elu(x: Array, alpha: float) -> Array:
    """x where positive, alpha * (exp(x) - 1) elsewhere."""
    return elementwise.apply(_elu, (x,), (alpha,))


def elu_backward(x: Array, grad: Array, alpha: float) -> Array:
    """grad where x is positive, grad * alpha * exp(x) elsewhere."""
    return elementwise.apply(_elu_backward, (x, grad), (alpha,))


# ---- instructions ---------------------------------------------------------------------------------------------------

_INTEGERS = ir.VectorType(INT32, VL)


def _constant(kind: Any, value: float) -> Any:
    return ir.Constant(kind, [value] * VL)


@instruction(lambda x: np.trunc(x + np.copysign(np.float32(0.5), x)))
def nearest(typing_context, x):
    """The nearest whole number, for |x| < 2**31."""

    def generate(context, builder, signature, arguments):
        (x,) = arguments
        negative = builder.fcmp_ordered("<", x, _constant(VECTOR, 0.0))
        half = builder.select(negative, _constant(VECTOR, -0.5), _constant(VECTOR, 0.5))
        return builder.sitofp(builder.fptosi(builder.fadd(x, half), _INTEGERS), VECTOR)

    return vector(vector), generate


@instruction(lambda n: np.ldexp(np.float32(1), n.astype(np.int32)))
def power_of_two(typing_context, n):
    """2**n for whole n from -126 to 127: n goes where a float32 has its exponent."""

    def generate(context, builder, signature, arguments):
        exponent = builder.add(builder.fptosi(arguments[0], _INTEGERS), _constant(_INTEGERS, 127))
        return builder.bitcast(builder.shl(exponent, _constant(_INTEGERS, 23)), VECTOR)

    return vector(vector), generate


# ---- functions of a vector ------------------------------------------------------------------------------------------


@kernel
def _reduced(x):
    """n and exp(r) - 1, where x = n*log(2) + r; x from -105 to 89."""
    n = nearest(x * splat(_LOG2_E))
    r = fma(n, splat(-_LOG2_LOW), fma(n, splat(-_LOG2_HIGH), x))
    p = splat(np.float32(1.9875691500e-4))
    p = fma(p, r, splat(np.float32(1.3981999507e-3)))
    p = fma(p, r, splat(np.float32(8.3334519073e-3)))
    p = fma(p, r, splat(np.float32(4.1665795894e-2)))
    p = fma(p, r, splat(np.float32(1.6666665459e-1)))
    p = fma(p, r, splat(np.float32(5.0000001201e-1)))
    return n, fma(p * r, r, r)


@kernel
def exp(x):
    """exp of the lanes of a vector; for other kernels too."""
    low, high = splat(np.float32(-105)), splat(np.float32(89))  # where float32 is 0 and infinite
    held = select(x > low, select(x < high, x, high), low)  # and not NaN
    n, excess = _reduced(held)
    half = nearest(n * splat(_HALF))  # 2**n itself may lie beyond float32 where the result does not
    result = (splat(_1) + excess) * power_of_two(half) * power_of_two(n - half)
    return select(x == x, result, x)


@kernel
def _sigmoid(x):
    e = exp(splat(_0) - absolute(x))
    positive = splat(_1) / (splat(_1) + e)
    return select(x < splat(_0), e * positive, positive)


@kernel
def _tanh(x):
    size = absolute(x)
    z = x * x
    p = splat(np.float32(-5.70498872745e-3))
    p = fma(p, z, splat(np.float32(2.06390887954e-2)))
    p = fma(p, z, splat(np.float32(-5.37397155531e-2)))
    p = fma(p, z, splat(np.float32(1.33314422036e-1)))
    p = fma(p, z, splat(np.float32(-3.33332819422e-1)))
    near_0 = fma(p * z, x, x)
    far = splat(_1) - splat(_2) / (exp(size + size) + splat(_1))
    far = select(x < splat(_0), splat(_0) - far, far)
    return select(size < splat(np.float32(0.625)), near_0, far)


@kernel
def _erf(x):
    bound = splat(np.float32(4))
    x = select(x > bound, bound, select(x < splat(_0) - bound, splat(_0) - bound, x))
    z = x * x
    p = splat(np.float32(-2.72614225801306e-10))
    p = fma(p, z, splat(np.float32(2.77068142495902e-08)))
    p = fma(p, z, splat(np.float32(-2.10102402082508e-06)))
    p = fma(p, z, splat(np.float32(-5.69250639462346e-05)))
    p = fma(p, z, splat(np.float32(-7.34990630326855e-04)))
    p = fma(p, z, splat(np.float32(-2.95459980854025e-03)))
    p = fma(p, z, splat(np.float32(-1.60960333262415e-02)))
    q = splat(np.float32(-1.45660718464996e-05))
    q = fma(q, z, splat(np.float32(-2.13374055278905e-04)))
    q = fma(q, z, splat(np.float32(-1.68282697438203e-03)))
    q = fma(q, z, splat(np.float32(-7.37332916720468e-03)))
    q = fma(q, z, splat(np.float32(-1.42647390514189e-02)))
    return x * p / q


@kernel
def _probability(x):
    return splat(_HALF) * (splat(_1) + _erf(x * splat(_SQRT_HALF)))


@kernel
def _gelu_argument(x):
    return splat(_GELU_SCALE) * fma(splat(_GELU_CUBE) * x * x, x, x)


# ---- kernels: vectors first <= k < last of flat arrays --------------------------------------------------------------


@kernel
def _sigmoid_all(team, size, first, last, x, y):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        store_part(y, i, _sigmoid(load_part(x, i, count)), count)


@kernel
def _sigmoid_backward(team, size, first, last, y, grad, grad_x):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v = load_part(y, i, count)
        store_part(grad_x, i, load_part(grad, i, count) * ((splat(_1) - v) * v), count)


@kernel
def _tanh_all(team, size, first, last, x, y):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        store_part(y, i, _tanh(load_part(x, i, count)), count)


@kernel
def _tanh_backward(team, size, first, last, y, grad, grad_x):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v = load_part(y, i, count)
        store_part(grad_x, i, load_part(grad, i, count) * (splat(_1) - v * v), count)


@kernel
def _silu(team, size, first, last, x, y):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        v = load_part(x, i, count)
        store_part(y, i, v * _sigmoid(v), count)


@kernel
def _silu_backward(team, size, first, last, x, grad, grad_x):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v = load_part(x, i, count)
        s = _sigmoid(v)
        slope = s * (splat(_1) + v * (splat(_1) - s))
        store_part(grad_x, i, load_part(grad, i, count) * slope, count)


@kernel
def _gelu(team, size, first, last, x, y):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        v = load_part(x, i, count)
        store_part(y, i, v * _probability(v), count)


@kernel
def _gelu_backward(team, size, first, last, x, grad, grad_x):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v = load_part(x, i, count)
        density = splat(_DENSITY_0) * exp(splat(-_HALF) * v * v)
        slope = fma(v, density, _probability(v))
        store_part(grad_x, i, load_part(grad, i, count) * slope, count)


@kernel
def _gelu_tanh(team, size, first, last, x, y):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        v = load_part(x, i, count)
        store_part(y, i, splat(_HALF) * v * (splat(_1) + _tanh(_gelu_argument(v))), count)


@kernel
def _gelu_tanh_backward(team, size, first, last, x, grad, grad_x):
    if share(team, size, first, last):
        return
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v = load_part(x, i, count)
        t = _tanh(_gelu_argument(v))
        inner_slope = splat(_GELU_SCALE) * fma(splat(_3 * _GELU_CUBE) * v, v, splat(_1))
        slope = splat(_1) + t + v * (splat(_1) - t * t) * inner_slope
        store_part(grad_x, i, load_part(grad, i, count) * splat(_HALF) * slope, count)


@kernel
def _elu(team, size, first, last, x, y, alpha):
    if share(team, size, first, last):
        return
    zero, one = splat(_0), splat(_1)
    for k in range(first, last):
        i, count = k * VL, len(y) - k * VL
        v = load_part(x, i, count)
        lowest = splat(np.float32(-80))  # where exp(x) - 1 has long been -1
        n, excess = _reduced(select(v < zero, select(v > lowest, v, lowest), zero))
        scale = power_of_two(n)
        below = splat(alpha) * fma(scale, excess, scale - one)
        store_part(y, i, select(v < zero, below, v), count)


@kernel
def _elu_backward(team, size, first, last, x, grad, grad_x, alpha):
    if share(team, size, first, last):
        return
    zero = splat(_0)
    for k in range(first, last):
        i, count = k * VL, len(grad_x) - k * VL
        v, g = load_part(x, i, count), load_part(grad, i, count)
        below = g * splat(alpha) * exp(select(v < zero, v, zero))
        store_part(grad_x, i, select(v <= zero, below, g), count)
