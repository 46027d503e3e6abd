"""Rows: one number of PyTorch's held against ours, and the answer to which departs first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

# The relative norm of the difference that rounding explains, for a single layer with the same inputs.
TOLERANCES = {"float32": {"output": 2e-5, "gradient": 2e-4}, "float64": {"output": 1e-12, "gradient": 1e-10}}


@dataclass
class Row:
    """One quantity of one layer.

    Args:     mode: "train" or "eval".
              layer: its dotted name; "" for the model as a whole.
              kind: its class.
              call: which call of the layer, from 0.
              quantity: "output", "running_var", "gradient of output", "gradient of weight", "update of weight" ...;
                with ", layers together" or " without a graph" behind it of the run that nobody watches.
              departure: the norm of the difference, as a part of the norm of PyTorch's numbers; inf for other shapes.
              tolerance: what rounding explains.
              where: the index of the largest difference; ours and theirs: the numbers there.
              shapes: ours and PyTorch's.
    """

    mode: str
    layer: str
    kind: str
    call: int
    quantity: str
    departure: float
    tolerance: float
    where: tuple[int, ...] = ()
    ours: float = math.nan
    theirs: float = math.nan
    shapes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

    @property
    def ok(self) -> bool:
        """Whether the two are the same up to rounding."""
        return self.departure <= self.tolerance

    @property
    def share(self) -> float:
        """The departure as a part of what is allowed; of what must be equal, the departure."""
        return self.departure / (self.tolerance or 1)

    @property
    def place(self) -> str:
        """The layer and its quantity in words."""
        again = f", call {self.call + 1}" if self.call else ""
        layer = f"{self.kind} {self.layer!r}{again}" if self.layer else f"the model ({self.kind})"
        return f"{layer}, {self.quantity}, {self.mode} mode"

    def __str__(self) -> str:
        if self.shapes[0] != self.shapes[1]:
            return f"{self.place}: shape {list(self.shapes[0])}, PyTorch's {list(self.shapes[1])}"
        return (
            f"{self.place}: departs by {self.departure:.2e} of its norm, expected at most {self.tolerance:.0e}; "
            f"most at {list(self.where)}: {self.ours:.7g}, PyTorch's {self.theirs:.7g}"
        )


def measured(mode: str, layer: tuple[str, str, int], quantity: str, ours: np.ndarray, theirs: np.ndarray,
             tolerance: float, floor: float = 0.0) -> Row:  # fmt: skip
    """The row of two arrays.

    Args:     layer: (name, kind, call).
              floor: a norm that PyTorch's is taken to have at least: of what the numbers are sums of, as a sum that
                cancels is rounding and nothing else.
    """
    name, kind, call = layer
    row = Row(mode, name, kind, call, quantity, math.inf, tolerance, shapes=(ours.shape, theirs.shape))
    if ours.shape != theirs.shape:
        return row
    if ours.size == 0:
        row.departure = 0.0
        return row
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.array(np.subtract(ours, theirs, dtype=np.result_type(ours, np.float32)))
    distance, size = _norm(difference), _norm(theirs)
    if not math.isfinite(distance + size):  # NaN where PyTorch has NaN and the same infinities are no departure
        difference[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0
        difference[np.isnan(difference)] = math.inf
        distance, size = _norm(difference), _norm(theirs[np.isfinite(theirs)])
    row.where = tuple(int(i) for i in np.unravel_index(np.abs(difference).argmax(), difference.shape))
    row.ours, row.theirs = float(ours[row.where]), float(theirs[row.where])
    size = max(size, floor)
    row.departure = 0.0 if distance == 0 else distance / size if size else math.inf
    return row


def _norm(array: np.ndarray) -> float:
    return float(np.linalg.norm(array.ravel(order="K")))


@dataclass
class Comparison:
    """What compare_torch found.

    Args:     rows: in the order of examination: outputs from the first layer to the last, gradients from the last layer
                to the first, the same of layers together, then the optimiser's updates; for each mode.
              notes: what was changed for the comparison, or could not be compared.
    """

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing departs."""
        return self.first is None

    @property
    def first(self) -> Row | None:
        """The first row that departs."""
        return next((row for row in self.rows if not row.ok), None)

    @property
    def departing(self) -> list[Row]:
        """All rows that depart. Each layer was given PyTorch's numbers, so one does not follow from another, but for
        layers that run together."""
        return [row for row in self.rows if not row.ok]

    def __str__(self) -> str:
        layers = len({row.layer for row in self.rows if row.layer})
        if self.ok:
            largest = max(self.rows, key=lambda row: row.share)
            said = [
                f"the same as PyTorch: {layers} layers, {len(self.rows)} comparisons; nearest to its bound is "
                f"{largest.place}: {largest.departure:.1e} of {largest.tolerance:.0e}"
            ]
        else:
            others = len(self.departing) - 1
            said = [f"the first to depart is {self.first}", f"{others} of {len(self.rows) - 1} others depart too"]
        return "\n".join([*said, *(f"note: {note}" for note in self.notes)])

    def table(self) -> str:
        """All rows as a table, those that depart marked."""
        lines = [("", "Mode", "Layer", "Quantity", "Departure", "Tolerance", "At")]
        for row in self.rows:
            layer = f"{row.layer} ({row.kind})" + (f" #{row.call + 1}" if row.call else "")
            numbers = f"{row.departure:.1e}", f"{row.tolerance:.0e}", str(list(row.where))
            lines.append(("" if row.ok else "<>", row.mode, layer.strip(), row.quantity, *numbers))
        widths = [max(map(len, column)) for column in zip(*lines)]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() for line in lines)
