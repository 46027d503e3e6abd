"""Smooth activations: the ELU family, GELU, SiLU, Mish, softplus, logsigmoid, softsign, tanhshrink and GLU."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels import elementwise, vector_math
from ..kernels.erf import erf
from . import logistic
from .arguments import as_number, check_floating, normalize_dim, promote_floating
from .memory_order import by_element, tidy
from .selection import choose


@dataclass(eq=False, repr=False)
class Elu(Operation):
    """scale * x where x is positive, scale * alpha * (exp(x / width) - 1) elsewhere."""

    is_pointwise = True
    alpha: float
    scale: float = 1.0
    width: float = 1.0

    def forward(self, x: Array) -> Array:
        self.x = x
        if self._by_vectors(x):
            return vector_math.elu(x, self.alpha)
        below = np.expm1(np.minimum(x, 0) * x.dtype.type(1 / self.width))
        return choose(x > 0, x * x.dtype.type(self.scale), below * x.dtype.type(self.alpha * self.scale))

    def backward(self, grad_out: Array) -> Array:
        x, number = self.x, self.x.dtype.type
        if self._by_vectors(x, grad_out):
            return vector_math.elu_backward(x, grad_out, self.alpha)
        slope = np.exp(np.minimum(x, 0) * number(1 / self.width)) * number(self.alpha * self.scale / self.width)
        return choose(x <= 0, grad_out * slope, grad_out * number(self.scale))

    def _by_vectors(self, *arrays: Array) -> bool:
        return self.scale == self.width == 1 and elementwise.supports(*arrays)


class Celu(Elu):
    """Elu whose exponential is stretched so that the slope at 0 is 1."""


@dataclass(eq=False, repr=False)
class Gelu(Operation):
    """x times the normal distribution's cumulative probability of x."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.x = x
        if elementwise.supports(x):
            return vector_math.gelu(x)
        self.cdf = (1 + by_element(erf, x * x.dtype.type(math.sqrt(0.5)))) / 2
        return x * self.cdf

    def backward(self, grad_out: Array) -> Array:
        x = self.x
        if elementwise.supports(x, grad_out):
            return vector_math.gelu_backward(x, grad_out)
        density = np.exp(-x * x / 2) * x.dtype.type(1 / math.sqrt(2 * math.pi))
        return grad_out * (self.cdf + x * density)


@dataclass(eq=False, repr=False)
class GeluTanh(Operation):
    """Gelu, the cumulative probability approximated by a tanh."""

    is_pointwise = True
    torch_name = "GeluBackward0"

    def forward(self, x: Array) -> Array:
        self.x = x
        if elementwise.supports(x):
            return vector_math.gelu_tanh(x)
        self.tanh = np.tanh(x.dtype.type(math.sqrt(2 / math.pi)) * (x + x.dtype.type(0.044715) * x * x * x))
        return x * (1 + self.tanh) / 2

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.x, grad_out):
            return vector_math.gelu_tanh_backward(self.x, grad_out)
        x, tanh = self.x, self.tanh
        inner_slope = x.dtype.type(math.sqrt(2 / math.pi)) * (1 + x.dtype.type(3 * 0.044715) * x * x)
        return grad_out * ((1 + tanh) + x * (1 - tanh * tanh) * inner_slope) / 2


@dataclass(eq=False, repr=False)
class Silu(Operation):
    """x * sigmoid(x)."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.x = x
        if elementwise.supports(x):
            return vector_math.silu(x)
        self.sigmoid = logistic.sigmoid(x)
        return x * self.sigmoid

    def backward(self, grad_out: Array) -> Array:
        if elementwise.supports(self.x, grad_out):
            return vector_math.silu_backward(self.x, grad_out)
        return grad_out * self.sigmoid * (1 + self.x * (1 - self.sigmoid))


@dataclass(eq=False, repr=False)
class Mish(Operation):
    """x * tanh(softplus(x))."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        self.x = x
        self.tanh = np.tanh(np.log1p(np.exp(x)))
        return x * self.tanh

    def backward(self, grad_out: Array) -> Array:
        x, tanh = self.x, self.tanh
        return grad_out * (tanh + x * logistic.sigmoid(x) * (1 - tanh * tanh))


@dataclass(eq=False, repr=False)
class Softplus(Operation):
    """log(1 + exp(beta x)) / beta; x itself where beta x exceeds the threshold."""

    is_pointwise = True
    beta: float
    threshold: float

    def forward(self, x: Array) -> Array:
        scaled = x * x.dtype.type(self.beta)
        self.scaled = scaled
        return choose(scaled > self.threshold, x, logistic.softplus(scaled) / x.dtype.type(self.beta))

    def backward(self, grad_out: Array) -> Array:
        return choose(self.scaled > self.threshold, grad_out, grad_out * logistic.sigmoid(self.scaled))


@dataclass(eq=False, repr=False)
class LogSigmoid(Operation):
    """log(sigmoid(x)), without overflow or cancellation."""

    def forward(self, x: Array) -> Array:
        self.x = x
        return tidy(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))))

    def backward(self, grad_out: Array) -> Array:
        return grad_out * logistic.sigmoid(-self.x)


@dataclass(eq=False, repr=False)
class Softsign(Operation):
    """x / (1 + |x|)."""

    is_pointwise = True
    torch_name = "DivBackward0"

    def forward(self, x: Array) -> Array:
        self.x = x
        return x / (1 + np.abs(x))

    def backward(self, grad_out: Array) -> Array:
        width = 1 + np.abs(self.x)
        # |x| / width**2 is what the quotient's denominator takes away; the difference is NaN at infinity, as PyTorch's
        return grad_out * (1 / width - np.abs(self.x) / width / width)


@dataclass(eq=False, repr=False)
class Tanhshrink(Operation):
    """x - tanh(x)."""

    is_pointwise = True
    torch_name = "SubBackward0"

    def forward(self, x: Array) -> Array:
        self.tanh = np.tanh(x)
        return x - self.tanh

    def backward(self, grad_out: Array) -> Array:
        return grad_out * self.tanh * self.tanh


@dataclass(eq=False, repr=False)
class Glu(Operation):
    """The first half of a dimension times the sigmoid of the second."""

    dim: int

    def forward(self, x: Array) -> Array:
        self.first, gate = np.split(x, 2, self.dim)
        self.sigmoid = logistic.sigmoid(gate)
        return self.first * self.sigmoid

    def backward(self, grad_out: Array) -> Array:
        grad_first = grad_out * self.sigmoid
        grad_gate = grad_first * self.first * (1 - self.sigmoid)
        return np.concatenate((grad_first, grad_gate), self.dim)


def elu(input: V, alpha: float = 1.0, inplace: bool = False) -> V:
    """`input` where positive, alpha * (exp(input) - 1) elsewhere.

    Source:   Clevert et al. 2015.
    """
    check_floating("elu", input)
    op = Elu(as_number("elu", "alpha", alpha))
    return op.inplace(input) if inplace else op(input)


def elu_(input: V, alpha: float = 1.0) -> V:
    """Elu, in place."""
    return elu(input, alpha, inplace=True)


def selu(input: V, inplace: bool = False) -> V:
    """Elu with the alpha and scale that keep normalised activations normalised.

    Source:   Klambauer et al. 2017.
    """
    check_floating("selu", input)
    op = Elu(alpha=1.6732632423543772, scale=1.0507009873554805)
    return op.inplace(input) if inplace else op(input)


def selu_(input: V) -> V:
    """Selu, in place."""
    return selu(input, inplace=True)


def celu(input: V, alpha: float = 1.0, inplace: bool = False) -> V:
    """`input` where positive, alpha * (exp(input / alpha) - 1) elsewhere.

    Raises:   RuntimeError: if alpha is 0.
    Source:   Barron 2017.
    """
    check_floating("celu", input)
    alpha = as_number("celu", "alpha", alpha)
    if alpha == 0:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0 for CELU")
    op = Celu(alpha, width=alpha)
    return op.inplace(input) if inplace else op(input)


def celu_(input: V, alpha: float = 1.0) -> V:
    """Celu, in place."""
    return celu(input, alpha, inplace=True)


def gelu(input: V, *, approximate: str = "none") -> V:
    """`input` times the probability that a standard normal number is below it.

    Args:     approximate: "none", or "tanh" for the cheaper approximation that GPT-2 uses.
    Raises:   RuntimeError: for another value of approximate.
    Source:   Hendrycks and Gimpel 2016.
    """
    check_floating("gelu", input)
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu: approximate argument must be either none or tanh, got {approximate!r}.")
    return Gelu()(input) if approximate == "none" else GeluTanh()(input)


def silu(input: V, inplace: bool = False) -> V:
    """input * sigmoid(input), also known as swish."""
    check_floating("silu", input)
    return Silu().inplace(input) if inplace else Silu()(input)


def mish(input: V, inplace: bool = False) -> V:
    """input * tanh(softplus(input)).

    Source:   Misra 2019.
    """
    check_floating("mish", input)
    return Mish().inplace(input) if inplace else Mish()(input)


def softplus(input: V, beta: float = 1, threshold: float = 20) -> V:
    """log(1 + exp(beta * input)) / beta: a smooth relu.

    Args:     threshold: where beta * input exceeds it the result is input itself.
    """
    check_floating("softplus", input)
    return Softplus(as_number("softplus", "beta", beta), as_number("softplus", "threshold", threshold))(input)


def logsigmoid(input: V) -> V:
    """log(sigmoid(input))."""
    check_floating("logsigmoid", input)
    return LogSigmoid()(input)


def softsign(input: V) -> V:
    """input / (1 + |input|)."""
    (x,) = promote_floating("softsign", input)
    return Softsign()(x)


def tanhshrink(input: V) -> V:
    """input - tanh(input)."""
    (x,) = promote_floating("tanhshrink", input)
    return Tanhshrink()(x)


def glu(input: V, dim: int = -1) -> V:
    """The first half of `input` along a dimension times the sigmoid of the second half.

    Raises:   RuntimeError: if the dimension's size is odd, or input has no dimensions.
    Source:   Dauphin et al. 2016.
    """
    check_floating("glu", input)
    if input.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = normalize_dim("glu", dim, input.ndim)
    if input.shape[dim] % 2:
        raise RuntimeError(
            f"glu: Halving dimension must be even, but dimension {dim} is size {input.shape[dim]} "
            f"(input {list(input.shape)})"
        )
    return Glu(dim)(input)
