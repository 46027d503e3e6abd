"""tensor, as_tensor, asarray and from_numpy: contents, dtypes, memory and errors are PyTorch's."""

from __future__ import annotations

import array
import warnings
from collections import deque

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types.dtype import ALL_DTYPES
from tests.checks import check_error
from tests.ops.both import check_same_error


def same(mine, theirs):
    assert mine.shape == theirs.shape
    assert str(mine.dtype) == str(theirs.dtype)
    np.testing.assert_array_equal(mine.detach().numpy(), theirs.detach().numpy())


DATA = [
    1, 1.5, True, -(2**63), 2**62, float("nan"), [], [[]], [[], []], (), [1, 2], [1, 2.5], [True, 2], [True, 2.5],
    [True, False], [[1, 2], [3, 4]], ((1.0, 2), [3, 4]), [[1, 2.0], [True, 3]], [[[1]], [[2]]], range(3),
    [range(3), [7, 8, 9]], np.float64(1), np.float32(1), np.int8(1), np.bool_(True), np.arange(3.0),
    np.arange(3, dtype=np.int16), np.zeros((0, 2)), np.array(2.5), np.ones((2, 3), bool).T, [np.float64(1), 2.0],
    [np.float32(1), True],
    [np.float32(1), 2.0], [np.int32(1), 2], [np.bool_(True), 2.5], [np.bool_(True), np.bool_(False)],
    [np.float16(1), np.float32(2)], [np.array([1, 2]), np.array([3, 4])], [np.array([1.0, 2]), [3, 4]],
    [np.zeros((2, 2)), np.ones((2, 2))], [np.array([1], np.int32), np.array([2], np.int16)], torch.Size([2, 3]),
    [torch.Size([2, 3])], bytearray(b"ab"), memoryview(b"ab"), array.array("i", [1, 2]), deque([1, 2]),
    [2**62, 1.5], [1e300], 1e300, [-1.5, 0.0],
]  # fmt: skip


@pytest.mark.parametrize("data", DATA, ids=lambda d: repr(d).partition(" at 0x")[0][:40])
def test_tensor(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch is slow with lists of arrays, and says so
        expected = torch.tensor(data)
    same(mt.tensor(data), expected)
    same(mt.as_tensor(data), expected)


@pytest.mark.parametrize("dtype", [d.name for d in ALL_DTYPES])
@pytest.mark.parametrize(
    "data", [2, -1, 1.7, True, [0.5, 0.0], [3, 1], np.array([2.7, -1.2]), np.array([200, 7])], ids=repr
)
def test_tensor_of_a_dtype(data, dtype):
    try:
        expected = torch.tensor(data, dtype=getattr(torch, dtype))
    except RuntimeError:
        check_error(RuntimeError, "without overflow", mt.tensor, data, dtype=getattr(mt, dtype))
    else:
        same(mt.tensor(data, dtype=getattr(mt, dtype)), expected)


def test_tensors_in_lists():
    for m, results in ((mt, mine := []), (torch, theirs := [])):
        results += [
            m.tensor([m.tensor(1.0), m.tensor(2)]), m.tensor([m.tensor([1.0]), m.tensor([[2.0]])]),
            m.tensor([[m.tensor(1.0), 2], [3, 4]]), m.tensor([m.tensor(1.0, dtype=m.float64), 2]),
            m.tensor([m.tensor(1), 2.5]), m.as_tensor([m.tensor(True), m.tensor(2)]),
        ]  # fmt: skip
    for one, two in zip(mine, theirs):
        same(one, two)


def test_python_types_as_dtypes():
    for kind in (float, int, bool):
        same(mt.tensor(1, dtype=kind), torch.tensor(1, dtype=kind))
        same(mt.tensor(1).to(kind), torch.tensor(1).to(kind))


def test_default_dtype_decides_for_floats():
    mt.set_default_dtype(mt.float64)
    try:
        assert mt.tensor([1.5, 2]).dtype is mt.float64
        assert mt.tensor([]).dtype is mt.float64
        assert mt.tensor(1).dtype is mt.int64
        assert mt.zeros(1).dtype is mt.full((1,), 1.5).dtype is mt.arange(2.0).dtype is mt.float64
    finally:
        mt.set_default_dtype(mt.float32)


def test_tensor_copies():
    source = np.arange(3.0)
    made = mt.tensor(source)
    source[0] = 9
    assert made.tolist() == [0, 1, 2]
    x = mt.ones(2, requires_grad=True)
    with pytest.warns(
        UserWarning, match=r"To copy construct from a tensor, it is recommended to use sourceTensor.detach"
    ):
        copy = mt.tensor(x)
    assert not copy.requires_grad
    assert not np.may_share_memory(copy.array, x.array)
    with pytest.warns(UserWarning, match="tensor.new_tensor"):
        assert mt.ones(1).new_tensor(x).tolist() == [1, 1]


def test_requires_grad():
    assert mt.tensor(1.0, requires_grad=True).requires_grad
    assert mt.tensor([1.0], requires_grad=True).is_leaf
    match = "Only Tensors of floating point .*dtype can require gradients"
    check_same_error(RuntimeError, match, lambda m: m.tensor(1, requires_grad=True))
    check_same_error(
        TypeError, "argument 'requires_grad' must be bool, not int", lambda m: m.tensor(1.0, requires_grad=1)
    )


def test_sharing_memory():
    source = np.arange(3.0)
    for made in (
        mt.from_numpy(source),
        mt.as_tensor(source),
        mt.asarray(source),
        mt.as_tensor(source, dtype=mt.float64),
    ):
        assert made.array is source
    made = mt.from_numpy(source)
    source[0] = 9
    made[1] = 8
    assert made.tolist() == source.tolist() == [9, 8, 2]
    for made in (
        mt.as_tensor(source, dtype=mt.float32),
        mt.asarray(source, copy=True),
        mt.asarray(source, dtype=mt.int64),
    ):
        assert not np.may_share_memory(made.array, source)
    x = mt.ones(2, requires_grad=True)
    assert mt.as_tensor(x) is x
    assert mt.asarray(x) is x
    assert mt.as_tensor(x, dtype=mt.float64).grad_fn.name() == "ToCopyBackward0"


def test_asarray():
    x = mt.ones(2)
    assert mt.asarray(x, requires_grad=True).requires_grad
    assert not x.requires_grad
    assert not mt.asarray(mt.ones(2, requires_grad=True), requires_grad=False).requires_grad
    assert mt.asarray(np.ones(2), requires_grad=True).requires_grad
    assert mt.asarray(x, copy=True) is not x
    assert mt.asarray(np.ones(1), copy=False).shape == (1,)
    for data in ([1, 2], 2.5, np.float64(2)):
        same(mt.asarray(data), torch.asarray(data))
    check_same_error(ValueError, "can't alias arbitrary sequence into a tensor", lambda m: m.asarray([1], copy=False))
    match = "can't alias tensor with dtype 'Long' into dtype 'Float'"
    check_same_error(ValueError, match, lambda m: m.asarray(np.arange(3), dtype=m.float32, copy=False))
    check_same_error(ValueError, match, lambda m: m.asarray(m.arange(3), dtype=m.float32, copy=False))


def test_arrays_that_cannot_be_written_to():
    source = np.broadcast_to(np.arange(3.0), (2, 3))
    for function in (mt.from_numpy, mt.as_tensor):
        with pytest.warns(UserWarning, match="The given NumPy array is not writable"):
            made = function(source)
        check_error(RuntimeError, "read-only; write to a clone", made.add_, 1)
    assert mt.tensor(source).add_(1).shape == (2, 3)


@pytest.mark.parametrize("name", ["tensor", "as_tensor", "from_numpy", "asarray"])
def test_arrays_that_no_tensor_can_share(name):
    make = lambda data: lambda m: getattr(m, name)(data)
    check_same_error(ValueError, "At least one stride in the given numpy array is negative", make(np.arange(3)[::-1]))
    check_same_error(ValueError, "byte order different from the native byte order", make(np.arange(3).astype(">i4")))
    fields = np.zeros(3, [("a", np.int8), ("b", np.int16)])["b"]
    check_same_error(ValueError, "strides not a multiple of the element byte size", make(fields))
    match = "can't convert np.ndarray of type .*The only supported types are"
    check_same_error(TypeError, match, make(np.array(["a"])))
    check_same_error(TypeError, match, make(np.array([None])))
    check_error(TypeError, match, getattr(mt, name), np.array([1j]))


def test_from_numpy_takes_arrays_only():
    check_same_error(TypeError, r"expected np.ndarray \(got list\)", lambda m: m.from_numpy([1]))
    check_same_error(
        TypeError, r"expected np.ndarray \(got numpy.float64|got float64\)", lambda m: m.from_numpy(np.float64(1))
    )
    assert mt.from_numpy(np.array(1.0)).shape == ()


def test_what_is_no_data():
    data = lambda value: lambda m: m.tensor(value)
    check_same_error(ValueError, r"expected sequence of length 3 at dim 1 \(got 2\)", data([[1, 2, 3], [4, 5]]))
    check_same_error(ValueError, r"expected sequence of length 2 at dim 2 \(got 3\)", data([[[1, 2]], [[1, 2, 3]]]))
    check_same_error(ValueError, r"expected sequence of length 1 at dim 1 \(got 2\)", data([np.ones(1), np.ones(2)]))
    check_same_error(TypeError, "not a sequence", data([[1, 2], 3]))
    check_same_error(TypeError, "'list' object cannot be interpreted as a", data([1, [2, 3]]))
    check_same_error(TypeError, "'list' object cannot be interpreted as a", data([[1], [[2]]]))
    check_same_error(TypeError, r"new\(\): invalid data type 'str'", data("a"))
    check_same_error(TypeError, r"new\(\): invalid data type 'bytes'", data(b"ab"))
    check_same_error(TypeError, r"new\(\): invalid data type 'str'", data([1, "a"]))
    for value, name in (
        (None, "NoneType"),
        ({1}, "set"),
        ({1: 2}, "dict"),
        (object(), "object"),
        ((i for i in [1]), "generator"),
    ):
        check_same_error(RuntimeError, f"Could not infer dtype of {name}", data(value))
    check_same_error(RuntimeError, "Could not infer dtype of NoneType", data([1, None]))
    check_same_error(
        ValueError,
        "only one element tensors can be converted to Python scalars",
        lambda m: m.tensor([m.ones(2), m.ones(2)]),
    )
    check_same_error(ValueError, "Overflow when unpacking long long", data(2**63))
    check_same_error(ValueError, "Overflow when unpacking long long", data([1, 2**64]))
    endless: list = []
    endless.append(endless)
    check_same_error(ValueError, "too many dimensions 'list'", data(endless))
    check_same_error(
        TypeError, r"new\(\): invalid data type 'str'", lambda m: m.tensor([1, "a"], dtype=m.float32), same_words=False
    )
    check_error(ValueError, r"expected sequence of length 0 at dim 1 \(got 1\)", mt.tensor, [[], [1]])
    for value in (300, [300], -256, 1e20, float("nan"), -1.5):
        match = "value cannot be converted to type uint8.* without overflow"
        check_same_error(RuntimeError, match, lambda m, value=value: m.tensor(value, dtype=m.uint8))
    check_same_error(
        RuntimeError, "cannot be converted to type int64.* without overflow", lambda m: m.tensor(1e19, dtype=m.int64)
    )


def test_arguments():
    assert mt.tensor(1.0, device="cpu", pin_memory=False).device == mt.tensor(data=1.0, device=None).device
    check_error(
        RuntimeError, "device 'cuda' is not available: this library runs on the CPU", mt.tensor, 1.0, device="cuda"
    )
    check_error(RuntimeError, "device 'meta' is not available", mt.as_tensor, 1.0, device="meta")
    check_error(RuntimeError, "device 'cuda:0' is not available", mt.asarray, 1.0, device="cuda:0")
    check_same_error(RuntimeError, "pin_memory=True requires a CUDA", lambda m: m.tensor(1.0, pin_memory=True))
    check_same_error(
        TypeError, "argument 'dtype' must be torch.dtype, not str", lambda m: m.tensor(1.0, dtype="float32")
    )
    check_same_error(
        TypeError, "argument 'dtype' must be torch.dtype, not type", lambda m: m.tensor(1.0, dtype=np.float32)
    )
    check_same_error(TypeError, "takes 1 positional argument but 2", lambda m: m.tensor(1.0, m.float32))
    check_same_error(
        TypeError, "unexpected keyword argument 'requires_grad'", lambda m: m.as_tensor(1.0, requires_grad=True)
    )
