"""Files that are either there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new, empty file beside `path` that takes its place when the `with` ends well.

    After an exception, or if the process dies, what was at `path` before is still there; only a killed process leaves a
    part of a file behind, under another name.
    """
    target = Path(path).resolve()  # write to where a link leads, do not replace the link
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    part.open("xb").close()
    try:
        yield part
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
