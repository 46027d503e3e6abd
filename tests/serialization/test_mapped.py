"""load(path, mmap=True): tensors lie in the file, and it is never written to."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.serialization import load, save
from tests.checks import check_error, normal, ours_of, run_script

from .archives import file_of, tensor


@pytest.mark.parametrize("library", [mt, torch])
def test_writing_does_not_reach_the_file(tmp_path, library):
    array = normal(5, 7)
    base = library.from_numpy(array.copy())
    library.save({"base": base, "part": base[1:3], "none": library.zeros(0)}, tmp_path / "x.pth")
    before = (tmp_path / "x.pth").read_bytes()
    found = load(tmp_path / "x.pth", mmap=True)
    np.testing.assert_array_equal(found["base"].array, array)
    found["base"].mul_(2)
    np.testing.assert_array_equal(found["part"].array, array[1:3] * 2)
    assert (tmp_path / "x.pth").read_bytes() == before


def test_pytorch_maps_ours(tmp_path):
    save({"a": ours_of(normal(4, 5)), "b": ours_of(np.arange(3))}, tmp_path / "x.pth")
    found = torch.load(tmp_path / "x.pth", mmap=True)
    np.testing.assert_array_equal(found["a"].numpy(), normal(4, 5))
    assert found["b"].tolist() == [0, 1, 2]


def test_a_storage_at_any_place(tmp_path):
    (tmp_path / "x.pth").write_bytes(file_of(tensor(0, (4,), (1,)), np.arange(4, dtype=np.float32).tobytes()))
    found = load(tmp_path / "x.pth", mmap=True)
    assert found.array.flags.aligned
    np.testing.assert_array_equal(found.array, [0, 1, 2, 3])


def test_only_what_is_looked_at_takes_memory(tmp_path):
    tensors = {str(i): mt.Tensor.wrap(np.full(1 << 20, i, np.float32)) for i in range(16)}  # 64 MB
    save(tensors, tmp_path / "x.pth")
    save(tensors, tmp_path / "x.safetensors")
    code = """
        import sys
        import minitorch_cv as mt
        import safetensors

        def resident():
            with open("/proc/self/status") as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

        for path in sys.argv[1:]:
            before = resident()
            found = mt.load(path, mmap=True)
            assert float(found["7"].array.mean()) == 7
            assert len(found) == 16
            print(resident() - before)
    """
    done = run_script(code, tmp_path / "x.pth", tmp_path / "x.safetensors", measured=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 2
    assert all(float(megabytes) < 32 for megabytes in done.stdout.split()), done.stdout


def test_open_files_cannot_be_mapped():
    check_error(ValueError, "f must be a file path in order to use the mmap argument", load, io.BytesIO(), mmap=True)


def test_a_mapped_file_can_be_saved_over(tmp_path):
    save(ours_of(normal(1000)), tmp_path / "x.pth")
    found = load(tmp_path / "x.pth", mmap=True)
    save(found, tmp_path / "x.pth")
    save(ours_of(np.zeros(3)), tmp_path / "x.pth")
    np.testing.assert_array_equal(found.array, normal(1000))
