"""The bytes of an open file, by place: copied into memory, or, when the file is mapped, seen where they lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import numpy as np


class FileBytes:
    """A file of which runs of bytes become arrays.

    Args:     file: open for reading, seekable.
              name: of the file, for messages.
              mapped: its path, to have the arrays lie in the file: they take memory only where they are looked at, and
                what is written to them does not reach the file (copy on write).
    """

    def __init__(self, file: IO[bytes], name: str, mapped: Path | None = None) -> None:
        self.file = file
        self.name = name
        self.size = file.seek(0, 2)
        self._map = np.memmap(mapped, np.uint8, "c") if mapped is not None and self.size else None

    @property
    def is_mapped(self) -> bool:
        """Whether arrays lie in the file."""
        return self._map is not None

    def read(self, start: int, count: int) -> np.ndarray:
        """`count` bytes from `start` on, (count,) uint8, writable.

        Raises:   RuntimeError: if the file is shorter.
        """
        if start < 0 or count < 0 or start + count > self.size:
            raise self.damaged(f"it ends after {self.size} bytes, but says that {count} lie at {start}")
        if self._map is not None:
            return np.asarray(self._map[start : start + count])
        found = np.empty(count, np.uint8)
        self.file.seek(start)
        left = found.data
        while left:
            taken = self._read_into(left)
            if not taken:
                raise self.damaged("it ended while it was read")
            left = left[taken:]
        return found

    def _read_into(self, memory: memoryview) -> int:
        if hasattr(self.file, "readinto"):
            return self.file.readinto(memory)
        content = self.file.read(len(memory))  # a file-like object need not have more than read, tell and seek
        memory[: len(content)] = content
        return len(content)

    def damaged(self, problem: str) -> RuntimeError:
        """The error for a file that is not as it was written."""
        return RuntimeError(f"load: {self.name} is damaged: {problem}. Get or save it again")


def as_numbers(raw: np.ndarray, dtype: np.dtype, byte_order: str = "little") -> np.ndarray:
    """Bytes as numbers of this machine, on the same memory where that can be.

    Args:     raw: (n,) uint8, a multiple of the numbers' size.
              byte_order: "little" or "big", of the file.
    """
    if raw.ctypes.data % dtype.itemsize:
        raw = raw.copy()  # numbers lie at multiples of their size
    if dtype == np.bool_ and raw.max(initial=0) > 1:  # memory that was never filled; all but 0 is True, as in PyTorch
        return raw != 0
    if not raw.size:
        return np.empty(0, dtype)
    # A view of raw would have the bytes as its base, and so would its views: what they share would not be found again.
    numbers = np.frombuffer(raw.data, dtype)
    return numbers if byte_order == sys.byteorder else numbers.byteswap()
