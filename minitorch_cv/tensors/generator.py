"""Generator: where random numbers come from; the default one, and torch.random's functions on it."""

from __future__ import annotations

import json
import operator
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
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
        """Start again from `seed`; returns self.

        Args:     seed: -2**63 to 2**64 - 1; a negative one counts from 2**64 down, as in PyTorch.
        Raises:   RuntimeError: if it is no integer. ValueError: if it is out of range.
        """
        try:
            number = operator.index(seed)
        except TypeError:
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}") from None
        if not -(1 << 63) <= number < 1 << 64:
            raise ValueError(f"manual_seed: Overflow when unpacking long long: {number} is not in [-2**63, 2**64 - 1]")
        self.source.seed(number % (1 << 64))
        return self

    def seed(self) -> int:
        """Start again from a seed that the operating system chooses; returns it."""
        chosen = secrets.randbits(63)
        self.source.seed(chosen)
        return chosen

    def initial_seed(self) -> int:
        """The seed it started from."""
        return self.source.initial_seed  # type: ignore[return-value]

    def get_state(self) -> Tensor:
        """Everything needed to go on from here, as a uint8 tensor."""
        text = json.dumps(self.source.state())
        return Tensor.wrap(np.frombuffer(text.encode(), np.uint8).copy())

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state that get_state gave; returns self.

        Raises:   TypeError: if it is no uint8 tensor. RuntimeError: if it is not the state of a generator.
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(f"set_state: expected a torch.ByteTensor, but got {type(new_state).__name__}")
        if new_state.array.dtype != np.uint8:
            raise TypeError(f"set_state: RNG state must be a torch.ByteTensor, got {new_state.type()}")
        try:
            self.source.restore(json.loads(new_state.array.tobytes()))
        except (ValueError, KeyError, TypeError) as error:
            raise RuntimeError(
                f"set_state: the {new_state.array.size} bytes are not the state of a generator of this library; "
                "PyTorch's states do not fit, its generator is another"
            ) from error
        return self

    def clone_state(self) -> Generator:
        """A new generator that goes on from the same state."""
        return Generator().set_state(self.get_state())


default_generator = Generator.of(default_source)


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from `seed`; returns it (torch.manual_seed).

    While a loader fetches a sample, that is the sample's own generator: what a dataset seeds concerns its sample alone.
    """
    here = current_source()
    generator = default_generator if here is default_source else Generator.of(here)
    return generator.manual_seed(int(seed))


def seed() -> int:
    """Start the default generator again from a seed that the operating system chooses; returns it (torch.seed)."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator started from (torch.initial_seed)."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, as a uint8 tensor (torch.get_rng_state)."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Set the state of the default generator (torch.set_rng_state).

    Raises:   TypeError, RuntimeError: as Generator.set_state.
    """
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, device_type: str = "cpu") -> Iterator[None]:
    """Give the default generator its state back at the end of the `with` (torch.random.fork_rng).

    Args:     devices: None or empty; there are no other devices.
              enabled: False makes it do nothing.
    """
    check_device(device_type)
    if devices:
        raise RuntimeError(f"fork_rng: devices={devices!r} are not available; this library runs on the CPU")
    before = default_source.state()
    try:
        yield
    finally:
        if enabled:
            default_source.restore(before)
