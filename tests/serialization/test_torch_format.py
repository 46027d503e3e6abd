"""save and load against PyTorch's own, in both directions."""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.nn.module import Module
from minitorch_cv.nn.parameter import Parameter
from minitorch_cv.serialization import load, save
from minitorch_cv.tensors.tensor import Tensor
from minitorch_cv.types import dtype as dt
from minitorch_cv.types.device import device
from minitorch_cv.types.size import Size
from minitorch_cv.utils import say_once
from tests.checks import check_error, normal, ours_of

from .archives import zip_of

DTYPES = [d.name for d in dt.ALL_DTYPES]


def tree_equal(ours, theirs):
    """The same containers with the same numbers, and the tensors with the same strides."""
    if isinstance(ours, Tensor):
        assert ours.stride() == theirs.stride() or not ours.numel()
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
        "bytes": [b"\x00\xff", b"", bytearray(b"abc"), bytearray(), 1 - 2.5j],
        "one": tensor(normal(1, 3, 1, 4)),
        "sets": {1, 2},
        "keys": {1: "a", (2, "b"): None, 1.5: {}, None: [], False: ()},
        "counts": Counter("abca"),
    }


def test_pytorch_reads_ours(tmp_path):
    save(values("ours"), tmp_path / "x.pth")
    theirs = torch.load(tmp_path / "x.pth", weights_only=True)
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


@pytest.mark.parametrize("mmap", [False, True])
def test_what_was_loaded_is_saved_with_what_it_shares_and_its_strides(tmp_path, mmap):
    x = torch.arange(24.0).reshape(2, 3, 4)
    images = torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last)
    torch.save(
        {"x": x, "part": x[1], "turned": x.permute(2, 0, 1), "images": images, "steps": x[:, ::2]}, tmp_path / "a"
    )
    mt.save(mt.load(tmp_path / "a", mmap=mmap), tmp_path / "b")
    again = torch.load(tmp_path / "b")
    again["x"][1] = -1
    assert (again["part"] == -1).all() and (again["turned"][:, 1] == -1).all() and (again["steps"][1] == -1).all()
    assert again["images"].stride() == images.stride() and torch.equal(again["images"], images)
    assert again["steps"].stride() == (12, 8, 1)


def test_many_small_tensors(tmp_path):
    many = [mt.full((2,), float(i)) for i in range(25_000)]
    mt.save(many, tmp_path / "many.pt")
    assert mt.load(tmp_path / "many.pt")[-1].tolist() == [24999.0, 24999.0]


def test_where_tensors_are_to_be_may_be_said_by_a_function(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "a.pt")
    found = mt.load(tmp_path / "a.pt", map_location=lambda storage, place: storage.cpu())
    assert found["a"].tolist() == [1.0, 1.0]
    with pytest.raises(ZeroDivisionError):
        mt.load(tmp_path / "a.pt", map_location=lambda storage, place: 1 / 0)


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


def test_views_and_overlapping_memory(tmp_path):
    """Views of PyTorch's keep their strides; elements that share memory are refused, and saved by us as a copy."""
    x = torch.arange(24.0).reshape(4, 6)
    views = [x.T, x[1:3, ::2], x[:, 1], x.diagonal(), x[2:3].T, x.reshape(2, 2, 6).transpose(0, 2), x[:1].expand(3, 6)]
    torch.save(views, tmp_path / "views.pt")
    tree_equal(load(tmp_path / "views.pt"), views)
    torch.save(x.unfold(1, 3, 1), tmp_path / "windows.pt")
    with pytest.raises(Exception, match=r"size \(4, 4, 3\) and stride \(6, 1, 1\), whose elements share memory"):
        load(tmp_path / "windows.pt")
    windows = Tensor.wrap(np.lib.stride_tricks.sliding_window_view(np.arange(6.0), 3))
    save(windows, tmp_path / "ours.pt")
    np.testing.assert_array_equal(torch.load(tmp_path / "ours.pt").numpy(), windows.array)
    np.testing.assert_array_equal(load(tmp_path / "ours.pt").numpy(), windows.array)


def test_open_files(tmp_path):
    buffer = io.BytesIO()
    save({"x": ours_of(normal(3))}, buffer)
    assert list(torch.load(io.BytesIO(buffer.getvalue()))) == ["x"]
    assert list(load(io.BytesIO(buffer.getvalue()), map_location="cpu")) == ["x"]


def test_objects_that_have_what_pytorch_asks_of_a_file():
    class File:
        def __init__(self, content):
            file = io.BytesIO(content)
            self.read, self.readline, self.seek, self.tell = file.read, file.readline, file.seek, file.tell

    for zipped in (True, False):
        buffer = io.BytesIO()
        torch.save(torch.arange(1000.0), buffer, _use_new_zipfile_serialization=zipped)
        np.testing.assert_array_equal(load(File(buffer.getvalue())).array, np.arange(1000))


@pytest.mark.parametrize("name", DTYPES)
def test_other_byte_order(tmp_path, name):
    array = (normal(3, 4) * 5).astype(name)
    save(ours_of(array), tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive, zipfile.ZipFile(tmp_path / "y.pt", "w") as turned:
        for record in archive.namelist():
            content = archive.read(record)
            if record.endswith("byteorder"):
                content = b"big" if sys.byteorder == "little" else b"little"
            elif "/data/" in record:
                content = np.frombuffer(content, name).byteswap().tobytes()
            turned.writestr(record, content)
    np.testing.assert_array_equal(torch.load(tmp_path / "y.pt").numpy(), array)
    for mmap in (False, True):
        np.testing.assert_array_equal(load(tmp_path / "y.pt", mmap=mmap).array, array)


def test_without_a_record_of_the_byte_order(tmp_path):
    save(ours_of(np.array([1, 2])), tmp_path / "x.pt", _disable_byteorder_record=True)
    assert torch.load(tmp_path / "x.pt").tolist() == load(tmp_path / "x.pt").tolist() == [1, 2]


def test_bools_of_memory_that_was_never_filled(tmp_path):
    odd = np.array([0, 1, 2, 255], np.uint8).view(np.bool_)
    torch.save(torch.from_numpy(odd), tmp_path / "x.pt")
    assert load(tmp_path / "x.pt").array.view(np.uint8).tolist() == [0, 1, 1, 1]


def test_what_layers_leave_in_their_own_memory_order(tmp_path):
    made = mt.nn.Conv2d(3, 4, 3)(ours_of(normal(2, 3, 8, 8).astype(np.float32)))
    part = made[1:, :, 2:]
    save([made, part], tmp_path / "x.pt")
    whole, piece = torch.load(tmp_path / "x.pt")
    np.testing.assert_array_equal(whole.detach().numpy(), made.array)
    np.testing.assert_array_equal(piece.detach().numpy(), part.array)
    assert whole.untyped_storage().data_ptr() == piece.untyped_storage().data_ptr()


class Net(Module):
    pass


@pytest.mark.parametrize(
    "value, message",
    [
        (Net(), "cannot save a whole Net: .*state_dict"),
        ({"x": np.array(["a"])}, r"cannot save a NumPy array of dtype <U1; .*tolist\(\)"),
        ({"x": np.ma.ones(2)}, "cannot save a NumPy MaskedArray"),
        ({"f": print}, "cannot save builtin_function_or_method; supported are"),
        (defaultdict(lambda: 1), r"cannot save defaultdict; .*dict\(...\) of a mapping"),
        (range(3), r"cannot save range; supported are .*vars\(args\) of an object with settings"),
        ([1 << 2031], "cannot save a number of 2032 bits"),
    ],
)
def test_what_cannot_be_saved_leaves_no_file(tmp_path, value, message):
    check_error(TypeError, message, save, value, tmp_path / "x.pt")
    assert list(tmp_path.iterdir()) == []


class Version(str):
    pass


def test_numbers_of_numpy_and_texts_of_other_classes_are_saved_as_pythons(tmp_path):
    """Means of losses, learning rates from np.logspace, torch.__version__: what checkpoints of scripts hold."""
    values = [np.float64(0.1), np.float32(0.5), np.int64(7), np.bool_(True), np.str_("name"), Version("2.13")]
    save({"values": values, np.int64(3): "key"}, tmp_path / "x.pt")
    for read in (load(tmp_path / "x.pt"), torch.load(tmp_path / "x.pt", weights_only=True)):
        assert read == {"values": [0.1, 0.5, 7, True, "name", "2.13"], 3: "key"}
        assert [type(value) for value in read["values"]] == [float, float, int, bool, str, str]
    model = mt.nn.Linear(2, 1)
    optimizer = mt.optim.SGD(model.parameters(), lr=np.logspace(-3, -1, 3)[0])
    scheduler = mt.optim.lr_scheduler.StepLR(optimizer, 1)
    save([optimizer.state_dict(), scheduler.state_dict()], tmp_path / "y.pt")
    assert load(tmp_path / "y.pt")[0]["param_groups"][0]["lr"] == 1e-3


def test_weights_only_false_reads_the_same_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(say_once, "_said", set())
    save({"w": mt.ones(2)}, tmp_path / "x.pt")
    with pytest.warns(UserWarning, match="weights_only=False is read like True .* no code from the file is run"):
        assert load(tmp_path / "x.pt", weights_only=False)["w"].tolist() == [1, 1]
    torch.save(torch.nn.Linear(1, 1), tmp_path / "model.pt")
    with pytest.raises(pickle.UnpicklingError, match="Linear"):
        load(tmp_path / "model.pt", weights_only=False)


def nested(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_nesting(tmp_path):
    save(nested(100), tmp_path / "x.pt")
    assert load(tmp_path / "x.pt") == torch.load(tmp_path / "x.pt") == nested(100)
    check_error(ValueError, "has containers nested more than 100 levels deep", save, nested(101), tmp_path / "x.pt")
    itself = [1]
    itself.append(itself)
    save(itself, tmp_path / "x.pt")
    again = load(tmp_path / "x.pt")
    assert again[1] is again


def test_unsupported_arguments(tmp_path):
    check_error(NotImplementedError, "supported are pickle_module=pickle", save, 1, tmp_path / "x", pickle_protocol=4)
    save(1, tmp_path / "x")
    check_error(TypeError, "weights_only must be None, True or False", load, tmp_path / "x", weights_only="no")
    check_error(NotImplementedError, "supported are .*encoding, got ..fix_imports", load, tmp_path / "x", fix_imports=1)
    check_error(RuntimeError, "runs on the CPU", load, tmp_path / "x", map_location="cuda")


@pytest.mark.parametrize("place", ["cpu", b"cpu", torch.device("cpu").type, device("cpu"), {"cuda:0": "cpu"}, {}])
def test_locations(tmp_path, place):
    torch.save(torch.ones(2), tmp_path / "x.pt")
    assert load(tmp_path / "x.pt", map_location=place).tolist() == [1, 1]


def test_locations_by_a_function(tmp_path):
    seen = []

    def here(storage, place):
        seen.append((storage.nbytes(), place))
        return storage

    base = torch.ones(2)
    torch.save([base, base[1:]], tmp_path / "x.pt")
    load(tmp_path / "x.pt", here)
    assert seen == [(8, "cpu")]
    load(tmp_path / "x.pt", lambda storage, place: None)
    check_error(RuntimeError, "must return the storage it is given", load, tmp_path / "x.pt", lambda s, place: "cuda")
    check_error(RuntimeError, "runs on the CPU", load, tmp_path / "x.pt", {"cpu": "cuda:1"})


def test_what_was_saved_on_another_device_is_read_to_the_cpu(tmp_path):
    torch.save([torch.ones(2), torch.device("cuda:1")], tmp_path / "x.pt")
    content = (tmp_path / "x.pt").read_bytes()
    with zipfile.ZipFile(tmp_path / "x.pt") as archive:
        records = {record.partition("/")[2]: archive.read(record) for record in archive.namelist()}
    records["data.pkl"] = records["data.pkl"].replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:1")
    assert content and load(io.BytesIO(zip_of(records)))[0].tolist() == [1, 1]
    assert load(tmp_path / "x.pt")[1] == device("cpu")


@pytest.mark.parametrize("name", ["bfloat16", "complex64", "complex128", "uint16", "float8_e5m2"])
@pytest.mark.parametrize("zipped", [True, False])
def test_dtypes_that_this_library_does_not_have(tmp_path, name, zipped):
    value = torch.ones(2).to(getattr(torch, name))
    torch.save({"w": value}, tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    message = (
        rf"x.pt holds a tensor of torch.{name}, which this library does not have; it has float16.*tensor.float\(\)"
    )
    check_error(NotImplementedError, message, load, tmp_path / "x.pt")
    torch.save({"dtype": value.dtype}, tmp_path / "x.pt")
    if name == "bfloat16":  # which can be named
        assert load(tmp_path / "x.pt")["dtype"] is dt.bfloat16
        save({"dtype": dt.bfloat16}, tmp_path / "x.pt")
        assert torch.load(tmp_path / "x.pt", weights_only=True)["dtype"] is torch.bfloat16
    else:
        check_error(NotImplementedError, message, load, tmp_path / "x.pt")


def test_numpy_values_in_pytorchs_files(tmp_path):
    torch.save({"score": np.float64(0.5), "confusion": np.eye(2)}, tmp_path / "x.pt")
    found = load(tmp_path / "x.pt")
    assert found["score"] == 0.5
    np.testing.assert_array_equal(found["confusion"], np.eye(2))


def test_bare_storages(tmp_path):
    torch.save(torch.arange(3, dtype=torch.uint8).untyped_storage(), tmp_path / "x.pt")
    assert load(tmp_path / "x.pt").tolist() == [0, 1, 2]


def test_the_way_that_pytorch_takes_for_its_newest_dtypes(tmp_path):
    class Other:
        def __reduce__(self):
            arguments = (torch.arange(3.0).untyped_storage(), 1, (2,), (1,), False, OrderedDict(), torch.float32)
            return torch._utils._rebuild_tensor_v3, arguments

    torch.save(Other(), tmp_path / "x.pt")
    assert torch.load(tmp_path / "x.pt").tolist() == load(tmp_path / "x.pt").tolist() == [1, 2]
