"""as_strided, resize_, and copies in which a view is overwritten."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.ops import striding
from tests.checks import channels_last, check_error, normal, ours_of, rng
from tests.ops.both import check_same_error


def same(expression, array):
    """The expression's numbers, and its gradient at the array, are PyTorch's."""
    import torch

    results = []
    for library, x in ((mt, ours_of(array, True)), (torch, torch.tensor(array, requires_grad=True))):
        y = expression(library, x)
        weights = library.tensor(rng(1).standard_normal(tuple(y.shape)))
        (y * weights).sum().backward()
        results.append((y.detach().numpy(), x.grad.numpy()))
    for one, two in zip(*results):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "size, stride, offset",
    [
        ((2, 2), (1, 2), None),
        ((3, 4), (1, 1), 2),
        ((2, 3), (0, 1), 1),
        ((), (), 3),
        ((4,), (3,), 0),
        ((0, 2), (1, 1), 0),
    ],
)
def test_as_strided(size, stride, offset):
    same(lambda t, x: t.as_strided(x, size, stride, offset), normal(12))
    same(lambda t, x: x.as_strided(size, stride, offset), normal(3, 4))
    same(lambda t, x: (x * 2).as_strided(size, stride, offset), normal(3, 4))


def test_as_strided_of_views():
    same(lambda t, x: x[1:].as_strided((2, 2), (1, 2)), normal(6))
    same(lambda t, x: (x * 1)[2:5].as_strided((2, 2), (1, 2), 0), normal(6))  # only what the view shows has a gradient
    same(lambda t, x: (x * 1).t().as_strided((2, 2), (3, 1), 1), normal(3, 4))
    same(lambda t, x: (x * 1).expand(3, 2).as_strided((2, 2), (1, 0)), normal(1, 2))


def test_as_strided_is_a_view():
    def written(t, x):
        base = x * 1
        base[1:].as_strided((2, 2), (3, 1), 1).mul_(3)
        return base

    same(written, normal(8))
    base = ours_of(np.zeros(6))
    base.as_strided((2,), (3,), 1).fill_(1)
    assert base.tolist() == [0, 1, 0, 0, 1, 0]
    message = "more than one element of the written-to tensor refers to a single memory location"
    check_error(RuntimeError, message, base.as_strided((3, 2), (1, 1)).fill_, 1)
    check_error(RuntimeError, message, base.as_strided((3, 2), (1, 1)).detach().add_, 1)
    read_only = np.zeros(3)
    read_only.flags.writeable = False
    with pytest.warns(UserWarning, match="not writ"):
        x = mt.from_numpy(read_only)
    check_error(RuntimeError, "NumPy array that is read-only", x[1:].fill_, 1)
    image = mt.Tensor.wrap(channels_last(normal(1, 3, 4, 4)))  # as layers leave it
    assert image.as_strided((48,), (1,)).tolist() == normal(1, 3, 4, 4).reshape(-1).tolist()


def test_as_strided_of_what_was_detached():
    import copy

    import torch

    for library in (mt, torch):
        x = library.arange(10.0)
        for part in (x[4:].detach(), x[4:].data, x[2:].detach()[2:], x[4:].detach().data, copy.copy(x[4:])):
            assert part.storage_offset() == 4
            assert part.untyped_storage().nbytes() == 40
            assert part.as_strided((2,), (1,), 0).tolist() == [0, 1]
            assert part.as_strided((3,), (2,)).tolist() == [4, 6, 8]
            assert part[:2].as_strided((6,), (1,)).tolist() == [4, 5, 6, 7, 8, 9]
            check_error(RuntimeError, "out of bounds", part.as_strided, (8,), (1,))
        assert x[4:10].detach().as_strided((8,), (1,), 0).tolist() == list(range(8))
        y = library.zeros(3)
        y.data = x[7:]
        assert y.storage_offset() == 7 and y.as_strided((1,), (1,), 6).tolist() == [6]
    image = mt.Tensor.wrap(channels_last(normal(2, 3, 4, 4)))
    part = image[1:].detach()
    assert part.as_strided((96,), (1,), 0).tolist() == normal(2, 3, 4, 4).reshape(-1).tolist()
    assert mt.from_numpy(np.arange(6.0)[2:]).storage_offset() == 0


def test_overlaps():
    from itertools import product

    for ndim in (1, 2, 3):
        for size in product((0, 1, 2, 3), repeat=ndim):
            for stride in product((0, 1, 2, 3, 5), repeat=ndim):
                places = [sum(i * s for i, s in zip(index, stride)) for index in np.ndindex(size)]
                assert striding.overlaps(size, stride) == (len(set(places)) < len(places)), (size, stride)


def test_as_strided_in_place():
    import torch

    for library in (mt, torch):
        x = library.arange(6.0)
        assert x.as_strided_((2, 2), (1, 2), 1) is x
        assert x.tolist() == [[1, 3], [2, 4]] and x.storage_offset() == 1
        assert x.as_strided_((6,), (1,), 0).tolist() == [0, 1, 2, 3, 4, 5]
        assert library.as_strided_(library.arange(6.0)[2:], (2,), (2,)).tolist() == [2, 4]
    same(lambda t, x: (x * 2).as_strided_((2, 2), (1, 2), 1), normal(6))
    same(lambda t, x: (x * 2)[1:].as_strided_((2, 2), (1, 2)), normal(6))

    def written(t, x):
        base = x * 1
        base.as_strided_((3,), (1,), 2).mul_(3)
        return base * 2

    same(written, normal(6))


def test_as_strided_of_others():
    f = lambda t, x, size, stride, offset=None: t.as_strided(x, size, stride, offset)
    x = normal(5)
    check_same_error(RuntimeError, r"requiring a storage size of 56 are out of bounds.*40", f, x, (2, 2), (1, 5))
    check_same_error(RuntimeError, "Negative strides are not supported", f, x, (2, 2), (1, -1))
    check_same_error(RuntimeError, "mismatch in length of strides and shape", f, x, (2, 2), (1,))
    check_same_error(RuntimeError, "invalid storage offset -1", f, x, (2,), (1,), -1)
    check_error(TypeError, "'storage_offset' must be int", f, mt, ours_of(x), (2,), (1,), 1.5)


def test_as_strided_of_a_part_of_an_array():
    import torch

    array = np.arange(6.0)
    for library in (mt, torch):
        x = library.from_numpy(array[2:])
        assert x.as_strided((2,), (1,), 0).tolist() == [2, 3]
        check_error(RuntimeError, "out of bounds", x.as_strided, (5,), (1,))
    check_error(RuntimeError, "has gaps", mt.from_numpy(array[::2]).as_strided, (2,), (1,))


def test_resize_of_a_view():
    base = ours_of(normal(6)) * 1
    view = base[2:5]
    view.resize_(2)
    view.fill_(1)
    assert base[2:4].tolist() == [1, 1]
    check_error(RuntimeError, "is being modified inplace", view.mul_, ours_of(np.array(2.0), True))


def test_resize():
    for shape in ((2, 2), (6,), (3, 2), (0, 2), ()):
        x = ours_of(np.arange(6.0).reshape(2, 3))
        made = x.resize_(shape)
        assert made is x and x.shape == shape
        np.testing.assert_array_equal(x.numpy().reshape(-1), np.arange(6.0)[: x.numel()])
    assert mt.empty(0).resize_(2, 3).shape == (2, 3)
    assert mt.arange(6).resize_as_(mt.zeros(2, 2)).tolist() == [[0, 1], [2, 3]]
    assert ours_of(np.arange(6.0)).resize_(size=(2, 3)).shape == (2, 3)
    assert ours_of(np.arange(6.0)).resize_(2, 3, memory_format=mt.contiguous_format).shape == (2, 3)
    assert mt.resize_as_(mt.zeros(6), mt.zeros(2, 3), memory_format=None).shape == (2, 3)
    for resize in (ours_of(normal(6)).resize_, lambda size, **o: mt.zeros(6).resize_as_(mt.zeros(size), **o)):
        check_error(RuntimeError, "preserve_format is not supp", resize, (2, 3), memory_format=mt.preserve_format)
        check_error(TypeError, "must be torch.memory_format, not int", resize, (2, 3), memory_format=1)
    check_error(TypeError, "unexpected keyword argument 'shape'", ours_of(normal(6)).resize_, shape=(2, 3))
    check_error(RuntimeError, r"needs 7 elements, but the tensor has 6", ours_of(normal(6)).resize_, 7)
    check_error(RuntimeError, "negative", ours_of(normal(6)).resize_, -1)
    check_error(RuntimeError, "memory is not in the order", ours_of(normal(2, 3)).t().resize_, 2, 2)
    check_same_error(
        RuntimeError, "cannot resize variables that require grad", lambda t: t.ones(3, requires_grad=True).resize_(1)
    )


def test_overwritten_parts():
    from tests.ops.both import check_same

    x, row = normal(3, 4), normal(4, seed=1)
    check_same(lambda t, x, s: (t.select_scatter(x, s, 0, 1), x.select_scatter(s, 0, -1)), [x, row])
    rows = normal(2, 4, seed=1)
    check_same(lambda t, x, s: (t.slice_scatter(x, s, 0, 1), x.slice_scatter(s, 0, 0, 3, 2)), [x, rows])
    check_same(lambda t, x, s: (t.diagonal_scatter(x, s), x.diagonal_scatter(s, 1)), [x, normal(3, seed=1)])
    f = lambda t, x, s: t.select_scatter(x, s, 0, 1)
    check_same_error(RuntimeError, "src to have a size equal to", f, x, normal(3))
    check_same_error(RuntimeError, "slice step must be positive", lambda t, x: t.slice_scatter(x, x, 0, 0, 3, 0), x)
