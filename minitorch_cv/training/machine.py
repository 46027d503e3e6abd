"""The machine and the versions that a result was made with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .._version import __version__


def describe_machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory in GB and operating system."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.release()}",
    }


def processor() -> str:
    """Its name, and whether it has AVX-512."""
    name, flags = platform.processor() or platform.machine(), ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        fields = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
        told = {key.strip(): value.strip() for key, value in fields.items()}
        name, flags = told.get("model name", name), told.get("flags", "")
    return f"{name} (AVX-512)" if "avx512f" in flags else name


def versions(*packages: str) -> dict[str, str]:
    """Of this library, Python, NumPy, Numba and further packages that are installed."""
    found = {"minitorch_cv": __version__, "python": platform.python_version()}
    for package in ("numpy", "numba", *packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):  # no such question on this system
        return None
