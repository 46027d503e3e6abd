"""Reading PyTorch's zip format (since 1.6): an uncompressed archive of a pickle and the storages' bytes.

`data.pkl` holds the object; every tensor in it refers to a storage, `data/0`, `data/1` ..., with offset, sizes and
strides. `byteorder` says in which order the bytes of a number lie.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ..types.dtype import dtype
from .file_bytes import FileBytes, as_numbers
from .tensor_pickle import FileStorage, TensorUnpickler

_HEADER = struct.Struct("<4s22sHH")  # before a record: mark, what the directory tells too, lengths of name and extra
_RECORD = 150  # bytes of each record beside its content: two headers with its name, and the filling to its place
_MARK = b"PK\x03\x04"
_LARGEST_DIRECTORY = 8 << 20  # bytes; a hundred thousand storages have as much


def read_zip(source: FileBytes, encoding: str, location: Callable[[FileStorage, str], None]) -> Any:
    """The object in a file.

    Args:     location: see TensorUnpickler.
    Raises:   RuntimeError, pickle.UnpicklingError, NotImplementedError: see load.
    """
    archive = _Archive(source)
    body = archive.record("data.pkl").tobytes()
    unpickler = TensorUnpickler(io.BytesIO(body), source.name, encoding, archive.storage, location, _RECORD)
    return unpickler.read_object()


class _Archive:
    """One open file: where its records lie, and the storages read so far."""

    def __init__(self, source: FileBytes) -> None:
        self.source = source
        self.entries = {entry.filename: entry for entry in _directory(source)}
        bodies = [name for name in self.entries if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(bodies) != 1:
            raise RuntimeError(f"load: {source.name} is a zip file without a data.pkl: not written by torch.save")
        self.prefix = bodies[0].removesuffix("data.pkl")
        if f"{self.prefix}constants.pkl" in self.entries:
            raise RuntimeError(
                f"load: {source.name} is a TorchScript program (torch.jit.save), which is not read. Load it in "
                "PyTorch and save its weights: torch.save(torch.jit.load(path).state_dict(), path)"
            )
        self.byte_order = "little"
        if f"{self.prefix}byteorder" in self.entries:
            self.byte_order = self.record("byteorder").tobytes().decode("latin1")
        if self.byte_order not in ("little", "big"):
            raise source.damaged(f"unknown byte order {self.byte_order[:20]!r}")
        self.storages: dict[str, FileStorage] = {}

    def record(self, record: str) -> np.ndarray:
        """The bytes of one file in the archive."""
        entry = self.entries.get(self.prefix + record)
        if entry is None:
            raise self.source.damaged(f"{record[:40]} is missing")
        mark, _, name, extra = _HEADER.unpack(self.source.read(entry.header_offset, _HEADER.size).tobytes())
        if mark != _MARK:
            raise self.source.damaged(f"{record[:40]} is not where it should be")
        content = self.source.read(entry.header_offset + _HEADER.size + name + extra, entry.file_size)
        # A mapped file is not read through; and PyTorch can be told to write no check sums.
        if entry.CRC and not self.source.is_mapped and zlib.crc32(content.data) != entry.CRC:
            raise self.source.damaged(f"the bytes of {record[:40]} are not those that were written")
        return content

    def storage(self, kind: dtype, key: str, count: int, more: tuple) -> FileStorage:
        """The numbers of a storage, read once."""
        if key not in self.storages:
            raw = self.record(f"data/{key}")
            if len(raw) != count * kind.itemsize:
                raise self.source.damaged(f"storage {key[:40]} has {len(raw)} bytes, expected {count * kind.itemsize}")
            self.storages[key] = FileStorage(as_numbers(raw, kind.numpy, self.byte_order))
        found = self.storages[key]
        if (found.numbers.dtype, found.numbers.size) != (kind.numpy, count):
            raise self.source.damaged(f"storage {key[:40]} is of two kinds")
        return found


def _directory(source: FileBytes) -> list[zipfile.ZipInfo]:
    """The entries of the archive, none compressed, twice there, or lying over another."""
    try:
        with zipfile.ZipFile(_Limited(source)) as archive:  # type: ignore[call-overload]
            entries = archive.infolist()
            end = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, LookupError, OverflowError, struct.error) as error:
        raise source.damaged(f"its end is missing, or not that of a PyTorch zip file ({error})") from error
    if len({entry.filename for entry in entries}) != len(entries):
        raise source.damaged("a record is in it twice")
    for entry in entries:
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size or entry.flag_bits & 1:
            raise RuntimeError(
                f"load: {source.name}: {entry.filename[:40]} is compressed or encrypted, and PyTorch does neither. "
                "If you packed it again, unpack it and pack it uncompressed (zip -0)"
            )
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        if entry.header_offset < 0 or entry.header_offset + _HEADER.size + entry.file_size > end:
            raise source.damaged(f"{entry.filename[:40]} reaches into what lies behind it")
        end = entry.header_offset
    return entries


class _Limited:
    """The file as zipfile reads it: it takes the directory in one piece, of the size that stands at the file's end."""

    def __init__(self, source: FileBytes) -> None:
        self._source = source
        self.seek, self.tell, self.seekable = source.file.seek, source.file.tell, lambda: True

    def read(self, count: int = -1) -> bytes:
        """The next bytes.

        Raises:   RuntimeError: for more than a directory may have.
        """
        size = count if count >= 0 else self._source.size - self.tell()
        if size > _LARGEST_DIRECTORY:
            raise self._source.damaged(f"its directory has {size} bytes, of {_LARGEST_DIRECTORY} allowed")
        return self._source.file.read(count)
