"""Graph: an ONNX graph under construction, written node by node under the names of ONNX's operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...tensors.tensor import Tensor
from ..program import Constant, Operand, ParameterName, Program, Shape, Step, Value


class Graph:
    """Nodes, and the arrays that they take. Results are names, which the next nodes take.

    Args:     program: whose parameters and values are named.
              taken: names of inputs and outputs.
    Attributes: result: the value that the step gives which is being written.
    """

    result: Value

    def __init__(self, program: Program, taken: Sequence[str] = ()) -> None:
        self.model = program.model
        self.nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.names: dict[int, str] = {}  # of values, by number
        self._count = 0
        self._renamed: set[str] = set()
        self._parameters = {id(p): n for n, p in [*self.model.named_parameters(), *self.model.named_buffers()]}
        self._reserved = {*self._parameters.values(), *taken}

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """A node; its result's name, or a list of names for several."""
        made = [self._fresh(operator) for _ in range(outputs)]
        self.nodes.append((operator, list(inputs), made, attributes))
        return made[0] if outputs == 1 else made

    def used_arrays(self) -> dict[str, np.ndarray]:
        """The arrays that a node takes: of some, only the numbers went into another one."""
        taken = {name for _, inputs, _, _ in self.nodes for name in inputs}
        return {name: array for name, array in self.arrays.items() if name in taken}

    def rename(self, old: str, new: str) -> None:
        """Give a result another name: an output of the graph has the one that the user wants.

        One that is an input, or has been given a name already, is passed on by an Identity instead; onnx's converter
        knows none for the opsets before 16.
        """
        if old in self._renamed or not any(old in made for _, _, made, _ in self.nodes):
            self.nodes.append(("Identity", [old], [new], {}))
            return
        self._renamed.add(new)

        def renamed(names: list[str]) -> list[str]:
            return [new if name == old else name for name in names]

        self.nodes = [(operator, renamed(i), renamed(o), settings) for operator, i, o, settings in self.nodes]
        self.names = {number: new if name == old else name for number, name in self.names.items()}

    def array(self, array: Any, dtype: Any = None) -> str:
        """Numbers that are known, by name."""
        name = self._fresh("constant")
        self.arrays[name] = (
            np.ascontiguousarray(np.asarray(array, dtype)) if np.ndim(array) else np.asarray(array, dtype)
        )
        return name

    def integers(self, numbers: Sequence[int]) -> str:
        """A list of integers: shapes, axes, bounds of slices."""
        return self.array(list(numbers), np.int64)

    def tensor(self, tensor: Tensor) -> str:
        """A parameter or buffer, under its name in the model."""
        name = self._parameters.get(id(tensor))
        if name is None:
            return self.array(tensor.array)
        self.arrays[name] = np.ascontiguousarray(tensor.array)
        return name

    def operand(self, operand: Operand) -> str:
        """A step's input; the empty name for an optional one that is absent."""
        if operand is None:
            return ""
        if isinstance(operand, ParameterName):
            return self.tensor(self.model.get_parameter(operand.name))
        return self.array(operand.array) if isinstance(operand, Constant) else self.names[operand.number]

    def shape_of(self, operand: Value | Constant | ParameterName) -> Shape:
        """The shape of a step's input."""
        if isinstance(operand, Value):
            return operand.shape
        known = self.model.get_parameter(operand.name) if isinstance(operand, ParameterName) else operand
        return known.array.shape

    def reshape(self, x: str, shape: Shape, title: str) -> str:
        """x in another shape, in which one size may depend on the batch.

        Args:     title: of the step, for the error.
        Raises:   NotImplementedError: if there are several.
        """
        if shape.count(None) > 1:
            raise NotImplementedError(f"{title}: more than one size depends on the batch: {list(shape)}")
        return self.add("Reshape", x, self.integers([-1 if n is None else n for n in shape]))

    def number(self, number: float, like: Value) -> str:
        """A number in a value's dtype."""
        return self.array(np.asarray(number, like.dtype))

    def _fresh(self, stem: str) -> str:
        while True:
            self._count += 1
            name = f"{stem}_{self._count}"
            if name not in self._reserved:
                return name


def sizes(value: Value, first: int, title: str) -> tuple[int, ...]:
    """The sizes of a value's dimensions from `first` on, which must not depend on the batch.

    Raises:   NotImplementedError: if one does.
    """
    rest = value.shape[first:]
    if None in rest:
        raise NotImplementedError(f"{title}: a size depends on the batch: {list(value.shape)}")
    return rest  # type: ignore[return-value]


def input_value(step: Step) -> Value:
    """What an operation is applied to.

    Raises:   NotImplementedError: if it is a parameter or a constant.
    """
    operand = step.inputs[0]
    if not isinstance(operand, Value):
        what = operand.name if isinstance(operand, ParameterName) else "a constant"
        assert isinstance(operand, (ParameterName, Constant)), "the first input is never absent"
        raise NotImplementedError(f"{step.title}: is applied to {what}; expected what comes from the model's input")
    return operand
