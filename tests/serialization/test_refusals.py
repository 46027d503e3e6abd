"""What load does not read: code, streams that make no sense, and files that do not fit together."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest
import torch

from minitorch_cv.serialization import load, save
from tests.checks import check_error, normal, ours_of

from .archives import file_of, storage, tensor, zip_of

DTYPE = b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
WHOLE = tensor(0, (2,), (1,), storage(kind="Long", count=2))


class Evil:
    def __reduce__(self):
        return print, ("run",)


def test_a_file_never_runs_code(tmp_path, capsys):
    torch.save({"x": Evil()}, tmp_path / "x.pt")
    check_error(
        pickle.UnpicklingError, "names (__builtin__|builtins).print, which is not read", load, tmp_path / "x.pt"
    )
    torch.save(torch.nn.Linear(2, 2), tmp_path / "model.pt")
    check_error(pickle.UnpicklingError, "Linear, which is not read.*save a state_dict", load, tmp_path / "model.pt")
    assert capsys.readouterr().out == ""


def damaged(tmp_path, change):
    """A saved file with one record replaced."""
    save([ours_of(normal(4))], tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive, zipfile.ZipFile(tmp_path / "y.pt", "w") as changed:
        for name in archive.namelist():
            content = change(name, archive.read(name))
            if content is not None:
                changed.writestr(name, content)
    return tmp_path / "y.pt"


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda n, c: None if "/data/0" in n else c, "data/0 is missing"),
        (lambda n, c: c[:-8] if "/data/0" in n else c, "storage 0 has 24 bytes, expected 32"),
        (lambda n, c: c[:40] if n.endswith("pkl") else c, "is damaged"),
        (lambda n, c: None if n.endswith("pkl") else c, "without a data.pkl"),
        (lambda n, c: b"middle" if n.endswith("byteorder") else c, "unknown byte order 'middle'"),
        (lambda n, c: c.replace(b"K\x04\x85", b"K\x05\x85") if n.endswith("pkl") else c, "reaches beyond its storage"),
        (
            lambda n, c: c.replace(b"storage", b"stowage") if n.endswith("pkl") else c,
            "refers to 'stowage', which is no storage",
        ),
    ],
)
def test_damaged_files(tmp_path, change, message):
    with pytest.raises((RuntimeError, pickle.UnpicklingError), match=message):
        load(damaged(tmp_path, change))


@pytest.mark.parametrize("body", [b"ctorch\nFloatStorage\n)R.", b"ctorch\nfloat32\n)R.", b"Q.", b"(."])
def test_streams_that_call_what_is_no_function(tmp_path, body):
    path = damaged(tmp_path, lambda n, c: body if n.endswith("pkl") else c)
    with pytest.raises((RuntimeError, pickle.UnpicklingError)):
        load(path)


def test_no_zip_file(tmp_path):
    (tmp_path / "x.pt").write_bytes(b"nothing of the kind")
    check_error(RuntimeError, "is not a PyTorch file, or was cut off", load, tmp_path / "x.pt")
    save([ours_of(normal(400))], tmp_path / "y.pt")
    (tmp_path / "y.pt").write_bytes((tmp_path / "y.pt").read_bytes()[:1000])
    check_error(RuntimeError, "is damaged: its end is missing", load, tmp_path / "y.pt")
    check_error(FileNotFoundError, "nowhere", load, tmp_path / "nowhere.pt")


@pytest.mark.parametrize(
    "body, message",
    [
        (b"ctorch._utils\n_rebuild_parameter\nN\x88N\x87R", "a parameter of None"),
        (b"ccollections\nCounter\n]\x85R", "a Counter of a list"),
        (b"ctorch\nSize\nX\x01\x00\x00\x00a\x85\x85R", r"a torch.Size of \('a',\)"),
        (b"ctorch\ndevice\nK\x01\x85R", "a device 1"),
        (
            b"ctorch._utils\n_rebuild_tensor_v2\n("
            + storage()
            + b"K\x00K\x04\x85K\x01\x85\x89N}X\x01\x00\x00\x00aNstR",
            "metadata",
        ),
        (b"ctorch._utils\n_rebuild_tensor_v3\n(" + storage() + b"K\x00))\x89NNtR", "dtype None on 16 bytes"),
        (b"X\x01\x00\x00\x00aQ", "refers to 'a', which is no storage"),
        (b"(X\x06\x00\x00\x00moduleNtQ", "holds a whole model, with its classes"),
        (b"}]a", "a dict with elements"),
        (b"](K\x01e]K\x01K\x02s", "a list with items"),
        (b"}(K\x01\x90", "a dict with elements"),
        (b"K\x01K\x02R", "int is not callable with a int"),
        (WHOLE.replace(b"\x89", b"\x88"), "a tensor of int64 that requires a gradient"),
        (b"ctorch._utils\n_rebuild_parameter\n" + WHOLE + b"\x88N\x87R", "a tensor of int64 that requires a gradient"),
        (
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85N\x87R"
            + 2 * (b"(K\x01K\x04\x85" + DTYPE + b"\x89U\x04abcdtb"),
            "an array that is built twice",
        ),
        (b"c_codecs\nencode\nX\x01\x00\x00\x00a]\x86R", "bytes encoded as a list"),
    ],
)
def test_streams_that_make_no_sense(tmp_path, body, message):
    (tmp_path / "x.pt").write_bytes(file_of(body))
    with pytest.raises((RuntimeError, pickle.UnpicklingError), match=message):
        load(tmp_path / "x.pt")


def test_other_archives(tmp_path):
    (tmp_path / "x.pt").write_bytes(zip_of({"data.pkl": b"", "constants.pkl": b""}))
    check_error(RuntimeError, "is a TorchScript program", load, tmp_path / "x.pt")
    content = bytearray(zip_of({"data.pkl": b"\x80\x02N."}))
    content[0:4] = b"PK\x05\x06"
    (tmp_path / "x.pt").write_bytes(b"PK\x03\x04" + content)
    check_error(RuntimeError, "data.pkl is not where it should be", load, tmp_path / "x.pt")


def test_a_file_that_becomes_shorter(tmp_path):
    class Short(io.BytesIO):
        def readinto(self, buffer):
            return super().readinto(memoryview(buffer)[:-1])

    check_error(RuntimeError, "it ended while it was read", load, Short(file_of(b"N")))
