"""arange, linspace, logspace, eye and indices of triangles: PyTorch's numbers and dtypes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
from tests.checks import check_error
from tests.ops.both import check_same_error


def same(mine, theirs):
    assert tuple(mine.shape) == tuple(theirs.shape)
    assert str(mine.dtype) == str(theirs.dtype)
    tolerance = {"float32": 3e-7, "float64": 1e-15, "float16": 1e-3}.get(mine.array.dtype.name, 0)
    scale = max(1.0, np.abs(theirs.numpy().astype(float)).max(initial=0.0, where=np.isfinite(theirs.numpy())))
    np.testing.assert_allclose(mine.numpy().astype(float), theirs.numpy().astype(float), rtol=0, atol=tolerance * scale)


ARANGES = [
    (5,), (5.0,), (1, 5), (1, 5, 2), (0, 1, 0.25), (5, 0, -1), (0,), (0.5, 5), (True,), (0, 1, 0.1), (3, 3),
    (1, 10, 3), (2**40, 2**40 + 2), (2**53, 2**53 + 3), (0, 5, 2.5), (1.0, 3.0, 0.1), (-3, 3), (10, -10, -7),
    (0, 2.5, 1),
]  # fmt: skip


@pytest.mark.parametrize("limits", ARANGES)
def test_arange(limits):
    same(mt.arange(*limits), torch.arange(*limits))
    for name in ("float32", "float64", "int32", "int64"):
        if (name == "int32" and limits[0] > 2**31) or (
            name in ("int32", "int64") and len(limits) > 2 and 0 < limits[2] < 1
        ):
            continue  # out of range; a step of 0
        same(mt.arange(*limits, dtype=getattr(mt, name)), torch.arange(*limits, dtype=getattr(torch, name)))


def test_arange_by_name():
    for m, results in ((mt, mine := []), (torch, theirs := [])):
        results += [
            m.arange(end=4), m.arange(1, end=4), m.arange(start=1, end=4), m.arange(1, 4, step=2),
            m.arange(0, end=6, step=3), m.arange(m.tensor(3)), m.arange(m.tensor(3.0)),
            m.arange(0, m.tensor(3), m.tensor(2.0)), m.arange(np.float64(3)), m.arange(np.int64(3)),
            m.arange(-2, 3, dtype=m.uint8), m.arange(300, dtype=m.uint8), m.arange(5, dtype=float),
            m.arange(4, out=m.zeros(4)), m.arange(2.5, out=m.zeros(2, dtype=m.int64)),
        ]  # fmt: skip
    for one, two in zip(mine, theirs):
        same(one, two)
    assert mt.arange(3.0, requires_grad=True).requires_grad


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-50, 50) | st.floats(-50, 50),
    st.integers(-50, 50) | st.floats(-50, 50),
    st.sampled_from([1, 2, -1, 0.5, -0.3, 7]),
)
def test_any_arange(start, end, step):
    if (end - start) * step < 0:
        step = -step
    same(mt.arange(start, end, step, dtype=mt.float64), torch.arange(start, end, step, dtype=torch.float64))


LINES = [
    (0, 1, 5),
    (0, 1, 1),
    (0, 1, 0),
    (-3, 3, 7),
    (1, 0, 4),
    (2.5, 2.5, 3),
    (0, 10, 5),
    (10, 0, 4),
    (0, float("nan"), 3),
    (2.5, 10.9, 4),
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("dtype", [None, "float64", "int64", "int32", "float16"])
def test_linspace(line, dtype):
    if dtype is not None and dtype[0] == "i" and line[1] != line[1]:
        return
    options = lambda m: {} if dtype is None else {"dtype": getattr(m, dtype)}
    same(mt.linspace(*line, **options(mt)), torch.linspace(*line, **options(torch)))
    if max(line[:2]) <= 3:
        same(mt.logspace(*line, **options(mt)), torch.logspace(*line, **options(torch)))
        same(mt.logspace(*line, 2, **options(mt)), torch.logspace(*line, 2, **options(torch)))


def test_linspace_by_name():
    for m, results in ((mt, mine := []), (torch, theirs := [])):
        results += [
            m.linspace(start=0, end=1, steps=3), m.linspace(m.tensor(0.0), m.tensor(1.0), 3),
            m.linspace(0, 1, m.tensor(3)), m.logspace(0, 2, steps=3, base=-2),
            m.linspace(0, 4, 5, out=m.zeros(5, dtype=m.int64)),
            m.logspace(0, 2, 3, out=m.zeros(3, dtype=m.float64)),
        ]  # fmt: skip
    for one, two in zip(mine, theirs):
        same(one, two)
    assert mt.linspace(0, 1, 2, requires_grad=True).requires_grad


@pytest.mark.parametrize("size", [(3,), (2, 3), (3, 2), (0,), (0, 2)])
def test_eye(size):
    same(mt.eye(*size), torch.eye(*size))
    same(mt.eye(*size, dtype=mt.bool), torch.eye(*size, dtype=torch.bool))
    same(mt.eye(n=size[0], m=size[-1], dtype=mt.int64), torch.eye(n=size[0], m=size[-1], dtype=torch.int64))


@pytest.mark.parametrize("name", ["tril_indices", "triu_indices"])
def test_indices_of_triangles(name):
    for arguments in ((3, 3), (3, 4, 1), (4, 2, -1), (0, 2), (2, 2, 5)):
        same(getattr(mt, name)(*arguments), getattr(torch, name)(*arguments))
        same(getattr(mt, name)(*arguments, dtype=mt.int32), getattr(torch, name)(*arguments, dtype=torch.int32))
    check_same_error(NotImplementedError, "not implemented for", lambda m: getattr(m, name)(3, 3, dtype=m.float32))
    check_error(RuntimeError, "row must be greater or equal to 0, got -1", getattr(mt, name), -1, 3)


def test_arange_errors():
    make = lambda *limits, **options: lambda m: m.arange(*limits, **options)
    check_same_error(RuntimeError, "upper bound and lower bound inconsistent with step sign", make(5, 0))
    check_same_error(RuntimeError, "upper bound and lower bound inconsistent with step sign", make(-1))
    check_same_error(RuntimeError, "upper bound and lower bound inconsistent with step sign", make(0, 5, -1))
    check_same_error(RuntimeError, "step must be nonzero", make(0, 5, 0))
    check_same_error(RuntimeError, "unsupported range: 0.* -> nan", make(float("nan")))
    check_same_error(RuntimeError, "unsupported range: 0.* -> inf", make(float("inf")))
    check_same_error(RuntimeError, r"invalid size, possible overflow\?", make(0, 3, 1e-20))
    check_same_error(NotImplementedError, "not implemented for '?[Bb]ool", lambda m: m.arange(5, dtype=m.bool))
    check_same_error(TypeError, "argument 'end'.* must be Number, not str", make("a"))
    check_same_error(TypeError, "argument 'end'.* must be Number, not Tensor", lambda m: m.arange(m.tensor([3])))
    check_same_error(TypeError, "received an invalid combination of arguments", make(1, 2, 3, 4))
    check_same_error(TypeError, "received an invalid combination of arguments", make())
    check_same_error(
        RuntimeError, "Only Tensors of floating point .*can require gradients", make(5, requires_grad=True)
    )
    check_error(TypeError, "unexpected keyword argument 'stop'", mt.arange, stop=3)
    check_error(TypeError, "multiple values for argument 'start'", mt.arange, 1, 2, start=3)
    check_error(RuntimeError, "step must be nonzero as an integer", mt.arange, 0, 3, 0.5, dtype=mt.int64)


def test_other_errors():
    check_same_error(RuntimeError, "number of steps must be non-negative", lambda m: m.linspace(0, 1, -1))
    check_same_error(RuntimeError, "number of steps must be non-negative", lambda m: m.logspace(0, 1, -1))
    check_same_error(
        TypeError, "argument 'steps' must be int, not float", lambda m: m.linspace(0, 1, 2.5), same_words=False
    )
    check_same_error(
        TypeError, "argument 'start' must be Number, not str", lambda m: m.linspace("a", 1, 2), same_words=False
    )
    check_same_error(TypeError, "missing", lambda m: m.linspace(0, 1), same_words=False)
    check_same_error(NotImplementedError, "linspace", lambda m: m.linspace(0, 1, 2, dtype=m.bool))
    check_same_error(RuntimeError, "n must be greater or equal to 0, got -1", lambda m: m.eye(-1))
    check_same_error(RuntimeError, "m must be greater or equal to 0, got -1", lambda m: m.eye(2, -1))
    check_same_error(TypeError, "argument 'n'.* must be int, not float", lambda m: m.eye(2.0))
    check_same_error(TypeError, "argument 'n'.* must be int, not bool", lambda m: m.eye(True))
    check_error(RuntimeError, "this library runs on the CPU", mt.arange, 3, device="cuda")
    check_error(RuntimeError, "this library runs on the CPU", mt.eye, 3, device="mps")
    check_error(RuntimeError, r"out has shape \[2\], but the result has shape \[3\]", mt.arange, 3, out=mt.zeros(2))
