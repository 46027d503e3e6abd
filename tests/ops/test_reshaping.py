"""Reshaping against PyTorch, loops and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error

RESHAPES = [
    ((2, 3), (3, 2)),
    ((2, 3), (-1,)),
    ((2, 3), (1, -1, 3)),
    ((2, 3, 4), (6, 4)),
    ((2, 3, 4), (2, -1)),
    ((), (1, 1)),
    ((1,), ()),
    ((0, 3), (-1, 3)),
    ((0, 3), (3, 0)),
    ((0,), (2, -1)),
    ((6,), (6,)),
]


@pytest.mark.parametrize("shape, size", RESHAPES)
def test_reshape(shape, size):
    reference = lambda x: np.array(list(x.flat)).reshape(np.empty(shape).reshape(size).shape)
    check_same(lambda m, x: m.reshape(x, size), [normal(*shape)], reference=reference)
    check_same(lambda m, x: x.reshape(size), [normal(*shape)])
    check_same(lambda m, x: x.reshape(shape=size).view(size=size), [normal(*shape)])


def test_reshape_takes_sizes_one_by_one():
    check_same(lambda m, x: x.reshape(3, -1).view(1, 6).view_as(x).reshape_as(x.t()), [normal(2, 3)])
    x = ours_of(normal(2, 3))
    assert x.reshape(mt.tensor(3), np.int64(2)).shape == (3, 2)


def test_reshape_is_a_view_where_it_can_be():
    for make in (ours_of, theirs_of):
        x = make(normal(2, 3, 4))
        assert x.reshape(6, 4).data_ptr() == x.data_ptr()
        assert x.transpose(1, 2).reshape(2, 12).data_ptr() != x.data_ptr()
        assert x[:, ::2].reshape(2, 2, 2, 2).data_ptr() == x.data_ptr()
        assert x.reshape(2, 3, 4) is not x
    x = ours_of(normal(2, 3), requires_grad=True)
    assert x.reshape(6).grad_fn.name() == "ViewBackward0"
    assert x.t().reshape(6).grad_fn.name() == "UnsafeViewBackward0"
    assert not x.t().reshape(6)._is_view()


@pytest.mark.parametrize("name", ["view", "reshape"])
def test_shape_errors(name):
    def with_size(*size):
        return lambda m, x: getattr(x, name)(*size)

    x, empty = normal(2, 3), np.zeros((0, 3))
    check_same_error(RuntimeError, r"shape '\[4, 2\]' is invalid for input of size 6", with_size(4, 2), x)
    check_same_error(RuntimeError, r"shape '\[-1, 4\]' is invalid for input of size 6", with_size(-1, 4), x)
    check_same_error(RuntimeError, "only one dimension can be inferred", with_size(-1, -1), x)
    check_same_error(RuntimeError, r"invalid shape dimension -2 at index 0 of shape \[-2, 3\]", with_size(-2, 3), x)
    check_same_error(
        RuntimeError,
        r"cannot reshape tensor of 0 elements into shape \[-1, 0\] because the unspecified dimension size -1",
        with_size(-1, 0),
        empty,
    )
    number, mixed = (
        "must be tuple of ints, not float",
        "must be tuple of ints, but found element of type float at pos 1",
    )
    check_same_error(TypeError, "must be ints or one tuple of ints", with_size(2.0, 3), x, same_words=False)
    check_same_error(TypeError, "must be ints or one tuple of ints", with_size(True, 6), x, same_words=False)
    check_same_error(TypeError, "must be ints or one tuple of ints", with_size((2, 3), 1), x, same_words=False)
    check_same_error(TypeError, number, with_size(6.0), x, same_words=False)
    check_same_error(TypeError, mixed, with_size(2, 1.5), x, same_words=False)
    check_same_error(TypeError, mixed, with_size((2, 1.5)), x, same_words=False)
    check_same_error(TypeError, 'missing 1 required positional arguments: "', with_size(), x, same_words=False)
    bad_keyword = lambda m, x: getattr(x, name)(sizes=(6,))
    check_same_error(TypeError, "unexpected keyword argument 'sizes'", bad_keyword, x, same_words=False)


def test_reshape_function_needs_a_tuple():
    check_same_error(TypeError, "must be tuple of ints, not int", lambda m, x: m.reshape(x, 6), normal(6))


def test_view_that_would_need_a_copy():
    match = r"view size is not compatible with input tensor's size and stride .*Use .reshape\(...\) instead"
    check_same_error(RuntimeError, match, lambda m, x: x.t().view(6), normal(2, 3))
    check_same_error(RuntimeError, match, lambda m, x: x[:, :2].view(-1), normal(2, 3))
    check_same(lambda m, x: x.t().view(3, 2, 1), [normal(2, 3)])
    check_same(lambda m, x: x.expand(2, 3).view(6), [normal(1)])


def test_view_as_another_dtype():
    array = normal(2, 4).astype(np.float32)
    ours, theirs = ours_of(array), theirs_of(array)
    for name in ("int32", "float64", "float16", "uint8", "float32"):
        mine, reference = ours.view(getattr(mt, name)), theirs.view(getattr(torch, name))
        np.testing.assert_array_equal(mine.array, reference.numpy())
        assert mine.data_ptr() == ours.data_ptr()
    leaf = ours_of(array, requires_grad=True)
    assert not leaf.view(mt.int32).requires_grad
    bits = ours.view(dtype=mt.int32)
    bits += 0
    assert ours._version == 1
    check_same_error(
        RuntimeError, r"self.size\(-1\) must be divisible by 2", lambda m, x: x.view(m.float64), array[:, :3].copy()
    )
    check_same_error(RuntimeError, r"self.stride\(-1\) must be 1", lambda m, x: x.t().view(m.float16), array)
    check_same_error(RuntimeError, r"self.dim\(\) cannot be 0", lambda m, x: x.view(m.float16), np.ones((), np.float32))


@pytest.mark.parametrize("shape", [(2, 3, 4), (5,), (), (0, 3), (2, 1, 0)])
def test_flatten_and_ravel(shape):
    check_same(lambda m, x: m.flatten(x), [normal(*shape)])
    check_same(lambda m, x: x.ravel(), [normal(*shape)])
    check_same(lambda m, x: m.ravel(x.movedim(0, -1) if x.dim() else x), [normal(*shape)])


def test_flatten_part():
    check_same(lambda m, x: m.flatten(x, 1), [normal(2, 3, 4, 5)])
    check_same(lambda m, x: x.flatten(start_dim=1, end_dim=-2), [normal(2, 3, 4, 5)])
    check_same(lambda m, x: x.flatten(-1), [normal(2, 3)])
    x = ours_of(normal(3))
    assert x.flatten() is x
    assert x.ravel() is not x
    assert x[::2].ravel().is_contiguous()
    match = r"flatten\(\) has invalid args: start_dim cannot come after end_dim"
    check_same_error(RuntimeError, match, lambda m, x: x.flatten(1, 0), normal(2, 3))
    check_same_error(IndexError, r"Dimension out of range .*got 5", lambda m, x: x.flatten(0, 5), normal(2, 3))


def test_unflatten():
    for sizes in [(3, 2), (-1, 2), (6,), (1, 6, 1)]:
        check_same(lambda m, x, sizes=sizes: m.unflatten(x, 1, sizes), [normal(2, 6, 3)])
    check_same(lambda m, x: x.unflatten(dim=-1, sizes=[3, 1]), [normal(2, 3)])
    check_same_error(
        RuntimeError,
        r"Provided sizes \[2, 2\] don't multiply up to the size of dim 1 \(3\)",
        lambda m, x: x.unflatten(1, (2, 2)),
        normal(2, 3),
    )
    check_same_error(RuntimeError, "sizes must be non-empty", lambda m, x: x.unflatten(1, ()), normal(2, 3))
    check_same_error(IndexError, "Dimension out of range", lambda m, x: x.unflatten(5, (1,)), normal(2, 3))
    check_same_error(TypeError, "must be tuple of ints", lambda m, x: x.unflatten(1, 3), normal(2, 3))
    check_same_error(
        RuntimeError, "only one dimension can be inferred", lambda m, x: x.unflatten(1, (-1, -1)), normal(2, 3)
    )


SQUEEZES = [
    ((1, 2, 1, 3), None),
    ((1, 2, 1, 3), 0),
    ((1, 2, 1, 3), 1),
    ((1, 2, 1), (0, -1)),
    ((1, 2, 1), ()),
    ((), 0),
    ((), None),
    ((1, 1), None),
    ((0, 1), -1),
]


@pytest.mark.parametrize("shape, dim", SQUEEZES)
def test_squeeze(shape, dim):
    call = (lambda m, x: m.squeeze(x)) if dim is None else (lambda m, x: m.squeeze(x, dim))
    check_same(call, [normal(*shape)])
    x = ours_of(normal(*shape))
    assert (x.squeeze() if dim is None else x.squeeze(dim)).data_ptr() == x.data_ptr()


def test_squeeze_names_and_errors():
    x = ours_of(normal(1, 2), requires_grad=True)
    assert x.squeeze().grad_fn.name() == "SqueezeBackward0"
    assert x.squeeze(0).grad_fn.name() == "SqueezeBackward1"
    assert x.squeeze((0,)).grad_fn.name() == "SqueezeBackward2"
    check_same(lambda m, x: x.squeeze(axis=0), [normal(1, 2)])
    check_same_error(
        IndexError,
        r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 5\)",
        lambda m, x: x.squeeze(5),
        normal(1, 2),
    )
    check_same_error(
        RuntimeError, "dim 0 appears multiple times in the list of dims", lambda m, x: x.squeeze((0, 0)), normal(1, 2)
    )
    match = "argument 'dim' must be int, not float"
    check_same_error(TypeError, match, lambda m, x: x.squeeze(1.0), normal(1, 2), same_words=False)


@pytest.mark.parametrize("dim", [0, 1, 2, -1, -3])
def test_unsqueeze(dim):
    check_same(lambda m, x: m.unsqueeze(x, dim), [normal(2, 3)])
    check_same(lambda m, x: x.unsqueeze(axis=dim), [normal(2, 3)])


def test_unsqueeze_errors():
    check_same(lambda m, x: x.unsqueeze(-1), [normal()])
    check_same_error(
        IndexError, r"expected to be in range of \[-3, 2\], but got 3", lambda m, x: x.unsqueeze(3), normal(2, 3)
    )
    check_error(TypeError, r"got both 'dim' and 'axis'", ours_of(normal(2)).unsqueeze, dim=0, axis=0)


def test_contiguous():
    check_same(lambda m, x: x.t().contiguous(), [normal(2, 3)])
    x = ours_of(normal(2, 3))
    assert x.contiguous() is x
    assert x.contiguous(memory_format=mt.preserve_format) is x
    assert x.t().contiguous(memory_format=mt.contiguous_format).is_contiguous()
    assert not x.t().is_contiguous()
    check_error(
        TypeError, "argument 'memory_format' must be torch.memory_format, not int", x.contiguous, memory_format=3
    )
    check_same_error(
        RuntimeError,
        "preserve memory format is unsupported by the contiguous operator",
        lambda m, x: x.t().contiguous(memory_format=m.preserve_format),
        normal(2, 3),
    )


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
def test_at_least_so_many_dimensions(name, shape):
    check_same(lambda m, x: getattr(m, name)(x), [normal(*shape)])
    check_same(lambda m, x, y: getattr(m, name)(x, y), [normal(*shape), normal()])
    check_same(lambda m, x, y: getattr(m, name)([x, y]), [normal(*shape), normal()])


def test_not_a_tensor():
    for function in (mt.ravel, mt.flatten, mt.squeeze, mt.atleast_1d):
        check_error(TypeError, r"must be Tensor, not ndarray", function, np.ones(3))
    check_error(TypeError, r"reshape\(\): argument 'input' must be Tensor, not list", mt.reshape, [1], (1,))
    check_error(TypeError, r"unsqueeze\(\): argument 'input' must be Tensor", mt.unsqueeze, None, 0)
    check_error(TypeError, r"unflatten\(\): argument 'input' must be Tensor", mt.unflatten, None, 0, (1,))
