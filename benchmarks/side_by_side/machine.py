"""The machine and the versions beside every figure, and how fast the machine is at its best."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import numpy as np

from minitorch_cv.training.machine import processor


def describe_machine() -> str:
    """One line: processor, cores, Python, NumPy, Numba, torch."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "torch"))
    return f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _fastest(work: Callable[[], object], repeats: int = 7) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def matrix_ceiling(size: int = 2048) -> float:
    """GFLOP/s of NumPy's product of two float32 matrices."""
    a, b = np.random.default_rng(0).standard_normal((2, size, size), np.float32)
    return 2 * size**3 / _fastest(lambda: a @ b) / 1e9


def copy_ceiling(megabytes: int = 256) -> float:
    """GB/s, read and written, of a copy by as many threads as there are processors."""
    threads = os.cpu_count() or 1
    source = np.ones((threads, megabytes * 10**6 // 4 // threads), np.float32)
    target = np.zeros_like(source)
    with ThreadPoolExecutor(threads) as pool:
        seconds = _fastest(lambda: list(pool.map(np.copyto, target, source)))
    return 2 * source.nbytes / seconds / 1e9
