"""Worker threads: each takes tasks from a queue of its own, fetches, and puts the results into one queue for all.

Threads, not processes: nothing is copied or pickled, no fork to hang after, and NumPy, Pillow and the kernels release
the lock where the time goes. Workers hold no reference to the iterator they serve: when it is dropped they end.
"""

from __future__ import annotations

import atexit
import copy
import queue
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...types.random_source import RandomSource, use_source
from .dataset import Dataset
from .fetch import STREAM, Cancelled, EndOfStream, Epoch, Fetcher, Task, placed

_WAKE_EVERY = 0.5  # seconds; a wait without end cannot be interrupted by Ctrl-C on Windows, nor notice a fork
_END_WITHIN = 2.0  # seconds that the interpreter waits at its exit for workers to finish a sample
_local = threading.local()


@dataclass(frozen=True)
class WorkerInfo:
    """What `get_worker_info()` tells a worker.

    Args:     id: in [0, num_workers).
              seed: the epoch's seed plus id.
              dataset: this worker's shallow copy; `worker_init_fn` may change it without touching the others'.
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any
    worker_method: str = "thread"


def get_worker_info() -> WorkerInfo | None:
    """Which worker of a DataLoader this thread is; None outside."""
    return getattr(_local, "info", None)


@dataclass(eq=False)
class Result:
    """What became of a task: a batch, an error, or the end of the stream (neither)."""

    task: Task
    worker: int
    value: Any = None
    error: BaseException | None = None
    ended: bool = False


class WorkerPool:
    """`count` worker threads.

    Args:     make_fetcher: (dataset, where, worker) -> the fetcher that one worker uses.
              seed: of the first epoch.
              init_fn: called in each thread with the worker's number, before it fetches.
    """

    def __init__(
        self, count: int, dataset: Any, make_fetcher: Callable, seed: int, init_fn: Callable[[int], Any] | None
    ) -> None:
        self.results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._tasks: list[queue.SimpleQueue[Task | None]] = [queue.SimpleQueue() for _ in range(count)]
        self._threads: list[threading.Thread] = []
        self._epochs: list[Epoch] = []  # the current one
        self.stop = weakref.finalize(
            self, _end, self._tasks, self._epochs
        )  # let the workers end after the sample in hand
        _pools.add(self)
        for worker, tasks in enumerate(self._tasks):
            own = copy.copy(dataset) if isinstance(dataset, Dataset) else dataset
            info = WorkerInfo(worker, count, seed + worker, own)
            thread = threading.Thread(
                target=_work,
                args=(info, make_fetcher, seed, init_fn, tasks, self.results),
                name=f"DataLoader worker {worker}",
                daemon=True,  # Python waits for other threads before it tells them to end
            )
            thread.start()
            self._threads.append(thread)
            _running.add(thread)

    def begin(self, epoch: Epoch) -> None:
        """Drop what is under way: from now on tasks belong to `epoch`."""
        for old in self._epochs:
            old.cancelled = True
        self._epochs[:] = [epoch]

    def put(self, worker: int, task: Task) -> None:
        """Give a worker its next task."""
        self._tasks[worker].put(task)

    def take(self, timeout: float) -> Result:
        """The next result, of whichever worker.

        Args:     timeout: in seconds; 0 waits as long as it takes.
        Raises:   RuntimeError: if the time is over, or the threads are gone, as they are in a forked process.
        """
        deadline = time.monotonic() + timeout if timeout else float("inf")
        while True:
            try:
                return self.results.get(timeout=max(0.0, min(_WAKE_EVERY, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    raise RuntimeError(f"DataLoader timed out after {timeout} seconds") from None
                if not all(thread.is_alive() for thread in self._threads):
                    raise RuntimeError(
                        "DataLoader worker threads exited unexpectedly. If this process was forked while the loader "
                        "was in use: threads do not survive a fork, so start the loop in the process that runs it"
                    ) from None


def _work(
    info: WorkerInfo, make_fetcher: Callable, seed: int, init_fn: Callable | None, tasks: Any, results: Any
) -> None:
    _local.info = info
    where = f"in DataLoader worker thread {info.id}"
    fetcher: Fetcher = make_fetcher(info.dataset, where, info.id)
    failure: Exception | None = None
    if init_fn is not None:
        try:
            with use_source(RandomSource((seed, STREAM, info.id, 1))):
                init_fn(info.id)
        except Exception as error:
            failure = error
    while (task := tasks.get()) is not None:
        if not task.epoch.cancelled:
            result = _fetch(fetcher, task, info.id) if failure is None else _refuse(failure, where, task, info.id)
            if result is not None:
                results.put(result)
            del result  # an idle worker keeps no batch alive
        del task


def _refuse(failure: Exception, where: str, task: Task, worker: int) -> Result:
    told = placed(failure, f"{where}, worker_init_fn")  # a new one each time: what is raised holds on to who asked
    told.__cause__ = failure
    return Result(task, worker, error=told)


def _fetch(fetcher: Fetcher, task: Task, worker: int) -> Result | None:
    try:
        return Result(task, worker, value=fetcher.fetch(task))
    except Cancelled:
        return None
    except EndOfStream:
        return Result(task, worker, ended=True)
    except BaseException as error:  # whatever it is, the user's thread must hear of it, or it would wait for ever
        return Result(task, worker, error=error)


def _end(queues: list, epochs: list[Epoch]) -> None:
    for epoch in epochs:
        epoch.cancelled = True
    for tasks in queues:
        tasks.put(None)


_pools: weakref.WeakSet[WorkerPool] = weakref.WeakSet()
_running: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


def end_all() -> None:
    """At exit: a daemon thread that is in native code while the interpreter goes down can crash it."""
    for pool in list(_pools):
        pool.stop()
    deadline = time.monotonic() + _END_WITHIN
    for thread in list(_running):
        thread.join(max(0.0, deadline - time.monotonic()))


atexit.register(end_all)
