"""The logarithm of the gamma function and its derivatives, the complement and the inverse of erf, sinc, and i0.

Their values are SciPy's, which is imported when one is first asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array
from ..autograd.variable import V
from .pointwise import OfInput, OfResult, floating, floating_target
from .sizes import is_int


def _special(name: str, x: Array, *before: int) -> Array:
    """A function of scipy.special, computed in float64, in the dtype of x."""
    from scipy import special

    return np.asarray(getattr(special, name)(*before, x.astype(np.float64))).astype(x.dtype)


class Lgamma(OfInput):
    """log(abs(gamma(x)))."""

    def value(self, x: Array) -> Array:
        return np.where(np.isinf(x), np.abs(x), _special("gammaln", x))  # SciPy has -inf at -inf

    def slope(self, x: Array) -> Array:
        return _digamma(x)


def _digamma(x: Array) -> Array:
    """As torch: at 0 an infinity of the other sign."""
    return np.where(x == 0, -np.copysign(np.asarray(np.inf, x.dtype), x), _special("psi", x))


@dataclass(eq=False, repr=False)
class Polygamma(OfInput):
    """The n-th derivative of digamma, n not negative."""

    n: int

    def name(self) -> str:
        """DigammaBackward0 or PolygammaBackward0, as in PyTorch."""
        return "PolygammaBackward0" if self.n else "DigammaBackward0"

    def value(self, x: Array) -> Array:
        return _polygamma(self.n, x)

    def slope(self, x: Array) -> Array:
        return _polygamma(self.n + 1, x)


def _polygamma(n: int, x: Array) -> Array:
    return _special("polygamma", x, n) if n else _digamma(x)


class Erfc(OfInput):
    """1 - erf(x), exact also where erf is almost 1."""

    def value(self, x: Array) -> Array:
        return _special("erfc", x)

    def slope(self, x: Array) -> Array:
        return np.exp(-x * x) * (-2 / math.sqrt(math.pi))


class Erfinv(OfResult):
    """The inverse of erf."""

    def value(self, x: Array) -> Array:
        return _special("erfinv", x)

    def slope(self, y: Array) -> Array:
        return np.exp(y * y) * (math.sqrt(math.pi) / 2)


class Sinc(OfInput):
    """sin(pi * x) / (pi * x), and 1 at 0."""

    def value(self, x: Array) -> Array:
        return np.sinc(x)

    def slope(self, x: Array) -> Array:
        angle = x * x.dtype.type(math.pi)
        safe = np.where(x == 0, 1, x)
        return np.where(x == 0, 0, (np.cos(angle) - np.sinc(x)) / safe)


class I0(OfInput):
    """The modified Bessel function of order 0."""

    def value(self, x: Array) -> Array:
        return _special("i0", x)

    def slope(self, x: Array) -> Array:
        return _special("i1", x)


def lgamma(input: V) -> V:
    """log(abs(gamma(input))); inf at 0, -1, -2 ... (torch.lgamma)."""
    return Lgamma()(floating("lgamma", input))


def lgamma_(input: V) -> V:
    """Take lgamma of input, in place."""
    return Lgamma().inplace(floating_target("lgamma_", input))


def digamma(input: V) -> V:
    """The derivative of lgamma (torch.digamma).

    At 0, -1, -2 ... its gradient is inf; PyTorch gives a large number instead, but at 0.
    """
    return Polygamma(0)(floating("digamma", input))


def digamma_(input: V) -> V:
    """Take digamma of input, in place."""
    return Polygamma(0).inplace(floating_target("digamma_", input))


def polygamma(n: int, input: V) -> V:
    """The n-th derivative of digamma (torch.polygamma); its limit, 0, at infinity, where PyTorch has NaN for n > 1.

    Raises:   RuntimeError: for a negative n.
    """
    return Polygamma(_order("polygamma", n))(floating("polygamma", input))


def polygamma_(n: int, input: V) -> V:
    """Take polygamma of input, in place."""
    return Polygamma(_order("polygamma_", n)).inplace(floating_target("polygamma_", input))


def _order(op_name: str, n: int) -> int:
    if not is_int(n):
        raise TypeError(f"{op_name}(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    if n < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n. Got {n}")
    return int(n)


def erfc(input: V) -> V:
    """1 - erf(input), exact also where erf is almost 1 (torch.erfc)."""
    return Erfc()(floating("erfc", input))


def erfc_(input: V) -> V:
    """Take erfc of input, in place."""
    return Erfc().inplace(floating_target("erfc_", input))


def erfinv(input: V) -> V:
    """The inverse of erf; infinities at -1 and 1, NaN beyond (torch.erfinv)."""
    return Erfinv()(floating("erfinv", input))


def erfinv_(input: V) -> V:
    """Take erfinv of input, in place."""
    return Erfinv().inplace(floating_target("erfinv_", input))


def sinc(input: V) -> V:
    """sin(pi * input) / (pi * input), and 1 at 0 (torch.sinc)."""
    return Sinc()(floating("sinc", input))


def sinc_(input: V) -> V:
    """Take sinc of input, in place."""
    return Sinc().inplace(floating_target("sinc_", input))


def i0(input: V) -> V:
    """The modified Bessel function of the first kind, of order 0 (torch.i0)."""
    return I0()(floating("i0", input))


def i0_(input: V) -> V:
    """Take i0 of input, in place."""
    return I0().inplace(floating_target("i0_", input))
