"""Measuring what is seen of our model against what was noted of torch's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...nn.utils.running_modules import layer_path
from ...tensors.tensor import Tensor
from .rows import TOLERANCES, Row, measured
from .watching import Key


class Judge:
    """Measures what it sees of our model against what was noted of torch's."""

    def __init__(self, mode: str, kinds: dict[str, str], expected: dict[Key, np.ndarray], tolerance: float | None):
        self.mode = mode
        self.kinds = kinds
        self.expected = expected
        self.given = tolerance
        self.rows: dict[Key, Row] = {}

    def see(self, key: Key, ours: np.ndarray) -> np.ndarray | None:
        """PyTorch's numbers, to go on with."""
        theirs = self.expected.get(key)
        if theirs is None:
            return None
        self.measure(key, ours, theirs, self.floor(key))
        return theirs if theirs.shape == ours.shape and theirs.dtype == ours.dtype else None

    def floor(self, key: Key) -> float:
        """A norm that PyTorch's is taken to have at least."""
        if key.quantity == "running_mean":  # may be that of centred numbers
            return float(np.sqrt(np.abs(self.expected[key._replace(quantity="running_var")]).sum()))
        if not key.layer or not key.quantity.startswith("gradient"):
            return 0.0
        if key.quantity == "gradient of input":  # of a layer: a normalisation takes most of the gradient away
            return 0.01 * self.norm(key._replace(quantity="gradient of output"))
        if key.quantity.startswith("gradient of output"):
            return 0.0
        # of a parameter: a bias before a normalisation has the gradient zero, but for rounding of the sum
        return self.norm(Key(layer_path(key.layer), 0, "gradient of output"))

    def measure(self, key: Key, ours: np.ndarray, theirs: np.ndarray, floor: float = 0.0, growth: float = 1.0) -> None:
        """Write a row; `growth`: how many times a layer's own error is allowed."""
        layer = key.layer, self.kinds.get(key.layer, ""), key.call
        tolerance = growth * self.tolerance(key, theirs.dtype)
        self.rows[key] = measured(self.mode, layer, key.quantity, ours, theirs, tolerance, floor)

    def tolerance(self, key: Key, dtype: np.dtype) -> float:
        """That which the caller wants, or else what rounding explains."""
        if dtype.kind != "f":
            return 0.0
        what = "gradient" if key.quantity.startswith(("gradient", "update")) else "output"
        return TOLERANCES[dtype.name][what] if self.given is None else self.given

    def gradient(self, name: str, ours: Any, theirs: Any) -> None:
        """Write a row for the gradient of a parameter."""
        path, _, own = name.rpartition(".")
        if ours is None and theirs is None:
            return
        key = Key(path, 0, f"gradient of {own}")
        self.measure(key, numbers(ours), numbers(theirs), self.floor(key))

    def norm(self, key: Key) -> float:
        """That of PyTorch's numbers; 0 if there are none."""
        return float(np.linalg.norm(self.expected[key])) if key in self.expected else 0.0

    def in_order(self) -> list[Row]:
        """Outputs in the order of the calls, then gradients in the opposite one, those of an input last."""
        forward = [key for key in self.rows if not key.quantity.startswith("gradient")]
        calls = list(dict.fromkeys((key.layer, key.call) for key in forward if key.layer))
        place = {call: i for i, call in enumerate(reversed(calls))}
        whole = {"gradient of result": -1}  # the model's own: its result before all layers, its input after them

        def order(key: Key) -> tuple[int, int]:
            stage = 0 if "output" in key.quantity else 2 if "input" in key.quantity else 1
            missing = whole.get(key.quantity, len(place))
            return place.get((layer_path(key.layer), key.call), missing) if key.layer else missing, stage

        backward = sorted((key for key in self.rows if key.quantity.startswith("gradient")), key=order)
        return [self.rows[key] for key in (*forward, *backward)]


def numbers(grad: Any) -> np.ndarray:
    """The numbers of a gradient of either library; none if there is none."""
    if grad is None:
        return np.empty(0)
    return grad.array if isinstance(grad, Tensor) else grad.detach().numpy()
