"""Generator: where random numbers come from, and the one that is used when none is named."""

from __future__ import annotations

import json
import secrets
from typing import Any

import numpy as np

from ..types.device import CPU, check_device, device
from ..types.random_source import RandomSource, current_source, default_source
from .tensor import Tensor


class Generator:
    """A stream of random numbers of its own (torch.Generator). The numbers are NumPy's (PCG64), not PyTorch's.

    Args:     device: the CPU.
    """

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device)
        self.source = RandomSource()

    @classmethod
    def of(cls, source: RandomSource) -> Generator:
        """A generator around a source."""
        made = cls()
        made.source = source
        return made

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`; returns self."""
        self.source.seed(int(seed) & ((1 << 64) - 1))  # a negative seed counts from the top, as in PyTorch
        return self

    def seed(self) -> int:
        """Start again from a seed that the operating system chooses; returns it."""
        chosen = secrets.randbits(63)
        self.manual_seed(chosen)
        return chosen

    def initial_seed(self) -> int:
        """The seed it started from."""
        return self.source.initial_seed  # type: ignore[return-value]

    def get_state(self) -> Tensor:
        """Everything needed to go on from here, as a uint8 tensor."""
        text = json.dumps(self.source.state())
        return Tensor.wrap(np.frombuffer(text.encode(), np.uint8).copy())

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state that get_state gave; returns self."""
        self.source.restore(json.loads(new_state.array.tobytes().decode()))
        return self


default_generator = Generator.of(default_source)


def source_of(generator: Generator | None) -> RandomSource:
    """The source of a generator; without one, the source that random operations of this thread draw from."""
    return current_source() if generator is None else generator.source


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from `seed`; returns it."""
    return default_generator.manual_seed(seed)
