"""Kernels that share their range with the team, and say who had which part."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from numba.core import config

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import _add, _read, _yield, share
from minitorch_cv.kernels._threads import board
from minitorch_cv.kernels.scratch import own, team_scratch

with_the_jit = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="with the JIT off the caller does all alone")


@kernel
def visit(team, size, first, last, seen, starts, workers):
    """Count every item; note where its part began and who had it."""
    if share(team, size, first, last):
        return
    for i in range(first, last):
        seen[i] += 1
        starts[i] = first
        workers[i] = max(-team, 0)


@kernel
def visit_by_tens(team, size, first, last, seen, starts, workers):
    """Have another kernel visit ten items for every one of this range."""
    if share(team, size, first, last):
        return
    for i in range(first, last):
        visit(team, np.int64(3), 10 * i, 10 * i + 10, seen, starts, workers)


@kernel
def meet(team, size, first, last, arrived, expected, given_up, memory, share_size, workers):
    """Every part waits until so many have begun, and notes who had it if nobody else wrote to what is its own."""
    if share(team, size, first, last):
        return
    worker = max(-team, 0)
    mine = own(team, memory, share_size)
    mine[:] = worker
    _add(arrived, 1)
    while _read(arrived) < expected and _read(given_up) == 0:
        _yield()
    undisturbed = True
    for number in mine:
        if number != worker:
            undisturbed = False
    if undisturbed:
        workers[first] = worker


def visited(last, size, first=0, items=None, task=visit):
    """For each of `last` items, or of more: how often it was seen, where its part began, who had it."""
    seen, starts, workers = np.zeros(items or last, np.int64), np.full(items or last, -1), np.full(items or last, -1)
    task(board(), size, first, last, seen, starts, workers)
    return seen, starts, workers


def met(count):
    """The numbers of so many workers that were all at a part at one time; others if they did not come in a minute."""
    arrived, given_up, workers = np.zeros(1, np.int64), np.zeros(1, np.int64), np.full(count, -1)
    over, end = threading.Event(), time.monotonic() + 60

    def wake():
        """On a busy machine helpers may have gone to sleep again before the caller came to put up its note."""
        while not over.wait(0.001):
            board()
            given_up[0] = time.monotonic() > end

    waker = threading.Thread(target=wake)
    waker.start()
    meet(board(), 1, 0, count, arrived.ctypes.data, count, given_up.ctypes.data, *team_scratch(0, 100), workers)
    over.set()
    waker.join()
    return sorted(workers.tolist())
