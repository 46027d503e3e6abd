"""The old constructors: Tensor(...), FloatTensor(...) and their kin do what PyTorch's do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error
from tests.ops.both import check_same_error

TYPES = [
    "FloatTensor", "DoubleTensor", "HalfTensor", "LongTensor", "IntTensor", "ShortTensor", "CharTensor",
    "ByteTensor", "BoolTensor",
]  # fmt: skip


def same(mine, theirs):
    assert tuple(mine.shape) == tuple(theirs.shape)
    assert str(mine.dtype) == str(theirs.dtype)
    np.testing.assert_array_equal(mine.detach().numpy(), theirs.detach().numpy())


@pytest.mark.parametrize("name", ["Tensor", *TYPES])
@pytest.mark.parametrize(
    "data", [[1, 2], (1, 0), [[1.0, 2.5]], [True], [], [[]], range(3), np.arange(3.0), np.arange(3)], ids=repr
)
def test_data(name, data):
    same(getattr(mt, name)(data), getattr(torch, name)(data))


@pytest.mark.parametrize("name", ["Tensor", *TYPES])
@pytest.mark.parametrize("size", [(), (5,), (2, 3), (2, 0), (np.int64(3),), (torch.Size([2, 3]),)])
def test_sizes(name, size):
    ours = tuple(mt.zeros(tuple(s)).shape if isinstance(s, torch.Size) else s for s in size)
    mine, theirs = getattr(mt, name)(*ours), getattr(torch, name)(*size)
    assert (tuple(mine.shape), str(mine.dtype)) == (tuple(theirs.shape), str(theirs.dtype))


def test_more_forms():
    assert mt.Tensor(data=[1]).tolist() == [1]
    assert mt.Tensor(3, mt.tensor(2)).shape == (3, 2)
    assert mt.Tensor([1], device="cpu").shape == mt.FloatTensor(1, device="cpu").shape == (1,)


def test_tensor_of_a_tensor_shares_its_memory():
    for m in (mt, torch):
        for make in (m.Tensor, m.FloatTensor):
            x = m.zeros(2)
            alias = make(x)
            assert alias is not x
            alias[0] = 9
            assert x.tolist() == [9, 0]
        whole = m.Tensor(m.arange(2))
        assert whole.dtype is m.int64
        assert m.Tensor(m.tensor(3)).shape == ()
        leaf = m.ones(2, requires_grad=True)
        alias = m.Tensor(leaf)
        (alias * 2).sum().backward()
        assert leaf.grad.tolist() == [2, 2]
        assert alias.grad_fn.name() == "AliasBackward0"


def test_new():
    for m in (mt, torch):
        for x in (m.zeros(2), m.zeros(2, dtype=m.int64)):
            assert x.new(2, 3).shape == (2, 3)
            assert x.new([3.5]).tolist() == m.tensor([3.5], dtype=x.dtype).tolist()
            assert x.new().dtype is x.dtype
            assert x.new(x).data_ptr() == x.data_ptr()
    check_same_error(TypeError, "expected ", lambda m: m.zeros(1).new(m.arange(2)))


def test_types():
    for name in TYPES:
        mine, theirs = getattr(mt, name), getattr(torch, name)
        assert repr(mine) == repr(theirs)
        assert str(mine.dtype) == str(theirs.dtype)
        assert isinstance(mt.zeros(1), mine) == isinstance(torch.zeros(1), theirs)
        assert isinstance(mt.arange(1), mine) == isinstance(torch.arange(1), theirs)
        assert not isinstance(3, mine)
        same(mt.tensor([0.0, 1.7]).type(mine), torch.tensor([0.0, 1.7]).type(theirs))
    x = mt.zeros(1)
    assert x.type(mt.FloatTensor) is x
    assert isinstance(mt.nn.Parameter(x), mt.FloatTensor)


@pytest.mark.parametrize("name", ["Tensor", "FloatTensor"])
def test_errors(name):
    make = lambda *arguments, **options: lambda m: getattr(m, name)(*arguments, **options)
    check_same_error(TypeError, r"new\(\): data must be a sequence \(got float\)", make(5.0))
    check_same_error(TypeError, r"new\(\): data must be a sequence \(got bool\)", make(True))
    check_same_error(TypeError, r"new\(\): data must be a sequence \(got NoneType\)", make(None))
    check_same_error(TypeError, r"new\(\): data must be a sequence \(got set\)", make({1}))
    check_same_error(TypeError, r"new\(\): data must be a sequence", make(np.float64(3)))
    check_same_error(TypeError, r"new\(\): invalid data type 'str'", make("a"))
    check_same_error(ValueError, r"expected sequence of length 2 at dim 1 \(got 1\)", make([[1, 2], [3]]))
    check_same_error(RuntimeError, r"Trying to create tensor with negative dimension -1: \[2, -1\]", make(2, -1))
    check_same_error(TypeError, r"argument 'size'.*float", make(2, 3.0))
    check_same_error(TypeError, "must be ints or one tuple of ints", make([1, 2], [3]), same_words=False)
    check_same_error(TypeError, r"new\(\) received an invalid combination of arguments", make([1], dtype=mt.int64))
    check_same_error(TypeError, r"new\(\) received an invalid combination of arguments", make([1], requires_grad=True))
    check_error(RuntimeError, "this library runs on the CPU", getattr(mt, name), [1], device="cuda")


def test_types_take_their_own_dtype_only():
    check_same_error(TypeError, "expected .*float", lambda m: m.FloatTensor(m.arange(3)))
    check_error(
        TypeError, r"LongTensor\(\): expected a tensor of dtype int64 \(got float32\)", mt.LongTensor, mt.zeros(1)
    )
    check_same_error(
        RuntimeError, "value cannot be converted to type uint8.* without overflow", lambda m: m.ByteTensor([1, 300])
    )
    check_same_error(ValueError, "Overflow when unpacking long long", lambda m: m.LongTensor([2**63]))
