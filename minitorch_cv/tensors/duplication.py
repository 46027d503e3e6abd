"""Tensors in Python's copy and pickle."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..autograd.memory_order import exposed, part_of, pin
from ..autograd.variable import Variable
from ..kernels.owner import owner_of


class DuplicationMethods(Variable):
    """copy.copy shares memory, copy.deepcopy copies it, and pickle stores it; the history is not kept."""

    __slots__ = ()

    def __copy__(self) -> Any:
        made = _rebuild(type(self), exposed(self), self.requires_grad, self.__dict__)
        made._whole = part_of(self)
        return made

    def __deepcopy__(self, memo: dict) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment. Use .detach().clone() for a computed tensor."
            )
        if id(self) in memo:
            return memo[id(self)]
        array = exposed(self)
        made = _rebuild(type(self), _copied_memory(array, memo), self.requires_grad, {})
        made._whole = memo[id(owner_of(array))]
        memo[id(self)] = made
        if self.grad is not None:
            made.grad = copy.deepcopy(self.grad, memo)
        made.__dict__.update({key: copy.deepcopy(value, memo) for key, value in self.__dict__.items()})
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple:
        array = exposed(self)
        order = sorted(range(array.ndim), key=lambda d: -array.strides[d])  # NumPy pickles in the order of dimensions
        return _unpickled, (type(self), array.transpose(order), order, self.requires_grad, dict(self.__dict__))


def _copied_memory(array: np.ndarray, memo: dict) -> np.ndarray:
    """The same view of a copy of the memory; tensors of one memory that are copied together share one afterwards."""
    owner = owner_of(array)
    if id(owner) not in memo:
        memo[id(owner)] = owner.copy(order="K")
    copied = memo[id(owner)]
    if array is owner or array.size == 0:
        return copied.reshape(array.shape)
    return np.ndarray(
        array.shape,
        array.dtype,
        buffer=copied.ravel(order="K"),
        offset=array.ctypes.data - owner.ctypes.data,
        strides=array.strides,
    )


def _rebuild(kind: Any, array: np.ndarray, requires_grad: bool, attributes: dict) -> Any:
    made = kind.__new__(kind)
    made._fill(array)
    pin(made)
    made.requires_grad = requires_grad
    made.__dict__.update(attributes)
    return made


def _unpickled(kind: Any, memory: np.ndarray, order: list[int], requires_grad: bool, attributes: dict) -> Any:
    return _rebuild(kind, memory.transpose(np.argsort(order)), requires_grad, attributes)
