"""load: read PyTorch's files without running anything that stands in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from ..types.device import check_device
from ..utils.say_once import warn_once
from .file_bytes import FileBytes
from .legacy_format import read_legacy
from .safetensors_format import load_file
from .tensor_pickle import FileStorage
from .zip_format import read_zip

_ZIP = b"PK\x03\x04"
_PICKLE = b"\x80"  # of protocol 2 or later, which PyTorch has always written
_TAR = b"ustar"
_TAR_PLACE = 257


def load(
    f: str | os.PathLike | IO[bytes],
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save`, or PyTorch's `torch.save`, wrote, as torch.load does with weights_only=True.

    Read are PyTorch's zip format, its format before 1.6, and, by the ending `.safetensors`, safetensors. docs/files.md
    tells what is in them.

    Args:     f: a path, or a seekable file open for reading in binary mode.
              map_location: the CPU, in any of torch's forms: a name, a device, a dict of names, or a function of a
                storage and the place it was saved from. Tensors saved on another device are read to the CPU anyway.
              mmap: let the tensors lie in the file (which must be given as a path): they take memory only where they
                are looked at, and writing to them does not change the file. Check sums are not looked at then.
              weights_only: None, True or False: nothing in a file is ever run. The first False says so in a warning.
              encoding: of strings that Python 2 wrote; "utf-8" if not given.
    Returns:  the object. Tensors that shared memory when they were saved share it again.
    Raises:   FileNotFoundError: if there is no such file. RuntimeError: if it is no file of these formats, damaged, or
                cut off. pickle.UnpicklingError: if it names anything but tensors and values (docs/files.md), or would
                take unreasonable memory. NotImplementedError: for dtypes that this library does not have; for
                another pickle module. ValueError: for mmap=True with an open file.
    """
    if weights_only not in (None, True, False):
        raise TypeError(f"load: weights_only must be None, True or False, got {weights_only!r}")
    if weights_only is False:
        warn_once(
            "load: weights_only=False is read like True in minitorch_cv: tensors and values; no code from the "
            "file is run"
        )
    encoding = pickle_load_args.pop("encoding", "utf-8")
    if pickle_module is not None or pickle_load_args:
        raise NotImplementedError(
            "load: supported are pickle_module=None and, of pickle's arguments, encoding, got "
            f"{[*pickle_load_args] or pickle_module}"
        )
    location = _location(map_location)
    path = Path(f) if isinstance(f, (str, os.PathLike)) else None
    if mmap and path is None:
        raise ValueError("f must be a file path in order to use the mmap argument")
    if path is not None and path.suffix == ".safetensors":
        return load_file(path, mmap=bool(mmap))
    with nullcontext(f) if path is None else path.open("rb") as file:
        try:
            return _read(file, path, bool(mmap), encoding, location)  # type: ignore[arg-type]
        except _MapLocationError as told:
            raise told.error from None


class _MapLocationError(Exception):
    """Carries an error of the user's map_location past those that tell of damage in a file."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def _read(
    file: IO[bytes], path: Path | None, mmap: bool, encoding: str, location: Callable[[FileStorage, str], None]
) -> Any:
    """The object in an open file, by the format that its first bytes tell."""
    name = "the file" if path is None else str(path)
    start = file.tell()
    beginning = file.read(_TAR_PLACE + len(_TAR))
    if beginning.startswith(_ZIP):
        return read_zip(FileBytes(file, name, path if mmap else None), encoding, location)
    if beginning[_TAR_PLACE:] == _TAR:
        raise RuntimeError(
            f"load: {name} is in PyTorch's oldest format, a tar archive, which is not read. Load it in PyTorch, if you "
            "trust it, and save it anew: torch.save(torch.load(path, weights_only=False), path)"
        )
    if start and not beginning:
        raise RuntimeError(f"load: {name} has nothing behind its position; rewind it: f.seek(0)")
    if not beginning.startswith(_PICKLE):
        raise RuntimeError(
            f"load: {name} is not a PyTorch file, or was cut off: it begins with {beginning[:8]!r}. Read are files of "
            "torch.save and, by their ending, .safetensors"
        )
    if mmap:
        raise RuntimeError(
            f"load: {name} is in PyTorch's format before 1.6, which cannot be mapped. Load it without mmap, and "
            "save it anew"
        )
    return read_legacy(FileBytes(file, name), start, encoding, location)


def _location(map_location: Any) -> Callable[[FileStorage, str], None]:
    """What is done with each storage and the place it was saved from: nothing but to look whether it is to be here."""

    def here(storage: FileStorage, place: str) -> None:
        if isinstance(map_location, dict) and place in map_location:
            check_device(map_location[place])
        elif callable(map_location):
            try:
                wanted = map_location(storage, place)
            except Exception as error:
                raise _MapLocationError(error) from error
            if wanted is not None and wanted is not storage:
                raise RuntimeError(f"load: map_location must return the storage it is given, or None, got {wanted!r}")

    if map_location is not None and not isinstance(map_location, dict) and not callable(map_location):
        check_device(map_location.decode() if isinstance(map_location, bytes) else map_location)
    return here
