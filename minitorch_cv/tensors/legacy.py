"""The old constructors: Tensor(2, 3), FloatTensor([1, 2]), LongTensor(...) and the like."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.sizes import check_not_negative, is_int, spread_ints
from ..types import dtype as dt
from ..types.device import check_device
from ..types.size import Size
from .from_data import array_of, is_sequence


def legacy_array(args: tuple, d: dt.dtype) -> np.ndarray:
    """What an old constructor makes of its arguments: sizes give undefined content, a sequence or array gives its data.

    Raises:   TypeError: for anything else (a single float, say). RuntimeError: for a negative size.
    """
    if len(args) == 1 and not is_int(args[0]) and not isinstance(args[0], Size):
        data = args[0]
        if isinstance(data, (str, bytes)) or not is_sequence(data):
            invalid = f"invalid data type '{type(data).__name__}'"
            fault = (
                invalid if isinstance(data, (str, bytes)) else f"data must be a sequence (got {type(data).__name__})"
            )
            raise TypeError(f"new(): {fault}; torch.tensor(data) takes numbers too")
        return array_of("new", data, d)
    shape = spread_ints("new", "size", args, {}) if args else (0,)
    return np.empty(check_not_negative("new", shape), d.numpy)


def check_legacy_keywords(keywords: dict[str, Any]) -> None:
    """Raise for other keywords than device, and for other devices than the CPU."""
    for name in keywords:
        if name != "device":
            raise TypeError(
                f"new() received an invalid combination of arguments - got {name}=; torch.tensor(data, {name}=...) "
                "takes it"
            )
    check_device(keywords.get("device"))


def check_legacy_dtype(op_name: str, source: Variable, d: dt.dtype) -> None:
    """Raise unless a tensor that is to be shown as it is has dtype d."""
    if source.dtype is not d:
        raise TypeError(
            f"{op_name}(): expected a tensor of dtype {d.name} (got {source.dtype.name}); x.to(torch.{d.name}) converts"
        )


class TensorType:
    """FloatTensor, LongTensor ...: a call makes a tensor of the dtype, isinstance tells whether a tensor has it."""

    def __init__(self, dtype: dt.dtype, tensor_class: Any) -> None:
        self.dtype = dtype
        self.__name__ = f"{dtype.tensor_type}Tensor"
        self._class = tensor_class

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A tensor of this dtype: of data, or of a shape, as the old constructors do it."""
        check_legacy_keywords(kwargs)
        if len(args) == 1 and isinstance(args[0], Variable):
            check_legacy_dtype(self.__name__, args[0], self.dtype)
            return self._class(args[0])
        return self._class.wrap(legacy_array(args, self.dtype))

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._class) and instance.dtype is self.dtype

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"
