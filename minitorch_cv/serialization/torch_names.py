"""The names that stand in PyTorch's files, and what each of them is here."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from typing import Any

from ..nn.parameter import Parameter
from ..tensors.tensor import Tensor
from ..types import dtype as dt
from ..types.device import device
from ..types.size import Size

# A storage is a run of memory; the file names its number format by a class.
STORAGE_OF_DTYPE = {d: f"{d.tensor_type}Storage" for d in dt.ALL_DTYPES}
DTYPE_OF_STORAGE = {name: d for d, name in STORAGE_OF_DTYPE.items()}


class TorchGlobal:
    """A name of PyTorch's in a pickle stream, written and read without importing anything."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __call__(self, *args: Any) -> Any:
        """Callable for pickle's sake only."""
        raise TypeError(f"{self.module}.{self.name} is a name in a file; it is not called here")


STORAGES = {name: TorchGlobal("torch", name) for name in DTYPE_OF_STORAGE}
_DTYPE_NAMED = {d.name: d for d in dt.ALL_DTYPES}
DTYPES = {d.name: TorchGlobal("torch", d.name) for d in dt.ALL_DTYPES}
REBUILD_TENSOR = TorchGlobal("torch._utils", "_rebuild_tensor_v2")
REBUILD_PARAMETER = TorchGlobal("torch._utils", "_rebuild_parameter")
DEVICE = TorchGlobal("torch", "device")
SIZE = TorchGlobal("torch", "Size")


def dtype_named(name: str) -> dt.dtype:
    """The dtype of a name such as float32."""
    return _DTYPE_NAMED[name]


def rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any) -> Parameter:
    """A Parameter around a tensor that was read."""
    return Parameter(data, bool(requires_grad))


# What a file may name besides storages, dtypes and tensors. Nothing here can do harm when called.
HARMLESS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "Counter"): Counter,
    ("collections", "defaultdict"): defaultdict,
    ("builtins", "set"): set,
    ("__builtin__", "set"): set,
    ("torch", "Size"): Size,
    ("torch", "device"): device,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
}
