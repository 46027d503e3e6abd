"""Kernels that share their range: every item once, whoever else computes, forks, sleeps or ends meanwhile."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import defaultdict

import numpy as np
import pytest

from minitorch_cv.kernels import _team, _threads
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import _add, _read, _yield, share
from minitorch_cv.kernels._threads import board, run_tasks
from minitorch_cv.kernels.scratch import own, team_scratch
from tests.checks import check_error, number_of_threads, run_script
from tests.kernels.sharing import met, visit_by_tens, visited, with_the_jit

COUNTS = [0, 1, 2, 7, 64, 1000]


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    with number_of_threads(request.param) as count:
        yield count


# ---- parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", COUNTS)
def test_every_item_is_handled_once(threads, count):
    for size in {1, 2, 3, 7, 100, max(1, count - 1), max(1, count), count + 1}:
        seen, starts, workers = visited(count, size)
        assert (seen == 1).all()
        assert (starts % size == 0).all() or not starts.any()
        assert set(workers) <= set(range(threads))


def test_a_range_may_begin_anywhere(threads):
    for first in (0, 1, 5, 99, 100):
        for size in (1, 4, 95):
            seen, *_ = visited(100, size, first=first, items=120)
            assert (seen == [first <= i < 100 for i in range(120)]).all()


@with_the_jit
def test_the_whole_team_comes(threads):
    assert met(threads) == list(range(threads))


def test_a_single_part_is_the_callers(threads):
    for size in (10, 11, 1 << 40):
        _, starts, workers = visited(10, size)
        assert not starts.any() and not workers.any()


def test_fewer_threads_than_before():
    with number_of_threads(5):
        visited(1000, 1)
        with number_of_threads(2):
            for _ in range(100):
                seen, _, workers = visited(1000, 1)
                assert (seen == 1).all() and workers.max() < 2
            with number_of_threads(1):
                assert board() == 0
                assert not visited(1000, 1)[2].any()


@with_the_jit
def test_as_many_threads_as_before_again():
    with number_of_threads(4):
        assert met(4) == [0, 1, 2, 3]
        with number_of_threads(2):
            assert met(2) == [0, 1]
        assert met(4) == [0, 1, 2, 3]


# ---- several at once ----------------------------------------------------------------------------------------------


def test_several_callers_at_once(threads):
    wrong = []

    def call(count):
        for turn in range(60):
            if not (visited(count, 1 + turn % 9)[0] == 1).all():
                wrong.append((count, turn))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        callers = [threading.Thread(target=call, args=(10 * k,)) for k in range(6)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(timeout=60)
    finally:
        sys.setswitchinterval(before)
    assert not any(caller.is_alive() for caller in callers)
    assert not wrong


@kernel
def hold(team, size, first, last, begun, ended):
    """Parts that last until somebody writes to `ended`."""
    if share(team, size, first, last):
        return
    _add(begun, 1)
    while _read(ended) == 0:
        _yield()


@with_the_jit
def test_while_somebody_elses_note_is_on_the_board_the_caller_does_all_alone():
    begun, ended = np.zeros(1, np.int64), np.zeros(1, np.int64)
    addresses = begun.ctypes.data, ended.ctypes.data
    with number_of_threads(4):
        holder = threading.Thread(target=hold, args=(board(), 1, 0, 2, *addresses))
        holder.start()
        while begun[0] == 0 and holder.is_alive():
            time.sleep(0.001)
        seen, starts, workers = visited(100, 1)  # two threads have nothing to do meanwhile
        ended[0] = 1
        holder.join(timeout=60)
        assert (seen == 1).all() and not starts.any() and not workers.any()
        assert met(4) == [0, 1, 2, 3]


def test_a_kernel_called_by_a_part(threads):
    for size in (1, 3, 20):
        seen, starts, workers = visited(20, size, items=200, task=visit_by_tens)
        assert (seen == 1).all()
        if size < 20:  # the outer range was shared, or cannot be: no part of it is cut again
            assert (starts == np.arange(200) // 10 * 10).all()
            assert set(workers) <= set(range(threads))


def test_kernels_called_by_tasks_of_several_threads(threads):
    found = []
    run_tasks(lambda t: found.append(visited(100 + t, 7)[0]), 40)
    assert sorted(len(seen) for seen in found) == list(range(100, 140))
    assert all((seen == 1).all() for seen in found)


# ---- working memory -----------------------------------------------------------------------------------------------


@kernel
def fill_own(team, memory, size, number):
    mine = own(team, memory, size)
    for i in range(len(mine)):
        mine[i] = number


@pytest.mark.parametrize("elements", [1, 16, 17, 1000])
def test_the_shares_of_workers_do_not_overlap(elements):
    with number_of_threads(3):
        memory, size = team_scratch(0, elements)
    assert elements <= size <= elements + 15
    assert memory.ctypes.data % 64 == size * 4 % 64 == 0, "no cache line belongs to two"
    assert len(memory) >= 3 * size
    memory.fill(-1)
    fill_own(0, memory, size, 0)
    fill_own(-2, memory, size, 2)
    np.testing.assert_array_equal(memory[: 3 * size], np.repeat([0, -1, 2], size))
    fill_own(board() or 64, memory, size, 5)  # who does all alone is the first
    np.testing.assert_array_equal(memory[: 3 * size], np.repeat([5, -1, 2], size))


# ---- kernels that cannot share ------------------------------------------------------------------------------------


@kernel
def misnamed(team, size, begin, last, seen):
    if share(team, size, begin, last):
        return


@kernel
def sharing(team, size, first, last, seen):
    if share(team, size, first, last):
        return
    seen[first:last] += 1


@kernel
def calls_with_a_plain_first(team, seen):
    sharing(team, np.int64(1), 0, np.int64(len(seen)), seen)


@kernel
def calls_with_a_plain_size(team, seen):
    sharing(team, 10, np.int64(0), np.int64(len(seen)), seen)


@kernel
def calls_with_numbers_of_a_type(team, seen):
    sharing(team, np.int64(10), np.int64(0), np.int64(len(seen)), seen)


@with_the_jit
def test_the_first_arguments_have_their_names():
    expected = r"share: a kernel that asks it begins with \(team, size, first, last, ...\), got .*'arg.begin'"
    check_error(TypeError, expected, misnamed, 0, 1, 0, 5, np.zeros(5))


@with_the_jit
@pytest.mark.parametrize(
    "task, expected",
    [
        (calls_with_a_plain_first, r"passed the plain number 0 as `first`; pass np.int64\(...\)"),
        (calls_with_a_plain_size, r"passed the plain number 10 as `size`; pass np.int64\(...\)"),
    ],
)
def test_plain_numbers_from_another_kernel(task, expected):
    """A kernel compiled for these very numbers would take the whole range for every part."""
    check_error(TypeError, expected, task, board(), np.zeros(50))


def test_numbers_of_a_type_from_another_kernel(threads):
    seen = np.zeros(50)
    calls_with_numbers_of_a_type(board(), seen)
    assert (seen == 1).all()


# ---- sleep, fork, exit --------------------------------------------------------------------------------------------


def all_asleep():
    """Wait until no helper looks at the board."""
    end = time.monotonic() + 60
    while _threads._helpers.asleep < _threads._helpers.size:
        assert time.monotonic() < end, "helpers go on looking at the board"
        time.sleep(0.01)


def test_helpers_without_work_sleep_and_are_woken_for_tasks(threads):
    meeting = threading.Barrier(threads)
    for _ in range(3):
        run_tasks(lambda t: meeting.wait(timeout=60), threads)
        all_asleep()
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.25  # one that looks would take half a second


@with_the_jit
def test_helpers_are_woken_for_kernels(threads):
    for _ in range(3):
        assert met(threads) == list(range(threads))
        all_asleep()


def test_helpers_look_once_more_when_callers_see_that_they_sleep(monkeypatch):
    """They may have waited for Python's lock until a caller let go of it, in a kernel, having seen nobody asleep."""
    all_asleep()
    helpers, seen = _threads._Helpers(), []

    def look_in_vain(board, sequence, calls, looks):
        seen.append(helpers.asleep)
        return sequence

    monkeypatch.setattr(_team, "looks_in", lambda seconds: 1)
    monkeypatch.setattr(_team, "help_others", look_in_vain)
    for turn in range(3):
        helpers.call(1)
        end = time.monotonic() + 60
        while len(seen) < 2 * turn + 2:
            assert time.monotonic() < end
            time.sleep(0.001)
    assert seen == [0, 1] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_forked_while_another_thread_computes():
    run = run_script(
        """
        import os, threading
        from minitorch_cv.kernels import _threads, set_num_threads
        from tests.kernels.sharing import config, met, visited
        set_num_threads(3)
        visited(100, 7)
        stop = threading.Event()
        def compute():
            while not stop.is_set():
                assert (visited(100, 7)[0] == 1).all()
        thread = threading.Thread(target=compute)
        thread.start()
        for turn in range(20):
            child = os.fork()
            if child == 0:
                right = all((visited(100, 7)[0] == 1).all() for _ in range(20))
                came = config.DISABLE_JIT or met(3) == [0, 1, 2]
                os._exit(0 if right and came and _threads._helpers.size == 2 else 1)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        thread.join()
        print("fine")
        """,
        measured=False,  # a fork in the midst of what coverage does in another thread may leave its lock held for ever
    )
    assert (run.stdout.strip(), run.stderr, run.returncode) == ("fine", "", 0)


@pytest.mark.parametrize("end", ["", "sys.exit()", "visit = visited = board = None", "run_tasks(time.sleep, 2)"])
def test_the_interpreter_exits_while_helpers_look_at_the_board(end):
    run = run_script(
        f"""
        import sys, time
        from minitorch_cv.kernels._threads import board, run_tasks, set_num_threads
        from tests.kernels.sharing import visit, visited
        set_num_threads(4)
        for _ in range(20):
            assert (visited(100, 1)[0] == 1).all()
        {end}
        """
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


# ---- the order of reading and writing -----------------------------------------------------------------------------


class Turns:
    """Threads of which one runs at a time; whenever one reads or writes the board, the next is drawn by lot."""

    def __init__(self, seed):
        self._lots = random.Random(seed)
        self._gates = {}

    def run(self, works):
        """Call each in a thread of its own."""
        threads = [threading.Thread(target=self._run, args=(work,)) for work in works]
        self._gates = {thread: threading.Semaphore(0) for thread in threads}
        for thread in threads:
            thread.start()
        self._draw().release()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()

    def next(self):
        """Let somebody else go on, perhaps."""
        mine, drawn = self._gates[threading.current_thread()], self._draw()
        if drawn is not mine:
            drawn.release()
            mine.acquire()

    def _draw(self):
        return self._lots.choice(list(self._gates.values()))

    def _run(self, work):
        self._gates[threading.current_thread()].acquire()
        work()
        del self._gates[threading.current_thread()]
        if self._gates:
            self._draw().release()


def in_python(function):
    """What was written, not what was compiled."""
    return getattr(function, "py_func", None) or function.__wrapped__


@pytest.mark.parametrize("seats", [0, 1, 2])
@pytest.mark.parametrize("seed", range(30))
def test_any_order_of_reading_and_writing(monkeypatch, seed, seats):
    """Two callers and more helpers than may join, in Python, one access to the board at a time."""
    turns, words = Turns(seed), defaultdict(int)
    done, open_notes, callers, working, wrong = defaultdict(list), set(), set(), set(), []

    def access(function):
        def then_next(*arguments):
            turns.next()
            return function(*arguments)

        return then_next

    def add(address, value):
        words[address] += value
        return words[address] - value

    def seize(address):
        free = words[address] == 0
        words[address] = 1
        return free

    def part(note, arguments, worker, first, last):
        numbers = [0] if threading.current_thread() in callers else range(1, seats + 1)
        if note not in open_notes or arguments != -note or worker in working or worker not in numbers:
            wrong.append((note, arguments, worker))
        working.add(worker)
        turns.next()
        done[note] += range(first, last)
        working.discard(worker)

    for name, function in {
        "_read": lambda address: words[address],
        "_write": words.__setitem__,
        "_add": add,
        "_seize": seize,
        "_breathe": lambda: None,
        "_yield": lambda: None,
    }.items():
        monkeypatch.setattr(_team, name, access(function))
    monkeypatch.setattr(_team, "_call", part)
    words[_team.HELPERS] = seats
    notes = range(1, 9)

    def lead(mine):
        callers.add(threading.current_thread())
        for note in mine:
            open_notes.add(note)
            if not _team._lead(0, note, -note, 2, note, note + 7):
                done[note] += range(note, note + 7)
            open_notes.discard(note)

    def help_others():
        in_python(_team.help_others)(0, 0, 0, 40)

    turns.run([lambda: lead(notes[::2]), lambda: lead(notes[1::2]), *[help_others] * (seats + 1)])
    assert not wrong
    assert {note: sorted(items) for note, items in done.items()} == {n: list(range(n, n + 7)) for n in notes}
    assert words[_team.BUSY] == words[_team.OPEN] == words[_team.INSIDE] == 0
