"""A torch module that goes through the steps of a Program."""

from __future__ import annotations

import functools
from typing import Any

from .program import Constant, Operand, ParameterName, Program
from .torch_layers import torch_tensor
from .torch_operations import torch_function


def traced_module(program: Program, children: dict[str, Any]) -> Any:
    """The program as a torch module.

    Args:     children: torch's modules and parameters at the names that they have in the model.
    """
    module = _traced_class()(program)
    for name, child in children.items():
        setattr(module, name, child)
    return module


@functools.cache
def _traced_class() -> type:
    """Made when it is first needed: its base is torch's."""
    import torch

    class TracedModule(torch.nn.Module):
        """The steps of a model of minitorch_cv, written down by running it in evaluation mode on a sample."""

        def __init__(self, program: Program) -> None:
            super().__init__()
            self._inputs = [value.number for value in program.inputs]
            self._outputs = [value.number for value in program.outputs]
            self._many = program.many
            self._steps: list[tuple] = []  # (path of a layer, or a function; operands; numbers of the results)
            self._constants = 0
            for step in program.steps:
                call = step.path if step.module is not None else torch_function(step)
                numbers = [value.number for value in step.outputs]
                self._steps.append((call, [self._place(operand) for operand in step.inputs], numbers))

        def _place(self, operand: Operand) -> int | str | None:
            """A value's number, or the name of a parameter or buffer."""
            if operand is None or isinstance(operand, ParameterName):
                return None if operand is None else operand.name
            if not isinstance(operand, Constant):
                return operand.number
            name = f"_constant{self._constants}"
            self._constants += 1
            self.register_buffer(name, torch_tensor(operand.array), persistent=False)
            return name

        def forward(self, *inputs: Any) -> Any:
            """What the model gives for these inputs."""
            values: dict[Any, Any] = dict(zip(self._inputs, inputs, strict=True))
            for call, places, numbers in self._steps:
                operands = [self._operand(values, place) for place in places]
                result = (self.get_submodule(call) if isinstance(call, str) else call)(*operands)
                values.update(zip(numbers, result if isinstance(result, tuple) else (result,)))
            results = tuple(values[number] for number in self._outputs)
            return results if self._many else results[0]

        def _operand(self, values: dict[Any, Any], place: int | str | None) -> Any:
            if not isinstance(place, str):
                return None if place is None else values[place]
            path, _, name = place.rpartition(".")
            return getattr(self.get_submodule(path), name)

    return TracedModule
