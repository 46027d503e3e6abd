"""Saving leaves the old file or the new one: when the process is killed, and when the disk is full."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from minitorch_cv.serialization import load, save
from minitorch_cv.tensors.tensor import Tensor
from tests.checks import check_error, rng, run_script


@pytest.mark.parametrize("name", ["x.pth", "x.safetensors"])
def test_a_kill_at_any_moment(tmp_path, name):
    """A process saves one number after the other, in forks that are killed after some milliseconds."""
    path = tmp_path / name
    code = f"""
        import os, sys
        import numpy as np
        from minitorch_cv.serialization import save
        from minitorch_cv.tensors.tensor import Tensor
        save({{"a": Tensor.wrap(np.zeros(300_000))}}, {str(path)!r})
        for line in sys.stdin:
            if not (pid := os.fork()):
                number = 0
                while True:
                    number += 1
                    save({{"a": Tensor.wrap(np.full(300_000, number))}}, {str(path)!r})
            print(pid, flush=True)
            os.waitpid(pid, 0)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for wait in rng(1).uniform(0, 0.05, 20):
            process.stdin.write("again\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            time.sleep(wait)
            subprocess.run(["kill", f"-{signal.SIGKILL:d}", str(pid)], check=True)
            array = load(path)["a"].array
            assert (array == array[0]).all()


@pytest.mark.parametrize("name", ["x.pth", "x.safetensors"])
def test_no_room_leaves_the_old_file_and_nothing_else(tmp_path, name):
    """The system lets files grow to some size only: each of them on the way to the whole file."""
    path = tmp_path / name
    save({"a": Tensor.wrap(np.ones(3))}, path)
    code = """
        import resource, sys
        import numpy as np
        import minitorch_cv as mt
        for room in (0, 100, 4096, 70_000, 80_000, 80_200, 80_400):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
            try:
                mt.save({"a": mt.zeros(10_000, dtype=mt.float64)}, sys.argv[1])
            except OSError as error:
                print(error.errno)
    """
    done = run_script(code, path, measured=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"27"} and len(done.stdout.split()) >= 5
    assert load(path)["a"].tolist() in ([1, 1, 1], [0] * 10_000)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_an_error_of_the_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    save(1, path)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    check_error(OSError, "No space left", save, 2, path)
    assert load(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]
