"""unified: one Program of two that were traced with batches of different sizes; what differs depends on the batch."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from .program import Constant, Operand, Program, Step, Value


def unified(first: Program, second: Program) -> Program:
    """The first program, with None for every size that is another one in the second.

    Raises:   NotImplementedError: if they differ in more than sizes.
    """
    if [(s.kind, s.path) for s in first.steps] != [(s.kind, s.path) for s in second.steps]:
        raise NotImplementedError(
            f"{type(first.model).__name__}: forward takes other steps for another batch; only one way of steps can be "
            "written down"
        )
    return Program(
        first.model,
        tuple(map(_value, first.inputs, second.inputs)),
        tuple(_step(a, b, first.inputs[0], second.inputs[0]) for a, b in zip(first.steps, second.steps)),
        tuple(map(_value, first.outputs, second.outputs)),
        first.many,
    )


def _step(a: Step, b: Step, first_input: Value, second_input: Value) -> Step:
    """The step. Where it stretches or repeats by the batch's size, the model's first input, which has it, is another
    operand."""
    if len(a.outputs) != len(b.outputs):  # unbind over the batch
        raise NotImplementedError(f"{a.title}: how many results it has depends on the batch")
    settings = {name: _setting(a, name, a.settings[name], b.settings[name]) for name in a.settings}
    inputs = tuple(_operand(a, one, other) for one, other in zip(a.inputs, b.inputs))
    name = {"Expand": "shape", "Repeat": "repeats"}.get(a.kind)
    if name is not None and None in settings[name]:
        sizes = {(n, m) for n, m in zip(a.settings[name], b.settings[name]) if n != m}
        if sizes != {(first_input.shape[0], second_input.shape[0])}:
            raise NotImplementedError(f"{a.title}: its {name} depends on the input otherwise than by the batch's size")
        inputs = (*inputs, _value(first_input, second_input))
    return replace(a, settings=settings, inputs=inputs, outputs=tuple(map(_value, a.outputs, b.outputs)))


def _setting(step: Step, name: str, a: Any, b: Any) -> Any:
    if name in ("shape", "repeats"):  # of Reshape, Expand and Repeat
        return tuple(n if n == m else None for n, m in zip(a, b))
    if type(a).__name__ in _OF_SHAPES or (name == "divisor" and isinstance(a, np.ndarray)):
        return a  # objects made for one shape: whoever writes the step down knows what to take of them
    if not _same(a, b):
        raise NotImplementedError(f"{step.title}: its {name} depends on the input: {a} and {b} for two batches")
    return a


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(_same, a, b))
    if is_dataclass(a):
        return type(a) is type(b) and all(_same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return bool(a == b)


_OF_SHAPES = {"ImageForm", "Places", "Window"}


def _operand(step: Step, a: Operand, b: Operand) -> Operand:
    if isinstance(a, Value) and isinstance(b, Value):
        return _value(a, b)
    # the steps are the same, so are the kinds of their operands
    same = not isinstance(a, Constant) or np.array_equal(a.array, b.array, equal_nan=a.array.dtype.kind == "f")  # type: ignore[union-attr]
    if not same:
        raise NotImplementedError(
            f"{step.title}: an operand depends on the input by operations that autograd does not record (comparisons, "
            "argmax, detach) and cannot be written down"
        )
    return a


def _value(a: Value, b: Value) -> Value:
    return replace(a, shape=tuple(n if n == m else None for n, m in zip(a.shape, b.shape)), sample_shape=a.shape)  # type: ignore[arg-type]
