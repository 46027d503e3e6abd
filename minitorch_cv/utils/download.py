"""Downloads: from the first mirror that answers, going on where one broke off, checked before a file takes its name."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from .checksum import Checksum

_CHUNK = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_RANGE_NOT_SATISFIABLE = 416
_PARTIAL_CONTENT = 206


def fetch_file(
    urls: Sequence[str],
    target: Path,
    checksum: Checksum,
    *,
    progress: bool = True,
    timeout: float = 30,
    attempts: int = 3,
    largest: int = 16 << 30,
) -> Path:
    """Fetch `target` from the first of the addresses that has it unharmed.

    What arrived before a connection broke off is kept beside `target` as `.NAME.part`, and the next attempt, at the
    next address or in the next call, asks for the rest only.

    Args:     urls: where the file can be had.
              checksum: of the file.
              progress: show a bar on stderr.
              timeout: seconds without an answer after which an address is given up.
              attempts: how often an address is asked that breaks off in the middle.
              largest: bytes above which a file is refused.
    Raises:   RuntimeError: if no address gave the file; says what each answered. A file that is at `target` stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_name(f".{target.name}.lock")):
        if not target.is_file() or not checksum.fits(target):
            _fetch_from_any(urls, target, _Fetcher(checksum, progress, timeout, largest), attempts)
    return target


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process that fetches the same file is in here (not on Windows, which has no such locks)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    while True:
        file = lock.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), lock.stat()):
                break
        except FileNotFoundError:  # who had it before took it away: take a new one
            pass
        except OSError:  # a file system that has no locks
            break
        file.close()
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        file.close()


def _fetch_from_any(urls: Sequence[str], target: Path, fetcher: _Fetcher, attempts: int) -> None:
    part = target.with_name(f".{target.name}.part")
    failures = []
    for url in urls:
        for _ in range(attempts):
            try:
                fetcher.complete(url, part)
                os.replace(part, target)
                return
            except _BrokenOffError as error:  # another attempt may go on from there
                failures.append(f"{url}: {error}")
            except (OSError, HTTPException) as error:  # URLError, HTTPError and timeouts are OSErrors
                failures.append(f"{url}: {error}")
                break
    arrived = part.stat().st_size if part.exists() else 0
    if not arrived:
        part.unlink(missing_ok=True)
    kept = f"\nThe next download goes on from the {arrived} bytes in {part}" if arrived else ""
    raise RuntimeError(
        f"Error downloading {target.name}:\n  "
        + "\n  ".join(dict.fromkeys(failures))
        + f"\nFetch it by other means and put it at {target}{kept}"
    )


class _BrokenOffError(OSError):
    """The connection ended before the file did."""


@dataclass(frozen=True)
class _Fetcher:
    """Brings one file from one address; the settings are `fetch_file`'s."""

    checksum: Checksum
    progress: bool
    timeout: float
    largest: int

    def complete(self, url: str, part: Path) -> None:
        """Complete `part`, and check it; what is wrong in it is deleted."""
        resumed = part.exists() and part.stat().st_size > 0
        if resumed and self.checksum.fits(part):
            return
        missing = self._stream(url, part)
        if self.checksum.fits(part):
            return  # even if the server announced another length
        if missing is not None:
            raise _BrokenOffError(
                f"the connection broke off after {part.stat().st_size} bytes, {missing} before the end"
            )
        found = self.checksum.of(part)
        part.unlink()
        if resumed:  # its beginning came from elsewhere, or is of another version
            return self.complete(url, part)
        raise OSError(f"its {self.checksum.algorithm} is {found}, expected {self.checksum.digest}")

    def _stream(self, url: str, part: Path) -> int | None:
        """Write what `url` answers into `part`, behind what is there if the server can do that.

        Returns:  how many of the bytes that the server announced did not arrive; None if all did.
        """
        from tqdm import tqdm

        there = part.stat().st_size if part.exists() else 0
        with _opened(url, there, self.timeout) as answer:
            if not _goes_on(answer, there):
                there = 0
            length = answer.headers.get("Content-Length")
            announced = int(length) if length and length.isdecimal() else None
            arrived = 0
            with (
                part.open("ab" if there else "wb") as file,
                tqdm(
                    total=None if announced is None else there + announced,
                    initial=there,
                    unit="B",
                    unit_scale=True,
                    unit_divisor=1024,
                    desc=url.rsplit("/", 1)[1],
                    disable=not self.progress,
                ) as bar,
            ):
                while there + arrived <= self.largest and (chunk := _next_chunk(answer, there + arrived)):
                    arrived += len(chunk)
                    file.write(chunk)
                    bar.update(len(chunk))
        if there + arrived > self.largest:
            part.unlink()
            raise OSError(f"it is larger than {self.largest} bytes")
        return None if announced is None or arrived >= announced else announced - arrived


def _opened(url: str, there: int, timeout: float) -> Any:
    headers = {"User-Agent": "minitorch_cv"}
    if there:
        headers["Range"] = f"bytes={there}-"
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout)
    except HTTPError as error:
        if there and error.code == _RANGE_NOT_SATISFIABLE:  # what is there is no beginning of this file
            return _opened(url, 0, timeout)
        raise


def _goes_on(answer: Any, there: int) -> bool:
    """Whether the answer begins where the part ends; a server that cannot do that sends everything."""
    if not there or answer.status != _PARTIAL_CONTENT:
        return False
    found = _RANGE.match(answer.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == there


def _next_chunk(answer: Any, arrived: int) -> bytes:
    try:
        return answer.read(_CHUNK)
    except (OSError, HTTPException) as error:
        if arrived:
            raise _BrokenOffError(f"the connection broke off after {arrived} bytes ({error})") from error
        raise
