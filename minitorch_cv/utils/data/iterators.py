"""One pass over a DataLoader: in the calling thread, or with workers that load ahead."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .dataset import IterableDataset
from .fetch import EndOfStream, Epoch, Fetcher, MapFetcher, StreamFetcher, Task
from .sampler import draw_seed
from .worker import Result, WorkerPool

if TYPE_CHECKING:
    from .dataloader import DataLoader


def _tasks(epoch: Epoch, indices: Iterable, batched: bool) -> Iterator[Task]:
    first = 0
    for number, keys in enumerate(indices):
        yield Task(epoch, number, list(keys) if batched else keys, first)
        first += len(keys) if batched else 1


def _fetcher_maker(loader: DataLoader) -> Callable[[Any, str | None, int], Fetcher]:
    # Takes what it needs out of the loader: a thread that held the loader would keep itself alive.
    batched, collate_fn, drop_last = loader.batch_sampler is not None, loader.collate_fn, loader.drop_last

    def make(dataset: Any, where: str | None, worker: int) -> Fetcher:
        if isinstance(dataset, IterableDataset):
            return StreamFetcher(dataset, batched, collate_fn, where, worker, drop_last)
        return MapFetcher(dataset, batched, collate_fn, where)

    return make


class Iteration:
    """A pass that fetches each batch when it is asked for."""

    def __init__(self, loader: DataLoader) -> None:
        if loader.timeout and not loader.num_workers:
            raise AssertionError(
                f"DataLoader with num_workers=0 requires timeout == 0, but got timeout={loader.timeout}; there is no "
                "worker to wait for"
            )
        self.begin(loader)

    def begin(self, loader: DataLoader) -> None:
        """Start an epoch: its seed is drawn, and the sampler starts anew."""
        self._index_sampler = loader.index_sampler
        indices = iter(self._index_sampler)
        self._epoch = Epoch(draw_seed(loader.generator))
        self._tasks = _tasks(self._epoch, indices, loader.batch_sampler is not None)
        self._dataset, self._told_length, self._given = loader.dataset, loader.told_length, 0
        self._prepare(loader)

    def _prepare(self, loader: DataLoader) -> None:
        self._fetcher = _fetcher_maker(loader)(loader.dataset, None, 0)

    def __iter__(self) -> Iteration:
        return self

    def __len__(self) -> int:
        return len(self._index_sampler)  # type: ignore[arg-type]

    def __next__(self) -> Any:
        batch = self._next_batch()
        self._given += 1
        if self._told_length is not None and self._given > self._told_length:
            warnings.warn(
                f"Length of IterableDataset {self._dataset} was reported to be {self._told_length} (when accessing "
                f"len(dataloader)), but {self._given} samples have been fetched. With several workers, each must "
                "stream its share: see get_worker_info().",
                stacklevel=2,
            )
        return batch

    def _next_batch(self) -> Any:
        task = next(self._tasks)  # StopIteration: the epoch is over
        try:
            return self._fetcher.fetch(task)
        except EndOfStream:
            raise StopIteration from None


class ThreadedIteration(Iteration):
    """A pass whose batches workers load ahead, task k being worker k % num_workers's.

    Streams that end early drop out of the rotation. The order of the batches is that of the tasks, unless `in_order` is
    off. When this object is dropped, the workers end.
    """

    _pool: WorkerPool | None = None

    def _prepare(self, loader: DataLoader) -> None:
        if self._pool is None:
            self._pool = WorkerPool(
                loader.num_workers,
                loader.dataset,
                _fetcher_maker(loader),
                self._epoch.base_seed,
                loader.worker_init_fn,
            )
        self._pool.begin(self._epoch)
        self._timeout, self._in_order, self._keep = loader.timeout, loader.in_order, loader.persistent_workers
        self._rotation = itertools.cycle(range(loader.num_workers))
        self._streaming = set(range(loader.num_workers))  # workers whose dataset has not ended
        self._pending: dict[Task, int] = {}  # in order; with the worker
        self._ready: dict[Task, Result] = {}  # came before its turn
        for _ in range(loader.num_workers * (loader.prefetch_factor or 0)):
            self._put_task()

    def _next_batch(self) -> Any:
        while self._pending:
            result = self._next_result()
            if result.ended:
                self._streaming.discard(result.worker)
            self._put_task()
            if result.error is not None:
                try:
                    raise result.error
                finally:
                    del (
                        result
                    )  # else its traceback, this frame and the iterator would be a cycle that keeps the threads
            if not result.ended:
                return result.value
        if not self._keep:
            self._pool.stop()  # type: ignore[union-attr]
        raise StopIteration

    def _next_result(self) -> Result:
        turn = next(iter(self._pending))
        while turn not in self._ready:
            result = self._pool.take(self._timeout)  # type: ignore[union-attr]
            if result.task.epoch is self._epoch:
                self._ready[result.task] = result
                if not self._in_order:
                    turn = result.task
        del self._pending[turn]
        return self._ready.pop(turn)

    def _put_task(self) -> None:
        if not self._streaming:
            return
        task = next(self._tasks, None)
        if task is None:
            return
        if self._in_order:
            worker = next(worker for worker in self._rotation if worker in self._streaming)
        else:
            load = list(self._pending.values())
            worker = min(self._streaming, key=lambda worker: (load.count(worker), worker))
        self._pending[task] = worker
        self._pool.put(worker, task)  # type: ignore[union-attr]
