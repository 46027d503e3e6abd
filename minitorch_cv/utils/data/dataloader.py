"""DataLoader: batches of a dataset, in this thread or prefetched by others."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ...tensors.generator import Generator
from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .iterators import Iteration, ThreadedIteration
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

T_co = TypeVar("T_co", covariant=True)
_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class _NoIndices(Sampler[None]):
    """An iterable dataset needs none: its end is where the stream ends."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class DataLoader(Generic[T_co]):
    """Iterates over a dataset in batches; each `for` over it is one epoch.

    The order of the batches, and everything drawn from the library's random functions while a sample is loaded or a
    batch collated, is the same for any number of workers. (Python's `random` and NumPy's global generator are shared by
    all threads: what is drawn from those is not.) Workers help where loading waits for files or spends its time in
    Pillow and NumPy, which let other threads run meanwhile; Python code itself runs in one thread at a time.

    Args:     dataset: anything with `__getitem__` and `__len__`, or an IterableDataset.
              batch_size: None gives single samples, converted to tensors but without a batch dimension.
              shuffle: a new order every epoch.
              sampler: gives the order instead; any iterable of indices.
              batch_sampler: gives the batches; any iterable of lists of indices.
              num_workers: THREADS that load ahead; 0 loads in the calling thread.
              collate_fn: makes a batch of a list of samples; `default_collate`.
              pin_memory: as on a PyTorch without accelerator: a warning, no effect.
              drop_last: leave out a last batch that is not full.
              timeout: seconds to wait for a batch of the workers; 0 waits as long as it takes.
              worker_init_fn: called in each worker with its number before it loads.
              multiprocessing_context: None only, threads need none.
              generator: what shuffling and the epochs' seeds are drawn from; a seeded one makes epochs repeatable.
              prefetch_factor: batches that each worker loads ahead; 2.
              persistent_workers: keep the workers (and their copies of the dataset) from epoch to epoch.
              pin_memory_device: deprecated in PyTorch.
              in_order: False gives batches as they are ready; only with workers.
    Raises:   ValueError: for options that exclude one another or are out of range.
    """

    def __init__(
        self,
        dataset: Dataset[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler | Iterable | None = None,
        batch_sampler: Sampler[list] | Iterable[list] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, multiprocessing_context, prefetch_factor, persistent_workers)
        streamed = isinstance(dataset, IterableDataset)
        _check_sampling(streamed, batch_size, shuffle, sampler, batch_sampler, drop_last)
        if sampler is None:
            if streamed:
                sampler = _NoIndices()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)  # type: ignore[arg-type]
            else:
                sampler = SequentialSampler(dataset)  # type: ignore[arg-type]
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)  # type: ignore[arg-type]

        self.dataset = dataset
        self.batch_size = batch_size
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.persistent_workers = persistent_workers
        self.pin_memory_device = pin_memory_device
        self.in_order = in_order
        self.told_length: int | None = None  # of an iterable dataset, once asked
        self._iterator: ThreadedIteration | None = None  # persistent workers
        self._initialized = True

    def __setattr__(self, attr: str, value: Any) -> None:
        if attr in _FIXED and getattr(self, "_initialized", False):
            raise ValueError(f"{attr} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(attr, value)

    def __iter__(self) -> Iterator[Any]:
        self._warn_of_pinning()
        if self.num_workers == 0:
            return Iteration(self)
        if not self.persistent_workers:
            return ThreadedIteration(self)
        if self._iterator is None:
            self._iterator = ThreadedIteration(self)
        else:
            self._iterator.begin(self)
        return self._iterator

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self.index_sampler)  # type: ignore[arg-type]
        length = self.told_length = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)

    @property
    def index_sampler(self) -> Iterable:
        """What an epoch runs over: lists of indices, or single ones without batching."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _warn_of_pinning(self) -> None:
        if not self.pin_memory:
            return
        if self.pin_memory_device:
            warnings.warn(
                "pin_memory_device is deprecated, the current accelerator will be used as the device,"
                f"ignore pin_memory_device='{self.pin_memory_device}'.",
                stacklevel=3,
            )
        warnings.warn(
            "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory "
            "won't be used.",
            stacklevel=3,
        )


def _check_workers(
    num_workers: int, timeout: float, context: Any, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    if not isinstance(num_workers, int):
        raise TypeError(f"num_workers should be an integer, but got num_workers={num_workers!r}")
    if num_workers < 0:
        raise ValueError(
            f"num_workers option should be non-negative; use num_workers=0 to disable multiprocessing. "
            f"Got {num_workers}"
        )
    if timeout < 0:
        raise ValueError(f"timeout option should be non-negative, but got {timeout}")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"prefetch_factor option should be non-negative, but got {prefetch_factor}")
    if prefetch_factor == 0:
        raise ValueError("prefetch_factor=0 would load nothing; it should be at least 1")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")
    if context is not None:
        if num_workers == 0:
            raise ValueError(
                "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                f"num_workers={num_workers}"
            )
        raise ValueError(
            f"multiprocessing_context={context!r} is not supported: the workers of this DataLoader are threads, which "
            "need no start method; leave it None"
        )


def _check_sampling(
    streamed: bool,
    batch_size: int | None,
    shuffle: bool | None,
    sampler: Any,
    batch_sampler: Any,
    drop_last: bool,
) -> None:
    if streamed:
        unexpected = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
        for option, value in unexpected.items():
            if value is not None:
                raise ValueError(
                    f"DataLoader with IterableDataset: expected unspecified {option} option, but got {option}={value}"
                )
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_sampler is None and batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
