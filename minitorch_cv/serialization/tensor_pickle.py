"""The pickle inside PyTorch's files: plain values, and tensors that refer to storages kept beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from ..autograd.memory_order import pin
from ..nn.parameter import Parameter
from ..tensors.storage import UntypedStorage
from ..tensors.tensor import Tensor
from ..types.device import device
from ..types.dtype import dtype
from ..types.size import Size
from ..utils.pickle_limits import Refused, shown, told
from ..utils.pickled_names import HARMLESS, StandIn
from ..utils.restricted_pickle import RestrictedUnpickler
from . import torch_names
from .checkpoint_names import CHECKPOINT_NAMES
from .strides import overlapping

# A tensor may show the same memory many times, as expand() makes it, but not as more numbers than these.
MOST_SHOWN = 2**31


class FileStorage(UntypedStorage):
    """A storage out of a file.

    Args:     numbers: all of it, one-dimensional.
    """

    def __init__(self, numbers: np.ndarray) -> None:
        super().__init__(numbers)
        self.numbers = numbers

    def cpu(self) -> FileStorage:
        """Itself: it is here (map_location=lambda storage, place: storage.cpu())."""
        return self


# Finds the storage of a reference: its dtype, key, number of elements, and what the format adds.
Find = Callable[[dtype, str, int, tuple], FileStorage]


class TensorUnpickler(RestrictedUnpickler):
    """Reads one pickle of PyTorch's.

    Args:     file, encoding: as in RestrictedUnpickler.
              find: gives the storages that tensors refer to; None where there are none.
              record: bytes that each storage takes in the file beside its numbers.
              location: is told every storage and the device it was saved from, once (torch.load's map_location).
    """

    def __init__(
        self,
        file: IO[bytes],
        name: str,
        encoding: str,
        find: Find | None = None,
        location: Callable[[FileStorage, str], None] = lambda storage, place: None,
        record: int = 0,
    ) -> None:
        super().__init__(file, f"load: {name}", encoding)
        self._find = find
        self._location = location
        self._record = record
        self._placed: set[str] = set()

    def damaged(self, error: Exception) -> RuntimeError:
        """The error for a file that is not as it was written."""
        return RuntimeError(f"{self.name} is damaged: {told(error)}. Get or save it again")

    def advice(self) -> str:
        """What is read, and what to do if the file names something else."""
        return (
            "Read are tensors, NumPy arrays, numbers, strings, and containers and argparse.Namespaces of them. Load it "
            "in PyTorch, if you trust it, and save a state_dict rather than a whole model: "
            "torch.save(model.state_dict(), path)"
        )

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for."""
        if module in ("torch", "torch.cuda"):
            if name in torch_names.STORAGES:
                return torch_names.STORAGES[name]
            if name in torch_names.DTYPE_NAMED:
                return torch_names.DTYPE_NAMED[name]
            torch_names.check_dtype(name, self.name.removeprefix("load: "))
        if (module, name) == ("torch.storage", "UntypedStorage"):
            return torch_names.STORAGES["ByteStorage"]
        return super().find_class(module, name)

    def persistent_load(self, reference: Any) -> FileStorage:
        """The storage that a tensor refers to."""
        kind = reference[0] if isinstance(reference, tuple) and reference else reference
        if type(kind) is str and kind == "module":
            raise Refused(f"holds a whole model, with its classes. {self.advice()}")
        if self._find is None or type(kind) is not str or kind != "storage" or kind is reference:
            raise Refused(f"refers to {shown(kind)}, which is no storage")
        _, storage_type, key, place, count, *more = reference
        known = isinstance(storage_type, torch_names.TorchGlobal) and type(key) is str and type(place) is str
        if not known or type(count) is not int or count < 0:
            raise ValueError(f"a storage {shown(tuple(reference[2:]))}")
        if key not in self._placed:
            self._beside += self._record
        storage = self._find(torch_names.DTYPE_OF_STORAGE[storage_type.name], key, count, tuple(more))
        if key not in self._placed:
            self._placed.add(key)
            self._location(storage, place)
        return storage


def _tensor(storage: FileStorage, offset: int, size: tuple, stride: tuple) -> Tensor:
    """A tensor on its storage's memory, if it lies within it."""
    whole = all(type(numbers) in (tuple, Size) and len(numbers) <= 64 for numbers in (size, stride))
    if not whole or not all(type(number) is int and number >= 0 for number in (offset, *size, *stride)):
        raise ValueError(f"a tensor with offset {shown(offset)}, size {shown(size)} and stride {shown(stride)}")
    numbers = storage.numbers
    if len(size) != len(stride):
        raise ValueError(f"a tensor with size {shown(size)} and stride {shown(stride)}")
    if not all(size):
        return Tensor.wrap(np.empty(size, numbers.dtype))
    if offset + sum((n - 1) * step for n, step in zip(size, stride)) >= numbers.size:
        raise ValueError(f"a tensor of size {shown(size)} reaches beyond its storage of {numbers.size} numbers")
    if overlapping(size, stride):
        raise ValueError(
            f"a tensor of size {shown(size)} and stride {shown(stride)}, whose elements share memory; save a copy, "
            "tensor.clone()"
        )
    elements = 1
    for n in size:
        elements *= n
    if elements > max(numbers.size, MOST_SHOWN):
        raise ValueError(f"a tensor of size {shown(size)} on a storage of {numbers.size} numbers")
    width = numbers.itemsize
    strides = tuple(step * width for step in stride)
    made = Tensor.wrap(np.ndarray(size, numbers.dtype, numbers, offset * width, strides))
    pin(made)
    return made


def _rebuild_tensor_v2(
    storage: FileStorage,
    offset: int,
    size: tuple,
    stride: tuple,
    requires_grad: bool,
    hooks: Any,
    metadata: Any = None,
) -> Tensor:
    if metadata is not None:  # a tensor that is to be read as its negative or its conjugate
        raise ValueError(f"a tensor with metadata {shown(metadata)}; save tensor.clone()")
    made = _tensor(storage, offset, size, stride)
    if _checked(requires_grad, made):
        made.requires_grad = True
    return made


def _rebuild_tensor_v3(
    storage: FileStorage,
    offset: int,
    size: tuple,
    stride: tuple,
    requires_grad: bool,
    hooks: Any,
    kind: dtype,
    metadata: Any = None,
) -> Tensor:
    if not isinstance(kind, dtype) or storage.numbers.nbytes % kind.itemsize:
        raise ValueError(f"a tensor of dtype {shown(kind)} on {storage.numbers.nbytes} bytes")
    typed = FileStorage(storage.numbers.view(kind.numpy))
    return _rebuild_tensor_v2(typed, offset, size, stride, requires_grad, hooks, metadata)


def _rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any) -> Parameter:
    if not isinstance(data, Tensor):
        raise ValueError(f"a parameter of {shown(data)}")
    return Parameter(data, _checked(requires_grad, data))


def _checked(requires_grad: bool, made: Tensor) -> bool:
    if type(requires_grad) is not bool or (requires_grad and not made.is_floating_point()):
        raise ValueError(f"a tensor of {made.dtype.name} that requires a gradient: {shown(requires_grad)}")
    return requires_grad


def _counter(counts: dict | None = None) -> Counter:
    if not isinstance(counts, dict):  # whose keys have been looked at
        raise ValueError(f"a Counter of {shown(counts)}")
    return Counter(counts)


def _size(sizes: tuple = ()) -> Size:
    if not all(type(size) is int for size in sizes):
        raise ValueError(f"a torch.Size of {shown(sizes)}")
    return Size(sizes)


def _device(kind: str, index: int | None = None) -> device:
    if type(kind) is not str:
        raise ValueError(f"a device {shown(kind)}")
    return device("cpu")  # as tensors that were saved on another device are read to the CPU


TensorUnpickler.known = {
    **CHECKPOINT_NAMES,
    **HARMLESS,
    ("collections", "Counter"): StandIn(_counter, copies=1),
    ("torch", "Size"): StandIn(_size, copies=1),
    ("torch", "device"): StandIn(_device),
    ("torch._utils", "_rebuild_tensor"): StandIn(_tensor),  # before 0.4
    ("torch._utils", "_rebuild_tensor_v2"): StandIn(_rebuild_tensor_v2),
    ("torch._utils", "_rebuild_tensor_v3"): StandIn(_rebuild_tensor_v3),
    ("torch._utils", "_rebuild_parameter"): StandIn(_rebuild_parameter),
}
