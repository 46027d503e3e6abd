"""Reading PyTorch's format before 1.6, without an archive: pickles one after the other, and then the storages.

The pickles: a magic number, the version 1001, the machine's sizes, the object, the keys of its storages. Then for each
key, in that order, the number of elements in 8 bytes and the elements; always little-endian. So storages are made when
a tensor first refers to them, and filled at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

import numpy as np

from ..types.dtype import dtype
from .file_bytes import FileBytes, as_numbers
from .tensor_pickle import FileStorage, TensorUnpickler

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


def read_legacy(source: FileBytes, start: int, encoding: str, location: Callable[[FileStorage, str], None]) -> Any:
    """The object in a file, whose position is behind it afterwards.

    Args:     start: where it begins; a file may hold several, one after the other.
              location: see TensorUnpickler.
    Raises:   RuntimeError, pickle.UnpicklingError, NotImplementedError: see load.
    """
    source.file.seek(start)
    bounded: Any = _Bounded(source)

    def unpickler(*more: Any) -> TensorUnpickler:
        return TensorUnpickler(bounded, source.name, encoding, *more)

    for what, expected in (("number", _MAGIC), ("version", _VERSION)):
        found = unpickler().read_object()
        if type(found) is not int or found != expected:
            raise source.damaged(f"it begins with another {what} than PyTorch's files")
    unpickler().read_object()  # sizes of numbers on the machine that wrote it; the content does not depend on them
    storages = _Storages(source, start)
    value = unpickler(storages.find, location).read_object()
    keys = unpickler().read_object()
    if not isinstance(keys, list) or not all(type(key) is str for key in keys) or set(keys) != set(storages.roots):
        raise source.damaged("the storages in it are not those that its tensors refer to")
    for key in keys:
        storages.fill(key)
    return value


class _Storages:
    """The storages that tensors have referred to so far."""

    def __init__(self, source: FileBytes, start: int) -> None:
        self.source = source
        self.left = source.size - start  # of the bytes that storages can have
        self.roots: dict[str, FileStorage] = {}

    def find(self, kind: dtype, key: str, count: int, more: tuple) -> FileStorage:
        """A storage, or the part of it that is called a view; to be filled later."""
        (view,) = more
        if key not in self.roots:
            self.left -= count * kind.itemsize
            if self.left < 0:
                raise self.source.damaged(f"its storages have more bytes than the {self.source.size} of the file")
            self.roots[key] = FileStorage(np.zeros(count, kind.numpy))
        numbers = self.roots[key].numbers
        if (numbers.dtype, numbers.size) != (kind.numpy, count):
            raise self.source.damaged(f"storage {key[:40]} is of two kinds")
        if view is None:
            return self.roots[key]
        _, offset, size = view
        if not (type(offset) is type(size) is int and 0 <= offset <= offset + size <= count):
            raise self.source.damaged(f"a view reaches beyond storage {key[:40]}")
        return FileStorage(numbers[offset : offset + size])

    def fill(self, key: str) -> None:
        """Read the storage's numbers, at the file's position."""
        numbers = self.roots[key].numbers
        place = self.source.file.tell()
        count = int(as_numbers(self.source.read(place, 8), np.dtype(np.int64))[0])
        if count != numbers.size:
            raise self.source.damaged(f"storage {key[:40]} has {count} elements, expected {numbers.size}")
        raw = self.source.read(place + 8, numbers.nbytes)
        numbers[...] = as_numbers(raw, numbers.dtype)
        self.source.file.seek(place + 8 + numbers.nbytes)


class _Bounded:
    """The file, of which no more is asked than there is: a pickle may announce strings of any length."""

    def __init__(self, source: FileBytes) -> None:
        self._file: IO[bytes] = source.file
        self._size = source.size

    def read(self, count: int) -> bytes:
        """The next bytes."""
        return self._file.read(min(count, self._size - self._file.tell()))

    def tell(self) -> int:
        """The position."""
        return self._file.tell()

    def readline(self) -> bytes:
        """The next line."""
        return self._file.readline()
