"""Timing, and the line that says what machine it was on, for the measurements of docs/kernels.md."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any


def fastest(work: Callable[[], object], seconds: float = 1.0) -> float:
    """Seconds of the fastest of several runs, at least two, that together take about so many seconds.

    The first run may compile and is not counted. The fastest run is the one that nothing else on the machine slowed.
    """
    work()
    times: list[float] = []
    while len(times) < 2 or (sum(times) < seconds and len(times) < 1000):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def machine() -> str:
    """One line: processor, cores, versions."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        fields = (line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
        processor = {key.strip(): value.strip() for key, value in fields}.get("model name", processor)
    return (
        f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {version('numpy')}, "
        f"Numba {version('numba')}"
    )


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table in Markdown: the first column to the left, the others to the right."""
    for line in (header, ["---", *["--:"] * (len(header) - 1)], *rows):
        print("| " + " | ".join(map(str, line)) + " |")
    print()


def digits(value: float) -> str:
    """Three digits, which is what a measurement holds."""
    decimals = next((d for d in range(6) if abs(value) >= 10 ** (2 - d)), 6)
    return f"{value:.{decimals}f}"
