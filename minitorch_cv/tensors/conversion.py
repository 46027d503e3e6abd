"""Tensor's conversions: to another dtype, device or order of memory, and copies that gradients flow through."""

from __future__ import annotations

import builtins
from typing import Any

from ..autograd.variable import Variable
from ..ops import copying
from ..ops.arguments import check_tensor, is_number, to_dtype
from ..types import dtype as dt
from ..types import memory_format as mf
from ..types.device import check_device, device
from .legacy import TensorType

_NO_CUDA = (
    "this library runs on the CPU: there is no CUDA device (cuda.is_available() is False). "
    "Leave the call out, or write `device = 'cuda' if torch.cuda.is_available() else 'cpu'` and `.to(device)`."
)
_BY_TENSOR_TYPE = {f"torch.{d.tensor_type}Tensor": d for d in dt.ALL_DTYPES}


class ConversionMethods(Variable):
    """to, type, float, long, cpu, clone and their like. A tensor that is already as asked for is returned as it is."""

    __slots__ = ()

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert: `to(dtype)`, `to(device, dtype=None)` or `to(other)`, each with non_blocking=False, copy=False.

        Args:     memory_format: by name only; channels_last for the order N, H, W, C in memory.
        Raises:   RuntimeError: for any device but the CPU. TypeError: for other arguments.
        """
        memory_format = kwargs.pop("memory_format", None)
        if memory_format is None:
            memory_format = mf.preserve_format
        mf.check_memory_format("to", memory_format, self.array.ndim)
        target, copied = parse_to(*args, **kwargs)
        return copying.in_format(self, target, memory_format, copied)

    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """The dtype's old name ('torch.FloatTensor'), or a conversion to a dtype.

        Raises:   ValueError: for a name or type that is no dtype.
        """
        if dtype is None:
            return f"torch.{self.dtype.tensor_type}Tensor"
        if isinstance(dtype, TensorType):
            return to_dtype(self, dtype.dtype)
        if isinstance(dtype, builtins.type) and issubclass(dtype, Variable):  # torch.Tensor, the default's old name
            return to_dtype(self, dt.get_default_dtype())
        found = dtype if isinstance(dtype, dt.dtype) else _BY_TENSOR_TYPE.get(dtype)
        if found is None:
            raise ValueError(f"type: invalid type: '{dtype}'; expected a dtype or {', '.join(_BY_TENSOR_TYPE)}")
        return to_dtype(self, found)

    def type_as(self, other: Variable) -> Any:
        """In the dtype of `other`."""
        check_tensor("type_as", other, "other")
        return to_dtype(self, other.dtype)

    def float(self, memory_format: Any = mf.preserve_format) -> Any:
        """In float32."""
        return self._converted("float", dt.float32, memory_format)

    def double(self, memory_format: Any = mf.preserve_format) -> Any:
        """In float64."""
        return self._converted("double", dt.float64, memory_format)

    def half(self, memory_format: Any = mf.preserve_format) -> Any:
        """In float16."""
        return self._converted("half", dt.float16, memory_format)

    def long(self, memory_format: Any = mf.preserve_format) -> Any:
        """In int64; fractions are cut off."""
        return self._converted("long", dt.int64, memory_format)

    def int(self, memory_format: Any = mf.preserve_format) -> Any:
        """In int32; fractions are cut off."""
        return self._converted("int", dt.int32, memory_format)

    def short(self, memory_format: Any = mf.preserve_format) -> Any:
        """In int16."""
        return self._converted("short", dt.int16, memory_format)

    def char(self, memory_format: Any = mf.preserve_format) -> Any:
        """In int8."""
        return self._converted("char", dt.int8, memory_format)

    def byte(self, memory_format: Any = mf.preserve_format) -> Any:
        """In uint8."""
        return self._converted("byte", dt.uint8, memory_format)

    def bool(self, memory_format: Any = mf.preserve_format) -> Any:
        """In bool: whether each element differs from 0."""
        return self._converted("bool", dt.bool_, memory_format)

    def cpu(self, memory_format: Any = mf.preserve_format) -> Any:
        """Itself, or a copy in the memory format."""
        return self._converted("cpu", None, memory_format)

    def _converted(self, op_name: str, target: dt.dtype | None, memory_format: mf.memory_format) -> Any:
        mf.check_memory_format(op_name, memory_format, self.array.ndim)
        return copying.in_format(self, target, memory_format)

    def cuda(self, device: Any = None, non_blocking: builtins.bool = False, memory_format: Any = None) -> Any:
        """Raise RuntimeError: this library runs on the CPU."""
        raise RuntimeError(_NO_CUDA)

    def pin_memory(self, device: Any = None) -> Any:
        """Raise RuntimeError: memory is pinned for a GPU, and this library runs on the CPU."""
        raise RuntimeError(f"pin_memory: {_NO_CUDA}")

    def clone(self, *, memory_format: Any = mf.preserve_format) -> Any:
        """A copy that gradients flow through."""
        return copying.clone(self, memory_format=memory_format)

    def copy_(self, src: Any, non_blocking: builtins.bool = False) -> Any:
        """Overwrite with `src`, a tensor or number, which is broadcast and converted."""
        return copying.copy_(self, self.new_tensor(src) if is_number(src) else src)  # type: ignore[attr-defined]


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
            target = _dtype_argument(positional.pop(0))
    elif positional:
        target = _dtype_argument(positional.pop(0))
    if "device" in kwargs:
        check_device(kwargs.pop("device"))
    if "dtype" in kwargs:
        target = _dtype_argument(kwargs.pop("dtype"))
    if len(positional) > 1:
        copied = bool(positional[1])  # (non_blocking, copy)
    if len(positional) > 2 or kwargs:
        extra = ", ".join(kwargs) or repr(positional[2])
        raise TypeError(f"to() received an invalid combination of arguments: {extra}")
    return target, copied


def _dtype_argument(value: Any) -> dt.dtype | None:
    """A dtype; Python's float, int and bool stand for one too."""
    if value is None or isinstance(value, dt.dtype):
        return value
    if value in (float, int, bool):
        return dt.float64 if value is float else dt.as_dtype(value)
    raise TypeError(
        f"to() received an invalid combination of arguments: expected a dtype, a device or a tensor, got {value!r}"
    )
