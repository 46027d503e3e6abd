"""A version that is a text, but is compared number by number (torch.torch_version.TorchVersion)."""

from __future__ import annotations

import re
from typing import Any


class ReleaseVersion(str):
    """A version such as "2.13.0+local", greater than "2.9" and than (2, 9); only its numbers are compared in order."""

    def __lt__(self, other: Any) -> bool:
        return _numbers(self) < _numbers(other)

    def __le__(self, other: Any) -> bool:
        return _numbers(self) <= _numbers(other)

    def __gt__(self, other: Any) -> bool:
        return _numbers(self) > _numbers(other)

    def __ge__(self, other: Any) -> bool:
        return _numbers(self) >= _numbers(other)


def _numbers(version: Any) -> list[int]:
    """Its release's numbers, without zeros at the end: [2, 13] of "2.13.0+local", "2.13" and (2, 13)."""
    if isinstance(version, str):
        found = [int(number) for number in re.findall(r"\d+", version.partition("+")[0])]
    else:
        found = [int(number) for number in version]
    while found and not found[-1]:
        found.pop()
    return found
