"""Any index into any shape, read and written: values and gradients are PyTorch's, and so is whether it is an error."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from tests.checks import normal, rng

SHAPES = st.lists(st.integers(0, 4), min_size=0, max_size=4).map(tuple)


class Array:
    """A NumPy array that becomes a tensor of the library that is asked."""

    def __init__(self, array):
        self.array = array

    def __repr__(self):
        return f"tensor({self.array.tolist()})"


@st.composite
def indices(draw, shape):
    """A tuple of indices of all kinds for a shape, with a few that are out of range."""
    items, d = [], 0
    common = draw(st.sampled_from([(2,), (1,), (2, 2), (3,), (0,)]))  # index tensors mostly go together
    while d < len(shape) or (draw(st.booleans()) and len(items) < 6):
        kind = draw(
            st.sampled_from(["int", "slice", "slice", "None", "tensor", "tensor", "mask", "bool", "stop", "skip"])
        )
        n = shape[d] if d < len(shape) else 1
        if kind == "stop":
            break
        if kind == "None":
            items.append(None)
        elif kind == "bool":
            items.append(draw(st.booleans()))
        elif kind == "skip" and Ellipsis not in items:
            items.append(Ellipsis)
            d += draw(st.integers(0, max(len(shape) - d, 0)))
        elif kind == "int":
            items.append(draw(st.integers(-n, n if draw(st.integers(0, 15)) == 0 else max(n - 1, 0))))
            d += 1
        elif kind == "tensor":
            sizes = draw(st.sampled_from([common, common, (), (1,)]))
            limit = max(n, 1)
            values = draw(
                st.lists(st.integers(-limit, limit - 1), min_size=int(np.prod(sizes)), max_size=int(np.prod(sizes)))
            )
            items.append(Array(np.array(values, np.int64).reshape(sizes)))
            d += 1
        elif kind == "mask":
            ndim = draw(st.integers(1, 2))
            sizes = shape[d : d + ndim] or (1,)
            bits = draw(st.lists(st.booleans(), min_size=int(np.prod(sizes)), max_size=int(np.prod(sizes))))
            items.append(Array(np.array(bits, bool).reshape(sizes)))
            d += ndim
        else:
            limit = st.none() | st.integers(-n - 1, n + 1)
            items.append(slice(draw(limit), draw(limit), draw(st.sampled_from([None, 1, 2, 3]))))
            d += 1
    return tuple(items)


CASES = SHAPES.flatmap(lambda shape: st.tuples(st.just(shape), indices(shape)))


def of(library, index):
    """The index with the tensors of a library."""
    made = tuple(library.from_numpy(i.array.copy()) if isinstance(i, Array) else i for i in index)
    return made[0] if len(made) == 1 else made


def outcome(function, *arguments):
    """What a function returns, or the kind of error it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*arguments)
        except (IndexError, RuntimeError) as error:
            return type(error)


def same(mine, theirs):
    if isinstance(theirs, type):
        assert mine is theirs
        return
    if mine is IndexError and theirs[0].size == 0:
        return  # PyTorch does not check index tensors where nothing would be read; this library does
    for one, two in zip(mine, theirs):
        assert one.shape == two.shape
        np.testing.assert_allclose(one, two, rtol=1e-12)


def read(library, shape, index):
    x = library.from_numpy(normal(*shape)).requires_grad_()
    y = x[of(library, index)]
    y.backward(library.from_numpy(normal(*y.shape, seed=1)))
    return y.detach().numpy(), x.grad.numpy()


@settings(max_examples=300, deadline=None)
@given(CASES)
def test_read(case):
    same(outcome(read, mt, *case), outcome(read, torch, *case))


def write(library, shape, index, value):
    """x[index] = value, without repeated places: which of them wins is not defined."""
    x = library.from_numpy(normal(*shape)).requires_grad_()
    v = library.from_numpy(value).requires_grad_()
    y = x * 1
    y[of(library, index)] = v
    y.backward(library.from_numpy(normal(*shape, seed=1)))
    return y.detach().numpy(), x.grad.numpy(), np.zeros(0) if v.grad is None else v.grad.numpy()


@settings(max_examples=300, deadline=None)
@given(CASES, st.integers(0, 5))
def test_write(case, leave_out):
    shape, index = case
    if index == (False,):
        return
    positions = outcome(lambda: torch.arange(int(np.prod(shape))).reshape(shape)[of(torch, index)])
    if isinstance(positions, type) or positions.unique().numel() < positions.numel():
        return
    value = rng(3).standard_normal(tuple(positions.shape)[leave_out:])  # fewer dimensions: broadcast
    same(outcome(write, mt, shape, index, value), outcome(write, torch, shape, index, value))


def accumulate(library, shape, places, value):
    x = library.from_numpy(normal(*shape)).requires_grad_()
    v = library.from_numpy(value).requires_grad_()
    y = (x * 1).index_put_(tuple(library.from_numpy(p) for p in places), v, accumulate=True)
    y.backward(library.from_numpy(normal(*shape, seed=1)))
    return y.detach().numpy(), x.grad.numpy(), v.grad.numpy()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.data())
def test_accumulate(shape, data):
    sizes = data.draw(st.sampled_from([(), (2,), (5,), (2, 3)]))
    count = data.draw(st.integers(1, len(shape)))
    places = [rng(data.draw(st.integers(0, 99))).integers(-n, n, sizes) for n in shape[:count]]
    value = normal(*sizes, *shape[count:], seed=2)
    same(accumulate(mt, shape, places, value), accumulate(torch, shape, places, value))
