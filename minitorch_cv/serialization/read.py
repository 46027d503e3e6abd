"""load: read PyTorch's zip format without running anything that stands in the file.

A pickle can name any function and have it called. This reader knows a short list of names (torch_names.py), all of them
harmless; at any other it stops with an error. Tensors are checked to lie within their storage.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..autograd.memory_order import pin
from ..tensors.tensor import Tensor
from ..types.device import check_device
from . import torch_names


def load(
    f: str | os.PathLike | IO[bytes],
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """Read what `save`, or PyTorch's `torch.save`, wrote (torch.load with weights_only=True).

    Args:     f: a path, or a file open for reading in binary mode.
              map_location: the CPU, in any form; tensors saved on another device are read to the CPU anyway.
    Returns:  the object, its tensors on memory of their own.
    Raises:   FileNotFoundError: if there is no such file. RuntimeError: if it is no file of this format, damaged, or
                cut off. pickle.UnpicklingError: if it names anything but tensors and plain values.
              NotImplementedError: for weights_only=False, another pickle module, mmap=True.
    """
    if not weights_only:
        raise NotImplementedError(
            "load: weights_only=False would run code from the file; this library reads tensors and plain values only. "
            "Save model.state_dict() and load that."
        )
    if pickle_module is not None or mmap:
        raise NotImplementedError("load: supported are pickle_module=None and mmap=None")
    if map_location is not None:
        check_device(map_location)
    name = str(f) if isinstance(f, (str, os.PathLike)) else "the file"
    source = Path(f).open("rb") if isinstance(f, (str, os.PathLike)) else f  # noqa: SIM115 - closed below
    try:
        with zipfile.ZipFile(source) as archive:
            return _Archive(name, archive).read()
    except zipfile.BadZipFile as error:
        raise RuntimeError(
            f"load: {name} is not a PyTorch zip file, or was cut off ({error}). Files written by PyTorch before 1.6 "
            "have another format: load and save them again with a newer PyTorch."
        ) from error
    finally:
        if source is not f:
            source.close()


class _Archive:
    """One open file: where its records begin, and the storages read so far."""

    def __init__(self, name: str, archive: zipfile.ZipFile) -> None:
        self.name = name
        self.archive = archive
        bodies = [n for n in archive.namelist() if n.endswith("data.pkl") and n.count("/") == 1]
        if len(bodies) != 1:
            raise RuntimeError(f"load: {name} is a zip file without a data.pkl: not written by save or torch.save")
        self.prefix = bodies[0].removesuffix("data.pkl")
        order = self.record("byteorder", default=b"little").decode()
        if order not in ("little", "big"):
            raise RuntimeError(f"load: {name}: unknown byte order {order!r}")
        self.swapped = order != sys.byteorder
        self.storages: dict[str, np.ndarray] = {}

    def record(self, record: str, default: bytes | None = None) -> bytes:
        """The bytes of one file in the archive."""
        try:
            return self.archive.read(self.prefix + record)
        except KeyError:
            if default is not None:
                return default
            raise RuntimeError(f"load: {self.name} is damaged: {record} is missing") from None

    def read(self) -> Any:
        """The object."""
        try:
            return _Unpickler(self).load()
        except (EOFError, IndexError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise RuntimeError(f"load: {self.name} is damaged: {type(error).__name__}: {error}") from error

    def storage(self, reference: Any) -> np.ndarray:
        """The numbers of a storage, read once."""
        kind, storage_type, key, _location, numel = reference
        if kind != "storage" or not isinstance(storage_type, torch_names.TorchGlobal):
            raise pickle.UnpicklingError(f"load: {self.name}: unknown reference {kind!r}")
        if key not in self.storages:
            numpy_dtype = torch_names.DTYPE_OF_STORAGE[storage_type.name].numpy
            content = bytearray(self.record(f"data/{key}"))
            if len(content) != numel * numpy_dtype.itemsize:
                raise RuntimeError(
                    f"load: {self.name} is damaged: storage {key} has {len(content)} bytes, expected "
                    f"{numel * numpy_dtype.itemsize}"
                )
            array = np.frombuffer(content, numpy_dtype)
            self.storages[key] = array.byteswap() if self.swapped else array
        return self.storages[key]


class _Unpickler(pickle.Unpickler):
    """Knows the names of torch_names.py and no others."""

    def __init__(self, archive: _Archive) -> None:
        super().__init__(io.BytesIO(archive.record("data.pkl")))
        self.archive = archive

    def persistent_load(self, reference: Any) -> np.ndarray:
        """The storage that a tensor refers to."""
        return self.archive.storage(reference)

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the file stands for."""
        if module == "torch" and name in torch_names.STORAGES:
            return torch_names.STORAGES[name]
        if module == "torch" and name in torch_names.DTYPES:
            return torch_names.dtype_named(name)
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if (module, name) in torch_names.HARMLESS:
            return torch_names.HARMLESS[module, name]
        raise pickle.UnpicklingError(
            f"load: {self.archive.name} contains {module}.{name}, which is not read, because a file could run any code "
            "that way. Supported are tensors and plain Python values; save a state_dict rather than a whole model."
        )


def _rebuild_tensor(
    storage: np.ndarray,
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool,
    hooks: OrderedDict,
    metadata: Any = None,
) -> Tensor:
    """A tensor on its storage's memory, if it lies within it."""
    if len(size) != len(stride) or min((offset, *size, *stride)) < 0:
        raise ValueError(f"a tensor with offset {offset}, size {size} and stride {stride}")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride))
    if all(size) and last >= storage.size:
        raise ValueError(f"a tensor of size {size} reaches beyond its storage of {storage.size} numbers")
    width = storage.itemsize
    if all(size):
        array = np.lib.stride_tricks.as_strided(storage[offset:], size, tuple(step * width for step in stride))
    else:
        array = np.empty(size, storage.dtype)
    made = Tensor.wrap(array)
    pin(made)
    if requires_grad:
        made.requires_grad = True
    return made
