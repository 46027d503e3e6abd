"""Any reshapes and permutations in a row, any cutting and joining: values, gradients and memory are PyTorch's."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from tests.checks import normal

SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
KINDS = ["reshape", "permute", "transpose", "slice", "flatten", "squeeze", "unsqueeze", "expand"]


@st.composite
def factorisations(draw, count):
    """Sizes that multiply up to `count`."""
    found = []
    while count > 1 or draw(st.integers(0, 2)) == 0:
        divisor = draw(st.sampled_from([n for n in range(1, count + 1) if count % n == 0]))
        found.append(divisor)
        count //= divisor
        if len(found) == 4:
            found[-1] *= count
            break
    return found


@st.composite
def programs(draw):
    """A shape and steps that each fit what the steps before left."""
    shape = draw(SIZES)
    steps, now = [], list(shape)
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(KINDS))
        count = int(np.prod(now))
        if kind == "reshape":
            sizes = draw(factorisations(count))
            now = list(sizes)
            if sizes and draw(st.booleans()):
                sizes = [*sizes[:-1], -1]
            steps.append((kind, sizes))
        elif kind == "permute":
            dims = draw(st.permutations(range(len(now))))
            steps.append((kind, dims))
            now = [now[d] for d in dims]
        elif kind == "transpose" and now:
            a, b = draw(st.integers(-len(now), len(now) - 1)), draw(st.integers(0, len(now) - 1))
            steps.append((kind, (a, b)))
            now[a], now[b] = now[b], now[a]
        elif kind == "slice" and now and now[-1] > 1:
            steps.append((kind, None))
            now[-1] = len(range(1, now[-1], 2))
        elif kind == "flatten":
            steps.append((kind, None))
            now = [count]
        elif kind == "squeeze":
            steps.append((kind, None))
            now = [n for n in now if n != 1]
        elif kind == "unsqueeze":
            d = draw(st.integers(0, len(now)))
            steps.append((kind, d))
            now.insert(d, 1)
        elif kind == "expand" and count < 200:
            steps.append((kind, [2, *now]))
            now = [2, *now]
    return shape, steps


def take(x, steps):
    for kind, what in steps:
        if kind == "slice":
            x = x[..., 1::2]
        elif kind == "transpose":
            x = x.transpose(*what)
        elif kind in ("flatten", "squeeze"):
            x = getattr(x, kind)()
        else:
            x = getattr(x, kind)(what)
    return x


def result(library, shape, steps):
    x = library.from_numpy(normal(*shape)).requires_grad_()
    y = take(x, steps)
    y.backward(library.from_numpy(normal(*y.shape, seed=1)))
    offset = y.data_ptr() - x.data_ptr()
    shared = offset if 0 <= offset < x.nbytes else None
    strides = [s for s, n in zip(y.stride(), y.shape) if n > 1]  # those of size 1 say nothing
    return y.detach().numpy(), x.grad.numpy(), shared, strides


@settings(max_examples=300, deadline=None)
@given(programs())
def test_reshape_and_permute(program):
    mine, theirs = result(mt, *program), result(torch, *program)
    np.testing.assert_array_equal(mine[0], theirs[0])
    np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-12)
    assert mine[2:] == theirs[2:]


@settings(max_examples=100, deadline=None)
@given(SIZES, st.data())
def test_view_says_whether_it_can(shape, data):
    order = data.draw(st.permutations(range(len(shape))))
    sizes = data.draw(factorisations(int(np.prod(shape))))

    def can(library):
        try:
            return library.zeros(shape).permute(order).view(sizes).stride() is not None
        except RuntimeError:
            return False

    assert can(mt) == can(torch)


@st.composite
def cuts(draw):
    """A shape, a dimension, and how to cut it."""
    shape = draw(st.lists(st.integers(0, 5), min_size=1, max_size=3))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    n = shape[dim]
    kind = draw(st.sampled_from(["split", "sizes", "chunk", "tensor_split", "unbind"]))
    if kind == "sizes":
        ends = sorted(draw(st.lists(st.integers(0, n), max_size=3)))
        return shape, dim, kind, [b - a for a, b in zip([0, *ends], [*ends, n])]
    return shape, dim, kind, draw(st.integers(1, 6))


def cut_and_join(library, shape, dim, kind, how):
    x = library.from_numpy(normal(*shape)).requires_grad_()
    if kind == "unbind":
        parts = x.unbind(dim)
    else:
        parts = {"split": x.split, "sizes": x.split, "chunk": x.chunk, "tensor_split": x.tensor_split}[kind](how, dim)
    sizes = [tuple(p.shape) for p in parts]
    if not parts:
        return sizes, None, None
    turned = [p * (i + 1) for i, p in enumerate(parts)][::-1]
    y = library.stack(turned, dim) if kind == "unbind" else library.cat(turned, dim)
    y.backward(library.from_numpy(normal(*y.shape, seed=1)))
    return sizes, y.detach().numpy(), x.grad.numpy()


@settings(max_examples=200, deadline=None)
@given(cuts())
def test_cut_and_join(cut):
    mine, theirs = cut_and_join(mt, *cut), cut_and_join(torch, *cut)
    assert mine[0] == theirs[0]
    if theirs[1] is not None:
        np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-12)
        np.testing.assert_allclose(mine[2], theirs[2], rtol=1e-12)
