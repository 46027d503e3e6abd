"""save: PyTorch's zip format, which torch.load reads.

The file is an uncompressed zip archive: `data.pkl` holds the object as a pickle in which every tensor is a reference to
a storage (number format, file, length) with offset, sizes and strides; `data/0`, `data/1` ... hold the storages' bytes.
Source: https://pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..autograd.memory_order import exposed
from ..nn.module import Module
from ..nn.parameter import Parameter
from ..tensors.tensor import Tensor
from ..types.device import device
from ..types.dtype import dtype, from_numpy
from ..types.size import Size
from ..utils.atomic import replacing
from ..utils.pickle_limits import Refused, check_nesting
from . import torch_names
from .checkpoint_names import reduced
from .safetensors_format import save_file
from .strides import overlapping

_PLAIN = {bool, int, float, str, type(None), list, tuple, dict, set, Counter, OrderedDict}
_LONGEST_INT = 2031  # bits; PyTorch's reader reads no longer ones
_ALIGNMENT = 64  # where a storage begins in the file, so that it can be mapped into memory

_ENCODE = torch_names.TorchGlobal("_codecs", "encode")
_BYTEARRAY = torch_names.TorchGlobal("__builtin__", "bytearray")
_COMPLEX = torch_names.TorchGlobal("__builtin__", "complex")
_DEVICE = torch_names.TorchGlobal("torch", "device")
_SIZE = torch_names.TorchGlobal("torch", "Size")
_REBUILD_TENSOR = torch_names.TorchGlobal("torch._utils", "_rebuild_tensor_v2")
_REBUILD_PARAMETER = torch_names.TorchGlobal("torch._utils", "_rebuild_parameter")


def save(
    obj: Any,
    f: str | os.PathLike | IO[bytes],
    pickle_module: Any = pickle,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write tensors and plain Python values to a file that `load` and PyTorch's `torch.load` read (torch.save).

    The file appears whole or not at all: it is written beside its place, flushed to the disk, and then renamed.

    Args:     obj: tensors, parameters, numbers, strings, bytes, dtypes, in lists, tuples, dicts and sets of any depth
                up to 100: a state_dict, or a dict of several. Tensors that share memory do so again after loading.
                NumPy's numbers become Python's; NumPy arrays, argparse.Namespace, defaultdict, deque, paths and dates
                stay what they are (PyTorch reads them with weights_only=False).
              f: a path, or a file open for writing in binary mode. A path that ends in `.safetensors` gets that format,
                which holds a dict of tensors and nothing else.
    Raises:   TypeError: for anything else, a whole model among it. ValueError: for what is nested too deeply.
              OSError: as the system gives it (a full disk), what was there before being untouched.
              NotImplementedError: for another pickle module, protocol or format.
    """
    if pickle_module is not pickle or pickle_protocol != 2 or not _use_new_zipfile_serialization:
        raise NotImplementedError("save: supported are pickle_module=pickle, pickle_protocol=2 and the zip format")
    path = Path(f) if isinstance(f, (str, os.PathLike)) else None
    if path is not None and path.suffix == ".safetensors":
        save_file(obj, path)
        return
    try:
        check_nesting(obj)
    except Refused as error:
        raise ValueError(f"save: the object {error}, which could not be read again") from None
    body = io.BytesIO()
    pickler = _Pickler(body)
    pickler.dump(obj)  # before the file is touched: an object that cannot be saved costs nothing
    records: dict[str, Any] = {"data.pkl": body.getvalue()}
    if not _disable_byteorder_record:
        records["byteorder"] = sys.byteorder.encode()
    for reference, flat in pickler.storages.values():
        records[f"data/{reference.key}"] = flat.view(np.uint8).data if flat.size else b""
    records["version"] = b"3\n"
    if path is None:
        _write_archive(f, "archive", records)  # type: ignore[arg-type]
        return
    with replacing(path) as part, part.open("wb") as file:
        _write_archive(file, path.stem, records)


def _write_archive(file: IO[bytes], name: str, records: dict[str, Any]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for record, content in records.items():
            entry = zipfile.ZipInfo(f"{name}/{record}")  # a fixed date: the same content makes the same file
            # The content begins behind a header of 30 bytes, the name, zip's long sizes and the filling.
            begins = archive.fp.tell() + 30 + len(entry.filename.encode()) + 20 + 4  # type: ignore[union-attr]
            filling = -begins % _ALIGNMENT
            entry.extra = b"FB" + struct.pack("<H", filling) + b"Z" * filling  # as PyTorch does
            with archive.open(entry, "w", force_zip64=True) as stream:
                stream.write(content)


class _StorageReference:
    """Stands for a storage while pickling."""

    def __init__(self, key: str, flat: np.ndarray) -> None:
        kind = torch_names.STORAGES[torch_names.STORAGE_OF_DTYPE[from_numpy(flat.dtype)]]
        self.key = key
        self.persistent_id = ("storage", kind, key, "cpu", flat.size)


_PythonPickler: Any = pickle._Pickler  # type: ignore[attr-defined]


class _Pickler(_PythonPickler):  # the Python one, whose save_global can be replaced
    """Writes tensors as PyTorch does, and refuses what could not be read back without running code."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, protocol=2)
        self.storages: dict[tuple, tuple[_StorageReference, np.ndarray]] = {}  # by place and length in memory

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        """Write an object; NumPy's numbers, and strings of classes of their own, as Python's."""
        if isinstance(obj, np.generic):
            obj = obj.item()
        elif isinstance(obj, str) and type(obj) is not str:
            obj = str.__str__(obj)
        super().save(obj, save_persistent_id)

    def persistent_id(self, obj: Any) -> Any:
        """The reference that stands in the file for a storage."""
        return obj.persistent_id if isinstance(obj, _StorageReference) else None

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write a name; PyTorch's are written without importing PyTorch."""
        known = torch_names.DTYPES[obj.name] if isinstance(obj, dtype) else obj
        if isinstance(known, torch_names.TorchGlobal):
            self.write(pickle.GLOBAL + f"{known.module}\n{known.name}\n".encode())
            self.memoize(obj)
        else:
            super().save_global(obj, name)

    def reducer_override(self, obj: Any) -> Any:
        """How an object is written; called for each, before pickle's own ways."""
        if isinstance(obj, (torch_names.TorchGlobal, dtype)):
            return "a name"
        if type(obj) is int and obj.bit_length() > _LONGEST_INT:
            raise TypeError(f"save: cannot save a number of {obj.bit_length()} bits; PyTorch reads {_LONGEST_INT}")
        if type(obj) in _PLAIN or any(obj is kind for kind in (set, OrderedDict, Counter)):
            return NotImplemented
        if isinstance(obj, Parameter):
            return _REBUILD_PARAMETER, (Tensor.wrap(exposed(obj)), obj.requires_grad, OrderedDict())
        if isinstance(obj, Tensor):
            storage, offset, strides = self._storage_of(exposed(obj))
            arguments: tuple = (storage, offset, tuple(obj.array.shape), strides, obj.requires_grad, OrderedDict())
            return _REBUILD_TENSOR, arguments
        if isinstance(obj, device):
            return _DEVICE, (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, Size):
            return _SIZE, (tuple(obj),)
        if type(obj) is bytes:
            return _ENCODE, (obj.decode("latin1"), "latin1")
        if type(obj) is bytearray:
            return _BYTEARRAY, (bytes(obj),)
        if type(obj) is complex:
            return _COMPLEX, (obj.real, obj.imag)
        written = reduced(obj)
        if written is not None:
            return written
        if isinstance(obj, np.ndarray) and type(obj) is not np.ndarray:
            raise TypeError(f"save: cannot save a NumPy {type(obj).__name__}; make it an array: numpy.asarray(x)")
        if isinstance(obj, np.ndarray):
            raise TypeError(
                f"save: cannot save a NumPy array of dtype {obj.dtype}; supported are arrays of integers, floats, "
                "complex numbers and booleans. Make it a list: array.tolist()"
            )
        if isinstance(obj, (type, np.dtype)):
            raise TypeError(f"save: cannot save {obj!r}, a class or dtype of NumPy's; save its name, a string")
        if isinstance(obj, Module):
            raise TypeError(
                f"save: cannot save a whole {type(obj).__name__}: loading it would have to run code from the file. "
                "Save model.state_dict(), and load it into a new model with model.load_state_dict(torch.load(path))."
            )
        raise TypeError(
            f"save: cannot save {type(obj).__name__}; supported are tensors, parameters, numbers, strings, bytes, "
            "lists, tuples, dicts, sets, dtypes, devices and sizes, NumPy arrays, argparse.Namespace, paths, and dates "
            "without a time zone. "
            "Make it one of them: vars(args) of an object with settings, dict(...) of a mapping, str(...)"
        )

    def _storage_of(self, array: np.ndarray) -> tuple[_StorageReference, int, tuple[int, ...]]:
        """The storage an array lies in, shared with others on the same memory; offset and strides in elements."""
        owner = array
        while isinstance(owner.base, np.ndarray) and owner.base.dtype == array.dtype:
            owner = owner.base
        dense = owner.flags.c_contiguous or owner.flags.f_contiguous
        strides = tuple(stride // array.itemsize for stride in array.strides)
        if not dense or any(stride < 0 for stride in strides) or overlapping(array.shape, strides):
            owner = array = np.ascontiguousarray(array).reshape(array.shape)
        place = (owner.ctypes.data, owner.nbytes, owner.dtype)
        if place not in self.storages:
            flat = owner.reshape(-1, order="A")
            self.storages[place] = (_StorageReference(str(len(self.storages)), flat), flat)
        offset = (array.ctypes.data - owner.ctypes.data) // array.itemsize
        return self.storages[place][0], offset, tuple(stride // array.itemsize for stride in array.strides)
