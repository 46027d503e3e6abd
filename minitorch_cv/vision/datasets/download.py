"""Downloads: the first mirror that answers, with the checksum checked before the file takes its name."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

from ...utils.atomic import replacing

_TIMEOUT = 30  # seconds without an answer
_CHUNK = 1 << 16


def fetch_file(mirrors: Sequence[str], filename: str, folder: Path, md5: str) -> Path:
    """Fetch `folder/filename` from the first of the mirrors that has it unharmed.

    Args:     mirrors: addresses to which the file's name is added.
              md5: of the file, in hexadecimal.
    Raises:   RuntimeError: if no mirror gave the file; says what each answered. Nothing is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / filename
    failures = []
    for mirror in mirrors:
        url = mirror.rstrip("/") + "/" + filename
        try:
            with replacing(target) as part:
                found = _stream(url, part)
                if found != md5:
                    raise OSError(f"its md5 is {found}, expected {md5}")
            return target
        except (OSError, HTTPException) as error:  # URLError, HTTPError and timeouts are OSErrors
            failures.append(f"{url}: {error}")
    raise RuntimeError(
        f"Error downloading {filename}:\n  "
        + "\n  ".join(failures)
        + f"\nFetch it by other means and put it at {target}"
    )


def _stream(url: str, target: Path) -> str:
    """Write what `url` answers into `target`; the md5 of it."""
    from tqdm import tqdm

    digest = hashlib.md5(usedforsecurity=False)
    request = urllib.request.Request(url, headers={"User-Agent": "minitorch_cv"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, target.open("wb") as file:
        size = answer.headers.get("Content-Length")
        with tqdm(
            total=int(size) if size else None, unit="B", unit_scale=True, unit_divisor=1024, desc=url.rsplit("/", 1)[1]
        ) as bar:
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                bar.update(len(chunk))
    return digest.hexdigest()
