"""Unpack an archive without trusting it: nothing leaves the folder, and nothing half unpacked is ever seen there."""

from __future__ import annotations

import errno
import gzip
import lzma
import os
import secrets
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from .archive_files import Member, UnreadableError, members_of

LARGEST = 16 << 30  # bytes; the largest dataset here, VOC 2012, has 2 GB
MOST_FILES = 1 << 20
_DAMAGES = (
    *(tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError),
    *(FileExistsError, IsADirectoryError, NotADirectoryError),  # a name that is a file and a folder
)


def unpack(
    archive: Path, folder: Path, *, strip: str = "", largest: int = LARGEST, most_files: int = MOST_FILES
) -> None:
    """Put the files of a tar or zip archive, compressed or not, into a folder; files of the same name are replaced.

    All is first unpacked beside its place, then moved. Only contents are taken: no owners, no permissions.

    Args:     folder: made if it is not there.
              strip: a first folder that is left out of the names in the archive, where it is there.
              largest: bytes, all files together, above which the archive is refused.
    Raises:   RuntimeError: naming the archive, if it is damaged, encrypted or too large, or has links, devices, or
                names that lead out of the folder. The folder is as before then.
              OSError: if there is no room, which is told with both names, or the folder cannot be written to.
    """
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    workshop = folder / f".{archive.name}.{secrets.token_hex(4)}.part"
    workshop.mkdir()
    try:
        for member in tqdm(_checked(archive, largest, most_files), desc=archive.name, unit=" files"):
            _extract(member, workshop, strip)
        _move(workshop, folder)
    except _DAMAGES as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise _refused(archive, f"is damaged: {reason}. Delete it and get it again") from error
    except UnreadableError as error:
        raise _refused(archive, str(error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OSError(
                error.errno, f"{error.strerror}: {archive} could not be unpacked into {folder}; nothing of it was kept"
            ) from error
        raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _refused(archive: Path, reason: str) -> RuntimeError:
    return RuntimeError(f"{archive} {reason}; nothing was unpacked")


def _checked(archive: Path, largest: int, most_files: int) -> Iterator[Member]:
    """The files of an archive, each checked before it is handed out."""
    total = 0
    for number, member in enumerate(members_of(archive)):
        if not (member.is_folder or member.is_file):
            raise _refused(archive, f"has {member.name!r}, which is neither a file nor a folder, but a link or device")
        if _leads_out(member.name):
            raise _refused(archive, f"has the name {member.name!r}, which leads out of the folder")
        total += member.size
        if total > largest:
            raise _refused(archive, f"would become larger than {largest} bytes")
        if number >= most_files:
            raise _refused(archive, f"has more than {most_files} files")
        if member.is_file:
            yield member


def _leads_out(name: str) -> bool:
    """Whether a name, read in the manner of any system, is absolute or goes up."""
    windows = PureWindowsPath(name)
    return bool(windows.anchor) or ".." in windows.parts or PurePosixPath(name).is_absolute()


def _extract(member: Member, workshop: Path, strip: str) -> None:
    parts = PurePosixPath(member.name).parts
    target = workshop.joinpath(*(parts[1:] if len(parts) > 1 and parts[0] == strip else parts))
    target.parent.mkdir(parents=True, exist_ok=True)
    with member.opened() as content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    if target.stat().st_size != member.size:
        raise tarfile.ReadError(f"{member.name} is cut off")


def _move(source: Path, target: Path) -> None:
    """Bring what is in one folder into another, whole folders at once where the name is free."""
    for entry in sorted(source.iterdir()):
        place = target / entry.name
        if entry.is_dir() and place.is_dir():
            _move(entry, place)
        else:
            os.replace(entry, place)
