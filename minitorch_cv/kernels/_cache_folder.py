"""Where compiled kernels are kept: the first folder of a short list that can be written to."""

import contextlib
import functools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from numba.core import config


@dataclass(frozen=True)
class CacheFolder:
    """A folder for compiled kernels, or the lack of one.

    Attributes:
        path: the folder; None if none can be written to.
        numba_cache_dir: what Numba's CACHE_DIR must be to use it ("" for the __pycache__ beside the source).
        notice: what to tell the user when it is not the first choice, else None.
    """

    path: Path | None
    numba_cache_dir: str
    notice: str | None

    @property
    def writable(self) -> bool:
        """Whether there is a folder."""
        return self.path is not None

    @property
    def description(self) -> str:
        """For the notice while a kernel is compiled."""
        return f"once; cached in {self.path}" if self.writable else "not cached: no folder is writable"


@functools.cache
def find_cache_folder(source_file: str) -> CacheFolder:
    """The folder for the kernels of a source file.

    In this order: NUMBA_CACHE_DIR if set; __pycache__ beside the source; the user's cache folder; a folder of this
    user in the system's temporary folder.
    """
    beside_source = Path(source_file).parent / "__pycache__"
    chosen: str = config.CACHE_DIR  # type: ignore[attr-defined]  # Numba sets its options at run time
    first_choice = Path(chosen) if chosen else beside_source
    for folder in (first_choice, beside_source, *_user_folders()):
        if _is_writable(folder):
            notice = None
            if folder != first_choice:
                notice = (
                    f"{first_choice} is not writable: compiled kernels are kept in {folder} "
                    "(NUMBA_CACHE_DIR chooses another folder)"
                )
            return CacheFolder(folder, "" if folder == beside_source else str(folder), notice)
    notice = (
        f"{first_choice} is not writable and no other folder is: kernels are compiled anew in each process "
        "(set NUMBA_CACHE_DIR to a writable folder)"
    )
    return CacheFolder(None, "", notice)


def _user_folders() -> Iterator[Path]:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]) / "minitorch_cv"
    with contextlib.suppress(RuntimeError):  # this user has no home
        yield Path.home() / ".cache" / "minitorch_cv"
    yield _temporary_folder()


def _temporary_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"minitorch_cv-{os.getuid() if hasattr(os, 'getuid') else os.getlogin()}"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        # Cached code is executed, and anyone may put a folder of that name among the temporary files.
        return folder != _temporary_folder() or not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
