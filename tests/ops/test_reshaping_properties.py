"""Whatever the shapes: broadcasting of two operands, reductions over any dimensions, products of any ranks."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import minitorch_cv as mt
from tests.checks import assert_close, ours_of, theirs_of

TOLERANCE = 1e-12  # float64
BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "maximum",
    "minimum",
    "fmax",
    "atan2",
    "logaddexp",
    "eq",
    "lt",
    "logical_xor",
]
REDUCTIONS = [
    "sum",
    "mean",
    "prod",
    "amax",
    "amin",
    "var",
    "std",
    "logsumexp",
    "any",
    "all",
    "max",
    "argmin",
    "cumsum",
    "sort",
]
ONE_DIM_ONLY = {"prod", "max", "argmin", "cumsum", "sort"}
quick = settings(max_examples=150, deadline=None, derandomize=True)


def agree(expression, *arrays):
    """Results and gradients of expression(library, *tensors) in both libraries."""
    found = []
    for library, made in ((mt, ours_of), (torch, theirs_of)):
        tensors = [made(a, True) for a in arrays]
        result = expression(library, *tensors)
        result = result[0] if isinstance(result, tuple) else result
        if result.requires_grad:
            weights = np.cos(np.arange(result.numel(), dtype=np.float64)).reshape(tuple(result.shape))
            result.backward(made(weights))
        found.append((result, *[t.grad for t in tensors]))
    for ours, theirs in zip(*found):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert_close(ours, theirs, TOLERANCE, "broadcasting")


def numbers(shape, seed):
    """Positive numbers, so that powers and logarithms are smooth, with exact ties."""
    return np.random.default_rng(seed).integers(1, 9, shape) / 4


@quick
@given(
    st.sampled_from(BINARY),
    mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3),
    st.integers(0, 99),
)
def test_two_operands_broadcast(name, shapes, seed):
    a, b = (numbers(shape, seed + i) for i, shape in enumerate(shapes.input_shapes))
    agree(lambda t, x, y: getattr(t, name)(x, y), a, b)


@quick
@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=3), st.integers(0, 99))
def test_three_operands_broadcast(shapes, seed):
    a, b, c = (numbers(shape, seed + i) for i, shape in enumerate(shapes.input_shapes))
    agree(lambda t, x, y, z: t.where(z > 1, x, y), a, b, c)
    agree(lambda t, x, y, z: t.lerp(x, y, z), a, b, c)
    agree(lambda t, x, y, z: t.addcdiv(x, y, z, value=0.5), a, b, c)
    agree(lambda t, x, y, z: t.clamp(x, y, z), a, b, c)


@st.composite
def reductions(draw):
    """A reduction, a shape, and dimensions of it, from either end."""
    name = draw(st.sampled_from(REDUCTIONS))
    least = 1 if name in ("amax", "amin", "max", "argmin", "sort", "var", "std") else 0
    shape = tuple(draw(st.lists(st.integers(least, 3), min_size=1, max_size=4)))
    axes = st.integers(0, len(shape) - 1)
    chosen = draw(st.lists(axes, min_size=1, max_size=1 if name in ONE_DIM_ONLY else len(shape), unique=True))
    dims = [d - len(shape) if draw(st.booleans()) else d for d in chosen]
    return name, shape, dims[0] if name in ONE_DIM_ONLY else tuple(dims)


@quick
@given(reductions(), st.booleans(), st.integers(0, 99))
def test_reductions(case, keepdim, seed):
    name, shape, dim = case
    options = {} if name in ("cumsum", "sort") else {"keepdim": keepdim}
    if name in ("var", "std"):
        options["correction"] = 0
    if name in ("max", "sort"):
        x = np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape) / 4  # no ties
    else:
        x = numbers(shape, seed)
    agree(lambda t, x: getattr(t, name)(x, dim=dim, **options), x)


@st.composite
def products(draw):
    """Shapes that can be multiplied, of all ranks, with broadcast batches."""
    batches = draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=3)).input_shapes
    n, m, p = (draw(st.integers(0, 3)) for _ in range(3))
    left = (m,) if draw(st.booleans()) and draw(st.booleans()) else (*batches[0], n, m)
    right = (m,) if draw(st.booleans()) and draw(st.booleans()) else (*batches[1], m, p)
    return left, right


@quick
@given(products(), st.integers(0, 99))
def test_matmul(shapes, seed):
    a, b = (np.random.default_rng(seed + i).standard_normal(shape) for i, shape in enumerate(shapes))
    agree(lambda t, x, y: x @ y, a, b)


@st.composite
def equations(draw):
    """An einsum equation of one to three operands, and their shapes; sizes of 1 broadcast."""
    sizes = {letter: draw(st.integers(1, 3)) for letter in "abcde"}
    terms = draw(st.lists(st.lists(st.sampled_from("abcde"), max_size=3), min_size=1, max_size=3))
    used = sorted({letter for term in terms for letter in term})
    output = draw(st.lists(st.sampled_from(used), unique=True)) if used else []
    shapes = []
    for term in terms:
        once = {letter: 1 if draw(st.integers(0, 4)) == 0 else sizes[letter] for letter in term}
        shapes.append(tuple(once[letter] for letter in term))
    return f"{','.join(''.join(term) for term in terms)}->{''.join(output)}", shapes


@quick
@given(equations(), st.integers(0, 99))
def test_einsum(case, seed):
    equation, shapes = case
    operands = [np.random.default_rng(seed + i).standard_normal(shape) for i, shape in enumerate(shapes)]
    agree(lambda t, *x: t.einsum(equation, *x), *operands)
