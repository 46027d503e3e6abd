"""Trigonometric and hyperbolic functions and their inverses. Angles are in radians."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import elementwise, vector_math
from .arguments import check_tensor, inplace_operands, promote_floating, unbroadcast
from .arithmetic import mul, mul_
from .pointwise import OfInput, OfResult, floating, floating_target


class Sin(OfInput):
    """The sine of an angle in radians."""

    def value(self, x: Array) -> Array:
        return np.sin(x)

    def slope(self, x: Array) -> Array:
        return np.cos(x)


class Cos(OfInput):
    """The cosine of an angle in radians."""

    def value(self, x: Array) -> Array:
        return np.cos(x)

    def slope(self, x: Array) -> Array:
        return -np.sin(x)


class Tan(OfResult):
    """The tangent of an angle in radians."""

    def value(self, x: Array) -> Array:
        return np.tan(x)

    def slope(self, y: Array) -> Array:
        return 1 + y * y


class Asin(OfInput):
    """The angle in [-pi/2, pi/2] whose sine is x."""

    def value(self, x: Array) -> Array:
        return np.arcsin(x)

    def slope(self, x: Array) -> Array:
        return 1 / np.sqrt(1 - x * x)


class Acos(OfInput):
    """The angle in [0, pi] whose cosine is x."""

    def value(self, x: Array) -> Array:
        return np.arccos(x)

    def slope(self, x: Array) -> Array:
        return -1 / np.sqrt(1 - x * x)


class Atan(OfInput):
    """The angle in (-pi/2, pi/2) whose tangent is x."""

    def value(self, x: Array) -> Array:
        return np.arctan(x)

    def slope(self, x: Array) -> Array:
        return 1 / (1 + x * x)


class Sinh(OfInput):
    """The hyperbolic sine."""

    def value(self, x: Array) -> Array:
        return np.sinh(x)

    def slope(self, x: Array) -> Array:
        return np.cosh(x)


class Cosh(OfInput):
    """The hyperbolic cosine."""

    def value(self, x: Array) -> Array:
        return np.cosh(x)

    def slope(self, x: Array) -> Array:
        return np.sinh(x)


class Tanh(OfResult):
    """The hyperbolic tangent."""

    def value(self, x: Array) -> Array:
        return vector_math.tanh(x) if elementwise.supports(x) else np.tanh(x)

    def slope(self, y: Array) -> Array:
        return 1 - y * y

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.y, grad_out):
            return vector_math.tanh_backward(self.y, grad_out)
        return super().backward(grad_out)


class Asinh(OfInput):
    """The inverse of sinh."""

    def value(self, x: Array) -> Array:
        return np.arcsinh(x)

    def slope(self, x: Array) -> Array:
        return 1 / np.sqrt(x * x + 1)


class Acosh(OfInput):
    """The inverse of cosh."""

    def value(self, x: Array) -> Array:
        return np.arccosh(x)

    def slope(self, x: Array) -> Array:
        return 1 / np.sqrt(x * x - 1)


class Atanh(OfInput):
    """The inverse of tanh."""

    def value(self, x: Array) -> Array:
        return np.arctanh(x)

    def slope(self, x: Array) -> Array:
        return 1 / (1 - x * x)


class Atan2(Operation):
    """The angle of the point (b, a): atan(a / b) in the right quadrant."""

    is_pointwise = True

    def forward(self, a: Array, b: Array) -> Array:
        self.a, self.b = a, b
        return np.arctan2(a, b)

    def backward(self, grad_out: Array) -> tuple:
        a, b = self.a, self.b
        squares = a * a + b * b
        scaled = np.where(squares == 0, 0, grad_out / squares)
        return (
            unbroadcast(scaled * b, a.shape) if self.needs_grad[0] else None,
            unbroadcast(scaled * -a, b.shape) if self.needs_grad[1] else None,
        )


def sin(input: V) -> V:
    """The sine of input (torch.sin)."""
    return Sin()(floating("sin", input))


def sin_(input: V) -> V:
    """Take sin of input, in place."""
    return Sin().inplace(floating_target("sin_", input))


def cos(input: V) -> V:
    """The cosine of input (torch.cos)."""
    return Cos()(floating("cos", input))


def cos_(input: V) -> V:
    """Take cos of input, in place."""
    return Cos().inplace(floating_target("cos_", input))


def tan(input: V) -> V:
    """The tangent of input (torch.tan)."""
    return Tan()(floating("tan", input))


def tan_(input: V) -> V:
    """Take tan of input, in place."""
    return Tan().inplace(floating_target("tan_", input))


def asin(input: V) -> V:
    """The angle in [-pi/2, pi/2] whose sine is input (torch.asin)."""
    return Asin()(floating("asin", input))


def asin_(input: V) -> V:
    """Take asin of input, in place."""
    return Asin().inplace(floating_target("asin_", input))


def acos(input: V) -> V:
    """The angle in [0, pi] whose cosine is input (torch.acos)."""
    return Acos()(floating("acos", input))


def acos_(input: V) -> V:
    """Take acos of input, in place."""
    return Acos().inplace(floating_target("acos_", input))


def atan(input: V) -> V:
    """The angle in (-pi/2, pi/2) whose tangent is input (torch.atan)."""
    return Atan()(floating("atan", input))


def atan_(input: V) -> V:
    """Take atan of input, in place."""
    return Atan().inplace(floating_target("atan_", input))


def sinh(input: V) -> V:
    """The hyperbolic sine of input (torch.sinh)."""
    return Sinh()(floating("sinh", input))


def sinh_(input: V) -> V:
    """Take sinh of input, in place."""
    return Sinh().inplace(floating_target("sinh_", input))


def cosh(input: V) -> V:
    """The hyperbolic cosine of input (torch.cosh)."""
    return Cosh()(floating("cosh", input))


def cosh_(input: V) -> V:
    """Take cosh of input, in place."""
    return Cosh().inplace(floating_target("cosh_", input))


def tanh(input: V) -> V:
    """The hyperbolic tangent of input (torch.tanh)."""
    return Tanh()(floating("tanh", input))


def tanh_(input: V) -> V:
    """Take tanh of input, in place."""
    return Tanh().inplace(floating_target("tanh_", input))


def asinh(input: V) -> V:
    """The inverse hyperbolic sine of input (torch.asinh)."""
    return Asinh()(floating("asinh", input))


def asinh_(input: V) -> V:
    """Take asinh of input, in place."""
    return Asinh().inplace(floating_target("asinh_", input))


def acosh(input: V) -> V:
    """The inverse hyperbolic cosine of input (torch.acosh)."""
    return Acosh()(floating("acosh", input))


def acosh_(input: V) -> V:
    """Take acosh of input, in place."""
    return Acosh().inplace(floating_target("acosh_", input))


def atanh(input: V) -> V:
    """The inverse hyperbolic tangent of input (torch.atanh)."""
    return Atanh()(floating("atanh", input))


def atanh_(input: V) -> V:
    """Take atanh of input, in place."""
    return Atanh().inplace(floating_target("atanh_", input))


def atan2(input: V, other: Variable) -> V:
    """The angle of the point (other, input) seen from the origin, in [-pi, pi] (torch.atan2)."""
    check_tensor("atan2", input)
    check_tensor("atan2", other, "other")
    return Atan2()(*promote_floating("atan2", input, other))


def atan2_(input: V, other: Variable) -> V:
    """Take atan2(input, other), in place."""
    check_tensor("atan2_", other, "other")
    return Atan2().inplace(input, *inplace_operands("atan2_", input, other, floating=True))


def deg2rad(input: V) -> V:
    """Degrees in radians (torch.deg2rad)."""
    return mul(floating("deg2rad", input), math.pi / 180)


def deg2rad_(input: V) -> V:
    """Turn degrees into radians, in place."""
    return mul_(floating_target("deg2rad_", input), math.pi / 180)


def rad2deg(input: V) -> V:
    """Radians in degrees (torch.rad2deg)."""
    return mul(floating("rad2deg", input), 180 / math.pi)


def rad2deg_(input: V) -> V:
    """Turn radians into degrees, in place."""
    return mul_(floating_target("rad2deg_", input), 180 / math.pi)
