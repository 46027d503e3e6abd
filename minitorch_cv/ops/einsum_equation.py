"""The equations of einsum: "bij,bjk->bik" and what it means for given operands."""

from __future__ import annotations

import operator
import string
from collections.abc import Hashable
from typing import Any, NamedTuple

Labels = tuple[Hashable, ...]


class Equation(NamedTuple):
    """A label for each dimension of each operand, and of the output; those of an ellipsis are numbers."""

    inputs: tuple[Labels, ...]
    output: Labels


def equation_of_sublists(sublists: list[Any], output: Any) -> str:
    """The equation of einsum(a, [0, 1], b, [1, 2], [0, 2]): numbers from 0 to 51 stand for A to Z and a to z."""
    inputs = ",".join(_letters(sublist) for sublist in sublists)
    return inputs if output is None else f"{inputs}->{_letters(output)}"


def _letters(sublist: Any) -> str:
    text = ""
    for item in sublist:
        if item is Ellipsis:
            text += "..."
            continue
        number = operator.index(item)
        if not 0 <= number < 52:
            raise ValueError(
                f"einsum(): subscript in subscript list is not within the valid range [0, 52), got {number}"
            )
        text += (string.ascii_uppercase + string.ascii_lowercase)[number]
    return text


def read_equation(text: str, shapes: list[tuple[int, ...]]) -> Equation:
    """What an equation means for operands of these shapes.

    Raises:   RuntimeError: for other characters than letters, a wrong number of operands or subscripts, sizes that do
              not go together, and output subscripts that no operand has.
    """
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) > len(shapes):
        raise RuntimeError(
            f"einsum(): fewer operands were provided than specified in the equation: {len(shapes)} for {text!r}"
        )
    if len(terms) < len(shapes):
        raise RuntimeError(
            f"einsum(): more operands were provided than specified in the equation: {len(shapes)} for {text!r}"
        )
    inputs = tuple(_labels_of(term, shape, position) for position, (term, shape) in enumerate(zip(terms, shapes)))
    _check_sizes(inputs, shapes)
    every = [label for labels in inputs for label in labels]
    ellipsis = tuple(sorted({label for label in every if isinstance(label, int)}))
    if not arrow:
        return Equation(inputs, (*ellipsis, *sorted(x for x in every if isinstance(x, str) and every.count(x) == 1)))
    output: list[Hashable] = []
    for item in _items(right, "output"):
        output += ellipsis if item is Ellipsis else (item,)
    for label in output:
        if output.count(label) > 1:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
        if label not in every:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input operand"
            )
    return Equation(inputs, tuple(output))


def _items(term: str, where: str) -> list[Any]:
    """The letters of a term, and at most one Ellipsis."""
    items: list[Any] = []
    position = 0
    while position < len(term):
        character = term[position]
        if character == ".":
            if Ellipsis in items:
                raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found")
            if term[position : position + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis (...)")
            items.append(Ellipsis)
            position += 2
        elif character in string.ascii_letters:
            items.append(character)
        elif not character.isspace():
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {position} in {term!r} ({where}): {character!r}; "
                "subscripts must be in [a-zA-Z]"
            )
        position += 1
    return items


def _labels_of(term: str, shape: tuple[int, ...], position: int) -> Labels:
    """A label for each dimension of an operand; those of an ellipsis count up to -1 at its last one."""
    items = _items(term, f"operand {position}")
    ellipsis_size = len(shape) - (len(items) - 1) if Ellipsis in items else 0
    if ellipsis_size < 0 or (Ellipsis not in items and len(items) != len(shape)):
        letters = len(items) - (Ellipsis in items)
        comparison = "is more than" if Ellipsis in items else "does not match"
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({letters}) {comparison} the number of dimensions "
            f"({len(shape)}) for operand {position}" + ("" if Ellipsis in items else " and no ellipsis was given")
        )
    labels: list[Hashable] = []
    for item in items:
        labels += range(-ellipsis_size, 0) if item is Ellipsis else (item,)
    return tuple(labels)


def _check_sizes(inputs: tuple[Labels, ...], shapes: list[tuple[int, ...]]) -> None:
    """Raise unless the dimensions of each label have one size, or size 1; within one operand one size only."""
    sizes: dict[Hashable, int] = {}
    for position, (labels, shape) in enumerate(zip(inputs, shapes)):
        own: dict[Hashable, int] = {}
        for label, size in zip(labels, shape):
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {position} but the sizes don't match, "
                    f"{size} != {own[label]}"
                )
            seen = sizes.get(label, 1)
            if size != 1 and seen not in (1, size):
                raise RuntimeError(
                    f"einsum(): subscript {'...' if isinstance(label, int) else label} has size {size} for operand "
                    f"{position} which does not broadcast with previously seen size {seen}"
                )
            sizes[label] = size if seen == 1 else seen
