"""IDX files, the format of MNIST: a magic number, the sizes (big-endian, 4 bytes each), then the bytes.

Source:   the description on the MNIST page: 0x00 0x00, type of the numbers (0x08: unsigned byte), number of dimensions.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from pathlib import Path

import numpy as np

from .corrupted import corrupted

LARGEST = 1 << 30  # bytes of an unzipped file; MNIST's images are 47 MB
_UNSIGNED_BYTE = 0x08
_KINDS = {1: "labels", 3: "images"}


def read_idx(path: Path, ndim: int) -> np.ndarray:
    """The array in an IDX file of unsigned bytes, plain or gzipped (`.gz`).

    Args:     ndim: 3 for images, 1 for labels.
    Raises:   RuntimeError: naming the file, what was expected and what was found, if it is anything else, cut short,
                too long, or damaged.
    """
    raw = _read(path)
    header = 4 + 4 * ndim
    if len(raw) < 4:
        raise corrupted(path, f"it has {len(raw)} bytes, which is too short for an IDX header of {header}")
    zeros, kind, dimensions = raw[:2], raw[2], raw[3]
    if zeros != b"\0\0" or kind != _UNSIGNED_BYTE or dimensions != ndim:
        found = int.from_bytes(raw[:4], "big")
        looks = _KINDS.get(dimensions) if zeros == b"\0\0" and kind == _UNSIGNED_BYTE else None
        hint = f"; this is a file of {looks}, was it given the wrong name?" if looks else ""
        raise corrupted(
            path, f"expected the magic number {_UNSIGNED_BYTE * 256 + ndim} ({_KINDS[ndim]}), found {found}{hint}"
        )
    if len(raw) < header:
        raise corrupted(path, f"it has {len(raw)} bytes, which is too short for an IDX header of {header}")
    shape = tuple(int(size) for size in np.frombuffer(raw, ">u4", ndim, offset=4))
    if len(raw) != header + math.prod(shape):
        raise corrupted(
            path,
            f"its header announces {' x '.join(map(str, shape))} = {math.prod(shape)} bytes of {_KINDS[ndim]}, found "
            f"{len(raw) - header}",
        )
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape).copy()


def _read(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix != ".gz":
        return raw
    if not raw:
        raise corrupted(path, "it is empty")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            content = file.read(LARGEST + 1)
    except EOFError:
        raise corrupted(path, f"the compressed data end too early, after {len(raw)} bytes") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise corrupted(path, f"it cannot be unpacked by gzip: {error}") from None
    if len(content) > LARGEST:
        raise corrupted(path, f"{len(raw)} compressed bytes become more than {LARGEST}")
    return content
