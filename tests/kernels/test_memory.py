"""The buffer pool: memory is used again when nobody can see it any more, and never before."""

from __future__ import annotations

import ctypes
import gc
import mmap
import sys
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from minitorch_cv.kernels import layout, memory, scratch
from minitorch_cv.kernels.memory import Pool, Ranges
from tests.checks import run_script

PAGE = mmap.PAGESIZE
FLOAT = np.dtype(np.float32)
LARGE = (memory.MIN_BYTES // 4,)

pytestmark = pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="the system takes no pages back")


def pages(pool, count, dtype=FLOAT):
    """An array of `count` pages."""
    made = pool.take((count * PAGE // dtype.itemsize,), dtype)
    assert made is not None
    return made


def overlap(a, b):
    return np.may_share_memory(a, b)


def resident():
    """Bytes of this process's memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE


@pytest.fixture(scope="module")
def small_gaps():
    """The least of gaps is made for large arrays; these pools hold a few pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "_LEAST_GAPS", 0)
        yield


# ---- ranges -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(1, 6)), max_size=60))
def test_ranges_are_the_runs_of_a_set(steps):
    """Against the obvious: a set of numbers, its runs found by looking at each."""
    ranges, members = Ranges(), set()
    for adds, start, size in steps:
        wanted = set(range(start, start + size))
        if adds and not wanted & members:
            ranges.add(start, size)
            members |= wanted
        elif not adds and wanted <= members:
            ranges.cut(start, size, max(i for i in members if i <= start and i - 1 not in members))
            members -= wanted
        runs = {i: next(n for n in range(1, 99) if i + n not in members) for i in members if i - 1 not in members}
        assert ranges.size_at == runs
        assert ranges.total == len(members)
        for size in range(1, 9):
            enough = [i for i, n in runs.items() if n >= size]
            well = [i for i in enough if runs[i] <= size + size // 4]
            assert ranges.fit(size) == min(well or enough, default=None)
        for edge in range(40):
            assert ranges.beside(edge, True) == runs.get(edge, 0)
            assert ranges.beside(edge, False) == next((n for i, n in runs.items() if i + n == edge), 0)
        if runs:
            assert ranges.smallest() == min(runs.items(), key=lambda run: run[::-1])


# ---- the pool -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["take", "drop", "view", "bytes", "drop owner", "empty"]), st.integers(0, 20)),
        max_size=80,
    )
)
def test_no_two_living_arrays_overlap_and_all_keep_their_numbers(small_gaps, steps):
    pool, held, value = Pool(256 * PAGE), [], 0  # held: [who looks at the memory], and the number written there
    for what, number in steps:
        if what == "take":
            made = pool.take((number + 1, PAGE // 8), np.dtype(np.int64))
            if made is not None:
                value += 1
                made[...] = value
                held.append(([made], value))
            del made
        elif what == "empty":
            pool.empty_cache()
        elif held:
            place = number % len(held)
            watchers = held[place][0]
            if what == "view":
                watchers.append(np.asarray(watchers[-1])[-1:, ::2].T)
            elif what == "bytes":
                watchers.append(memoryview(np.asarray(watchers[-1])))
            elif what == "drop owner" and len(watchers) > 1:
                del watchers[0]
            else:
                del held[place], watchers
        for watchers, expected in held:
            assert all((np.asarray(watcher) == expected).all() for watcher in watchers)
        stats = pool.stats()
        peak = stats["allocated_bytes.all.peak"]
        assert stats["allocated_bytes.all.current"] <= peak
        assert stats["reserved_bytes.all.current"] <= peak + peak // 8
    held.clear()
    watchers = None
    assert pool.stats()["allocated_bytes.all.current"] == 0


def test_memory_of_a_dead_array_is_used_again():
    pool = Pool(64 * PAGE)
    first = pages(pool, 8)
    address = first.ctypes.data
    del first
    again = pages(pool, 8)
    assert again.ctypes.data == address
    assert pool.stats()["num_device_alloc"] == 1
    assert pool.stats()["allocation.all.allocated"] == 2


def test_two_small_ranges_make_a_large_one():
    pool = Pool(64 * PAGE)
    a, b, c = pages(pool, 3), pages(pool, 4), pages(pool, 1)
    del a, b
    large = pages(pool, 7)
    assert pool.stats()["num_device_alloc"] == 3
    assert not overlap(large, c)


def test_free_pages_are_given_back_before_new_ones_are_taken(small_gaps):
    """Eight pages between others cannot serve nine: what is held stays within an eighth of what was in use."""
    pool = Pool(1024 * PAGE)
    arrays = [pages(pool, 8) for _ in range(64)]
    del arrays[::2]
    arrays.append(pages(pool, 64))
    arrays.append(pages(pool, 300))
    stats = pool.stats()
    assert stats["allocated_bytes.all.current"] == (32 * 8 + 364) * PAGE == stats["allocated_bytes.all.peak"]
    assert stats["reserved_bytes.all.current"] <= stats["allocated_bytes.all.peak"] * 9 // 8
    assert len(arrays) == 34


def test_large_pools_hold_hardly_more_gaps():
    """200 MB between others cannot serve what needs two of them: 24 MB of that stay, not an eighth of all."""
    pool, megabyte = Pool(1 << 32), (1 << 20) // PAGE
    arrays = [pages(pool, megabyte) for _ in range(400)]
    del arrays[::2]
    arrays += [pages(pool, 2 * megabyte) for _ in range(100)]
    stats = pool.stats()
    assert stats["allocated_bytes.all.peak"] == 400 << 20 == stats["allocated_bytes.all.current"]
    assert stats["reserved_bytes.all.current"] <= 425 << 20


def test_a_range_grows_where_the_most_pages_are():
    """Upwards or downwards, and past pages that are there further on."""
    pool = Pool(64 * PAGE)
    pages(pool, 64)
    pool.stats()  # collects them
    pool._give_back(4 * PAGE)  # the lowest
    large = pages(pool, 62)
    assert large.ctypes.data == pool.address + 2 * PAGE
    assert pool.stats()["reserved_bytes.all.current"] == 62 * PAGE
    pool = Pool(64 * PAGE)
    below, between = pages(pool, 10), pages(pool, 20)
    above = pages(pool, 34)
    del between
    pool.stats()
    pool._give_back(20 * PAGE)
    del below, above
    whole = pages(pool, 64)
    assert whole.ctypes.data == pool.address
    assert pool.stats()["reserved_bytes.all.current"] == 64 * PAGE


def training_step(sizes):
    """The requests of a step: (name, pages) to take an array, (name, None) to drop it. Each layer has a workspace."""
    steps = []
    for layer, (out, workspace) in enumerate(sizes):
        steps += [(("work", layer), workspace), (("out", layer), out), (("work", layer), None)]
    for layer, (_, workspace) in reversed(list(enumerate(sizes))):
        grad_in = sizes[max(layer - 1, 0)][0]
        steps += [(("grad", layer), grad_in), (("work", layer), workspace), (("work", layer), None)]
        steps += [(("grad", layer + 1), None), (("out", layer), None)]
    return [*steps, (("grad", 0), None)]


def test_training_steps_find_their_memory_again():
    """Of the second step's requests a few in a hundred need new pages, of the sixth's and later ones' hardly any."""
    source = np.random.default_rng(0)
    shares = []
    for _ in range(30):
        pool, held, new = Pool(1 << 34), {}, []
        sizes = source.choice([1, 2, 3, 4, 6, 8, 12, 16], (source.integers(4, 30), 2)) * 256
        step = training_step([(int(out), int(workspace)) for out, workspace in sizes])
        for _ in range(10):
            before = pool.stats()
            for name, size in step:
                if size is None:
                    held.pop(name, None)
                else:
                    held[name] = pages(pool, size)
            assert not held
            after = pool.stats()
            made = after["allocation.all.allocated"] - before["allocation.all.allocated"]
            new.append((after["num_device_alloc"] - before["num_device_alloc"]) / made)
            peak = after["allocated_bytes.all.peak"]
            assert after["reserved_bytes.all.current"] <= peak + memory._gaps(peak)
        shares.append(new)
    first, second, *_ = np.mean(shares, axis=0)
    assert first > 0.25
    assert second < 0.04
    assert np.mean(shares, axis=0)[5:].max() < 0.01


def test_a_small_pool_takes_no_huge_pages():
    """The first bytes written there cost a page each, not 2 MB."""
    made = Pool(1 << 26).take((1 << 22,), np.dtype(np.uint8))
    before = resident()
    made[:: 1 << 20] = 1
    assert resident() < before + (1 << 20)


def test_pages_given_back_are_really_gone():
    pool = Pool(1 << 26)
    made = pages(pool, (1 << 25) // PAGE)
    made.fill(1)
    full = resident()
    del made
    assert resident() > full - (1 << 23)
    pool.empty_cache()
    assert resident() < full - (1 << 24)
    assert pool.stats()["reserved_bytes.all.current"] == 0 == pool.stats()["allocated_bytes.all.peak"]


def test_a_full_pool_gives_nothing_and_numpy_takes_over(monkeypatch):
    pool = Pool(4 * PAGE)
    kept = pages(pool, 3)
    assert pool.take((2 * PAGE,), np.dtype(np.uint8)) is None
    monkeypatch.setattr(memory, "_pool", pool)
    made = memory.take((2 * PAGE,), np.dtype(np.uint8))
    assert made.base is None
    assert made.shape == (2 * PAGE,)
    assert kept.base is not None


def test_without_address_space_numpy_allocates(monkeypatch):
    monkeypatch.setattr(memory, "_pool", Pool(0))
    assert layout.empty((1 << 18,), FLOAT).base is None
    layout.zeros((1 << 18,), FLOAT)
    mt.backends.memory.empty_cache()
    assert set(mt.backends.memory.memory_stats().values()) == {0}


def test_without_pages_that_can_be_given_back_numpy_allocates(monkeypatch):
    monkeypatch.delattr(mmap, "MADV_DONTNEED", raising=False)
    assert Pool(64 * PAGE).take((PAGE,), FLOAT) is None


def test_less_is_reserved_where_there_is_less(monkeypatch):
    class Limited(mmap.mmap):
        def __new__(cls, fileno, length, **kwargs):
            if length > 40 * PAGE:
                raise OSError(12, "Cannot allocate memory")
            return super().__new__(cls, fileno, length, **kwargs)

    monkeypatch.setattr(mmap, "mmap", Limited)
    pool = Pool(100 * PAGE)
    half_of_a_half = pages(pool, 25)
    assert pool.take((PAGE,), np.dtype(np.uint8)) is None
    assert half_of_a_half.base is not None


def test_huge_pages_are_not_needed(monkeypatch):
    class Plain(mmap.mmap):
        def madvise(self, advice, *place):
            if advice == mmap.MADV_HUGEPAGE:
                raise OSError(22, "Invalid argument")
            super().madvise(advice, *place)

    monkeypatch.setattr(mmap, "mmap", Plain)
    pages(Pool(1 << 23), 2).fill(1)


# ---- who can still see it -----------------------------------------------------------------------------------------


def tensor_of(array):
    return mt.from_numpy(array)


@pytest.mark.parametrize(
    "look",
    [
        lambda a: a[::2],
        lambda a: a.reshape(-1, 2).T,
        lambda a: a.view(np.uint8)[5:6],
        lambda a: memoryview(a),
        lambda a: memoryview(a)[3:5],
        lambda a: np.frombuffer(a, np.uint8),
        lambda a: a.ctypes,
        lambda a: a.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
        lambda a: (ctypes.c_char * 4).from_buffer(a),
        lambda a: np.lib.stride_tricks.as_strided(a, (2,), (4,)),
        lambda a: np.from_dlpack(a),
        lambda a: a.__dlpack__(),
        lambda a: a.__array_interface__ and np.asarray(a.base),
        lambda a: iter([a]),
        lambda a: tensor_of(a),
        lambda a: tensor_of(a)[1:].numpy(),
        lambda a: tensor_of(a).view(-1, 2).detach(),
        lambda a: mt.exp(tensor_of(a).requires_grad_(True)).grad_fn,
        lambda a: (tensor_of(a) * mt.ones(1, requires_grad=True)).grad_fn,
    ],
)
def test_memory_that_somebody_sees_is_not_used_again(look, monkeypatch):
    pool = Pool(64 * PAGE)
    made = pages(pool, 4)
    made.fill(3)
    address = made.ctypes.data
    seen = look(made)
    del made
    others = [pages(pool, 4) for _ in range(3)]
    for other in others:
        other.fill(7)
    assert address not in [other.ctypes.data for other in others]
    del seen, other
    assert pool.stats()["allocated_bytes.all.current"] == 12 * PAGE
    others.append(pages(pool, 4))
    assert others[-1].ctypes.data == address


def test_another_library_keeps_the_memory():
    pool = Pool(64 * PAGE)
    for share in (torch.from_numpy, torch.from_dlpack, torch.asarray):
        made = pages(pool, 4)
        made.fill(3)
        other = share(made)[5:]
        del made
        pages(pool, 4).fill(7)
        assert (other == 3).all()
        del other
    assert pool.stats()["allocated_bytes.all.current"] == 0


def test_a_lease_in_a_cycle_comes_back_with_the_cycle():
    pool = Pool(64 * PAGE)
    box = [pages(pool, 4)]
    box.append(box)
    del box
    gc.collect()
    assert pool.stats()["allocated_bytes.all.current"] == 0


def test_a_finaliser_in_the_midst_of_the_pool_gets_memory_from_numpy(monkeypatch):
    """The garbage collector may run anywhere, and what it finalises may make arrays: no waiting for oneself."""
    pool = Pool(64 * PAGE)
    got = []
    collect = pool._collect

    def interrupted():
        got.append(pool.take((PAGE,), FLOAT))
        collect()

    monkeypatch.setattr(pool, "_collect", interrupted)
    made = pages(pool, 4)
    assert got == [None]
    assert made.ctypes.data == pool.address


# ---- layout -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 40])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_new_arrays_look_like_numpys(scale, dtype):
    shape = (scale, 3, 50, 60)
    for made in (layout.empty(shape, dtype), layout.empty(list(shape), dtype), layout.zeros(shape, dtype)):
        assert (made.shape, made.dtype, made.strides) == (shape, dtype, np.empty(shape, dtype).strides)
        assert made.flags.writeable and made.flags.aligned and made.flags.c_contiguous
    image = layout.empty_image(*shape, dtype)
    assert image.shape == shape
    assert image.transpose(0, 2, 3, 1).flags.c_contiguous


def test_zeros_are_zeros_in_used_memory():
    layout.empty(LARGE, np.float32).fill(5)
    assert not layout.zeros(LARGE, np.float32).any()


@pytest.mark.parametrize("scale", [1, 40])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 3, 1), (3, 0, 2, 1), (1, 0, 3, 2)])
def test_empty_like_keeps_the_order_of_the_dimensions(scale, order):
    x = np.empty((2 * scale, 5, 30, 20), np.float32).transpose(order)
    for given_ in (x, x[:, ::2], x[::-1], np.broadcast_to(x[:1], x.shape)):
        made, expected = layout.empty_like(given_), np.empty_like(given_)
        assert (made.shape, made.dtype) == (expected.shape, expected.dtype)
        assert made.strides == expected.strides
        assert not np.may_share_memory(made, given_)


def test_working_memory_that_grows_is_not_there_twice(monkeypatch):
    pool = Pool(1 << 26)
    monkeypatch.setattr(memory, "_pool", pool)
    monkeypatch.setattr(scratch, "_buffers", threading.local())
    assert len(scratch.scratch(0, 1 << 20)) == 1 << 20
    assert len(scratch.scratch(0, 1 << 21)) == 1 << 21
    assert pool.stats()["allocated_bytes.all.peak"] <= (1 << 23) + PAGE


def test_small_arrays_are_numpys():
    assert layout.empty((LARGE[0] - 1,), np.float32).base is None
    assert layout.empty(LARGE, np.float32).base is not None


# ---- threads, processes, exit -------------------------------------------------------------------------------------


def test_threads_never_get_the_same_memory():
    pool, wrong = Pool(4096 * PAGE), []

    def work(seed):
        source, mine = np.random.default_rng(seed), []
        for turn in range(400):
            made = pool.take((int(source.integers(1, 8)) * PAGE // 8,), np.dtype(np.int64))
            if made is not None:
                made.fill(seed * 1000 + turn)
                mine.append((made, seed * 1000 + turn))
            del made
            if (len(mine) > 20 or source.integers(2)) and mine:
                array, number = mine.pop(int(source.integers(len(mine))))
                if not (array == number).all():
                    wrong.append(number)
                del array

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not wrong
    assert pool.stats()["allocated_bytes.all.current"] == 0


def test_a_forked_child_has_memory_of_its_own():
    run = run_script(
        """
        import os, sys, threading
        import numpy as np
        from minitorch_cv.kernels import layout
        sys.setswitchinterval(1e-6)
        shared = layout.zeros((1 << 20,), np.float32)
        stop = threading.Event()
        def busy():
            while not stop.is_set():
                layout.empty((1 << 16,), np.float32)
        thread = threading.Thread(target=busy)
        thread.start()
        for turn in range(20):
            child = os.fork()
            if child == 0:
                shared.fill(9)
                mine = layout.zeros((1 << 20,), np.float32)
                os._exit(0 if mine.max() == 0 and shared.min() == 9 else 1)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        thread.join()
        assert shared.max() == 0
        print("fine")
        """,
        measured=False,  # a fork in the midst of what coverage does in another thread may leave its lock held for ever
    )
    assert (run.stdout.strip(), run.stderr, run.returncode) == ("fine", "", 0)


@pytest.mark.parametrize("held", ["module.kept = x", "cycle = [x]; cycle.append(cycle)", "sys.x = x", "del x"])
def test_the_interpreter_exits_without_a_word(held):
    run = run_script(
        f"""
        import sys, types
        import numpy as np
        from minitorch_cv.kernels import layout
        x = layout.zeros((1 << 20,), np.float32)
        sys.modules["module"] = module = types.ModuleType("module")
        {held}
        """
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
