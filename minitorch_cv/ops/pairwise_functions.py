"""Functions of two numbers, element by element: hypot, xlogy, xlog1py, logaddexp2, copysign, float_power, gcd, lcm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..types import dtype as dt
from .arguments import (
    broadcast_shape,
    check_tensor,
    dtype_of_operands,
    inplace_operands,
    promote,
    promote_floating,
    to_dtype,
    unbroadcast,
)
from .arithmetic import mul, mul_, pow_
from .arithmetic import pow as power
from .pointwise import floating, floating_target, refuse_integers


class OfTwo(Operation):
    """z = value(x, y), with a slope for each of the two."""

    is_pointwise = True

    def value(self, x: Array, y: Array) -> Array:
        """The result."""
        raise NotImplementedError

    def slopes(self, x: Array, y: Array) -> tuple[Any, Any]:
        """The derivatives by x and by y."""
        raise NotImplementedError

    def forward(self, x: Array, y: Array) -> Array:
        self.x, self.y = x, y
        return self.value(x, y)

    def backward(self, grad_out: Array) -> tuple:
        return tuple(
            unbroadcast(np.asarray(grad_out * slope), array.shape) if needed else None
            for slope, array, needed in zip(self.slopes(self.x, self.y), (self.x, self.y), self.needs_grad)
        )


class Hypot(OfTwo):
    """The length of the vector (x, y)."""

    def value(self, x: Array, y: Array) -> Array:
        return np.hypot(x, y)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        length = np.hypot(x, y)
        return x / length, y / length


class Xlogy(OfTwo):
    """x * log(y), and 0 where x is 0 unless y is NaN."""

    def value(self, x: Array, y: Array) -> Array:
        return np.where(np.isnan(y), y, np.where(x == 0, 0, x * np.log(y))).astype(y.dtype, copy=False)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        return np.where((x == 0) & (y <= 0), 0, np.log(y)).astype(y.dtype, copy=False), x / y


class Xlog1Py(OfTwo):
    """x * log(1 + y), and 0 where x is 0 unless y is NaN."""

    torch_name = "SpecialXlog1PyBackward0"

    def value(self, x: Array, y: Array) -> Array:
        return np.where(np.isnan(y), y, np.where(x == 0, 0, x * np.log1p(y))).astype(y.dtype, copy=False)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        return np.where((x == 0) & (y <= -1), 0, np.log1p(y)).astype(y.dtype, copy=False), x / (y + 1)


class Logaddexp2(OfTwo):
    """log2(2 ** x + 2 ** y), without overflow."""

    def value(self, x: Array, y: Array) -> Array:
        return np.logaddexp2(x, y)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        return 1 / (1 + np.exp2(y - x)), 1 / (1 + np.exp2(x - y))


class Copysign(OfTwo):
    """The size of x with the sign of y, which has no gradient."""

    def value(self, x: Array, y: Array) -> Array:
        return np.copysign(x, y)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        return np.where(x == 0, 0, np.copysign(x, y) / x), np.zeros_like(y)


class Nextafter(OfTwo):
    """The next number after x in the direction of y, which has no gradient: x plus a step."""

    def value(self, x: Array, y: Array) -> Array:
        return np.nextafter(x, y)

    def slopes(self, x: Array, y: Array) -> tuple[Array, Array]:
        return (x != y).astype(x.dtype), np.zeros_like(y)


class Ldexp(Operation):
    """x * 2**exponent for integers, without overflow on the way. (PyTorch's gradient is 0 for negative ones.)"""

    is_pointwise = True

    def forward(self, x: Array, exponent: Array) -> Array:
        self.x_shape, self.exponent = x.shape, exponent
        return np.ldexp(x, exponent)

    def backward(self, grad_out: Array) -> tuple:
        return unbroadcast(np.asarray(np.ldexp(grad_out, self.exponent)), self.x_shape), None


@dataclass(eq=False, repr=False)
class OfIntegers(Operation):
    """A NumPy function of two integers."""

    is_pointwise = True
    function: np.ufunc

    def forward(self, a: Array, b: Array) -> Array:
        return self.function(a, b)


def _two(op_name: str, input: Any, other: Any) -> tuple[Variable, ...]:
    """Two tensors in one dtype of floats."""
    check_tensor(op_name, input)
    check_tensor(op_name, other, "other")
    pair = promote(op_name, input, other)
    refuse_integers(op_name, pair[0])
    return pair


def hypot(input: V, other: Variable) -> V:
    """sqrt(input**2 + other**2), without overflow (torch.hypot).

    Raises:   NotImplementedError: for integers.
    """
    return Hypot()(*_two("hypot", input, other))


def hypot_(input: V, other: Variable) -> V:
    """Take hypot(input, other), in place."""
    _two("hypot_", input, other)
    return Hypot().inplace(input, *inplace_operands("hypot_", input, other))


def logaddexp2(input: V, other: Variable) -> V:
    """log2(2**input + 2**other), without overflow (torch.logaddexp2).

    Raises:   NotImplementedError: for integers.
    """
    return Logaddexp2()(*_two("logaddexp2", input, other))


def xlogy(input: Variable | float, other: Variable | float) -> Any:
    """input * log(other), and 0 where input is 0 unless other is NaN (torch.xlogy)."""
    return Xlogy()(*promote_floating("xlogy", input, other))


def xlogy_(input: V, other: Variable | float) -> V:
    """Take xlogy(input, other), in place."""
    return Xlogy().inplace(input, *inplace_operands("xlogy_", input, other, floating=True))


def xlog1py(input: Variable | float, other: Variable | float) -> Any:
    """input * log(1 + other), and 0 where input is 0 unless other is NaN (torch.special.xlog1py)."""
    return Xlog1Py()(*promote_floating("xlog1py", input, other))


def copysign(input: V, other: Variable | float) -> V:
    """The size of input with the sign of other, that of a zero too (torch.copysign)."""
    check_tensor("copysign", input)
    return Copysign()(*promote_floating("copysign", input, other))


def copysign_(input: V, other: Variable | float) -> V:
    """Give input the sign of other, in place."""
    return Copysign().inplace(input, *inplace_operands("copysign_", input, other, floating=True))


def float_power(input: Variable | float, exponent: Variable | float) -> Any:
    """input ** exponent in float64 (torch.float_power)."""
    dtype_of_operands("float_power", input, exponent)
    base, raised = (to_dtype(v, dt.float64) if isinstance(v, Variable) else float(v) for v in (input, exponent))
    return power(base, raised)


def float_power_(input: V, exponent: Variable | float) -> V:
    """Raise input, which has to be float64, to a power, in place."""
    check_tensor("float_power_", input)
    if input.array.dtype != np.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {input.dtype.tensor_type} but the operation's result requires "
            "dtype Double"
        )
    return pow_(input, to_dtype(exponent, dt.float64) if isinstance(exponent, Variable) else exponent)


def _integers(op_name: str, input: Any, other: Any) -> None:
    check_tensor(op_name, input)
    check_tensor(op_name, other, "other")
    d = dtype_of_operands(op_name, input, other)
    if d.is_floating_point or d is dt.bool_:
        raise NotImplementedError(f"\"{op_name}\" not implemented for '{d.tensor_type}'. Convert the tensors: .long()")


def gcd(input: V, other: Variable) -> V:
    """The greatest common divisor of integers (torch.gcd)."""
    _integers("gcd", input, other)
    return OfIntegers(np.gcd)(*promote("gcd", input, other))


def gcd_(input: V, other: Variable) -> V:
    """Take gcd(input, other), in place."""
    _integers("gcd_", input, other)
    return OfIntegers(np.gcd).inplace(input, *inplace_operands("gcd_", input, other))


def lcm(input: V, other: Variable) -> V:
    """The least common multiple of integers (torch.lcm)."""
    _integers("lcm", input, other)
    return OfIntegers(np.lcm)(*promote("lcm", input, other))


def lcm_(input: V, other: Variable) -> V:
    """Take lcm(input, other), in place."""
    _integers("lcm_", input, other)
    return OfIntegers(np.lcm).inplace(input, *inplace_operands("lcm_", input, other))


def ldexp(input: V, other: Variable) -> V:
    """input * 2**other (torch.ldexp).

    Args:     input: integers count as floats of the default dtype.
              other: integers, for which nothing overflows on the way; or floats.
    Raises:   NotImplementedError: for an other of bool.
    """
    if not _is_whole_exponent("ldexp", input, other):
        return mul(input, power(2.0, other))
    return Ldexp()(floating("ldexp", input), other)


def ldexp_(input: V, other: Variable) -> V:
    """Take input * 2**other, in place."""
    if not _is_whole_exponent("ldexp_", input, other):
        return mul_(input, power(2.0, other))
    broadcast_shape("ldexp_", input.array.shape, other.array.shape)
    return Ldexp().inplace(floating_target("ldexp_", input), other)


def _is_whole_exponent(op_name: str, input: Any, other: Any) -> bool:
    check_tensor(op_name, input)
    check_tensor(op_name, other, "other")
    if other.array.dtype == bool:
        raise NotImplementedError(f"\"{op_name}\" not implemented for 'Bool' in other. Convert it: .long()")
    return other.array.dtype.kind in "iu"


def nextafter(input: V, other: Variable) -> V:
    """The next number of the dtype after input, in the direction of other (torch.nextafter)."""
    return Nextafter()(*_two("nextafter", input, other))


def nextafter_(input: V, other: Variable) -> V:
    """Take the next number, in place."""
    _two("nextafter_", input, other)
    return Nextafter().inplace(input, *inplace_operands("nextafter_", input, other))
