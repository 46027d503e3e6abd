"""Work is shared by threads safely: errors come back, forks and several callers at once do no harm."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

from minitorch_cv.kernels import _blas, _threads
from minitorch_cv.kernels._threads import get_num_threads, over_range, run_tasks, set_num_threads
from tests.checks import check_error


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    before = get_num_threads()
    set_num_threads(request.param)
    yield request.param
    set_num_threads(before)


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_every_task_runs_once(threads, count):
    done = [0] * count

    def task(t):
        done[t] += 1

    run_tasks(task, count)
    assert done == [1] * count


@pytest.mark.parametrize("count", [0, 1, 31, 1000])
@pytest.mark.parametrize("cost", [0, 1, 1 << 20])
def test_blocks_make_up_the_range(threads, count, cost):
    seen = np.zeros(count, np.int64)

    def kernel(first, last, target, step):
        target[first:last] += step

    over_range(kernel, count, cost, seen, 3)
    assert (seen == 3).all()


def test_an_error_reaches_the_caller_and_the_team_goes_on(threads):
    def task(t):
        if t == 3:
            raise ValueError("task 3")

    check_error(ValueError, "task 3", run_tasks, task, 10)
    done = []
    run_tasks(done.append, 4)
    assert sorted(done) == [0, 1, 2, 3]


def test_several_callers_at_once(threads):
    sums = [0] * 6

    def caller(k):
        values = np.zeros(50, np.int64)

        def task(t):
            values[t] = t * k

        for _ in range(20):
            run_tasks(task, 50)
        sums[k] = int(values.sum())

    callers = [threading.Thread(target=caller, args=(k,)) for k in range(6)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join(timeout=60)
        assert not thread.is_alive()
    assert sums == [1225 * k for k in range(6)]


def test_tasks_may_give_tasks(threads):
    done = np.zeros((4, 4), np.int64)

    def outer(i):
        def inner(j):
            done[i, j] += 1

        run_tasks(inner, 4)

    run_tasks(outer, 4)
    assert (done == 1).all()


def test_no_warning_of_numpy_leaks_from_a_task(threads):
    def task(t):
        return np.float32(1) / np.zeros(3, np.float32)

    with np.errstate(all="raise"):
        run_tasks(task, 8)


def test_set_num_threads_checks():
    check_error(ValueError, "set_num_threads: got 0, expected at least 1", set_num_threads, 0)


@pytest.mark.parametrize("value, expected", [("3", 3), ("0", None), ("many", None), ("", None)])
def test_the_default_number_follows_the_environment(monkeypatch, value, expected):
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert _threads._default_num_threads() == (expected or len(os.sched_getaffinity(0)))


def test_no_more_threads_to_be_had(monkeypatch):
    monkeypatch.setattr(_threads, "_team", _threads._Team())
    before = get_num_threads()

    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []
    try:
        set_num_threads(3)
        run_tasks(done.append, 5)
    finally:
        set_num_threads(before)
    assert sorted(done) == [0, 1, 2, 3, 4]


FORKING = """
    import os, sys
    import numpy as np
    from minitorch_cv.kernels._threads import set_num_threads
    from minitorch_cv.kernels.convolution import conv2d
    from minitorch_cv.kernels.window import Window

    set_num_threads(2)
    x, weight = np.random.rand(16, 3, 20, 20).astype(np.float32), np.random.rand(4, 3, 3, 3).astype(np.float32)
    expected = conv2d(x, weight, None, Window((3, 3)))
    child = os.fork()
    if child == 0:
        os._exit(0 if (conv2d(x, weight, None, Window((3, 3))) == expected).all() else 1)
    _, status = os.waitpid(child, 0)
    same = (conv2d(x, weight, None, Window((3, 3))) == expected).all()
    sys.exit(os.waitstatus_to_exitcode(status) or int(not same))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_computes_too():
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(FORKING)], timeout=120, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_blas_is_held_to_one_thread_and_left_as_found():
    openblas = _blas._openblas()
    if openblas is None:
        pytest.fail("NumPy's wheels bring an OpenBLAS with them; it was not found")
    before = openblas._get()
    with _blas.one_blas_thread():
        assert openblas._get() == 1
        with _blas.one_blas_thread():
            assert openblas._get() == 1
        assert openblas._get() == 1
    assert openblas._get() == before
