"""Work is shared by threads safely: errors come back, forks and several callers at once do no harm."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from minitorch_cv.kernels import _blas, _threads
from minitorch_cv.kernels._threads import over_range, run_tasks, set_num_threads
from tests.checks import check_error, number_of_threads, run_script
from tests.kernels.sharing import visit


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    with number_of_threads(request.param) as count:
        yield count


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_every_task_runs_once(threads, count):
    done = [0] * count

    def task(t):
        done[t] += 1

    run_tasks(task, count)
    assert done == [1] * count


COUNTS, COSTS = [0, 1, 2, 31, 1000], [0, 1, 500, 1 << 13, 1 << 20]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("cost", COSTS)
def test_parts_make_up_the_range(threads, count, cost):
    seen, starts, workers = (np.zeros(count, np.int64) for _ in range(3))
    over_range(visit, count, cost, seen, starts, workers)
    assert (seen == 1).all()
    assert (workers < threads).all()


def parts(count, cost):
    """How over_range calls a kernel: whether with a team, and the size of its parts."""
    calls = []
    over_range(lambda team, size, *arguments: calls.append((team != 0, size, arguments)), count, cost, "argument")
    ((shared, size, arguments),) = calls
    assert arguments == (0, count, "argument")
    return shared, size


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("cost", COSTS)
def test_parts_do_not_depend_on_the_number_of_threads(count, cost):
    with number_of_threads(1):
        assert not parts(count, cost)[0]
        alone = parts(count, cost)[1]
    for threads in (2, 5):
        with number_of_threads(threads):
            shared, size = parts(count, cost)
            assert size == alone
            assert shared == (size < count)


def test_small_work_is_not_cut():
    with number_of_threads(2):
        assert parts(1000, 8) == (False, 1000)
        assert parts(1000, 1 << 20) == (True, 32)
        assert parts(3, 1 << 20) == (True, 1)


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


@pytest.fixture
def refusing(monkeypatch):
    """A team without threads, in a system that grants none."""

    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_threads, "_helpers", _threads._Helpers())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with number_of_threads(3):
        yield


def test_tasks_when_no_more_threads_are_to_be_had(refusing):
    done = []
    run_tasks(done.append, 5)
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_kernels_when_no_more_threads_are_to_be_had(refusing):
    seen, starts, workers = (np.zeros(100, np.int64) for _ in range(3))
    over_range(visit, 100, 1 << 20, seen, starts, workers)
    assert (seen == 1).all() and not workers.any()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_computes_too():
    run = run_script(
        """
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
    )
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
