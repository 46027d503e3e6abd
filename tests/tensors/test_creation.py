"""zeros, ones, full, empty and their kin: contents, dtypes, memory and errors are PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.types.dtype import ALL_DTYPES
from tests.checks import check_error, normal, ours_of, theirs_of
from tests.ops.both import check_same_error

SIZES = [(2, 3), (), (0,), (2, 0, 3), (1,)]


def same(mine, theirs, strides=True):
    assert tuple(mine.shape) == tuple(theirs.shape)
    assert str(mine.dtype) == str(theirs.dtype)
    assert mine.requires_grad == theirs.requires_grad
    np.testing.assert_array_equal(mine.detach().numpy(), theirs.detach().numpy())
    if strides and mine.numel():
        assert mine.stride() == theirs.stride()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["zeros", "ones"])
def test_filled(name, size):
    mine, theirs = getattr(mt, name), getattr(torch, name)
    same(mine(size), theirs(size))
    same(mine(list(size)), theirs(list(size)))
    same(mine(size=size), theirs(size=size))
    if size:
        same(mine(*size), theirs(*size))
    for d in ALL_DTYPES:
        same(mine(size, dtype=d), theirs(size, dtype=getattr(torch, d.name)))
    same(mine(size, requires_grad=True, device="cpu", layout=mt.strided), theirs(size, requires_grad=True))


def test_sizes_as_tensors_and_numpy_integers():
    assert mt.zeros(mt.tensor(2), np.int64(3)).shape == (2, 3)
    assert mt.ones(mt.Size([2, 1])).shape == (2, 1)


def test_empty():
    for size in SIZES:
        assert mt.empty(size).shape == mt.empty(*size, 2).shape[:-1] == size
    made = mt.empty(2, dtype=mt.int64)
    assert made.dtype is mt.int64
    assert mt.empty(2, requires_grad=True).requires_grad
    out = mt.zeros(2)
    assert mt.empty(2, out=out) is out


@pytest.mark.parametrize("value", [5, 5.5, True, -1, float("inf"), 0, 0.0])
def test_full(value):
    same(mt.full((2, 3), value), torch.full((2, 3), value))
    same(mt.full((), value), torch.full((), value))
    same(mt.full(size=(2,), fill_value=value, dtype=mt.float64), torch.full((2,), value, dtype=torch.float64))
    same(mt.full((2,), mt.tensor(value)), torch.full((2,), torch.tensor(value)))
    same(mt.full_like(mt.ones(2), value), torch.full_like(torch.ones(2), value))


def test_full_converts():
    same(mt.full((2,), 5.7, dtype=mt.int64), torch.full((2,), 5.7, dtype=torch.int64))
    same(mt.full((2,), -1, dtype=mt.uint8), torch.full((2,), -1, dtype=torch.uint8))
    same(mt.full((2,), 1.5, requires_grad=True), torch.full((2,), 1.5, requires_grad=True))
    same(mt.full_like(mt.arange(2), 3.7), torch.full_like(torch.arange(2), 3.7))


@pytest.mark.parametrize("name", ["zeros_like", "ones_like"])
def test_like(name):
    for change in (lambda x: x, lambda x: x.t(), lambda x: x[:, ::2], lambda x: x[:1].expand(3, 4), lambda x: x[0, 0]):
        mine, theirs = change(ours_of(normal(3, 4))), change(theirs_of(normal(3, 4)))
        same(getattr(mt, name)(mine), getattr(torch, name)(theirs))
        same(getattr(mt, name)(mine, dtype=mt.int64), getattr(torch, name)(theirs, dtype=torch.int64))
        same(
            getattr(mt, name)(mine, memory_format=mt.contiguous_format),
            getattr(torch, name)(theirs, memory_format=torch.contiguous_format),
        )
    leaf = mt.ones(2, requires_grad=True)
    assert not getattr(mt, name)(leaf).requires_grad
    assert getattr(mt, name)(leaf, requires_grad=True).requires_grad


def test_empty_like():
    x = mt.ones(2, 3).t()
    made = mt.empty_like(x, dtype=mt.float64)
    assert (made.shape, made.stride(), made.dtype) == (x.shape, x.stride(), mt.float64)


@pytest.mark.parametrize("name", ["new_zeros", "new_ones"])
def test_new(name):
    for mine, theirs in ((mt.ones(1), torch.ones(1)), (mt.arange(2), torch.arange(2))):
        for size in SIZES:
            same(getattr(mine, name)(size), getattr(theirs, name)(size))
        same(getattr(mine, name)(2, 3), getattr(theirs, name)(2, 3))
        same(
            getattr(mine, name)(2, dtype=mt.float64, requires_grad=True),
            getattr(theirs, name)(2, dtype=torch.float64, requires_grad=True),
        )
        assert getattr(mine, name)(size=(2,)).shape == (2,)


def test_new_of_data():
    for mine, theirs in ((mt.ones(1), torch.ones(1)), (mt.arange(2), torch.arange(2))):
        same(mine.new_full((2,), 3.5), theirs.new_full((2,), 3.5))
        same(mine.new_full((2,), 3.5, dtype=mt.float64), theirs.new_full((2,), 3.5, dtype=torch.float64))
        same(mine.new_tensor([1, 2.5]), theirs.new_tensor([1, 2.5]))
        same(mine.new_tensor(np.arange(3)), theirs.new_tensor(np.arange(3)))
        same(mine.new_tensor(3, dtype=mt.int32), theirs.new_tensor(3, dtype=torch.int32))
        assert mine.new_empty(2, 3).shape == (2, 3)
        assert mine.new_empty((2,), dtype=mt.bool).dtype is mt.bool
    assert mt.ones(1).new_tensor([1.0], requires_grad=True).requires_grad
    assert type(mt.nn.Parameter(mt.ones(1)).new_zeros(1)) is mt.Tensor


def test_out():
    for name, arguments in (("zeros", (2,)), ("ones", (2,)), ("full", ((2,), 7))):
        out, theirs = mt.full((2,), 3, dtype=mt.int64), torch.full((2,), 3)
        version = out._version
        assert getattr(mt, name)(*arguments, out=out) is out
        same(out, getattr(torch, name)(*arguments, out=theirs))
        assert out._version > version
    check_same_error(
        RuntimeError,
        r"dtype Double does not match dtype of out parameter \(Float\)",
        lambda m: m.zeros(2, out=m.ones(2), dtype=m.float64),
    )
    check_same_error(
        RuntimeError,
        r"functions with out=... arguments don't support automatic differentiation",
        lambda m: m.zeros(2, out=m.ones(2, requires_grad=True)),
    )
    check_same_error(TypeError, "argument 'out' must be Tensor, not int", lambda m: m.zeros(2, out=3))
    check_error(RuntimeError, r"out has shape \[3\], but the result has shape \[2\]", mt.zeros, 2, out=mt.ones(3))
    check_error(RuntimeError, r"out has shape \[3\], but the result has shape \[2\]", mt.empty, 2, out=mt.ones(3))


@pytest.mark.parametrize("name", ["zeros", "ones", "empty", "new_zeros", "new_ones", "new_empty"])
def test_size_errors(name):
    def make(*size, **options):
        return lambda m: getattr(m.ones(1) if name.startswith("new") else m, name)(*size, **options)

    negative = "negative dimension -1|Dimension size must be non-negative"
    check_same_error(RuntimeError, negative, make(-1))
    check_same_error(RuntimeError, negative, make((2, -1)))
    check_same_error(TypeError, 'missing 1 required positional arguments: "size"', make())
    check_same_error(TypeError, "must be tuple of ints, not float", make(2.0))
    check_same_error(TypeError, "must be tuple of ints, not str", make("a"))
    check_same_error(TypeError, "must be tuple of ints, not bool", make(True))
    check_same_error(TypeError, "must be tuple of ints, not NoneType", make(None))
    check_same_error(TypeError, "must be tuple of ints, but found element of type bool at pos 0", make((True, 2)))
    check_same_error(TypeError, "must be ints or one tuple of ints", make((2, 3), 4), same_words=False)
    check_same_error(TypeError, "must be tuple of ints, not int", make(size=2))
    check_same_error(TypeError, "unexpected keyword argument 'foo'", make(2, foo=1))
    check_same_error(RuntimeError, "Storage size calculation overflowed", make(2**62, 4))
    check_same_error(TypeError, "argument 'dtype' must be torch.dtype, not str", make(2, dtype="float32"))
    check_same_error(RuntimeError, "pin_memory=True requires a CUDA", make(2, pin_memory=True))
    with pytest.raises(RuntimeError, match="this library runs on the CPU"):
        make(2, device="cuda")(mt)
    with pytest.raises(RuntimeError, match=r"layout 'sparse' is not supported; this library has torch.strided only"):
        make(2, layout="sparse")(mt)
    if name != "empty":
        check_same_error(
            RuntimeError,
            "Only Tensors of floating point .*dtype can require gradients",
            lambda m: make(2, dtype=m.int64, requires_grad=True)(m),
        )


def test_fill_errors():
    full = lambda value, **options: lambda m: m.full((2,), value, **{k: getattr(m, v) for k, v in options.items()})
    check_same_error(TypeError, "argument 'size'.* must be tuple of ints, not int", lambda m: m.full(2, 5))
    check_same_error(TypeError, "argument 'fill_value'.* must be Number, not str", full("a"))
    check_same_error(TypeError, "argument 'fill_value'.* must be Number, not NoneType", full(None))
    check_same_error(TypeError, "argument 'fill_value'.* must be Number, not Tensor", lambda m: m.full((2,), m.ones(1)))
    check_same_error(
        RuntimeError, "value cannot be converted to type int64.* without overflow", full(float("inf"), dtype="int64")
    )
    check_same_error(
        RuntimeError, "value cannot be converted to type uint8.* without overflow", full(300, dtype="uint8")
    )
    check_same_error(
        RuntimeError, "value cannot be converted to type uint8.* without overflow", full(-1.5, dtype="uint8")
    )
    check_same_error(RuntimeError, "value cannot be converted to type float.* without overflow", full(1e300))
    check_same_error(RuntimeError, "without overflow", lambda m: m.full_like(m.arange(2), float("nan")))
    check_same_error(RuntimeError, "without overflow", lambda m: m.ones(2).new_full((2,), 1e300))
    check_same_error(
        TypeError, "argument 'fill_value'.* must be Number, not str", lambda m: m.full_like(m.ones(2), "a")
    )
    check_same_error(
        TypeError, "argument 'fill_value'.* must be Number, not NoneType", lambda m: m.full_like(m.ones(2), None)
    )
    check_same_error(TypeError, "argument 'input'.* must be Tensor, not list", lambda m: m.zeros_like([1]))
    check_error(
        TypeError,
        "argument 'memory_format' must be torch.memory_format, not str",
        mt.zeros_like,
        mt.ones(1),
        memory_format="a",
    )
    check_error(
        TypeError, "argument 'memory_format' must be torch.memory_format, not int", mt.empty, 1, memory_format=3
    )


def test_layout_and_memory_format():
    assert mt.ones(1).layout is mt.strided
    for name in ("strided", "contiguous_format", "preserve_format"):
        assert repr(getattr(mt, name)) == repr(getattr(torch, name))
    assert isinstance(mt.strided, mt.layout)
    assert isinstance(mt.contiguous_format, mt.memory_format)


def test_questions():
    for m in (mt, torch):
        x = m.ones(2, 3)
        assert m.is_tensor(x)
        assert not m.is_tensor(3)
        assert m.numel(x) == 6
        assert m.is_floating_point(x)
        assert not m.is_floating_point(m.arange(2))
        assert not m.is_complex(x)
        assert m.is_nonzero(m.tensor(2.0))
        assert not m.is_nonzero(m.tensor([0]))
    check_same_error(TypeError, r"numel\(\): argument 'input'.* must be Tensor, not int", lambda m: m.numel(3))
    check_same_error(
        RuntimeError, "Boolean value of Tensor with more than one value is ambiguous", lambda m: m.is_nonzero(m.ones(2))
    )
