"""Where random numbers come from: one default source, and another one for the time of a `with`.

A loader's worker gives every item a source of its own, seeded from the epoch and its place in it, so that what a random
transform draws does not depend on which thread runs it: hence the thread-local override.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

DEFAULT_SEED = 67280421310721  # PyTorch's


class RandomSource:
    """A NumPy generator (PCG64) that remembers its seed, a number or a tuple of numbers that NumPy mixes."""

    __slots__ = ("initial_seed", "numpy")

    def __init__(self, seed: int | tuple[int, ...] = DEFAULT_SEED) -> None:
        self.seed(seed)

    def seed(self, seed: int | tuple[int, ...]) -> None:
        """Start again from `seed`."""
        self.initial_seed = seed
        self.numpy = np.random.Generator(np.random.PCG64(seed))

    def state(self) -> dict:
        """Everything needed to go on from here: the seed and NumPy's own state."""
        return {"initial_seed": self.initial_seed, "state": self.numpy.bit_generator.state}

    def restore(self, state: dict) -> None:
        """Go on from a state that `state()` gave."""
        self.numpy.bit_generator.state = state["state"]
        seed = state["initial_seed"]
        self.initial_seed = tuple(seed) if isinstance(seed, list) else seed


default_source = RandomSource()
_local = threading.local()


def current_source() -> RandomSource:
    """The source that random operations of this thread draw from."""
    return getattr(_local, "source", None) or default_source


def rng_of(op_name: str, generator: Any) -> np.random.Generator:
    """NumPy's generator behind a `generator=` argument; for None, that of this thread's source.

    Raises:   TypeError: if it is neither None nor a Generator.
    """
    source = current_source() if generator is None else getattr(generator, "source", None)
    if not isinstance(source, RandomSource):
        raise TypeError(f"{op_name}(): argument 'generator' must be Generator, not {type(generator).__name__}")
    return source.numpy


@contextmanager
def use_source(source: RandomSource) -> Iterator[RandomSource]:
    """Let this thread draw from `source` inside the `with`."""
    before = getattr(_local, "source", None)
    _local.source = source
    try:
        yield source
    finally:
        _local.source = before
