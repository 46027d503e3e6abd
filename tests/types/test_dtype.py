"""dtypes, their limits, Size and device, as PyTorch's."""

import copy
import pickle

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types import dtype as dt

NAMES = [d.name for d in dt.ALL_DTYPES]
FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8"]


@pytest.mark.parametrize("name", NAMES)
def test_properties(name):
    ours, theirs = getattr(mt, name), getattr(torch, name)
    assert repr(ours) == str(ours) == str(theirs)
    for attribute in ("is_floating_point", "is_complex", "is_signed", "itemsize"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    assert pickle.loads(pickle.dumps(ours)) is ours and copy.deepcopy(ours) is ours and copy.copy(ours) is ours


@pytest.mark.parametrize("name", ["half", "float", "double", "short", "int", "long", "bool"])
def test_second_names(name):
    assert str(getattr(mt, name)) == str(getattr(torch, name))


@pytest.mark.parametrize("name", FLOATS)
def test_finfo(name):
    ours, theirs = mt.finfo(getattr(mt, name)), torch.finfo(getattr(torch, name))
    for attribute in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", INTEGERS)
def test_iinfo(name):
    ours, theirs = mt.iinfo(getattr(mt, name)), torch.iinfo(getattr(torch, name))
    for attribute in ("bits", "max", "min", "dtype"):
        assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize(
    "name, argument, match",
    [
        (
            "finfo",
            lambda L: L.int32,
            r"torch.finfo\(\) requires a floating point input type. Use torch.iinfo to handle",
        ),
        ("iinfo", lambda L: L.float32, r"torch.iinfo\(\) requires an integer input type. Use torch.finfo to handle"),
        ("iinfo", lambda L: L.bool, "torch.bool is not supported by torch.iinfo"),
        ("finfo", lambda L: "float32", r"finfo\(\): argument 'type'.* must be torch.dtype, not str"),
        ("iinfo", lambda L: "int8", r"iinfo\(\): argument 'type'.* must be torch.dtype, not str"),
        ("set_default_dtype", lambda L: L.int64, "only floating-point types are supported as the default type"),
        ("set_default_dtype", lambda L: "float32", "only floating-point types are supported as the default type"),
    ],
)
def test_errors(name, argument, match):
    for L in (mt, torch):
        with pytest.raises(TypeError, match=match):
            getattr(L, name)(argument(L))


def test_the_default_dtype():
    assert mt.get_default_dtype() is mt.float32 and mt.finfo().dtype == "float32"
    mt.set_default_dtype(mt.float64)
    try:
        assert mt.tensor([1.5]).dtype is mt.ones(2).dtype is mt.get_default_dtype() is mt.float64
        assert mt.finfo().dtype == "float64" and mt.tensor([1]).dtype is mt.int64
    finally:
        mt.set_default_dtype(mt.float32)


def test_the_default_tensor_type():
    seen = []
    for L in (mt, torch):
        for kind in ("torch.DoubleTensor", L.HalfTensor, L.FloatTensor):
            L.set_default_tensor_type(kind)
            seen.append(str(L.get_default_dtype()))
    assert seen[:3] == seen[3:]
    for wrong in ("torch.LongTensor", mt.LongTensor, mt.float64, 3):
        with pytest.raises(TypeError, match="only floating-point types are supported as the default type, got"):
            mt.set_default_tensor_type(wrong)


@pytest.mark.parametrize(
    "value, name",
    [
        (dt.int8, "int8"),
        (float, "float64"),
        (int, "int64"),
        (bool, "bool"),
        ("uint8", "uint8"),
        (np.float64, "float64"),
        (np.dtype(">i4"), "int32"),
    ],
)
def test_as_dtype(value, name):
    assert dt.as_dtype(value).name == name


@pytest.mark.parametrize("value", ["complex64", np.uint16, object, 3, "no such"])
def test_as_dtype_of_what_is_none(value):
    with pytest.raises(TypeError, match="is not a dtype of this library; it has float16, float32"):
        dt.as_dtype(value)


def test_arrays_of_other_formats():
    with pytest.raises(
        TypeError, match=r"can't convert np.ndarray of type complex128. The only supported types are: float16"
    ):
        dt.from_numpy(np.dtype(complex))


# ---- Size ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "L.Size([2, 3]).numel()",
        "L.Size().numel()",
        "L.Size([2, 3])[1:]",
        "L.Size([2, 3])[-1]",
        "L.Size([2, 3]) + (1,)",
        "(1,) + L.Size([2])",
        "L.Size([2]) + L.Size([3])",
        "L.Size([2, 3]) * 2",
        "2 * L.Size([2, 3])",
        "L.Size([2]) == (2,)",
        "hash(L.Size([2])) == hash((2,))",
        "L.Size((4, 5)).index(5)",
        "L.Size([2, 3])",
        "tuple(L.Size([2, 3]))",
        "len(L.Size([2, 3]))",
        "L.zeros(2, 3).shape",
        "L.zeros(2, 3).shape[1:]",
        "pickle.loads(pickle.dumps(L.Size([2, 3])))",
        "copy.deepcopy(L.Size([2, 3]))",
    ],
)
def test_size(expression):
    ours, theirs = (eval(expression, {"L": L, "pickle": pickle, "copy": copy}) for L in (mt, torch))
    assert repr(ours) == repr(theirs) and (type(ours) is mt.Size) == (type(theirs) is torch.Size)


@pytest.mark.parametrize("value", [["a"], [2.5], [1, None]])
def test_size_of_what_is_no_integer(value):
    for L in (mt, torch):
        with pytest.raises(TypeError, match=rf"torch.Size\(\) takes an iterable of 'int' \(item {len(value) - 1} is"):
            L.Size(value)


@pytest.mark.parametrize("other", [[1], 3])
def test_size_and_what_is_no_tuple(other):
    for L in (mt, torch):
        with pytest.raises(TypeError):
            L.Size([2]) + other
        with pytest.raises(TypeError):
            other + L.Size([2])


# ---- device -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "L.device('cpu')",
        "str(L.device('cpu'))",
        "L.device('cpu:0')",
        "str(L.device('cpu:0'))",
        "L.device('cpu', 0)",
        "L.device(L.device('cpu'))",
        "L.device(type='cpu')",
        "L.device('cpu').type",
        "L.device('cpu').index",
        "L.device('cpu:0').index",
        "L.device('cpu') == L.device('cpu')",
        "L.device('cpu') == L.device('cpu:0')",
        "L.device('cpu') == 'cpu'",
        "len({L.device('cpu'), L.device('cpu')})",
        "L.ones(1).device",
        "L.ones(1).device == L.device('cpu')",
        "L.get_default_device()",
        "L.set_default_device('cpu')",
        "pickle.loads(pickle.dumps(L.device('cpu:0')))",
        "L.device('cuda')",
        "L.device('cuda:1').index, L.device('cuda', 1) == L.device('cuda:1'), L.device('cuda') == L.device('cuda:0')",
        "L.device('mps'), L.device('meta').type, L.ones(1).device == L.device('cuda')",
        "L.device('cuda' if L.cuda.is_available() else 'cpu')",
    ],
)
def test_device(expression):
    ours, theirs = (eval(expression, {"L": L, "pickle": pickle}) for L in (mt, torch))
    assert repr(ours) == repr(theirs)


NO_DEVICE = "device 'cuda.*' is not available: this library runs on the CPU; write device='cpu' or leave the device out"


@pytest.mark.parametrize(
    "call",
    [
        lambda: mt.ones(1, device="cuda"),
        lambda: mt.ones(1, device=mt.device("cuda", 1)),
        lambda: mt.ones(1).to("cuda"),
        lambda: mt.ones(1).to(device="cuda"),
        lambda: mt.set_default_device("cuda"),
        lambda: mt.Generator("cuda"),
    ],
)
def test_other_devices(call):
    with pytest.raises(RuntimeError, match=NO_DEVICE):
        call()


@pytest.mark.parametrize(
    "arguments, error, match",
    [
        (("cpu:x",), RuntimeError, "Invalid device string: 'cpu:x'"),
        (("cpu:0", 0), RuntimeError, "Invalid device string: 'cpu:0'"),
        (("cpu", 3), RuntimeError, "CPU device index must be -1 or zero, got 3"),
        ((3,), TypeError, r"device\(\): expected a string such as 'cpu', got 3"),
    ],
)
def test_device_errors(arguments, error, match):
    with pytest.raises(error, match=match):
        mt.device(*arguments)
