"""Tensor's conversions: dtype, device, NumPy, Python numbers, copies."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops import copying
from ..ops.arguments import check_tensor, to_dtype
from ..types import dtype as dt
from ..types.device import check_device, device
from .legacy import TensorType

_NO_CUDA = (
    "this library runs on the CPU: there is no CUDA device (cuda.is_available() is False). "
    "Leave the call out, or write `device = 'cuda' if torch.cuda.is_available() else 'cpu'` and `.to(device)`."
)


class ConversionMethods(Variable):
    """to, float, long, cpu, numpy, item, tolist, clone and their like."""

    __slots__ = ()

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert: `to(dtype)`, `to(device, dtype=None)` or `to(other)`, each with non_blocking=False, copy=False.

        Raises:   RuntimeError: for any device but the CPU.
        """
        target, copied = parse_to(*args, **kwargs)
        if target is not None and target.numpy != self.array.dtype:
            return to_dtype(self, target)
        return copying.clone(self) if copied else self

    def type(self, dtype: Any = None) -> Any:
        """The dtype's old name ('torch.FloatTensor'), or a conversion to a dtype."""
        if dtype is None:
            return f"torch.{self.dtype.tensor_type}Tensor"
        if isinstance(dtype, str) and dtype.startswith("torch."):
            by_name = {f"torch.{d.tensor_type}Tensor": d for d in dt.ALL_DTYPES}
            if dtype not in by_name:
                raise ValueError(f"invalid type: '{dtype}'")
            return to_dtype(self, by_name[dtype])
        if isinstance(dtype, TensorType):
            return to_dtype(self, dtype.dtype)
        return to_dtype(self, dt.as_dtype(dtype))

    def type_as(self, other: Variable) -> Any:
        """In the dtype of `other`."""
        check_tensor("type_as", other, "other")
        return to_dtype(self, other.dtype)

    def float(self) -> Any:
        """In float32."""
        return to_dtype(self, dt.float32)

    def double(self) -> Any:
        """In float64."""
        return to_dtype(self, dt.float64)

    def half(self) -> Any:
        """In float16."""
        return to_dtype(self, dt.float16)

    def long(self) -> Any:
        """In int64; fractions are cut off."""
        return to_dtype(self, dt.int64)

    def int(self) -> Any:
        """In int32; fractions are cut off."""
        return to_dtype(self, dt.int32)

    def short(self) -> Any:
        """In int16."""
        return to_dtype(self, dt.int16)

    def char(self) -> Any:
        """In int8."""
        return to_dtype(self, dt.int8)

    def byte(self) -> Any:
        """In uint8."""
        return to_dtype(self, dt.uint8)

    def bool(self) -> Any:
        """In bool: whether each element differs from 0."""
        return to_dtype(self, dt.bool_)

    def cpu(self) -> Any:
        """Itself."""
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Any:
        """Raise RuntimeError: this library runs on the CPU."""
        raise RuntimeError(_NO_CUDA)

    def clone(self) -> Any:
        """A copy that gradients flow through."""
        return copying.clone(self)

    def copy_(self, src: Variable, non_blocking: bool = False) -> Any:
        """Overwrite with `src`, which is broadcast and converted."""
        return copying.copy_(self, src)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The elements as a NumPy array that shares this tensor's memory.

        Raises:   RuntimeError: if the tensor requires a gradient and force is False.
        """
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

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

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        array = self.numpy()
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def __bool__(self) -> bool:
        if self.array.size == 1:
            return builtin_bool(self.array.item())
        if self.array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous. Use .any() or .all().")

    def __float__(self) -> Any:
        return builtin_float(self.item())

    def __int__(self) -> Any:
        return builtin_int(self.item())

    def __index__(self) -> Any:
        if self.array.dtype.kind == "f" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return builtin_int(self.array.item())

    def __copy__(self) -> Any:
        made = self.detached() if self.is_leaf else self.wrap(self.array)
        made.__class__ = type(self)
        made._requires_grad = self._requires_grad
        return made

    def __deepcopy__(self, memo: dict) -> Any:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment. Use .detach().clone() for a computed tensor."
            )
        if id(self) in memo:
            return memo[id(self)]
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        made._fill(self.array.copy(order="K"))
        made._requires_grad = self._requires_grad
        if self._grad is not None:
            made._grad = copy.deepcopy(self._grad, memo)
        made.__dict__.update({key: copy.deepcopy(value, memo) for key, value in self.__dict__.items()})
        return made

    def __reduce_ex__(self, protocol: Any) -> tuple:
        if not self.is_leaf:
            raise RuntimeError("only graph leaves can be pickled; use .detach() for a computed tensor")
        return _rebuild, (type(self), self.array, self._requires_grad, dict(self.__dict__))


builtin_bool, builtin_float, builtin_int = bool, float, int  # in the class these are methods


def _rebuild(kind: type, array: np.ndarray, requires_grad: bool, attributes: dict) -> Any:
    made = kind.__new__(kind)
    made._fill(array)
    made._requires_grad = requires_grad
    made.__dict__.update(attributes)
    return made


def parse_to(*args: Any, **kwargs: Any) -> tuple[dt.dtype | None, bool]:
    """What a call of `to` asks for: a dtype or None, and whether to copy anyway. Other devices raise."""
    kwargs = dict(kwargs)
    copied = bool(kwargs.pop("copy", False))
    kwargs.pop("non_blocking", None)
    target: dt.dtype | None = None
    positional = list(args)
    if positional and isinstance(positional[0], Variable):
        target = positional.pop(0).dtype
    elif positional and isinstance(positional[0], (str, device)):
        check_device(positional.pop(0))
        if positional and not isinstance(positional[0], bool):
            given = positional.pop(0)
            target = None if given is None else dt.as_dtype(given)
    elif positional and isinstance(positional[0], bool):
        raise TypeError(f"to(): expected a dtype, a device or a tensor first, got {positional[0]!r}")
    elif positional:
        given = positional.pop(0)
        target = None if given is None else dt.as_dtype(given)
    if "other" in kwargs:
        target = kwargs.pop("other").dtype
    if "device" in kwargs:
        check_device(kwargs.pop("device"))
    if kwargs.get("dtype") is not None:
        target = dt.as_dtype(kwargs["dtype"])
    kwargs.pop("dtype", None)
    if len(positional) > 1:
        copied = bool(positional[1])  # (non_blocking, copy)
    if len(positional) > 2 or kwargs:
        extra = ", ".join(kwargs) or repr(positional[2])
        raise TypeError(f"to() received an invalid combination of arguments: {extra}")
    return target, copied
