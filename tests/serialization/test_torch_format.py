"""save and load against PyTorch's own, in both directions."""

from __future__ import annotations

import io
import pickle
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest
import torch

from minitorch_cv.nn.module import Module
from minitorch_cv.nn.parameter import Parameter
from minitorch_cv.serialization import load, save
from minitorch_cv.tensors.tensor import Tensor
from minitorch_cv.types import dtype as dt
from minitorch_cv.types.device import device
from minitorch_cv.types.size import Size
from tests.checks import check_error, normal, ours_of

DTYPES = [d.name for d in dt.ALL_DTYPES]


def tree_equal(ours, theirs):
    """The same containers with the same numbers."""
    if isinstance(ours, Tensor):
        assert str(ours.dtype) == str(theirs.dtype)
        assert ours.requires_grad == theirs.requires_grad
        np.testing.assert_array_equal(ours.array, theirs.detach().numpy())
    elif isinstance(ours, dict):
        assert list(ours) == list(theirs)
        for key in ours:
            tree_equal(ours[key], theirs[key])
    elif isinstance(ours, (list, tuple)):
        assert type(ours) is type(theirs) or isinstance(theirs, torch.Size)
        assert len(ours) == len(theirs)
        for one, two in zip(ours, theirs):
            tree_equal(one, two)
    elif isinstance(ours, (dt.dtype, device)):
        assert str(ours) == str(theirs)
    else:
        assert ours == theirs


def values(library):
    """Everything that a checkpoint holds, made with either library."""
    tensor = ours_of if library == "ours" else lambda a: torch.from_numpy(np.array(a))
    state = OrderedDict(weight=tensor(normal(3, 4).astype(np.float32)), steps=tensor(np.array(7)))
    state._metadata = OrderedDict([("", {"version": 2})])  # as every state_dict has it
    return {
        "state": state,
        "scalars": [1, 2.5, "é", None, True, (1, (2,)), -(2**70)],
        "empty": [tensor(np.zeros((0, 3))), {}, ()],
        "turned": tensor(normal(2, 3)).T if library == "theirs" else Tensor.wrap(normal(2, 3).T),
        "sets": {1, 2},
        "counts": Counter("abca"),
    }


def test_pytorch_reads_ours(tmp_path):
    save(values("ours"), tmp_path / "x.pth")
    theirs = torch.load(tmp_path / "x.pth", weights_only=False)
    tree_equal(values("ours"), theirs)
    assert theirs["state"]._metadata[""] == {"version": 2}


def test_ours_reads_pytorch(tmp_path):
    torch.save(values("theirs"), tmp_path / "x.pth")
    ours = load(tmp_path / "x.pth")
    tree_equal(ours, values("theirs"))
    assert ours["state"]._metadata[""] == {"version": 2}


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_both_ways(tmp_path, name):
    array = (normal(2, 5) * 3).astype(name)
    save({"x": ours_of(array), "dtype": dt.as_dtype(name)}, tmp_path / "ours.pt")
    read = torch.load(tmp_path / "ours.pt", weights_only=True)
    np.testing.assert_array_equal(read["x"].numpy(), array)
    assert str(read["dtype"]) == f"torch.{name}"
    torch.save({"x": torch.from_numpy(array), "dtype": getattr(torch, name)}, tmp_path / "theirs.pt")
    back = load(tmp_path / "theirs.pt")
    np.testing.assert_array_equal(back["x"].array, array)
    assert back["dtype"] is dt.as_dtype(name)


def test_parameters_devices_sizes_and_gradients(tmp_path):
    parameter = Parameter(ours_of(normal(2)))
    save([parameter, ours_of(normal(2), True), device("cpu"), Size([2, 3])], tmp_path / "x.pt")
    theirs = torch.load(tmp_path / "x.pt", weights_only=True)
    assert isinstance(theirs[0], torch.nn.Parameter)
    assert theirs[1].requires_grad
    assert theirs[2:] == [torch.device("cpu"), torch.Size([2, 3])]
    torch.save(theirs, tmp_path / "y.pt")
    ours = load(tmp_path / "y.pt")
    assert isinstance(ours[0], Parameter)
    assert ours[1].requires_grad
    assert ours[2:] == [device("cpu"), Size([2, 3])]


def test_shared_memory_is_shared_again(tmp_path):
    base = ours_of(normal(4, 3))
    part = Tensor.wrap(base.array[1:3])
    save([base, part, base], tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive:
        assert [n for n in archive.namelist() if "/data/" in n] == ["x/data/0"]
    whole, piece, again = load(tmp_path / "x.pt")
    assert again is whole
    whole.array[1] = 5
    assert (piece.array[0] == 5).all()
    assert piece.array.flags.writeable


def test_reversed_and_gapped_memory(tmp_path):
    arrays = [normal(4, 6)[::-1], normal(4, 6)[:, ::2], np.broadcast_to(normal(3, 1), (3, 4)), normal(3, 4)[1:, 2:]]
    save([Tensor.wrap(a) for a in arrays], tmp_path / "x.pt")
    for array, theirs in zip(arrays, torch.load(tmp_path / "x.pt")):
        np.testing.assert_array_equal(theirs.numpy(), array)


def test_open_files(tmp_path):
    buffer = io.BytesIO()
    save({"x": ours_of(normal(3))}, buffer)
    assert list(torch.load(io.BytesIO(buffer.getvalue()))) == ["x"]
    assert list(load(io.BytesIO(buffer.getvalue()), map_location="cpu")) == ["x"]


def test_other_byte_order(tmp_path):
    save([ours_of(np.array([1, 2, 3]))], tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive, zipfile.ZipFile(tmp_path / "y.pt", "w") as turned:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith("byteorder"):
                content = b"big" if sys.byteorder == "little" else b"little"
            elif "/data/" in name:
                content = np.frombuffer(content, np.int64).byteswap().tobytes()
            turned.writestr(name, content)
    np.testing.assert_array_equal(load(tmp_path / "y.pt")[0].array, [1, 2, 3])


class Net(Module):
    pass


@pytest.mark.parametrize(
    "value, message",
    [
        (Net(), "cannot save a whole Net: .*state_dict"),
        ({"x": np.ones(2)}, "cannot save a NumPy ndarray"),
        ([np.float32(1)], "cannot save a NumPy float32"),
        ({"f": print}, "cannot save builtin_function_or_method; supported are"),
        (b"bytes", "cannot save bytes"),
        (defaultdict(Net), "cannot save type"),
    ],
)
def test_what_cannot_be_saved_leaves_no_file(tmp_path, value, message):
    check_error(TypeError, message, save, value, tmp_path / "x.pt")
    assert list(tmp_path.iterdir()) == []


def test_unsupported_arguments(tmp_path):
    check_error(NotImplementedError, "supported are pickle_module=pickle", save, 1, tmp_path / "x", pickle_protocol=4)
    save(1, tmp_path / "x")
    check_error(NotImplementedError, "weights_only=False would run code", load, tmp_path / "x", weights_only=False)
    check_error(NotImplementedError, "mmap=None", load, tmp_path / "x", mmap=True)
    check_error(RuntimeError, "runs on the CPU", load, tmp_path / "x", map_location="cuda")


class Evil:
    def __reduce__(self):
        return print, ("run",)


def test_a_file_never_runs_code(tmp_path, capsys):
    torch.save({"x": Evil()}, tmp_path / "x.pt")
    check_error(
        pickle.UnpicklingError, "contains (__builtin__|builtins).print, which is not read", load, tmp_path / "x.pt"
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
        (lambda n, c: c.replace(b"storage", b"stowage") if n.endswith("pkl") else c, "unknown reference 'stowage'"),
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
    check_error(RuntimeError, "is not a PyTorch zip file, or was cut off", load, tmp_path / "x.pt")
    save([ours_of(normal(400))], tmp_path / "y.pt")
    (tmp_path / "y.pt").write_bytes((tmp_path / "y.pt").read_bytes()[:1000])
    check_error(RuntimeError, "or was cut off", load, tmp_path / "y.pt")
    check_error(FileNotFoundError, "nowhere", load, tmp_path / "nowhere.pt")


def test_kill_in_the_middle_of_a_save_loses_nothing(tmp_path):
    """kill -9 while a file is being replaced again and again: what is there is always a whole file."""
    path = tmp_path / "x.pt"
    code = f"""
        import numpy as np
        from minitorch_cv.serialization import save
        from minitorch_cv.tensors.tensor import Tensor
        number = 0
        while True:
            save(Tensor.wrap(np.full(300_000, number)), {str(path)!r})
            number += 1
            print(number, flush=True)
    """
    for wait in (1, 3):
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE)
        for _ in range(wait):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        array = load(path).array
        assert (array == array[0]).all()


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    save(1, path)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    check_error(OSError, "No space left", save, 2, path)
    assert load(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.pt"]
