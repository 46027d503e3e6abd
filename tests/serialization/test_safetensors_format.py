"""Files of the safetensors format, against the safetensors package."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors.torch
import torch
from safetensors import safe_open

from minitorch_cv.serialization import load, load_file, read_metadata, save, save_file
from minitorch_cv.tensors.tensor import Tensor
from tests.checks import check_error, normal, ours_of

from .test_torch_format import DTYPES


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_both_ways(tmp_path, name, mmap):
    arrays = {"a": (normal(2, 5) * 3).astype(name), "zero": np.array(1, name), "empty": np.zeros((0, 3), name)}
    path = tmp_path / "x.safetensors"
    save({key: ours_of(array) for key, array in arrays.items()}, path)
    theirs = safetensors.torch.load_file(path)
    safetensors.torch.save_file({key: torch.from_numpy(array) for key, array in arrays.items()}, path)
    ours = load(path, mmap=mmap)
    assert ours.keys() == theirs.keys() == arrays.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(theirs[key].numpy(), array)
        np.testing.assert_array_equal(ours[key].array, array)
        assert ours[key].shape == array.shape and str(ours[key].dtype) == f"torch.{name}"
        ours[key].array[...] = 0  # is memory of one's own
    np.testing.assert_array_equal(load_file(path, device="cpu")["a"].array, arrays["a"])


def test_metadata(tmp_path):
    path = tmp_path / "x.safetensors"
    save_file({"a": ours_of(normal(2))}, path, {"author": "é"})
    assert read_metadata(path) == {"format": "pt", "author": "é"}
    with safe_open(path, "pt") as file:
        assert file.metadata() == {"format": "pt", "author": "é"}
    check_error(TypeError, "metadata must be a dict of strings", save_file, {"a": ours_of(normal(2))}, path, {"a": 1})
    safetensors.torch.save_file({"a": torch.ones(1)}, path)
    assert read_metadata(path) == {}


def test_memory_that_runs_otherwise(tmp_path):
    array = normal(2, 3, 4, 5)
    save({"a": Tensor.wrap(array.transpose(0, 2, 3, 1)), "b": Tensor.wrap(array[::-1, :, ::2].copy()[:, ::-1])},
         tmp_path / "x.safetensors")  # fmt: skip
    found = safetensors.torch.load_file(tmp_path / "x.safetensors")
    np.testing.assert_array_equal(found["a"].numpy(), array.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(found["b"].numpy(), array[::-1, ::-1, ::2])


@pytest.mark.parametrize(
    "value, error, message",
    [
        ([1], TypeError, "holds a dict of tensors, got list"),
        ({"a": 1}, TypeError, "got str 'a': int. For a checkpoint with more in it use .pth"),
        ({1: ours_of(normal(1))}, TypeError, "got int 1: Tensor"),
    ],
)
def test_what_it_cannot_hold(tmp_path, value, error, message):
    check_error(error, message, save, value, tmp_path / "x.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_shared_memory(tmp_path):
    base = normal(4)
    shared = {"part": Tensor.wrap(base[:2]), "whole": Tensor.wrap(base)}
    check_error(RuntimeError, "part and whole share memory", save, shared, tmp_path / "x.safetensors")
    save({"one": Tensor.wrap(base[:2]), "two": Tensor.wrap(base[2:])}, tmp_path / "x.safetensors")


def test_dtypes_that_this_library_does_not_have(tmp_path):
    path = tmp_path / "x.safetensors"
    safetensors.torch.save_file({"w": torch.ones(2, dtype=torch.bfloat16)}, path)
    check_error(NotImplementedError, r"holds a tensor of dtype BF16 \(w\).*tensor.float\(\)", load, path)


def test_other_files(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"no such thing, but longer than eight bytes")
    check_error(RuntimeError, "its table has .* bytes", load, tmp_path / "x.safetensors")
    check_error(FileNotFoundError, "nowhere", load, tmp_path / "nowhere.safetensors")
    check_error(RuntimeError, "runs on the CPU", load_file, tmp_path / "x.safetensors", "cuda")
