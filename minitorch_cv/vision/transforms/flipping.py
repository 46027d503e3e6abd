"""Mirrors."""

from __future__ import annotations

from typing import Any

from . import functional as F
from .sometimes import Sometimes


class RandomHorizontalFlip(Sometimes):
    """Left and right exchanged, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Flip."""
        return F.hflip(img)


class RandomVerticalFlip(Sometimes):
    """Top and bottom exchanged, with probability p."""

    def transformed(self, img: Any) -> Any:
        """Flip."""
        return F.vflip(img)
