"""What stands in checkpoints beside tensors goes to a file and comes back, here and in PyTorch."""

import argparse
import io
import pickle
import random
from collections import defaultdict, deque
from datetime import date, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.serialization.archives import file_of

VALUES = [
    argparse.Namespace(lr=0.1, model=argparse.Namespace(layers=[1, 2])),
    argparse.Namespace(),
    SimpleNamespace(seed=1),
    defaultdict(list, {"loss": [1.5]}),
    defaultdict(set, {3: {2}}),
    *(defaultdict(kind, {"a": kind()}) for kind in (float, int, str, bool, dict)),
    defaultdict(),
    deque([1, 2], maxlen=5),
    deque("ab"),
    frozenset([1, (2, 3)]),
    Path("runs/mnist/best.pt"),
    Path("/"),
    PureWindowsPath("C:/runs"),
    PurePosixPath("a/b"),
    date(2024, 2, 29),
    datetime(2024, 2, 29, 12, 30, 1, 7),
    timedelta(days=-1, seconds=3),
    random.Random(3).getstate(),
]
ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
    np.arange(12).reshape(3, 4)[::2, 1:],
    np.zeros((0, 2), np.int8),
    np.array(3.5),
    np.array([True, False]),
    np.array([1 + 2j], np.complex64),
    np.arange(3, dtype=">i4"),
]


def _written(library, value):
    file = io.BytesIO()
    library.save({"value": value, "weight": library.ones(2)}, file)
    file.seek(0)
    return file


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_come_back(value):
    ours, theirs = _written(mt, value), _written(torch, value)
    for read in (mt.load(ours), mt.load(theirs), torch.load(_written(mt, value), weights_only=False)):
        assert read["value"] == value and type(read["value"]) is type(value)
        assert getattr(read["value"], "default_factory", None) is getattr(value, "default_factory", None)
        assert getattr(read["value"], "maxlen", None) == getattr(value, "maxlen", None)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_arrays_come_back(array):
    for file in (_written(mt, array), _written(torch, array)):
        for read in (mt.load(file), torch.load(_written(mt, array), weights_only=False)):
            found = read["value"]
            np.testing.assert_array_equal(found, array)
            assert found.dtype == array.dtype.newbyteorder("=") and found.shape == array.shape
            found[...] = 0  # it is the reader's own


def test_the_state_of_numpys_generator_goes_on():
    np.random.seed(5)
    file = _written(mt, np.random.get_state())
    expected = np.random.rand(3)
    np.random.set_state(mt.load(file)["value"])
    np.testing.assert_array_equal(np.random.rand(3), expected)


def test_what_holds_itself():
    args = argparse.Namespace(name="a")
    args.args = args
    read = mt.load(_written(mt, args))["value"]
    assert read.args is read and read.name == "a"


def test_namespaces_count_as_levels():
    deep = argparse.Namespace()
    for _ in range(101):
        deep = argparse.Namespace(inner=deep)
    with pytest.raises(ValueError, match="nested more than 100 levels deep"):
        mt.save(deep, io.BytesIO())


@pytest.mark.parametrize(
    "value, message",
    [
        (datetime(2024, 1, 1, tzinfo=timezone.utc), "cannot save datetime; .*dates without a time zone"),
        (defaultdict(deque), "cannot save defaultdict"),
        (type("Args", (argparse.Namespace,), {})(), "cannot save Args"),
        (np.array([None]), "cannot save a NumPy array of dtype object"),
        (np.array(["2024"], "M8[D]"), "cannot save a NumPy array of dtype datetime64"),
        (np.zeros(2).view(np.matrix), r"cannot save a NumPy matrix; make it an array: numpy.asarray\(x\)"),
        (int, "cannot save <class 'int'>, a class or dtype"),
        (np.ndarray, "a class or dtype of NumPy's; save its name"),
        (np.dtype("float32"), r"cannot save dtype\('float32'\), a class or dtype"),
    ],
)
def test_what_needs_code_to_read(value, message):
    with pytest.raises(TypeError, match=message):
        mt.save({"value": value}, io.BytesIO())


@pytest.mark.parametrize("dtype", ["U1", "S2", "O", "M8[D]"])
def test_arrays_of_others_than_numbers_are_no_damage(dtype):
    file = io.BytesIO()
    torch.save(np.zeros(1, dtype), file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError, match=r"has an array of dtype .*; read are integers.*array.tolist\(\)"):
        mt.load(file)


# What a file could try: (the pickle, what is said).
HOSTILE = {
    "a class as a value": (b"}U\x01ac__builtin__\nint\ns.", "holds a class, function or dtype as a value"),
    "a class alone": (b"ccollections\nOrderedDict\n.", "holds a class, function or dtype as a value"),
    "a dtype in a list": (b"]cnumpy\ndtype\nU\x02f4\x85Ra.", "holds a class, function or dtype as a value"),
    "a date out of the calendar": (
        b"cdatetime\ndate\nc_codecs\nencode\nX\x05\0\0\0\x07\xc3\xa4\x02\x1eU\x06latin1\x86R\x85R.",
        "ValueError: day is out of range",
    ),
    "paths of many parts": (
        b"X\x00\x00\x01\x00" + b"a/" * 0x8000 + b"q\x00(" + b"cpathlib\nPosixPath\nh\x00\x85R" * 50 + b"t.",
        "objects that need more than 48 MB",
    ),
    "a call of a factory": (b"c__builtin__\nint\n(U\x0299tR.", "int is not callable"),
    "a factory of another kind": (b"ccollections\ndefaultdict\n(ccollections\nOrderedDict\ntR.", "a defaultdict of"),
    "a new object with arguments": (b"cargparse\nNamespace\n(K\x01t\x81.", r"makes an object of a class \(NEWOBJ\)"),
    "a new object of another class": (b"ccollections\ndeque\n)\x81.", r"makes an object of a class \(NEWOBJ\)"),
    "a state that is no dict": (b"cargparse\nNamespace\n)\x81K\x01b.", "a Namespace with a state"),
    "a state with numbers for names": (b"cargparse\nNamespace\n)\x81}K\x01K\x02sb.", "a Namespace with a state"),
    "a path of numbers": (b"cpathlib\nPosixPath\n(K\x01tR.", "a path of"),
    "a date of a number": (b"cdatetime\ndatetime\n(K\x01tR.", "a date of 1"),
    "a deque of a number": (b"ccollections\ndeque\n(K\x01tR.", "a deque of 1"),
    "a deque with a negative end": (b"ccollections\ndeque\n((tJ\xff\xff\xff\xfftR.", "with -1 elements at most"),
    "a timedelta of floats": (b"cdatetime\ntimedelta\n(G?\xf0\0\0\0\0\0\0K\0K\0tR.", "a timedelta of"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name):
    content, message = HOSTILE[name]
    with pytest.raises((pickle.UnpicklingError, RuntimeError), match=message):
        mt.load(io.BytesIO(file_of(content.removesuffix(b"."))))
