"""Compilation of kernels: the only file that calls `njit`.

`kernel` compiles a function of arrays and numbers once per machine: the result is kept on disk. A compilation that
takes longer than a second says so on stderr. With NUMBA_DISABLE_JIT=1 the plain Python function runs instead.

A kernel runs on one thread and lets other Python threads run meanwhile. One that begins with `share` (_team.py) hands
out parts of its range to the library's other threads if it is called with their board, as `_threads.over_range` does.

Kernels that call each other live in one file: the disk cache notices changes in the file of the called kernel only. So
after a change in what many of them are made of (simd.py, _team.py), remove the *.nbi in the __pycache__ folders.

Functions: `kernel(function)`, `compile_seconds()`.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config, event

from minitorch_cv.kernels._cache_folder import CacheFolder, find_cache_folder

Function = TypeVar("Function", bound=Callable[..., Any])

# Sums may be reordered and multiply-adds fused; NaN and infinity keep their meaning (never nnan, ninf or plain True).
_FAST_MATH = {"contract", "reassoc"}
_SECONDS_BEFORE_NOTICE = 1.0


def kernel(function: Function) -> Function:
    """Compile a function at its first call, once for each combination of argument types."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # Numba sets its options at run time
        return cast(Function, np.errstate(all="ignore")(function))  # compiled code does not warn either
    folder = find_cache_folder(function.__code__.co_filename)
    _watch.add(function, folder)
    users_setting = config.CACHE_DIR  # type: ignore[attr-defined]
    try:
        config.CACHE_DIR = folder.numba_cache_dir  # type: ignore[attr-defined]  # njit reads it here and now
        compiled = numba.njit(cache=folder.writable, nogil=True, error_model="numpy", fastmath=_FAST_MATH)(function)
        return cast(Function, compiled)
    finally:
        config.CACHE_DIR = users_setting  # type: ignore[attr-defined]


def compile_seconds() -> float:
    """Seconds that this process has spent compiling kernels (0 when all came from the disk cache)."""
    return _watch.seconds


class _CompileWatch(event.Listener):
    """Adds up compilation time, and says on stderr what is being compiled when it takes long."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._notices: dict[Callable[..., Any], str] = {}
        self._folder_notices: set[str] = set()
        self._nested = threading.local()

    def add(self, function: Callable[..., Any], folder: CacheFolder) -> None:
        """Watch a kernel."""
        self._notices[function] = f"compiling {function.__name__} ... ({folder.description})"
        if folder.notice:
            self._folder_notices.add(folder.notice)

    def on_start(self, event: Any) -> None:
        """Numba begins to compile."""
        notice = self._notices.get(event.data["dispatcher"].py_func)
        if notice is None:
            return
        depth = self._nested.depth = getattr(self._nested, "depth", 0) + 1
        if depth > 1:  # a kernel compiled on behalf of its caller
            return
        while self._folder_notices:
            _say(self._folder_notices.pop())
        self._nested.began = time.perf_counter()
        self._nested.timer = threading.Timer(_SECONDS_BEFORE_NOTICE, _say, [notice])
        self._nested.timer.daemon = True
        self._nested.timer.start()

    def on_end(self, event: Any) -> None:
        """Numba has compiled."""
        if event.data["dispatcher"].py_func not in self._notices:
            return
        self._nested.depth -= 1
        if self._nested.depth == 0:
            self._nested.timer.cancel()
            self.seconds += time.perf_counter() - self._nested.began


_watch = _CompileWatch()
event.register("numba:compile", _watch)


def _say(message: str) -> None:
    sys.stderr.write(f"minitorch_cv: {message}\n")
    sys.stderr.flush()
