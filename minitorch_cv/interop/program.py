"""What a model does, as a list of steps: calls of layers and of operations on numbered values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..nn.module import Module

Shape = tuple[int | None, ...]  # None: a size that depends on the batch


@dataclass(frozen=True)
class Value:
    """A tensor that is computed, or an input. `sample_shape` is what its shape was for the sample."""

    number: int
    shape: Shape
    dtype: np.dtype
    sample_shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Constant:
    """A tensor that does not depend on the input: a number in a formula, a buffer."""

    array: np.ndarray


@dataclass(frozen=True)
class ParameterName:
    """A parameter that a forward uses itself, by its dotted name in the model."""

    name: str


Operand = Value | Constant | ParameterName | None  # None: an optional one that is absent


@dataclass(frozen=True)
class Step:
    """A call.

    Args:     kind: a layer's name in `nn`, or the class of an operation.
              path: the layer's dotted name in the model, or that of the module whose forward applies the operation.
              module: the layer; None for an operation.
              settings: an operation's fields.
    """

    kind: str
    path: str
    module: Module | None
    settings: dict[str, Any]
    inputs: tuple[Operand, ...]
    outputs: tuple[Value, ...]

    @property
    def title(self) -> str:
        """How error messages name it."""
        within = f" in {self.path!r}" if self.path else ""
        return f"layer {self.path!r} ({self.kind})" if self.module is not None else f"operation {self.kind}{within}"


@dataclass(frozen=True)
class Program:
    """A model's steps in the order of their calls.

    Args:     model: whose layers and parameters the steps name.
              outputs: what the model returns.
              many: whether it returns a tuple or list, though it may hold one tensor.
    """

    model: Module
    inputs: tuple[Value, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Value, ...]
    many: bool
