"""Holding NumPy's matrix products to one thread while kernels use all of them."""

import contextlib
import ctypes
import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np


class _Openblas:
    """The thread count of the OpenBLAS that NumPy's wheels bring along."""

    def __init__(self, get: Callable[[], int], set: Callable[[int], None]):
        self._get, self._set = get, set
        self._lock = threading.Lock()
        self._holders = 0
        self._usual = 1

    @contextlib.contextmanager
    def one_thread(self) -> Iterator[None]:
        with self._lock:
            if self._holders == 0:
                self._usual = self._get()
                self._set(1)
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0:
                    self._set(self._usual)


@functools.cache
def _openblas() -> _Openblas | None:
    package = Path(np.__file__).parent
    folders = (package.parent / "numpy.libs", package / ".dylibs")  # Linux and Windows; macOS
    for library in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        if "openblas" not in library.name:
            continue
        loaded = ctypes.CDLL(str(library))  # NumPy has loaded it already: this finds it again
        for suffix in ("64_", ""):
            with contextlib.suppress(AttributeError):
                return _Openblas(
                    getattr(loaded, f"scipy_openblas_get_num_threads{suffix}"),
                    getattr(loaded, f"scipy_openblas_set_num_threads{suffix}"),
                )
    return None


def one_blas_thread() -> contextlib.AbstractContextManager[None]:
    """While it lasts, every matrix product runs on the thread that asks for it.

    Several Python threads that each ask for a product of several threads wait for one another: a convolution takes
    twice as long. With a BLAS other than NumPy's own OpenBLAS nothing is held, and nothing but speed is lost.
    """
    openblas = _openblas()
    return openblas.one_thread() if openblas else contextlib.nullcontext()
