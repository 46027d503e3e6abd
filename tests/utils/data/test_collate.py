"""default_collate and default_convert against torch's."""

import collections
import types

import numpy as np
import pytest
import torch
import torch.utils.data as theirs

import minitorch_cv as mt
from minitorch_cv.utils import data as ours
from tests.utils.data.checks import plain, raises_alike

Point = collections.namedtuple("Point", ["x", "y"])


class Box(dict):
    """A mapping that carries more than its items."""

    label = "box"


class Pair(collections.abc.Sequence):
    """A sequence that is no list and is made from a list."""

    def __init__(self, values):
        self.values = list(values)

    def __getitem__(self, index):
        return self.values[index]

    def __len__(self):
        return len(self.values)


class Stubborn(dict):
    """Cannot be copied."""

    def __copy__(self):
        raise TypeError("no copies")


BATCHES = {
    "ints": lambda m: [1, 2, 3],
    "floats": lambda m: [1.5, 2.0],
    "float then int": lambda m: [1.5, 2],
    "int then float": lambda m: [1, 2.5],
    "bools": lambda m: [True, False],
    "strings": lambda m: ["a", "bc"],
    "bytes": lambda m: [b"a", b"bc"],
    "tensors": lambda m: [m.tensor([1.0, 2.0]), m.tensor([3.0, 4.0])],
    "scalar tensors": lambda m: [m.tensor(1), m.tensor(2)],
    "empty tensors": lambda m: [m.zeros(0, 3), m.zeros(0, 3)],
    "arrays": lambda m: [np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)],
    "arrays of uint8": lambda m: [np.ones(2, np.uint8)],
    "0-d arrays": lambda m: [np.array(3), np.array(4)],
    **{f"scalars {t.__name__}": lambda m, t=t: [t(1), t(0)] for t in (np.float32, np.float64, np.float16, np.int64)},
    **{f"scalars {t.__name__}": lambda m, t=t: [t(1), t(0)] for t in (np.int32, np.uint8, np.bool_)},
    "numpy strings": lambda m: [np.str_("a"), np.str_("b")],
    "tuples": lambda m: [(1, "a", 2.0), (3, "b", 4.0)],
    "lists": lambda m: [[1, 2.0], [3, 4.0]],
    "empty tuples": lambda m: [(), ()],
    "named tuples": lambda m: [Point(1, m.tensor([2.0])), Point(3, m.tensor([4.0]))],
    "dicts": lambda m: [{"a": 1, "b": [1.0]}, {"b": [2.0], "a": 2, "c": 3}],
    "ordered dicts": lambda m: [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
    "nested": lambda m: [{"p": Point((1, 2.0), {"q": "s"})}, {"p": Point((3, 4.0), {"q": "t"})}],
    "sequences": lambda m: [collections.UserList([1, 2]), collections.UserList([3, 4])],
    "ranges": lambda m: [range(2), range(2, 4)],
    "stubborn dicts": lambda m: [Stubborn(a=1), Stubborn(a=2)],
    "image and label": lambda m: [(m.ones(1, 2, 2), 3), (m.zeros(1, 2, 2), 4)],
}


def comparable(value):
    if isinstance(value, collections.UserList):
        return "UserList", [plain(v) for v in value]
    return plain(value)


@pytest.mark.parametrize("name", BATCHES)
def test_collate(name):
    found, reference = (module(BATCHES[name](m)) for module, m in
                        [(ours.default_collate, mt), (theirs.default_collate, torch)])  # fmt: skip
    assert comparable(found) == comparable(reference)


@pytest.mark.parametrize("name", BATCHES)
def test_convert(name):
    found, reference = (module(BATCHES[name](m)) for module, m in
                        [(ours.default_convert, mt), (theirs.default_convert, torch)])  # fmt: skip
    assert comparable(found) == comparable(reference)


def test_containers_keep_their_type_and_what_else_they_carry():
    first = Box(a=1)
    first.label = "kept"
    found = ours.default_collate([first, Box(a=2)])
    assert type(found) is Box and found.label == "kept" and found["a"].tolist() == [1, 2]
    assert first["a"] == 1  # the sample is left as it was
    proxy = ours.default_collate([types.MappingProxyType({"a": 1})] * 2)
    assert type(proxy) is types.MappingProxyType and proxy["a"].tolist() == [1, 1]
    pair = ours.default_collate([Pair([1, 2]), Pair([3, 4])])
    assert type(pair) is Pair and [column.tolist() for column in pair] == [[1, 3], [2, 4]]
    assert type(ours.default_convert(Pair([np.ones(1)]))) is Pair
    memory = ours.default_convert(types.MappingProxyType({"a": np.ones(1)}))
    assert type(memory) is types.MappingProxyType


def test_object_and_string_arrays_are_not_converted():
    for array in (np.array(["a", "b"]), np.array([None]), np.array([b"a"])):
        assert ours.default_convert(array) is array
        assert theirs.default_convert(array) is array


def test_gradients_flow_through_a_batch():
    leaf = mt.tensor([1.0, 2.0], requires_grad=True)
    ours.default_collate([leaf, leaf * 2]).sum().backward()
    assert leaf.grad.tolist() == [3.0, 3.0]


@pytest.mark.parametrize(
    ("batch", "match"),
    [
        (lambda m: [None, None], r"numpy arrays, numbers, dicts or lists; found <class 'NoneType'>"),
        (lambda m: [1j], "found <class 'complex'>. Convert it in the dataset's transform"),
        (lambda m: [{1}], "found <class 'set'>"),
        (lambda m: [np.array(["a"])], "found <U1"),
        (lambda m: [np.array([None])], "found object"),
        (lambda m: [(1, 2), (1, 2, 3)], "batch should be of equal size, but entry 0 has 2 and entry 1 has 3"),
        (
            lambda m: [m.zeros(2, 3), m.zeros(2, 3), m.zeros(2, 4)],
            r"stack expects each tensor to be equal size, but got \[2, 3\] at entry 0 and \[2, 4\] at entry 2; bring",
        ),
        (lambda m: [np.zeros(2), np.zeros(3)], r"got \[2\] at entry 0 and \[3\] at entry 1"),
        (lambda m: [], "the batch is empty"),
        (lambda m: [{"a": 1}, {"b": 1}], "a"),
    ],
)  # fmt: skip
def test_errors_are_torchs(batch, match):
    raises_alike(lambda: ours.default_collate(batch(mt)), lambda: theirs.default_collate(batch(torch)), match)
