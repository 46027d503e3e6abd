"""Fetching one batch: the samples, each under a random source of its own, collated; and errors that say which item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...types.random_source import RandomSource, use_source
from .dataset import IterableDataset, Subset

ITEM, BATCH, STREAM = range(3)  # what a seed belongs to: one sample, one collated batch, one worker


class LazySource(RandomSource):
    """A source that makes its generator at the first draw: many samples draw nothing, and making it costs 10 us."""

    __slots__ = ("_generator",)

    def seed(self, seed: int | tuple[int, ...]) -> None:
        """Start again from `seed`."""
        self.initial_seed = seed
        self._generator: np.random.Generator | None = None

    @property
    def numpy(self) -> np.random.Generator:  # type: ignore[override]
        """NumPy's generator."""
        if self._generator is None:
            self._generator = np.random.Generator(np.random.PCG64(self.initial_seed))
        return self._generator


@dataclass(eq=False)
class Epoch:
    """One pass over the data. A task of a cancelled epoch need not be finished."""

    base_seed: int
    cancelled: bool = False


@dataclass(eq=False)
class Task:
    """One batch to fetch.

    Args:     number: of the batch in the epoch.
              keys: the samples' indices; without batching, the one index.
              first: how many samples the epoch gave before this batch.
    """

    epoch: Epoch
    number: int
    keys: Any
    first: int


class EndOfStream(Exception):  # noqa: N818  (not an error)
    """An iterable dataset has no more batches."""


class Cancelled(Exception):  # noqa: N818
    """Nobody waits for this batch any more."""


class Complaining:
    """Says of an error where it was.

    Args:     where: names the thread that fetches; None for that of the loop, which may catch the error: it stays
                what it is, and gets a note.
    """

    where: str | None

    def complain(self, error: Exception, doing: str) -> None:
        """Raise another error in the place of one of another thread, or of a StopIteration, which would be lost."""
        if self.where is not None or isinstance(error, StopIteration):
            raise placed(error, f"{self.where or 'in DataLoader'}, {doing}") from error
        note = f"DataLoader: {doing}"
        if hasattr(error, "add_note") and note not in getattr(error, "__notes__", ()):  # since Python 3.11
            error.add_note(note)


class MapFetcher(Complaining):
    """Fetches from a dataset by index.

    What a sample or the collating draws at random depends on the epoch's seed and on the sample's or the batch's place
    in the epoch alone: neither on the thread nor on how many there are. (The place, not the index: a sampler that
    repeats an index shall get different augmentations.)

    Args:     batched: whether a task's keys are many.
              where: see Complaining.
    """

    def __init__(self, dataset: Any, batched: bool, collate_fn: Callable, where: str | None) -> None:
        self.dataset, self.batched, self.collate_fn, self.where = dataset, batched, collate_fn, where

    def fetch(self, task: Task) -> Any:
        """The batch of a task.

        Raises:   the error of the dataset or of `collate_fn`, its item named; of another thread's the type is the same
                  where that can be.
        """
        keys = list(task.keys) if self.batched else [task.keys]
        doing = ""
        try:
            if self.batched and _takes_batches(self.dataset):
                doing = f"loading items {_listed(keys)}"
                with use_source(LazySource((task.epoch.base_seed, ITEM, task.first))):
                    samples = self.dataset.__getitems__(keys)
            else:
                samples = []
                for place, key in enumerate(keys, task.first):
                    if task.epoch.cancelled:
                        raise Cancelled
                    doing = f"loading item {key!r}"
                    with use_source(LazySource((task.epoch.base_seed, ITEM, place))):
                        samples.append(self.dataset[key])
            doing = f"collating item{'s' if self.batched else ''} {_listed(keys)}"
            with use_source(LazySource((task.epoch.base_seed, BATCH, task.number))):
                return self.collate_fn(samples if self.batched else samples[0])
        except Cancelled:
            raise
        except Exception as error:
            self.complain(error, f"{doing}{_entries(error, keys)}")
            raise


class StreamFetcher(Complaining):
    """Fetches from an iterable dataset: `len(task.keys)` samples at a time, all drawing from the worker's source."""

    def __init__(
        self,
        dataset: IterableDataset,
        batched: bool,
        collate_fn: Callable,
        where: str | None,
        worker: int,
        drop_last: bool,
    ) -> None:
        self.dataset, self.batched, self.collate_fn, self.where = dataset, batched, collate_fn, where
        self.worker, self.drop_last = worker, drop_last
        self._epoch: Epoch | None = None
        self._samples: Iterator = iter(())
        self._taken = 0

    def fetch(self, task: Task) -> Any:
        """The next batch.

        Raises:   EndOfStream: if there is none.
                  the error of the dataset or of `collate_fn`, as MapFetcher's.
        """
        size = len(task.keys) if self.batched else 1
        doing = "starting the stream"
        try:
            if task.epoch is not self._epoch:
                self._start(task.epoch)
            samples: list = []
            with use_source(self._source):
                while len(samples) < size:
                    if task.epoch.cancelled:
                        raise Cancelled
                    doing = f"loading item {self._taken} of the stream"
                    try:
                        samples.append(next(self._samples))
                    except StopIteration:
                        self._samples = iter(())
                        break
                    self._taken += 1
                if not samples or (self.drop_last and len(samples) < size):
                    raise EndOfStream
                keys = range(self._taken - len(samples), self._taken)
                doing = f"collating item{'s' if self.batched else ''} {_listed(keys)} of the stream"
                return self.collate_fn(samples if self.batched else samples[0])
        except (Cancelled, EndOfStream):
            raise
        except Exception as error:
            self.complain(error, doing)
            raise

    def _start(self, epoch: Epoch) -> None:
        self._epoch, self._taken, self._samples = epoch, 0, iter(())
        self._source = RandomSource((epoch.base_seed, STREAM, self.worker))
        with use_source(self._source):
            self._samples = iter(self.dataset)


Fetcher = MapFetcher | StreamFetcher


def _takes_batches(dataset: Any) -> bool:
    """Whether `__getitems__` is more than a loop. Subset only passes it on: better to ask one by one."""
    while type(dataset) is Subset:
        dataset = dataset.dataset
    return callable(getattr(dataset, "__getitems__", None))


def _listed(keys: Any) -> str:
    shown = ", ".join(repr(key) for key in keys[:8])
    return shown if len(keys) <= 8 else f"{shown}, ... ({len(keys)} items)"


def _entries(error: Exception, keys: list) -> str:
    """Which items an error of default_collate speaks of."""
    told = [f"entry {entry} is item {keys[entry]!r}" for entry in getattr(error, "ragged_entries", ())]
    return f" ({', '.join(told)})" if told else ""


class _VerbatimKeyError(str):
    """KeyError shows the repr of its argument; this one's repr is its text."""

    def __repr__(self) -> str:
        return str(self)


def placed(error: Exception, place: str) -> Exception:
    """An exception of the same type whose message also says where; the original becomes its cause.

    A RuntimeError instead where the type cannot be made from a message, and for StopIteration, which would end the
    user's loop without a word.
    """
    message = f"Caught {type(error).__name__} {place}: {error}"
    if isinstance(error, StopIteration):
        return RuntimeError(message)
    try:
        return type(error)(_VerbatimKeyError(message) if isinstance(error, KeyError) else message)
    except Exception:
        return RuntimeError(message)
