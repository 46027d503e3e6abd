"""The base of transforms that only some images go through."""

from __future__ import annotations

from typing import Any

from ...nn.module import Module
from . import draws


class Sometimes(Module):
    """A transform of some images; a subclass defines `transformed`.

    Args:     p: how likely an image is to go through it.
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = self.checked_probability(p)

    def checked_probability(self, p: float) -> float:
        """p as it is: torchvision.transforms takes every number."""
        return p

    def transformed(self, img: Any) -> Any:
        """What becomes of an image that goes through it.

        Raises:   NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define transformed")

    def forward(self, img: Any) -> Any:
        """The image, transformed or as it was."""
        return self.transformed(img) if draws.chance(self.p) else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"
