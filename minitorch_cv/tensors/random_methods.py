"""Tensor's methods that draw random numbers."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import sampling as ops
from ..ops.arguments import as_number
from ..ops.sizes import as_integer
from ..types.random_source import rng_of


class RandomMethods(Variable):
    """uniform_, normal_, bernoulli_ ...; each takes `generator=`, by default the thread's source."""

    __slots__ = ()

    def uniform_(self, from_: float = 0, to: float = 1, *, generator: Any = None) -> Any:
        """Fill with numbers in [from_, to)."""
        low, high = as_number("uniform_", "from", from_), as_number("uniform_", "to", to)
        return ops.uniform_(self, low, high, rng_of("uniform_", generator))

    def normal_(self, mean: float = 0, std: float = 1, *, generator: Any = None) -> Any:
        """Fill normally."""
        mean, std = as_number("normal_", "mean", mean), as_number("normal_", "std", std)
        return ops.normal_(self, mean, std, rng_of("normal_", generator))

    def log_normal_(self, mean: float = 1, std: float = 2, *, generator: Any = None) -> Any:
        """Fill with exp of normally distributed numbers of this mean and std."""
        mean, std = as_number("log_normal_", "mean", mean), as_number("log_normal_", "std", std)
        return ops.log_normal_(self, mean, std, rng_of("log_normal_", generator))

    def exponential_(self, lambd: float = 1, *, generator: Any = None) -> Any:
        """Fill with the exponential distribution of rate lambd."""
        return ops.exponential_(self, as_number("exponential_", "lambd", lambd), rng_of("exponential_", generator))

    def cauchy_(self, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Any:
        """Fill with the Cauchy distribution."""
        median, sigma = as_number("cauchy_", "median", median), as_number("cauchy_", "sigma", sigma)
        return ops.cauchy_(self, median, sigma, rng_of("cauchy_", generator))

    def geometric_(self, p: float, *, generator: Any = None) -> Any:
        """Fill with the number of trials up to the first success of probability p."""
        return ops.geometric_(self, as_number("geometric_", "p", p), rng_of("geometric_", generator))

    def random_(self, from_: int | None = None, to: int | None = None, *, generator: Any = None) -> Any:
        """Fill with integers: `random_()` up to the largest, `random_(to)` in [0, to), `random_(from_, to)`.

        The largest is that of the dtype; of floats, 2**24 (float32) or 2**53 (float64).
        """
        smallest, largest = ops.integer_range(self.dtype, signed=False)
        if from_ is None:
            low, high = smallest, largest + 1
        else:
            low, high = (0, from_) if to is None else (from_, as_integer("random_", "to", to))
            low, high = as_integer("random_", "from", low), as_integer("random_", "to", high)
        return ops.random_(self, low, high, rng_of("random_", generator))

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Any:
        """Fill with 1 where an event of probability p, a number or a tensor, happens, else 0."""
        if not isinstance(p, Variable):
            p = as_number("bernoulli_", "p", p)
        return ops.bernoulli_(self, p, rng_of("bernoulli_", generator))

    def bernoulli(self, p: float | None = None, *, generator: Any = None) -> Any:
        """1 where an event happens whose probability is the element of this, or p for all, else 0."""
        return ops.bernoulli(self, p, rng_of("bernoulli", generator))

    def multinomial(self, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Any:
        """Indices drawn with the probabilities in the last dimension."""
        return ops.multinomial(self, num_samples, replacement, rng_of("multinomial", generator))
