"""PyTorch's formats before 1.6: the one without an archive is read, the tar is not."""

from __future__ import annotations

import io
import tarfile

import numpy as np
import pytest
import torch

from minitorch_cv.nn.parameter import Parameter
from minitorch_cv.serialization import load
from tests.checks import check_error, normal

from .archives import MAGIC
from .test_torch_format import DTYPES, tree_equal, values


def old(value, path):
    torch.save(value, path, _use_new_zipfile_serialization=False)
    return path


def test_all_values(tmp_path):
    ours = load(old(values("theirs"), tmp_path / "x.pth"))
    tree_equal(ours, values("theirs"))
    assert ours["state"]._metadata[""] == {"version": 2}


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype(tmp_path, name):
    array = (normal(2, 5) * 3).astype(name)
    found = load(old([torch.from_numpy(array), torch.nn.Parameter(torch.ones(2))], tmp_path / "x.pt"))
    np.testing.assert_array_equal(found[0].array, array)
    assert isinstance(found[1], Parameter)


def test_shared_memory_is_shared_again(tmp_path):
    base = torch.arange(12.0).view(4, 3)
    whole, part = load(old([base, base[1:3].T], tmp_path / "x.pt"))
    whole.array[1] = 7
    assert (part.array[:, 0] == 7).all()


def test_several_in_one_file():
    file = io.BytesIO()
    for count in (2, 3):
        torch.save(torch.ones(count), file, _use_new_zipfile_serialization=False)
    file.seek(0)
    assert [len(load(file)), len(load(file))] == [2, 3]


def test_a_view_of_a_storage_as_python_2_wrote_them(tmp_path):
    path = old(torch.arange(4.0), tmp_path / "x.pt")
    content = path.read_bytes()
    marked = content[: content.index(b"Ntq")] + b"(U\x011K\x01K\x02tt" + content[content.index(b"Ntq") + 2 :]
    marked = marked.replace(b"K\x00K\x04\x85", b"K\x00K\x02\x85")
    path.write_bytes(marked)
    expected = torch.load(path)
    np.testing.assert_array_equal(load(path).array, expected.numpy())
    assert expected.tolist() == [1.0, 2.0]
    path.write_bytes(marked.replace(b"U\x011K\x01K\x02", b"U\x011K\x03K\x02"))
    check_error(RuntimeError, "a view reaches beyond storage", load, path)


def test_what_is_not_read(tmp_path):
    path = old(torch.nn.Linear(2, 2), tmp_path / "x.pt")
    check_error(Exception, "holds a whole model|Linear, which is not read", load, path)
    check_error(RuntimeError, "format before 1.6, which cannot be mapped", load, path, mmap=True)
    (tmp_path / "y.pt").write_bytes(MAGIC[:5] + b"\x00" + MAGIC[6:])
    check_error(RuntimeError, "begins with another number", load, tmp_path / "y.pt")
    (tmp_path / "y.pt").write_bytes(MAGIC.replace(b"M\xe9\x03", b"M\xe8\x03"))
    check_error(RuntimeError, "begins with another version", load, tmp_path / "y.pt")
    (tmp_path / "y.pt").write_bytes(MAGIC + b"\x80\x02N.\x80\x02]X\x01\x00\x00\x000a.")
    check_error(RuntimeError, "the storages in it are not those", load, tmp_path / "y.pt")


def test_the_tar_format(tmp_path):
    with tarfile.open(tmp_path / "x.pt", "w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(__file__, "storages")
    check_error(RuntimeError, r"a tar archive, which is not read.*torch\.save\(torch\.load", load, tmp_path / "x.pt")
