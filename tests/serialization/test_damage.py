"""Files cut off anywhere, and files with changed bytes: an error that tells it, or what was written."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
import torch

from minitorch_cv.serialization import load, save
from tests.checks import check_error, ours_of, rng

from .archives import zip_of

ERRORS = (RuntimeError, pickle.UnpicklingError)  # NotImplementedError, for an unknown dtype, is a RuntimeError


def contents(kind, folder):
    """A small file of a kind."""
    if kind == "safetensors":
        save({"a": ours_of(np.arange(4.0))}, folder / "x.safetensors")
        return (folder / "x.safetensors").read_bytes()
    buffer = io.BytesIO()
    if kind == "ours":
        save({"a": ours_of(np.arange(4.0)), "b": [1, (2.5, "x")]}, buffer)
    else:
        value = {"a": torch.arange(4.0), "b": [1, (2.5, "x")]}
        torch.save(value, buffer, _use_new_zipfile_serialization=kind == "torch")
    return buffer.getvalue()


def outcome(content, kind, folder):
    """What load says: the error, or the value."""
    source = io.BytesIO(content)
    if kind == "safetensors":
        source = folder / "y.safetensors"
        source.write_bytes(content)
    try:
        return load(source)
    except ERRORS as error:
        assert str(error).startswith(("load: the file", f"load: {source}")), error
        return error


@pytest.mark.parametrize("kind", ["ours", "torch", "legacy", "safetensors"])
def test_cut_off_anywhere(tmp_path, kind):
    content = contents(kind, tmp_path)
    for length in range(len(content)):
        found = outcome(content[:length], kind, tmp_path)
        assert isinstance(found, RuntimeError), f"{length} of {len(content)} bytes: {found}"
    assert outcome(content, kind, tmp_path)["a"].array.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", ["ours", "torch", "legacy", "safetensors"])
def test_changed_bytes(tmp_path, kind):
    content = contents(kind, tmp_path)
    random = rng(3)
    refused = 0
    for _ in range(400):
        changed = bytearray(content)
        for place in random.integers(0, len(content), random.integers(1, 4)):
            changed[place] = random.integers(0, 256)
        refused += isinstance(outcome(bytes(changed), kind, tmp_path), Exception)
    assert refused > 20  # what is between the records, or has no check sum, may change


def test_changed_instructions(tmp_path):
    """Bytes of the pickle change, and the archive around it is whole."""
    with zipfile.ZipFile(io.BytesIO(contents("ours", tmp_path))) as archive:
        records = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    body = records["data.pkl"]
    random = rng(4)
    refused = 0
    for _ in range(600):
        changed = bytearray(body)
        for place in random.integers(0, len(body), random.integers(1, 4)):
            changed[place] = random.choice(list(body)) if random.random() < 0.5 else random.integers(0, 256)
        records["data.pkl"] = bytes(changed)
        refused += isinstance(outcome(zip_of(records), "ours", tmp_path), Exception)
    assert refused > 200


def test_changed_numbers_are_noticed(tmp_path):
    content = bytearray(contents("ours", tmp_path))
    place = content.index(np.arange(4.0).tobytes())
    content[place + 3] ^= 1
    error = outcome(bytes(content), "ours", tmp_path)
    assert "the bytes of data/0 are not those that were written" in str(error)


def test_files_that_pytorch_wrote_without_check_sums():
    buffer = io.BytesIO()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save(torch.arange(3), buffer)
    finally:
        torch.serialization.set_crc32_options(True)
    check_error(RuntimeError, r"nothing behind its position; rewind it: f.seek\(0\)", load, buffer)
    buffer.seek(0)
    assert load(buffer).tolist() == [0, 1, 2]
