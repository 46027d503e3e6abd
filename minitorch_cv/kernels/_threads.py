"""Spreading work over threads.

- `over_range(kernel, count, cost, *arguments)`: a kernel that shares its range with the team (_team.py), called for
  range(count)
- `over_tasks(kernel, count, *arguments)`: the same where the items are large, and each is a part of its own
- `board()`: what such a kernel takes as `team`
- `run_tasks(task, count)`: a Python function, such as one that calls NumPy, called for each of range(count)
- `set_num_threads(n)`, `get_num_threads()`

The team's threads are Python's own: kernels and NumPy's products release the interpreter lock, so they run side by
side. Unlike OpenMP's, they are there again after a fork, and several Python threads may ask for them at once. A helper
that has finished looks for more work for a millisecond, which is longer than Python takes from one kernel of a training
step to the next, and then sleeps.

Work is cut by shape alone, never by the number of threads, so that results do not depend on it.
"""

import ctypes
import os
import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from minitorch_cv.kernels import _team

_LOOKING_SECONDS = 1e-3
# A kernel handles about one element a nanosecond. Handing over costs less than one microsecond, but numbers that lie in
# the cache of one core are slow to reach from another: a part below this size is done sooner by the caller alone.
_ELEMENTS_OF_PART = 1 << 13
_MOST_PARTS = 32


def over_range(kernel: Callable[..., None], count: int, cost: int, *arguments: Any) -> None:
    """Call kernel(team, size, 0, count, *arguments).

    Args:
        kernel: handles items first <= i < last and writes nothing that belongs to another item.
        count: number of items, such as the planes of a batch of images.
        cost: elements read or written for one item.
    """
    parts = min(count, count * cost // _ELEMENTS_OF_PART, _MOST_PARTS)
    if parts < 2:
        kernel(0, count, 0, count, *arguments)
    else:
        kernel(board(), -(-count // parts), 0, count, *arguments)


def over_tasks(kernel: Callable[..., None], count: int, *arguments: Any) -> None:
    """Call kernel(team, 1, 0, count, *arguments)."""
    kernel(board() if count > 1 else 0, 1, 0, count, *arguments)


def board() -> int:
    """The address of the team's board, with helpers looking at it; 0 with one thread."""
    if _num_threads == 1:
        return 0
    if _helpers.size < _num_threads - 1 or _helpers.asleep:
        _helpers.call(_num_threads - 1)
    return _helpers.board


def run_tasks(task: Callable[[int], Any], count: int) -> None:
    """Call task(0) ... task(count - 1), on several threads and in any order; raises what a task raises."""
    helpers = min(_num_threads, count) - 1
    with np.errstate(all="ignore"):
        if helpers < 1:
            for t in range(count):
                task(t)
        else:
            job = _Job(task, count)
            _helpers.invite(helpers, job)
            job.run()


class _Job:
    """Tasks that whoever is free takes one by one. The caller works too: a helper that comes late is not waited for."""

    def __init__(self, task: Callable[[int], Any], count: int):
        self._task = task
        self._count = count
        # Appending to a deque and popping from it are atomic: no lock is held.
        self._open = deque(range(count))
        self._done: deque[int] = deque()
        self._error: BaseException | None = None
        self._all_done = threading.Event()

    def work(self) -> None:
        """Take tasks until none is left."""
        while True:
            try:
                t = self._open.popleft()
            except IndexError:
                return
            try:
                if self._error is None:
                    self._task(t)
            except BaseException as error:  # KeyboardInterrupt too: the caller raises it when the others have stopped
                self._error = error
            self._done.append(t)
            if len(self._done) == self._count:
                self._all_done.set()

    def run(self) -> None:
        """Work on it, and return when all are done; raise what one raised."""
        self.work()
        self._all_done.wait()
        if self._error is not None:
            raise self._error


class _Helpers:
    """The threads besides the caller's, started when first needed and kept.

    Attributes:
        size: how many there are.
        asleep: how many of them have to be woken, though they look at the board a last time.
        board: the address of the board they look at.
    """

    def __init__(self) -> None:
        self._words = _team.new_board()
        # The last helpers may look at the board when the interpreter has gone: its memory is never given back.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._words))
        self.board = -(-self._words.ctypes.data // _team.LINE) * _team.LINE
        self._shift = (self.board - self._words.ctypes.data) // 8
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._lock = threading.Lock()
        self._wake = threading.Semaphore(0)
        self.size = 0
        self.asleep = 0

    def allow(self, helpers: int) -> None:
        """Let up to so many join a kernel."""
        self._word(_team.HELPERS)[0] = helpers

    def call(self, helpers: int) -> None:
        """Have so many at the board, or as many as the system grants."""
        with self._lock:
            try:
                while self.size < helpers:
                    threading.Thread(target=self._help, name="minitorch_cv kernels", daemon=True).start()
                    self.size += 1
            except RuntimeError:  # no more threads, or the interpreter is shutting down: those there are must do
                pass
            if self.asleep:
                self._wake.release(self.asleep)
                self.asleep = 0

    def invite(self, helpers: int, job: _Job) -> None:
        """Let up to so many threads work on a job."""
        for _ in range(helpers):
            self._jobs.put(job)
        with self._lock:
            self._word(_team.CALLS)[0] += 1
        self.call(helpers)

    def _word(self, offset: int) -> np.ndarray:
        """A word of the board."""
        return self._words[self._shift + offset // 8 :]

    def _calls(self) -> int:
        return int(self._word(_team.CALLS)[0])

    def _help(self) -> None:
        looks = _team.looks_in(_LOOKING_SECONDS / 2)
        sequence = 0
        with np.errstate(all="ignore"):
            while True:
                calls = self._calls()
                try:
                    while True:
                        self._jobs.get_nowait().work()
                except Empty:
                    pass
                sequence = _team.help_others(self.board, sequence, calls, looks)
                with self._lock:
                    if self._calls() != calls:
                        continue
                    self.asleep += 1
                # Python's lock was perhaps to be had only when a caller let go of it, and it had seen nobody asleep:
                # its note is on the board now.
                sequence = _team.help_others(self.board, sequence, calls, looks)
                self._wake.acquire()


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
    _helpers.allow(n - 1)


def get_num_threads() -> int:
    """The number of threads that kernels use."""
    return _num_threads


def _new_helpers() -> None:
    global _helpers
    _helpers = _Helpers()
    _helpers.allow(_num_threads - 1)


_num_threads = _default_num_threads()
_helpers = _Helpers()
_helpers.allow(_num_threads - 1)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_helpers)  # a forked child has none of its parent's threads
