"""The same code compiled for other processors than this one."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from numba.core import config

# A processor with vectors of 8, and one with vectors of 4 and no multiply-add.
TARGETS = {
    "avx2": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"},
    "portable": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
}


def run_for_target(target: str, cache: object, code: str) -> str:
    """What a fresh process prints that compiles for one of TARGETS; skips where this processor cannot run that."""
    if config.DISABLE_JIT:
        pytest.skip("a process of its own compiles: the same as with the JIT on")
    if target == "avx2" and not _here("avx2"):
        pytest.skip("this processor has no AVX2")
    if target == "portable" and not _here("sse2"):
        pytest.skip("the generic x86-64 processor is another architecture")
    env = {**os.environ, **TARGETS[target], "NUMBA_CACHE_DIR": str(cache)}
    env.pop("NUMBA_DISABLE_JIT", None)
    code = f"from minitorch_cv.kernels.target import NAME\nassert NAME == {target!r}, NAME\n" + textwrap.dedent(code)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=env)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def _here(feature: str) -> bool:
    from llvmlite import binding

    return bool(binding.get_host_cpu_features().get(feature, False))
