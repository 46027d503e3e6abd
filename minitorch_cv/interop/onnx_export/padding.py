"""Padding layers as ONNX nodes, and the padding that convolutions bring along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...nn import functional as F
from ...tensors.tensor import Tensor
from ..program import Value
from .activations import Emit
from .graph import Graph, sizes


def constant_pad(g: Graph, x: str, pairs: Sequence[tuple[int, int]], value: float, v: Value) -> str:
    """A value around the last dimensions.

    Args:     pairs: (before, after) for each of them; negative numbers cut off.
    """
    axes = g.integers(range(-len(pairs), 0))
    pads = g.integers([before for before, _ in pairs] + [after for _, after in pairs])
    return g.add("Pad", x, pads, g.number(value, v), axes, mode="constant")


def own_pad(g: Graph, x: str, numbers: Sequence[int], mode: str, v: Value, title: str) -> str:
    """The input's own elements around it, picked by their place.

    Args:     numbers: as F.pad takes them: (before, after) of the last dimension first.
              mode: of F.pad.
    """
    for i in range(len(numbers) // 2):
        axis = len(v.shape) - 1 - i
        (n,) = sizes(v, axis, title)[:1]
        places = Tensor.wrap(np.arange(n, dtype=np.float64).reshape(1, 1, n))
        picked = F.pad(places, tuple(numbers[2 * i : 2 * i + 2]), mode).array.ravel().astype(np.int64)
        x = g.add("Gather", x, g.array(picked), axis=axis)
    return x


def pairs_of(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """(before, after) for each dimension in their order, from F.pad's numbers."""
    return [(numbers[i], numbers[i + 1]) for i in range(len(numbers) - 2, -1, -2)]


def _constant(g: Graph, m: Any, x: str, v: Value) -> str:
    return constant_pad(g, x, pairs_of(m.padding), m.value, v)


def _own(g: Graph, m: Any, x: str, v: Value) -> str:
    return own_pad(g, x, m.padding, m._mode, v, type(m).__name__)


PADDING: dict[str, Emit] = {
    **{f"{kind}Pad{d}d": _constant for kind in ("Constant", "Zero") for d in (1, 2)},
    **{f"{kind}{d}d": _own for kind in ("CircularPad", "ReflectionPad", "ReplicationPad") for d in (1, 2)},
}
