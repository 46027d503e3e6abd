"""The machine and the versions beside every figure."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def describe_machine() -> str:
    """One line: processor, cores, Python, NumPy, Numba, torch."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        fields = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
        names = {key.strip(): value.strip() for key, value in fields.items()}
        processor = names.get("model name", processor)
        if "avx512f" in names.get("flags", ""):
            processor += " (AVX-512)"
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "torch"))
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"
