"""Affine: base of the layers that normalise and then give every channel or element a trained factor and summand."""

from __future__ import annotations

from typing import Any

from ..tensors.creation import empty
from . import init
from .module import Module
from .parameter import Parameter


class Affine(Module):
    """Holds `weight` (factors, at first 1) and `bias` (summands, at first 0); either may be None."""

    weight: Parameter | None
    bias: Parameter | None

    def _add_affine(self, shape: Any, weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        for name, wanted in {"weight": weight, "bias": weight and bias}.items():
            made = Parameter(empty(shape, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, made)

    def reset_parameters(self) -> None:
        """Set the factors to 1 and the summands to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)
