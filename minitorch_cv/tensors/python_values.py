"""Tensors as Python numbers, lists and NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.grad_mode import is_grad_enabled
from ..autograd.memory_order import exposed
from ..autograd.variable import Variable
from ..ops.arguments import check_tensor


class PythonValueMethods(Variable):
    """numpy, item, tolist, and what float(), int(), bool(), len() and NumPy's functions ask a tensor for."""

    __slots__ = ()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The elements as a NumPy array that shares this tensor's memory.

        Raises:   RuntimeError: if the tensor requires a gradient, outside no_grad, and force is False.
        """
        if self.requires_grad and is_grad_enabled() and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return exposed(self)

    def item(self) -> Any:
        """The one element as a Python number.

        Raises:   RuntimeError: if there is not exactly one.
        """
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers (a number for a 0-d tensor)."""
        return self.array.tolist()

    def is_nonzero(self) -> bool:
        """Whether the one element is not zero; RuntimeError if there is not exactly one."""
        return bool(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(
                    f"Unable to avoid copy while creating an array of {dtype} of a tensor of {self.dtype}."
                )
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        # What NumPy's functions give for a tensor becomes one again; bool becomes uint8, as in PyTorch.
        array = np.asarray(array)
        return self.wrap(array.astype(np.uint8) if array.dtype == bool else array)

    def __reversed__(self) -> Any:
        return self.flip(0) if self.array.ndim else self  # type: ignore[attr-defined]

    def __bool__(self) -> bool:
        if self.array.size == 1:
            return bool(self.array.item())
        if self.array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous. Use .any() or .all().")

    def _scalar(self) -> Any:
        if self.array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, not one of shape "
                f"{list(self.array.shape)}"
            )
        return self.array.item()

    def __float__(self) -> float:
        return float(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def __complex__(self) -> complex:
        return complex(self._scalar())

    def __index__(self) -> int:
        if self.array.dtype.kind == "f" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def apply_(self, callable: Callable[[Any], Any]) -> Any:
        """Replace each element x by callable(x), in place: a Python loop, so slow.

        Raises:   RuntimeError: if the tensor requires a gradient.
        """
        return self._write_elements("apply_", [callable(x) for x in self.array.ravel().tolist()])

    def map_(self, tensor: Variable, callable: Callable[[Any, Any], Any]) -> Any:
        """Replace each element x by callable(x, y), y the element of `tensor` there, in place: a Python loop, so slow.

        Raises:   RuntimeError: if one of them requires a gradient. TypeError: if their dtypes differ.
        """
        check_tensor("map_", tensor, "tensor")
        if tensor.requires_grad:
            raise RuntimeError("Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
        if tensor.array.dtype != self.array.dtype:
            raise TypeError(f"map_: expected {self.dtype} for argument 'tensor' (got {tensor.dtype})")
        others = np.broadcast_to(tensor.array, self.array.shape).ravel().tolist()
        return self._write_elements("map_", [callable(x, y) for x, y in zip(self.array.ravel().tolist(), others)])

    def _write_elements(self, name: str, values: list) -> Any:
        if self.requires_grad:
            raise RuntimeError(
                f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."
            )
        self.check_inplace(name, False)
        self.array[...] = np.array(values, self.array.dtype).reshape(self.array.shape)
        self.bump_version()
        return self
