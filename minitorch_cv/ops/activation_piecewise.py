"""Activations made of straight pieces: the ReLU family, hardtanh, hardsigmoid, hardswish and the shrinking functions.

At a kink each has the gradient that PyTorch gives it: the comparisons in its backward decide that, and what NaN does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels import elementwise
from ..types.random_source import current_source
from .arguments import as_number, check_floating, check_tensor
from .selection import choose, keep_where


@dataclass(eq=False, repr=False)
class Relu(Operation):
    """max(x, 0)."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.y = relu_of(x)
        return self.y

    def forward_inplace(self, target: Array) -> None:
        self.y = relu_of(target, out=target)

    def backward(self, grad_out: Array) -> Array:
        return relu_gradient(self.y, grad_out)


def relu_of(x: Array, out: Array | None = None) -> Array:
    """max(x, 0), NaN kept."""
    return elementwise.clamp(x, 0, np.inf, out) if elementwise.supports(x) else np.maximum(x, 0, out=out)


def relu_gradient(y: Array, grad_out: Array) -> Array:
    """grad_out where y, a result of relu, is not 0."""
    if elementwise.supports(y, grad_out):
        return elementwise.clamp_backward(y, grad_out, 0, np.nan)  # no bound above, not even infinity
    return keep_where(~(y <= 0), grad_out)


@dataclass(eq=False, repr=False)
class Threshold(Operation):
    """x where it is above the threshold, a fixed value elsewhere."""

    is_pointwise = True
    threshold: float
    value: float

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.where(x <= self.threshold, np.asarray(self.value).astype(x.dtype), x)

    def backward(self, grad_out: Array) -> Array:
        return keep_where(~(self.x <= self.threshold), grad_out)


@dataclass(eq=False, repr=False)
class Hardtanh(Operation):
    """x held between two bounds; at the bounds the gradient is 0."""

    is_pointwise = True
    min_val: float
    max_val: float

    def forward(self, x: Array) -> Array:
        self.x = x
        if elementwise.supports(x):
            return elementwise.clamp(x, self.min_val, self.max_val)
        return np.clip(x, *self._bounds(x))

    def forward_inplace(self, target: Array) -> None:
        if elementwise.supports(target):
            self.x = elementwise.clamp(target, self.min_val, self.max_val, out=target)
        else:
            self.x = np.clip(target, *self._bounds(target), out=target)  # the result meets the same bounds

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.x, grad_out):
            return elementwise.clamp_backward(self.x, grad_out, self.min_val, self.max_val)
        return keep_where(~((self.x <= self.min_val) | (self.x >= self.max_val)), grad_out)

    def _bounds(self, x: Array) -> tuple:
        return x.dtype.type(self.min_val), x.dtype.type(self.max_val)


@dataclass(eq=False, repr=False)
class LeakyRelu(Operation):
    """x where it is positive, slope * x elsewhere, 0 included."""

    is_pointwise = True
    negative_slope: float

    def forward(self, x: Array) -> Array:
        self.x = x
        if elementwise.supports(x):
            return elementwise.sloped(x, x, self.negative_slope)
        return choose(x > 0, x, x * x.dtype.type(self.negative_slope))

    def forward_inplace(self, target: Array) -> None:
        if self.negative_slope < 0:
            super().forward_inplace(target)
        elif elementwise.supports(target):
            self.x = elementwise.sloped(target, target, self.negative_slope, out=target)
        else:
            np.copyto(target, self.forward(target))
            self.x = target  # the result has the sign of what it replaces

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.x, grad_out):
            return elementwise.sloped(self.x, grad_out, self.negative_slope)
        return choose(self.x > 0, grad_out, grad_out * grad_out.dtype.type(self.negative_slope))


@dataclass(eq=False, repr=False)
class Rrelu(Operation):
    """LeakyRelu with a slope drawn for each element."""

    is_pointwise = True
    torch_name = "RreluWithNoiseBackward0"
    lower: float
    upper: float

    def forward(self, x: Array) -> Array:
        drawn = current_source().numpy.uniform(self.lower, self.upper, x.shape).astype(x.dtype)
        self.slope = choose(x <= 0, drawn, np.ones_like(x))
        return x * self.slope

    def backward(self, grad_out: Array) -> Array:
        return grad_out * self.slope


@dataclass(eq=False, repr=False)
class Prelu(Operation):
    """LeakyRelu with a learned slope, one for all channels or one for each."""

    is_pointwise = True
    torch_name = "PreluKernelBackward0"

    def forward(self, x: Array, weight: Array) -> Array:
        self.x, self.weight_shape = x, weight.shape
        self.slope = weight.reshape(-1, *[1] * (x.ndim - 2)) if x.ndim else weight.reshape(())
        return choose(x > 0, x, self.slope * x)

    def backward(self, grad_out: Array) -> tuple:
        positive = self.x > 0
        grad_x = choose(positive, grad_out, self.slope * grad_out) if self.needs_grad[0] else None
        if not self.needs_grad[1]:
            return grad_x, None
        grads = keep_where(~positive, self.x * grad_out)
        if self.slope.size == 1:
            return grad_x, grads.sum().reshape(self.weight_shape)
        return grad_x, grads.sum(axis=(0, *range(2, grads.ndim)))


@dataclass(eq=False, repr=False)
class Hardsigmoid(Operation):
    """x/6 + 1/2, held between 0 and 1; at the bounds the gradient is 0."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.x = x
        return np.clip(x + 3, 0, 6) / 6

    def backward(self, grad_out: Array) -> Array:
        return keep_where((self.x > -3) & (self.x < 3), grad_out / 6)


@dataclass(eq=False, repr=False)
class Hardswish(Operation):
    """x * hardsigmoid(x); the gradient is 0 at -3 and 1 at 3."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.x = x
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        between = choose(x < 3, grad_out * (x / 3 + x.dtype.type(0.5)), grad_out)
        return keep_where(~(x <= -3), between)


@dataclass(eq=False, repr=False)
class Hardshrink(Operation):
    """x outside [-lambd, lambd], 0 inside."""

    is_pointwise = True
    lambd: float

    def forward(self, x: Array) -> Array:
        self.x = x
        return keep_where(~((x >= -self.lambd) & (x <= self.lambd)), x)

    def backward(self, grad_out: Array) -> Array:
        return keep_where(~((self.x >= -self.lambd) & (self.x <= self.lambd)), grad_out)


@dataclass(eq=False, repr=False)
class Softshrink(Hardshrink):
    """x moved towards 0 by lambd, and 0 where it would cross it."""

    def forward(self, x: Array) -> Array:
        self.x = x
        # the second maximum and minimum: NaN stays NaN, infinities stay what they are
        return np.maximum(x - x.dtype.type(self.lambd), 0) + np.minimum(x + x.dtype.type(self.lambd), 0)


def _check_real(op_name: str, x: Variable) -> None:
    """Raise unless `x` is of a float dtype that is computed with, or of integers."""
    check_tensor(op_name, x)
    if x.array.dtype == bool:
        raise RuntimeError(f"Boolean inputs not supported for {op_name}: convert the tensor, e.g. with .float()")
    if x.array.dtype.kind == "f":
        check_floating(op_name, x)


def relu(input: V, inplace: bool = False) -> V:
    """max(input, 0), element by element; the gradient at 0 is 0.

    Args:     input: float32, float64 or integers.
              inplace: write the result into input.
    """
    _check_real("relu", input)
    return Relu().inplace(input) if inplace else Relu()(input)


def relu_(input: V) -> V:
    """Relu, in place."""
    return relu(input, inplace=True)


def threshold(input: V, threshold: float, value: float, inplace: bool = False) -> V:
    """`input` where it is greater than `threshold`, `value` elsewhere.

    Args:     input: float32, float64 or integers.
    """
    _check_real("threshold", input)
    op = Threshold(as_number("threshold", "threshold", threshold), as_number("threshold", "value", value))
    return op.inplace(input) if inplace else op(input)


def threshold_(input: V, threshold: float, value: float) -> V:
    """Threshold, in place."""
    return _threshold(input, threshold, value, inplace=True)


_threshold = threshold  # its own arguments hide the function's name


def hardtanh(input: V, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> V:
    """`input` held between min_val and max_val; where it reaches them the gradient is 0.

    Args:     input: float32, float64 or integers.
    Raises:   ValueError: if min_val > max_val. RuntimeError: for unsigned integers and a negative bound.
    """
    return _hardtanh("hardtanh", input, min_val, max_val, inplace)


def _hardtanh(op_name: str, input: V, min_val: float, max_val: float, inplace: bool) -> V:
    _check_real(op_name, input)
    op = Hardtanh(as_number(op_name, "min_val", min_val), as_number(op_name, "max_val", max_val))
    if min_val > max_val:
        raise ValueError(f"{op_name}: min_val cannot be greater than max_val, got {min_val} and {max_val}")
    if input.array.dtype.kind == "u" and min(min_val, max_val) < 0:
        raise RuntimeError(f"{op_name}: cannot do hardtanh on an unsigned type with negative limits")
    return op.inplace(input) if inplace else op(input)


def hardtanh_(input: V, min_val: float = -1.0, max_val: float = 1.0) -> V:
    """Hardtanh, in place."""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: V, inplace: bool = False) -> V:
    """`input` held between 0 and 6; the gradient at 0 and at 6 is 0."""
    return _hardtanh("relu6", input, 0.0, 6.0, inplace)


def leaky_relu(input: V, negative_slope: float = 0.01, inplace: bool = False) -> V:
    """`input` where positive, negative_slope * input elsewhere; the gradient at 0 is negative_slope."""
    check_floating("leaky_relu", input)
    op = LeakyRelu(as_number("leaky_relu", "negative_slope", negative_slope))
    return op.inplace(input) if inplace else op(input)


def leaky_relu_(input: V, negative_slope: float = 0.01) -> V:
    """Leaky_relu, in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def rrelu(
    input: V,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> V:
    """Leaky_relu whose slope is drawn from [lower, upper) for each element; in evaluation their mean.

    Raises:   RuntimeError: if lower > upper.
    Source:   Xu et al. 2015.
    """
    check_floating("rrelu", input)
    lower, upper = as_number("rrelu", "lower", lower), as_number("rrelu", "upper", upper)
    if not lower <= upper:
        raise RuntimeError(
            f"rrelu: Lower bound should be less than or equal to the upper bound, got {lower} and {upper}"
        )
    op = Rrelu(lower, upper) if training else LeakyRelu((lower + upper) / 2)
    return op.inplace(input) if inplace else op(input)


def rrelu_(
    input: V,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
) -> V:
    """Rrelu, in place."""
    return rrelu(input, lower, upper, training, inplace=True)


def prelu(input: V, weight: Variable) -> V:
    """`input` where positive, weight * input elsewhere; the gradient at 0 is that of the negative side.

    Args:     input: (N, C, ...); with fewer than two dimensions it has one channel.
              weight: a single slope, or (C,).
    Raises:   RuntimeError: if their dtypes differ, or the number of slopes is neither 1 nor C.
    Source:   He et al. 2015.
    """
    check_tensor("prelu", input)
    check_tensor("prelu", weight, "weight")
    if input.dtype is not weight.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype.tensor_type} and {weight.dtype.tensor_type}"
        )
    check_floating("prelu", input)
    if weight.array.size != 1:
        if input.ndim == 0:
            raise RuntimeError("prelu: Not allow zero-dim input tensor with more than one slope.")
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.array.size != channels:
            raise RuntimeError(
                "prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.array.size} and channel size = {channels} (input {list(input.shape)})."
            )
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    return Prelu()(input, weight)


def hardsigmoid(input: V, inplace: bool = False) -> V:
    """input/6 + 1/2, held between 0 and 1; the gradient at -3 and at 3 is 0."""
    check_floating("hardsigmoid", input)
    return Hardsigmoid().inplace(input) if inplace else Hardsigmoid()(input)


def hardswish(input: V, inplace: bool = False) -> V:
    """input * hardsigmoid(input).

    Source:   Howard et al. 2019 (MobileNetV3).
    """
    check_floating("hardswish", input)
    return Hardswish().inplace(input) if inplace else Hardswish()(input)


def hardshrink(input: V, lambd: float = 0.5) -> V:
    """`input` where it is outside [-lambd, lambd], 0 elsewhere."""
    check_floating("hardshrink", input)
    return Hardshrink(as_number("hardshrink", "lambd", lambd))(input)


def softshrink(input: V, lambd: float = 0.5) -> V:
    """`input` moved towards 0 by lambd, and 0 where it is within [-lambd, lambd].

    Raises:   RuntimeError: if lambd is negative.
    """
    check_floating("softshrink", input)
    lambd = as_number("softshrink", "lambd", lambd)
    if not lambd >= 0:
        raise RuntimeError(f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}.")
    return Softshrink(lambd)(input)
