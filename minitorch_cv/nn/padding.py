"""Layers that pad: see nn.functional.pad. A single number pads all sides alike; negative numbers crop."""

from __future__ import annotations

from typing import Any

from ..tensors.tensor import Tensor
from . import functional as F
from .module import Module


class _Pad(Module):
    """What padding layers have in common: (before, after) for the last `_spatial` dimensions, the last one first."""

    _spatial: int
    _mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        count = 2 * self._spatial
        self.padding = tuple(padding) if isinstance(padding, (tuple, list)) else (padding,) * count
        if len(self.padding) != count:
            raise ValueError(f"{type(self).__name__}: padding must be a number or {count} numbers, got {padding!r}")

    def forward(self, input: Tensor) -> Tensor:
        """The input, padded."""
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """The padding."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    _mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The input with `value` around it."""
        return F.pad(input, self.padding, self._mode, self.value)

    def extra_repr(self) -> str:
        """The padding and the value."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Puts a value before and after sequences: (left, right)."""

    _spatial = 1


class ConstantPad2d(_ConstantPad):
    """Puts a value around images: (left, right, top, bottom)."""

    _spatial = 2


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The padding."""
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """Puts zeros before and after sequences: (left, right)."""

    _spatial = 1


class ZeroPad2d(_ZeroPad):
    """Puts zeros around images: (left, right, top, bottom)."""

    _spatial = 2


class ReflectionPad1d(_Pad):
    """Continues sequences by their mirror image, without repeating the border: (left, right)."""

    _spatial, _mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """Continues images by their mirror image, without repeating the border: (left, right, top, bottom)."""

    _spatial, _mode = 2, "reflect"


class ReplicationPad1d(_Pad):
    """Continues sequences by copies of their ends: (left, right)."""

    _spatial, _mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """Continues images by copies of their border: (left, right, top, bottom)."""

    _spatial, _mode = 2, "replicate"


class _CircularPad(_Pad):
    _mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """The input, continued at one end by what is at the other."""
        low = self._spatial + 1
        if input.ndim not in (low, low + 1):
            raise ValueError(f"{type(self).__name__}: expected {low}D or {low + 1}D input (got {input.ndim}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """Continues sequences at one end by what is at the other: (left, right)."""

    _spatial = 1


class CircularPad2d(_CircularPad):
    """Continues images at one side by what is at the other: (left, right, top, bottom)."""

    _spatial = 2
