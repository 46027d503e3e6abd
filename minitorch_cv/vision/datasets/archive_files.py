"""What is in an archive, whether tar (compressed or not) or zip: one kind of member for both."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and without any


class UnreadableError(Exception):
    """What is in an archive is encrypted, or packed in a way that is not known."""


@dataclass(frozen=True)
class Member:
    """A file, a folder, or something else (neither: a link, a device) in an archive."""

    name: str
    size: int
    is_file: bool
    is_folder: bool
    opened: Callable[[], IO[bytes]]


def members_of(archive: Path) -> Iterator[Member]:
    """The members in turn; behind the last one the archive is read to its end, where its checksum stands.

    Raises:   what tarfile and zipfile raise for damaged archives. UnreadableError: for what they cannot read.
    """
    with archive.open("rb") as beginning:
        is_zip = beginning.read(4) in _ZIP
    if is_zip:
        with _open_zip(archive) as file:
            for info in file.infolist():
                yield _zip_member(file, info)
        return
    with tarfile.open(archive) as tar:
        for entry in tar:
            is_file = entry.isreg() and not entry.issparse()
            yield Member(entry.name, entry.size, is_file, entry.isdir(), _opener(tar, entry))
        while tar.fileobj.read(1 << 20):  # type: ignore[union-attr]
            pass


def _opener(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], Any]:
    return lambda: tar.extractfile(entry)


def _open_zip(archive: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(archive)
    except NotImplementedError as error:
        raise UnreadableError(f"is of a version that is not known: {error}") from error


def _open_in_zip(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.flag_bits & 1:
        raise UnreadableError(f"has {info.filename!r}, which is encrypted")
    try:
        return file.open(info)
    except NotImplementedError as error:
        raise UnreadableError(f"has {info.filename!r}, which is packed in a way that is not known: {error}") from error


def _zip_member(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where the archive was not made on Unix
    is_file = kind in (0, stat.S_IFREG) and not info.is_dir()
    return Member(info.filename, info.file_size, is_file, info.is_dir(), lambda: _open_in_zip(file, info))
