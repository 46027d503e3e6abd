"""Einsum: products summed over indices that carry one letter; and tensordot, which names the dimensions instead."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from ..kernels.contraction import contract
from .arguments import check_tensor, normalize_dim, unbroadcast
from .einsum_equation import equation_of_sublists, read_equation
from .pointwise import refuse_bool

Labels = tuple[Hashable, ...]


@dataclass(eq=False, repr=False)
class Einsum(Operation):
    """The product of all operands, summed over the labels that the output does not have.

    Every operand's gradient is an einsum too: of the output's gradient and the other operands, to its own labels.
    """

    labels: tuple[Labels, ...]
    output: Labels

    def forward(self, *operands: Array) -> Array:
        self.operands: Any = operands if True in self.needs_grad else None
        result = contract(*self._diagonals(operands), self.output)
        return result.copy() if len(operands) == 1 else result

    def backward(self, grad_out: Array) -> tuple:
        return tuple([self._grad_of(i, grad_out) if wanted else None for i, wanted in enumerate(self.needs_grad)])

    def _diagonals(self, operands: tuple) -> tuple[list[Array], list[Labels]]:
        pairs = [_diagonal(array, names) for array, names in zip(operands, self.labels)]
        return [array for array, _ in pairs], [names for _, names in pairs]

    def _grad_of(self, i: int, grad_out: Array) -> Array:
        assert self.operands is not None
        factors, labels = self._diagonals(self.operands)
        wanted, shape = labels[i], factors[i].shape
        factors[i], labels[i] = grad_out, self.output
        found = tuple(label for label in wanted if any(label in names for names in labels))
        grad = contract(factors, labels, found)
        summed_alone = tuple(axis for axis, label in enumerate(wanted) if label not in found)
        grad = np.expand_dims(grad, summed_alone)
        grad = unbroadcast(grad, tuple(1 if n == 1 else m for n, m in zip(shape, grad.shape)))
        if len(set(self.labels[i])) == len(self.labels[i]):
            return np.broadcast_to(grad, shape)
        grad_operand = np.zeros(self.operands[i].shape, grad_out.dtype)
        _diagonal(grad_operand, self.labels[i])[0][...] = grad
        return grad_operand


def _diagonal(array: Array, labels: Labels) -> tuple[Array, Labels]:
    """The view in which labels that came twice come once."""
    once = list(dict.fromkeys(labels))
    if len(once) == len(labels):
        return array, labels
    numbers = [once.index(label) for label in labels]
    return np.einsum(array, numbers, list(range(len(once)))), tuple(once)


def _apply(op_name: str, op: Einsum, operands: list[Variable]) -> Any:
    for position, operand in enumerate(operands):
        if operand.array.dtype != operands[0].array.dtype:
            raise RuntimeError(
                f"{op_name}: expected scalar type {operands[0].dtype.tensor_type} but found "
                f"{operand.dtype.tensor_type} for operand {position}. Convert it with .to(dtype)."
            )
    refuse_bool(op_name, operands[0])
    return op(*operands)


def einsum(*args: Any) -> Any:
    """Products of tensors, summed over shared indices (torch.einsum).

    `einsum("ij,jk->ik", a, b)` is a @ b: each letter names a dimension, equal letters are multiplied together, and
    letters that the output lacks are summed. A letter twice in one operand takes its diagonal; "..." stands for any
    other dimensions, which broadcast. Without "->" the output has the letters that came once, in alphabetical order.

    Args:     equation, then the operands, one by one or as one list; or einsum(a, [0, 1], b, [1, 2], [0, 2]), where
                  numbers below 52 stand for letters and Ellipsis for "...".
    Raises:   ValueError, TypeError: without an equation and operands. RuntimeError: if the equation does not fit the
              operands, or their dtypes differ.
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], Variable):
        equation = equation_of_sublists(list(args[1::2]), args[-1] if len(args) % 2 else None)
        operands = list(args[: len(args) // 2 * 2 : 2])
    else:
        equation, *operands = args
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = list(operands[0])
    if not isinstance(equation, str):
        raise TypeError(f"einsum(): argument 'equation' must be str, not {type(equation).__name__}")
    for position, operand in enumerate(operands):
        check_tensor("einsum", operand, f"operands[{position}]")
    return _apply("einsum", Einsum(*read_equation(equation, [v.array.shape for v in operands])), operands)


def tensordot(a: V, b: Variable, dims: Any = 2) -> V:
    """The product of two tensors, summed over dimensions of each (torch.tensordot).

    Args:     dims: a number: the last so many of a and the first of b; or two lists: those of a and those of b.
    Returns:  the other dimensions of a, then those of b.
    Raises:   RuntimeError: if the dimensions do not go together.
    """
    check_tensor("tensordot", a, "a")
    check_tensor("tensordot", b, "b")
    dims_a, dims_b = _summed_dims(dims, a.array.ndim, b.array.ndim)
    for first, second in zip(dims_a, dims_b):
        if a.array.shape[first] != b.array.shape[second]:
            raise RuntimeError(
                f"tensordot: contracted dimensions need to match, but first has size {a.array.shape[first]} in dim "
                f"{first} and second has size {b.array.shape[second]} in dim {second}"
            )
    labels_a: list[Hashable] = [("a", d) for d in range(a.array.ndim)]
    labels_b: list[Hashable] = [("b", d) for d in range(b.array.ndim)]
    for first, second in zip(dims_a, dims_b):
        labels_b[second] = labels_a[first]
    output = [x for x in labels_a if x not in labels_b] + [x for x in labels_b if x not in labels_a]
    return _apply("tensordot", Einsum((tuple(labels_a), tuple(labels_b)), tuple(output)), [a, b])


def _summed_dims(dims: Any, ndim_a: int, ndim_b: int) -> tuple[list[int], list[int]]:
    if isinstance(dims, (tuple, list)):
        if len(dims) != 2:
            raise RuntimeError(f"tensordot expects dims to be int or two lists of ints, but got dims={dims}")
        listed = [list(d) if isinstance(d, (tuple, list)) else [d] for d in dims]
        if len(listed[0]) != len(listed[1]):
            raise RuntimeError(f"tensordot: both dimension lists should have same length, got {listed}")
        found = [[normalize_dim("tensordot", d, n) for d in each] for each, n in zip(listed, (ndim_a, ndim_b))]
        for each in found:
            if len(set(each)) != len(each):
                raise RuntimeError(f"tensordot: a dim appears multiple times in the list of dims {each}")
        return found[0], found[1]
    if isinstance(dims, bool) or not hasattr(dims, "__index__"):
        raise RuntimeError(f"tensordot expects dims to be int or two lists of ints, but got dims={dims!r}")
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    if dims > min(ndim_a, ndim_b):
        raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
    return list(range(ndim_a - dims, ndim_a)), list(range(dims))
