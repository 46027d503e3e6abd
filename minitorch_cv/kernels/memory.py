"""The buffer pool: memory of large arrays, used again as soon as every array that looks at it has died.

A page of memory that the operating system hands out costs a page fault and is filled with zeros before the first
write, which takes longer than many a kernel that then writes to it. A training step makes the same large arrays again
and again, so the pool keeps their pages.

It is one stretch of addresses, reserved but empty: pages come when they are first written to. An array gets a range of
it; a lease, the array's `base`, gives the range back when it dies, and Python lets it die only after the array and all
that was made from it: views, memoryviews, other libraries' tensors. Free ranges that touch are joined, so that memory
serves arrays of any size. In use and free together are held below what was once in use at one time, and some for gaps
between ranges: when new pages are taken, those of free ranges are given back to the operating system, the smallest
ranges first.

A request goes to the lowest free range that fits well, or else to the lowest that is large enough: so large ranges stay
whole at the upper end. If none is, it gets the place in which the most pages are there already. On the requests of 33
training runs, the models of the benchmarks with several batches, a step took 0.6 % of its memory anew from the fifth
on. With the smallest range that is large enough, grown upwards only, it was 4 %.

Functions: `take(shape, dtype)`, `empty_cache()`, `memory_stats()`; `MIN_BYTES`, below which NumPy allocates.
"""

import bisect
import contextlib
import math
import mmap
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# From this size on malloc asks the operating system for every array, unless lucky. Measured on steps of 24 arrays that
# all die: 0.39 ms with NumPy's memory and 0.18 with the pool's at this size, 4.1 and 1.4 at 1 MB.
MIN_BYTES = 1 << 17
_PAGE = mmap.PAGESIZE
_WASTE = 4  # a range fits a request well if it exceeds it by a fourth at most
# What may be held beyond the most that was in use: an eighth, but at least and at most so many bytes, or a sixteenth
# if that is more. The more, the sooner every request of a training step finds a free range that fits.
_LEAST_GAPS, _MOST_GAPS = 4 << 20, 24 << 20
# So many bytes at the beginning are in pages of plain size. The first byte written in a huge page takes 2 MB, as much
# as all arrays of a small network together, for which huge pages gain nothing: a step took the same time in both.
_PLAIN = 1 << 22


def _gaps(most_in_use: int) -> int:
    return max(_LEAST_GAPS, min(most_in_use // 8, _MOST_GAPS), most_in_use // 16)


class Ranges:
    """Ranges of addresses that do not overlap; those that touch are joined."""

    def __init__(self) -> None:
        self.size_at: dict[int, int] = {}  # by start
        self._start_of: dict[int, int] = {}  # by end
        self._by_size: list[tuple[int, int]] = []  # (size, start), sorted
        self.total = 0

    def add(self, start: int, size: int) -> None:
        """Add a range."""
        end = start + size
        if end in self.size_at:
            end += self._remove(end)
        if start in self._start_of:
            start = self._start_of[start]
            self._remove(start)
        self._insert(start, end)

    def cut(self, start: int, size: int, at: int) -> None:
        """Take [start, start + size) out of the range that begins `at`."""
        end = at + self._remove(at)
        if at < start:
            self._insert(at, start)
        if start + size < end:
            self._insert(start + size, end)

    def fit(self, size: int) -> int | None:
        """Where the lowest range that fits `size` well begins, or else the lowest that is large enough."""
        enough = bisect.bisect_left(self._by_size, (size, 0))
        too_much = bisect.bisect_left(self._by_size, (size + size // _WASTE + 1, 0), enough)
        fitting = self._by_size[enough:too_much] or self._by_size[enough:]
        return min([start for _, start in fitting], default=None)

    def smallest(self) -> tuple[int, int]:
        """Start and size of the smallest range."""
        size, start = self._by_size[0]
        return start, size

    def beside(self, edge: int, above: bool) -> int:
        """The size of the range that begins at an edge, or, with above=False, of the one that ends there; 0 if none."""
        return self.size_at.get(edge, 0) if above else edge - self._start_of.get(edge, edge)

    def _insert(self, start: int, end: int) -> None:
        size = end - start
        self.size_at[start] = size
        self._start_of[end] = start
        bisect.insort(self._by_size, (size, start))
        self.total += size

    def _remove(self, start: int) -> int:
        size = self.size_at.pop(start)
        del self._start_of[start + size]
        del self._by_size[bisect.bisect_left(self._by_size, (size, start))]
        self.total -= size
        return size


class Lease:
    """The right to a range of a pool. The array made from it holds it as `base`, and so do its views."""

    __slots__ = ("__array_interface__", "_pool", "_range")

    def __init__(self, pool: "Pool", start: int, size: int, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self._pool = pool
        self._range = start, size
        self.__array_interface__ = {
            "shape": shape,
            "typestr": dtype.str,
            "data": (pool.address + start, False),
            "version": 3,
        }

    def __del__(self) -> None:
        self._pool.returned.append(self._range)  # atomic: this may run in any thread, and in the midst of Pool.take


class Pool:
    """See the module's text.

    Args:     capacity: bytes of address space to reserve; less where there is less.
    """

    def __init__(self, capacity: int) -> None:
        self._memory = _reserve(capacity)
        self.address = 0 if self._memory is None else np.frombuffer(self._memory, np.uint8, 1).ctypes.data
        self.returned: deque[tuple[int, int]] = deque()  # ranges whose leases have died
        self.lock = threading.RLock()
        self._busy = False
        self._kept = Ranges()  # free, with pages
        self._blank = Ranges()  # free, without
        if self._memory is not None:
            self._blank.add(0, len(self._memory))
        self._in_use = 0
        self._most_in_use = 0
        self._taken = 0
        self._grown = 0

    def take(self, shape: tuple[int, ...], dtype: np.dtype) -> Array | None:
        """A new array, or None if the pool has no room for it."""
        size = -(-math.prod(shape) * dtype.itemsize // _PAGE) * _PAGE
        start = self._exclusively(self._find, size)
        return None if start is None else np.asarray(Lease(self, start, size, shape, dtype))

    def empty_cache(self) -> None:
        """Give all free pages back to the operating system; what counts as most in use is what is so now."""
        self._exclusively(self._give_back_all)

    def stats(self) -> dict[str, int]:
        """See memory_stats."""
        self._exclusively(self._collect)
        return {
            "allocated_bytes.all.current": self._in_use,
            "allocated_bytes.all.peak": self._most_in_use,
            "reserved_bytes.all.current": self._in_use + self._kept.total,
            "allocation.all.allocated": self._taken,
            "num_device_alloc": self._grown,
        }

    def _exclusively(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """Call `action` while nobody else is in the pool; None if this thread is in it already, in a finaliser."""
        with self.lock:
            if self._busy:
                return None
            self._busy = True
            try:
                return action(*arguments)
            finally:
                self._busy = False

    def _find(self, size: int) -> int | None:
        """Where a range of `size` begins that is now in use."""
        if self.returned:
            latest = self.returned.pop()
            if latest[1] == size:  # the range itself, which most likely is in the processor's cache still
                self._taken += 1
                return latest[0]
            self.returned.append(latest)
        self._collect()
        start = self._kept.fit(size)
        if start is not None:
            self._kept.cut(start, size, start)
        else:
            start = self._grow(size)
            if start is None:
                return None
            self._grown += 1
        self._taken += 1
        self._in_use += size
        self._most_in_use = max(self._most_in_use, self._in_use)
        self._give_back(self._in_use + self._kept.total - self._most_in_use - _gaps(self._most_in_use))
        return start

    def _collect(self) -> None:
        """Make the ranges free that have come back."""
        while self.returned:
            start, size = self.returned.popleft()
            self._kept.add(start, size)
            self._in_use -= size

    def _grow(self, size: int) -> int | None:
        """Where a range of `size` begins of which some has no pages, but as much as can be."""
        edges = [(start, True) for ranges in (self._kept, self._blank) for start in ranges.size_at]
        edges += [(start + kept, False) for start, kept in self._kept.size_at.items()]
        most = 0
        best: list[tuple[Ranges, int, int, int]] = []
        for edge, above in edges:
            parts = self._free_parts(edge, size, above)
            with_pages = sum([part for ranges, _, part, _ in parts if ranges is self._kept])
            if with_pages > most:
                most, best = with_pages, parts
        start = self._blank.fit(size)
        if not best and start is not None:
            best = [(self._blank, start, size, start)]
        for ranges, start, part, at in best:
            ranges.cut(start, part, at)
        return min([start for _, start, _, _ in best], default=None)

    def _free_parts(self, edge: int, size: int, above: bool) -> list[tuple[Ranges, int, int, int]]:
        """The parts of free ranges that make up the `size` bytes above or below an edge; none unless all are free.

        Returns:  of each part, whose ranges it is in, start and size, and where the range begins that it is cut from.
        """
        parts: list[tuple[Ranges, int, int, int]] = []
        while size > 0:
            ranges = self._kept if self._kept.beside(edge, above) else self._blank
            whole = ranges.beside(edge, above)
            if not whole:
                return []
            part = min(whole, size)
            size -= part
            if above:
                parts.append((ranges, edge, part, edge))
                edge += part
            else:
                parts.append((ranges, edge - part, part, edge - whole))
                edge -= part
        return parts

    def _give_back(self, excess: int) -> None:
        """Let the operating system have so many bytes of free pages, those of the smallest ranges first."""
        while excess > 0 and self._memory is not None:
            start, size = self._kept.smallest()
            size = min(size, -(-excess // _PAGE) * _PAGE)
            self._kept.cut(start, size, start)
            self._memory.madvise(mmap.MADV_DONTNEED, start, size)
            self._blank.add(start, size)
            excess -= size

    def _give_back_all(self) -> None:
        self._collect()
        self._give_back(self._kept.total)
        self._most_in_use = self._in_use


def _reserve(capacity: int) -> mmap.mmap | None:
    """Address space, without memory yet; None where the operating system has no such thing."""
    if not hasattr(mmap, "MADV_DONTNEED"):
        return None
    while capacity >= _PAGE:
        try:
            memory = mmap.mmap(-1, capacity, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except (OSError, OverflowError):  # a limit on address space
            capacity = capacity // 2 // _PAGE * _PAGE
        else:
            if hasattr(mmap, "MADV_HUGEPAGE") and capacity > _PLAIN:
                with contextlib.suppress(OSError):  # a kernel without huge pages
                    memory.madvise(mmap.MADV_HUGEPAGE, _PLAIN, capacity - _PLAIN)
            return memory
    return None


def take(shape: Sequence[int], dtype: np.dtype) -> Array:
    """A new array, not filled, whose memory is used again when all that look at it have died."""
    made = _pool.take(tuple(shape), dtype)
    return np.empty(shape, dtype) if made is None else made


def empty_cache() -> None:
    """Give all memory that is kept, but not in use, back to the operating system."""
    _pool.empty_cache()


def memory_stats() -> dict[str, int]:
    """What the pool holds, under PyTorch's names.

    Returns:  allocated_bytes.all.current: in use; .peak: the most since the start or the last empty_cache().
              reserved_bytes.all.current: in use and kept.
              allocation.all.allocated: how many arrays were made from the pool's memory so far.
              num_device_alloc: how many of these had to take new pages from the operating system.
    """
    return _pool.stats()


def _physical_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * _PAGE if hasattr(os, "sysconf") else 0


_pool = Pool(_physical_memory())
if hasattr(os, "register_at_fork"):  # a child must not find the pool in the midst of a change by another thread
    os.register_at_fork(
        before=_pool.lock.acquire, after_in_parent=_pool.lock.release, after_in_child=_pool.lock.release
    )
