"""Digests of files: which of two files of one name it is, and whether it is whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Checksum:
    """What a file's digest must begin with.

    Args:     algorithm: of hashlib, such as "md5" or "sha256".
              digest: the digest, or its beginning, in hexadecimal.
    """

    algorithm: str
    digest: str

    def of(self, path: Path) -> str:
        """A file's digest, as much of it as there is to compare, in hexadecimal."""
        return digest_of(path, self.algorithm)[: len(self.digest)]

    def fits(self, path: Path) -> bool:
        """Whether the file is the one that is meant."""
        return self.of(path) == self.digest


def md5(digest: str) -> Checksum:
    """The checksum of a file whose md5 is known."""
    return Checksum("md5", digest)


def digest_of(path: Path, algorithm: str = "md5") -> str:
    """A file's digest, in hexadecimal."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
