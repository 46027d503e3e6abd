"""Transforms made of transforms, for samples: one after the other, perhaps, in any order, one of them."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ....nn.containers import ModuleList
from .. import draws
from .transform import Transform


class _Several(Transform):
    """What they have in common: a list of transforms, of which some are applied in turn."""

    transforms: Any

    def __init__(self, transforms: Any, kinds: Any = Sequence, told: str = "a sequence of callables") -> None:
        super().__init__()
        if not isinstance(transforms, kinds):
            raise TypeError(f"Argument transforms should be {told}")
        if not transforms:
            raise ValueError("Pass at least one transform")
        self.transforms = transforms

    def _through(self, transforms: Iterable[Callable], inputs: tuple) -> Any:
        """The inputs after the transforms: several arguments are passed on as several."""
        several = len(inputs) > 1
        for transform in transforms:
            outputs = transform(*inputs)
            inputs = outputs if several else (outputs,)
        return inputs if several else inputs[0]


def _lines(transforms: Iterable[Callable]) -> str:
    return "\n".join(f"    {transform}" for transform in transforms)


class Compose(_Several):
    """Transforms one after the other. Several arguments, such as image and label, go through all of them.

    Raises:   TypeError, ValueError: if it is no sequence, or an empty one.
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        super().__init__(transforms)

    def forward(self, *inputs: Any) -> Any:
        """The sample after all transforms."""
        return self._through(self.transforms, inputs)

    def extra_repr(self) -> str:
        """A line for each."""
        return _lines(self.transforms)


class RandomApply(_Several):
    """All transforms, or none.

    Args:     transforms: a sequence, or a ModuleList.
              p: how likely it is that they are applied.
    Raises:   TypeError, ValueError: if it is no sequence, or an empty one; if p is no probability.
    """

    def __init__(self, transforms: Sequence[Callable] | ModuleList, p: float = 0.5) -> None:
        super().__init__(transforms, (Sequence, ModuleList), "a sequence of callables or a `nn.ModuleList`")
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"`p` should be a floating point value in the interval [0.0, 1.0], got {p}.")
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        """The sample, after all transforms or as it was."""
        return self._through(self.transforms if draws.chance(self.p) else (), inputs)

    def extra_repr(self) -> str:
        """A line for each."""
        return _lines(self.transforms)


class RandomChoice(_Several):
    """One of several transforms.

    Args:     p: how likely each is, in proportion; equally likely by default.
    Raises:   TypeError, ValueError: if it is no sequence, or an empty one; if p has another length or no sum above 0.
    """

    def __init__(self, transforms: Sequence[Callable], p: list[float] | None = None) -> None:
        super().__init__(transforms)
        shares = [1] * len(transforms) if p is None else p
        if len(shares) != len(transforms):
            raise ValueError(f"Length of p doesn't match the number of transforms: {len(shares)} != {len(transforms)}")
        if min(shares) < 0 or not sum(shares) > 0:
            raise ValueError(f"RandomChoice: p should be numbers from 0 on with a sum above 0, got {p}")
        self.p = [share / sum(shares) for share in shares]

    def forward(self, *inputs: Any) -> Any:
        """What the chosen transform makes of the sample."""
        up_to = list(itertools.accumulate(self.p))
        return self.transforms[bisect.bisect(up_to, draws.uniform(0, up_to[-1]), hi=len(up_to) - 1)](*inputs)


class RandomOrder(_Several):
    """All transforms, in an order drawn anew for every sample.

    Raises:   TypeError, ValueError: if it is no sequence, or an empty one.
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        super().__init__(transforms)

    def forward(self, *inputs: Any) -> Any:
        """The sample after all transforms."""
        return self._through([self.transforms[place] for place in draws.order(len(self.transforms))], inputs)


class Lambda(Transform):
    """Any function as a transform, of everything that lies in a sample.

    Args:     types: only of these.
    """

    _transformed_types = (object,)

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd = lambd
        self.types = types or (object,)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """What the function makes of it."""
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        """The function's name, and the types."""
        name = getattr(self.lambd, "__name__", None)
        types = f"types={[kind.__name__ for kind in self.types]}"
        return f"{name}, {types}" if name else types
