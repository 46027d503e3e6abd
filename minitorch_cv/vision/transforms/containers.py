"""Transforms made of transforms: one after the other, perhaps, in any order, one of them."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from ...nn.module import Module
from . import draws


def _listed(head: str, transforms: Any) -> str:
    return "\n".join([head, *(f"    {transform}" for transform in transforms), ")"])


class Compose:
    """Transforms one after the other."""

    def __init__(self, transforms: Sequence[Callable]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        """The image after all transforms."""
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return _listed(f"{type(self).__name__}(", self.transforms)


class Lambda:
    """Any function as a transform.

    Raises:   TypeError: if it cannot be called.
    """

    def __init__(self, lambd: Callable) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        """What the function makes of it."""
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RandomTransforms:
    """The base of those that pick from a list of transforms.

    Raises:   TypeError: if it is no sequence.
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        if not isinstance(transforms, Sequence):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What became of the image.

        Raises:   NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define __call__")

    def __repr__(self) -> str:
        return _listed(f"{type(self).__name__}(", self.transforms)


class RandomOrder(RandomTransforms):
    """All transforms, in an order drawn anew for every image."""

    def __call__(self, img: Any) -> Any:
        """The image after all transforms."""
        for place in draws.order(len(self.transforms)):
            img = self.transforms[place](img)
        return img


class RandomChoice(RandomTransforms):
    """One of several transforms.

    Args:     p: how likely each is, in proportion; equally likely by default.
    Raises:   TypeError, ValueError: if p is not a sequence of as many numbers, with a sum above 0.
    """

    def __init__(self, transforms: Sequence[Callable], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None:
            if not isinstance(p, Sequence):
                raise TypeError("Argument p should be a sequence")
            if len(p) != len(transforms):
                raise ValueError(
                    f"The number of weights does not match the population: {len(p)} in p, {len(transforms)} transforms"
                )
            if sum(p) <= 0:
                raise ValueError(f"Total of weights must be greater than zero, got p={p}")
        self.p = p

    def __call__(self, *args: Any) -> Any:
        """What the chosen transform makes of it."""
        if self.p is None:
            return self.transforms[draws.integer(0, len(self.transforms))](*args)
        up_to = list(itertools.accumulate(self.p))
        return self.transforms[bisect.bisect(up_to, draws.uniform(0, up_to[-1]), hi=len(up_to) - 1)](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"


class RandomApply(Module):
    """All transforms, or none.

    Args:     transforms: a sequence, or a ModuleList.
              p: how likely it is that they are applied.
    """

    def __init__(self, transforms: Any, p: float = 0.5) -> None:
        super().__init__()
        self.transforms = transforms
        self.p = p

    def forward(self, img: Any) -> Any:
        """The image, after all transforms or as it was."""
        if draws.chance(self.p):
            for transform in self.transforms:
                img = transform(img)
        return img

    def __repr__(self) -> str:
        return _listed(f"{type(self).__name__}(\n    p={self.p}", self.transforms)
