"""Spreading work over threads.

The threads are Python's own: kernels and NumPy's products release the interpreter lock, so they run side by side.
Unlike OpenMP's, they are there again after a fork, and several Python threads may ask for them at once. A thread that
has finished looks for more work for a millisecond, which is longer than Python takes from one kernel of a training step
to the next, and then sleeps. Handing work over takes some ten microseconds to a thread that looks, 50 to one that
sleeps.

Work is cut by shape alone, never by the number of threads, so that results do not depend on it.

Functions: `run_tasks(task, count)`, `over_range(kernel, count, cost, *arguments)`, `set_num_threads(n)`,
`get_num_threads()`.
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from minitorch_cv.kernels._waiting import looks_in, wait_for, wait_for_change

_LOOKING_SECONDS = 1e-3
# A kernel handles about one element a nanosecond: a block below this size is not worth handing over.
_ELEMENTS_PER_BLOCK = 1 << 16
_FEWEST_BLOCKS = 4  # less work is done sooner by the caller alone
_MOST_BLOCKS = 16


def over_range(kernel: Callable[..., None], count: int, cost: int, *arguments: Any) -> None:
    """Call kernel(first, last, *arguments) for blocks that together make range(count).

    Args:
        kernel: handles items first <= i < last and writes nothing that belongs to another item.
        count: number of items, such as the planes of a batch of images.
        cost: elements read or written for one item.
    """
    blocks = min(count * cost // _ELEMENTS_PER_BLOCK, _MOST_BLOCKS)
    block = max(-(-count // blocks) if blocks >= _FEWEST_BLOCKS else count, 1)
    run_tasks(lambda t: kernel(t * block, min(count, (t + 1) * block), *arguments), -(-count // block))


def run_tasks(task: Callable[[int], Any], count: int) -> None:
    """Call task(0) ... task(count - 1), on several threads and in any order; raises what a task raises."""
    helpers = min(_num_threads, count) - 1
    with np.errstate(all="ignore"):
        if helpers < 1:
            for t in range(count):
                task(t)
        else:
            job = _Job(task, count)
            _team.invite(helpers, job)
            job.run()


class _Job:
    """Tasks that whoever is free takes one by one. The caller works too: a helper that comes late is not waited for.

    The caller takes them from the front and helpers from the back: so a core finds much of what it works on in its own
    cache, where it left it as it worked on the same part of the array before.
    """

    def __init__(self, task: Callable[[int], Any], count: int):
        self._task = task
        self._count = count
        # Appending to a deque and popping from it are atomic: no lock is held.
        self._open = deque(range(count))
        self._done: deque[int] = deque()
        self._error: BaseException | None = None
        self._unfinished = threading.Lock()
        self._unfinished.acquire()
        self._all_done = np.zeros(1, np.int64)

    def work(self, take: Callable[[deque[int]], int]) -> None:
        """Take tasks until none is left."""
        while True:
            try:
                t = take(self._open)
            except IndexError:
                return
            try:
                if self._error is None:
                    self._task(t)
            except BaseException as error:  # KeyboardInterrupt too: the caller raises it when the others have stopped
                self._error = error
            self._done.append(t)
            if len(self._done) == self._count:
                self._all_done[0] = 1
                with contextlib.suppress(RuntimeError):  # two threads that end together may both come here
                    self._unfinished.release()

    def run(self) -> None:
        """Work on it, and return when all are done; raise what one raised."""
        self.work(deque.popleft)
        if len(self._done) < self._count and not wait_for(self._all_done, 1, looks_in(_LOOKING_SECONDS)):
            self._unfinished.acquire()
        if self._error is not None:
            raise self._error


class _Team:
    """Helper threads, started when first needed and kept."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._size = 0
        self._lock = threading.Lock()
        self._invitations = np.zeros(1, np.int64)

    def invite(self, helpers: int, job: _Job) -> None:
        """Let up to so many threads work on a job."""
        with self._lock:
            try:
                while self._size < helpers:
                    threading.Thread(target=self._help, name="minitorch_cv kernels", daemon=True).start()
                    self._size += 1
            except RuntimeError:  # no more threads, or the interpreter is shutting down: those there are must do
                helpers = self._size
        for _ in range(helpers):
            self._jobs.put(job)
        self._invitations[0] += 1

    def _help(self) -> None:
        with np.errstate(all="ignore"):
            while True:
                self._next_job().work(deque.pop)

    def _next_job(self) -> _Job:
        while True:
            seen = int(self._invitations[0])
            with contextlib.suppress(Empty):
                return self._jobs.get_nowait()
            if not wait_for_change(self._invitations, seen, looks_in(_LOOKING_SECONDS)):
                return self._jobs.get()


def _default_num_threads() -> int:
    wish = os.environ.get("OMP_NUM_THREADS", "")
    if wish.isdigit() and int(wish) > 0:
        return int(wish)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_num_threads(n: int) -> None:
    """Set the number of threads that kernels use; by default OMP_NUM_THREADS or the number of CPUs."""
    global _num_threads
    if n < 1:
        raise ValueError(f"set_num_threads: got {n}, expected at least 1")
    _num_threads = n


def get_num_threads() -> int:
    """The number of threads that kernels use."""
    return _num_threads


def _new_team() -> None:
    global _team
    _team = _Team()


_num_threads = _default_num_threads()
_team = _Team()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_team)  # a forked child has none of its parent's threads
