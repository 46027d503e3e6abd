"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LEFT_AFTER = 3600  # seconds since the last write; who still writes has written since


@contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """A new, empty file beside `path` that takes its place when the `with` ends well.

    Its content is on the disk by then: what is at `path` is whole even if the machine stops. After an exception, or if
    the process dies, what was at `path` before is still there. A killed process leaves a part of a file behind, under
    another name; the next time this path is written, parts that nobody has touched for an hour are removed.

    The new file has the permissions of the one before. A path that is no regular file (a pipe, /dev/null) is written to
    as it is.

    Raises:   FileNotFoundError: naming the folder, if there is none.
    """
    given = Path(path)
    if given.exists() and not given.is_file() and not given.is_dir():
        yield given
        return
    target = given.resolve()  # write to where a link leads, do not replace the link
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(target.parent))
    _remove_left_parts(target)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    before = stat.S_IMODE(target.stat().st_mode) if target.is_file() else None
    # What may be secret is nobody else's to read while it is written, either.
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if before is None else 0o600))
    try:
        yield part
        with part.open("r+b") as written:
            os.fsync(written.fileno())
        if before is not None:
            part.chmod(before)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _remove_left_parts(target: Path) -> None:
    for part in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        with contextlib.suppress(OSError):  # another process may have removed it, or it may be another's
            if time.time() - part.stat().st_mtime > _LEFT_AFTER:
                part.unlink()
