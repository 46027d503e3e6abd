"""Samplers: in which order, and how often, a loader takes the samples of a dataset."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Generic, TypeVar

import numpy as np

from ...tensors.creation import as_tensor
from ...tensors.generator import Generator, source_of
from ...types.dtype import float64
from ...types.random_source import RandomSource

T_co = TypeVar("T_co", covariant=True)


def draw_seed(generator: Generator | None) -> int:
    """A seed in [0, 2**63 - 1), drawn from `generator` (None: from the default source)."""
    return int(source_of(generator).numpy.integers(2**63 - 1))


class Sampler(Generic[T_co]):
    """Gives indices, or lists of them. Subclasses give `__iter__`, and `__len__` where a loader's length is asked."""

    def __iter__(self) -> Iterator[T_co]:
        raise NotImplementedError


class SequentialSampler(Sampler[int]):
    """Every index in order."""

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Indices at random: a permutation (more than one after the other if `num_samples` asks for it), or, with
    `replacement`, each drawn from all.

    Args:     num_samples: how many to draw; the dataset's length if None.
              generator: where they are drawn from. If None, each pass draws its seed from the default source.
    Raises:   TypeError, ValueError: if `replacement` is no bool, or there are no samples to draw.
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={self.num_samples}")

    @property
    def num_samples(self) -> int:
        """How many indices one pass gives. Without a number of its own it follows the dataset's length."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n = len(self.data_source)
        source = RandomSource(draw_seed(None)) if self.generator is None else self.generator.source
        random = source.numpy
        if self.replacement:
            yield from random.integers(n, size=self.num_samples).tolist()
            return
        for start in range(0, self.num_samples, n):
            yield from random.permutation(n).tolist()[: self.num_samples - start]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order."""

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for position in source_of(self.generator).numpy.permutation(len(self.indices)):
            yield self.indices[position]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Index i with a probability proportional to `weights[i]`: oversamples rare classes, for one.

    Args:     weights: one for each sample, >= 0, of any sum.
              replacement: draw each from all; otherwise no index is drawn twice, and those of weight 0 come last.
    Raises:   ValueError: for wrong arguments.
              RuntimeError: when drawing, if the weights allow no such draw.
    Source:   Efraimidis and Spirakis 2006, without replacement: the smallest of Exp(1) / weight.
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = as_tensor(weights, dtype=float64)
        if self.weights.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        weights = self.weights.array
        self._check(weights)
        random = source_of(self.generator).numpy
        if self.replacement:
            share = np.cumsum(weights)
            drawn = random.random(self.num_samples)
            chosen = np.searchsorted(share, drawn * share[-1], side="right")
            chosen = np.minimum(chosen, np.flatnonzero(weights)[-1])  # where drawn * total was rounded up to total
        else:
            with np.errstate(divide="ignore"):  # a weight of 0 comes last
                race = random.standard_exponential(len(weights)) / weights
            chosen = np.argsort(race, kind="stable")[: self.num_samples]
        yield from chosen.tolist()

    def _check(self, weights: np.ndarray) -> None:
        if not np.all(np.isfinite(weights) & (weights >= 0)):
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        if not weights.any():
            raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
        if not self.replacement and self.num_samples > len(weights):
            raise RuntimeError(
                "cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
                f"{self.num_samples} of {len(weights)}"
            )

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Another sampler's indices in lists of `batch_size`.

    Args:     sampler: any iterable.
              drop_last: leave out a last list that is not full.
    Raises:   ValueError: for a batch size that is no positive integer, or a `drop_last` that is no bool.
    """

    def __init__(self, sampler: Sampler[int] | Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        samples = len(self.sampler)  # type: ignore[arg-type]
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)
