"""Rounding: floor, ceil, round, trunc, and the fraction that trunc leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from .pointwise import Steps, refuse_bool, refuse_integers


class Floor(Steps):
    """The largest integer that is not above x."""

    def forward(self, x: Array) -> Array:
        return np.floor(x)


class Ceil(Steps):
    """The smallest integer that is not below x."""

    def forward(self, x: Array) -> Array:
        return np.ceil(x)


class Trunc(Steps):
    """x without its fraction."""

    def forward(self, x: Array) -> Array:
        return np.trunc(x)


@dataclass(eq=False, repr=False)
class Round(Steps):
    """The nearest number of so many decimals; halves go to the even neighbour."""

    decimals: int = 0

    def name(self) -> str:
        """RoundBackward0, or 1 with decimals."""
        return "RoundBackward1" if self.decimals else "RoundBackward0"

    def forward(self, x: Array) -> Array:
        if self.decimals == 0:
            return np.rint(x) if x.dtype.kind == "f" else x.copy()
        scale = x.dtype.type(10.0 ** abs(self.decimals))
        return np.rint(x * scale) / scale if self.decimals > 0 else np.rint(x / scale) * scale


class Frac(Operation):
    """The fraction of x, with its sign: x - trunc(x)."""

    is_pointwise = True

    def forward(self, x: Array) -> Array:
        return x - np.trunc(x)

    def backward(self, grad_out: Array) -> Array:
        return grad_out


def floor(input: V) -> V:
    """Round down (torch.floor).

    Raises:   NotImplementedError: for bool.
    """
    refuse_bool("floor", input)
    return Floor()(input)


def floor_(input: V) -> V:
    """Round down, in place."""
    refuse_bool("floor_", input)
    return Floor().inplace(input)


def ceil(input: V) -> V:
    """Round up (torch.ceil).

    Raises:   NotImplementedError: for bool.
    """
    refuse_bool("ceil", input)
    return Ceil()(input)


def ceil_(input: V) -> V:
    """Round up, in place."""
    refuse_bool("ceil_", input)
    return Ceil().inplace(input)


def trunc(input: V) -> V:
    """Round towards zero (torch.trunc).

    Raises:   NotImplementedError: for bool.
    """
    refuse_bool("trunc", input)
    return Trunc()(input)


def trunc_(input: V) -> V:
    """Round towards zero, in place."""
    refuse_bool("trunc_", input)
    return Trunc().inplace(input)


def _rounding(op_name: str, input: V, decimals: int) -> Round:
    if isinstance(decimals, bool) or not hasattr(decimals, "__index__"):
        raise TypeError(f"{op_name}(): argument 'decimals' must be int, not {type(decimals).__name__}")
    refuse_bool(op_name, input)
    if decimals:
        refuse_integers(op_name, input)
    return Round(decimals)


def round(input: V, *, decimals: int = 0) -> V:
    """Round to the nearest integer, halves to the even one (torch.round).

    Args:     decimals: keep so many decimals; negative: round to tens, hundreds ... Floats only.
    Raises:   NotImplementedError: for bool, and for integers with decimals.
    """
    return _rounding("round", input, decimals)(input)


def round_(input: V, *, decimals: int = 0) -> V:
    """Round to the nearest integer, in place."""
    return _rounding("round_", input, decimals).inplace(input)


def frac(input: V) -> V:
    """The fraction of input, with its sign (torch.frac).

    Raises:   NotImplementedError: for integers and bool.
    """
    refuse_integers("frac", input)
    return Frac()(input)


def frac_(input: V) -> V:
    """Keep the fraction only, in place."""
    refuse_integers("frac_", input)
    return Frac().inplace(input)
