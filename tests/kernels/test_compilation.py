"""Compiling: what it says while it lasts, where results are kept, and what is compiled at all."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numba
import pytest

from minitorch_cv.kernels import _cache_folder
from minitorch_cv.kernels._cache_folder import find_cache_folder

KERNEL = """
    import sys, time
    import numpy as np
    import minitorch_cv.kernels._jit as jit
    jit._SECONDS_BEFORE_NOTICE = 0.0
    from minitorch_cv.kernels.convolution import conv2d
    from minitorch_cv.kernels.window import Window
    conv2d(np.ones((1, 1, 4, 4), np.float32), np.ones((1, 1, 3, 3), np.float32), None, Window((3, 3)))
    time.sleep(0.1)  # for the notice's own thread
    print(jit.compile_seconds())
"""


def run_kernel(code=KERNEL, **environment):
    """(what a fresh process printed, what it said on stderr)."""
    env = {**os.environ, **environment}
    env.pop("NUMBA_DISABLE_JIT", None)
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, env=env, check=True
    )
    return run.stdout.strip(), run.stderr


def test_compiling_is_announced_counted_and_done_once(tmp_path):
    printed, said = run_kernel(NUMBA_CACHE_DIR=str(tmp_path))
    assert "minitorch_cv: compiling _pack ... (once; cached in" in said
    assert str(tmp_path) in said
    assert float(printed) > 0
    printed, said = run_kernel(NUMBA_CACHE_DIR=str(tmp_path))
    assert said == ""
    assert float(printed) == 0


def test_nan_and_infinity_keep_their_meaning(tmp_path):
    source = """
        import numpy as np
        from minitorch_cv.kernels._jit import kernel

        @kernel
        def classify(x, out):
            for i in range(len(x)):
                out[i] = (x[i] != x[i]) + 2 * (x[i] == np.inf)

        out = np.zeros(3)
        classify(np.array([np.nan, np.inf, 1.0]), out)
        print(*out)
    """
    (tmp_path / "script.py").write_text(textwrap.dedent(source))  # a kernel is cached by its file
    code = f"import runpy; runpy.run_path({str(tmp_path / 'script.py')!r})"
    assert run_kernel(code)[0] == "1.0 2.0 0.0"


def test_the_jit_can_be_off():
    code = """
        import os
        os.environ["NUMBA_DISABLE_JIT"] = "1"
        from minitorch_cv.kernels._jit import kernel
        def f(x):
            return x
        print(kernel(f).__wrapped__ is f)
    """
    assert run_kernel(code)[0] == "True"


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Three candidate folders: beside the source, the user's, the temporary one."""
    find_cache_folder.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(_cache_folder.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(numba.core.config, "CACHE_DIR", "")
    refused: set[Path] = set()
    real = _cache_folder._is_writable
    monkeypatch.setattr(
        _cache_folder, "_is_writable", lambda f: not any(f.is_relative_to(r) for r in refused) and real(f)
    )
    yield tmp_path, refused
    find_cache_folder.cache_clear()


def test_beside_the_source_without_a_word(folders):
    root, _ = folders
    found = find_cache_folder(str(root / "package" / "x.py"))
    assert (found.path, found.numba_cache_dir, found.notice) == (root / "package" / "__pycache__", "", None)


def test_the_folder_the_user_chose(folders, monkeypatch):
    root, _ = folders
    monkeypatch.setattr(numba.core.config, "CACHE_DIR", str(root / "chosen"))
    found = find_cache_folder(str(root / "package" / "x.py"))
    assert (found.path, found.notice) == (root / "chosen", None)


@pytest.mark.parametrize(
    "refused, expected",
    [
        (["package"], "user/minitorch_cv"),
        (["package", "user"], "home/.cache/minitorch_cv"),
        (["package", "user", "home"], "temporary"),
    ],
)
def test_falls_back_and_says_so(folders, refused, expected):
    root, closed = folders
    closed |= {root / name for name in refused}
    found = find_cache_folder(str(root / "package" / "x.py"))
    assert found.path.is_relative_to(root / expected)
    assert "is not writable: compiled kernels are kept in" in found.notice
    assert str(found.path) in found.notice


def test_no_folder_at_all(folders):
    root, closed = folders
    closed.add(root)
    found = find_cache_folder(str(root / "package" / "x.py"))
    assert not found.writable
    assert "compiled anew in each process" in found.notice
    assert "not cached: no folder is writable" in found.description


def test_a_folder_that_cannot_be_made(folders):
    root, _ = folders
    (root / "package").write_text("a file where a folder should be")
    found = find_cache_folder(str(root / "package" / "x.py"))
    assert found.path == root / "user" / "minitorch_cv"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system has no user numbers")
def test_a_temporary_folder_of_somebody_else_is_not_trusted(folders, monkeypatch):
    root, closed = folders
    closed |= {root / name for name in ("package", "user", "home")}
    assert find_cache_folder(str(root / "package" / "x.py")).writable
    find_cache_folder.cache_clear()
    uid = os.getuid()
    folder = _cache_folder._temporary_folder()
    monkeypatch.setattr(_cache_folder, "_temporary_folder", lambda: folder)
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    assert not find_cache_folder(str(root / "package" / "x.py")).writable
