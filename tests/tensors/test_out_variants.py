"""Functions that write into a given tensor, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.tensors import out_variants
from tests.checks import assert_close, normal, ours_of, theirs_of

ONE = [
    "abs",
    "ceil",
    "cos",
    "exp",
    "floor",
    "log",
    "log1p",
    "neg",
    "reciprocal",
    "round",
    "sigmoid",
    "sin",
    "sqrt",
    "square",
    "tan",
    "tanh",
]
TWO = ["add", "sub", "mul", "div", "pow", "remainder", "maximum", "minimum", "matmul", "mm"]


@pytest.mark.parametrize("name", ONE + TWO)
def test_out_gets_the_result_and_is_returned(name):
    arrays = [np.abs(normal(3, 3)), np.abs(normal(3, 3, seed=1))][: 1 if name in ONE else 2]
    results = []
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        out = make(np.zeros((3, 3)))
        seen, version = out.view(-1), out._version
        assert getattr(library, name)(*map(make, arrays), out=out) is out
        assert out._version > version
        np.testing.assert_array_equal(seen.numpy(), out.numpy().ravel())
        results.append(out)
    assert_close(*results, 1e-13, name)


@pytest.mark.parametrize("name", ["sum", "mean"])
def test_reductions(name):
    ours, theirs = (
        getattr(library, name)(make(normal(3, 4)), 1, True, out=make(np.zeros((3, 1))))
        for library, make in ((mt, ours_of), (torch, theirs_of))
    )
    assert_close(ours, theirs, 1e-13, name)


def test_lists_vectors_and_keywords():
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        a, v = make(normal(2, 3)), make(normal(3))
        out = library.empty(0, dtype=library.float64)
        assert library.cat([a, a], dim=1, out=out).shape == (2, 6)
        assert library.stack((v, v), out=library.zeros(2, 3, dtype=library.float64)).tolist() == [v.tolist()] * 2
        assert library.mv(a, v, out=library.zeros(2, dtype=library.float64)).tolist() == library.mv(a, v).tolist()
        assert library.dot(v, v, out=library.zeros((), dtype=library.float64)) == library.dot(v, v)
        assert library.clamp(a, min=0, out=a) is a and a.min() >= 0  # an input may be out
        assert library.bmm(a[None], a[None].mT, out=library.zeros(1, 2, 2, dtype=library.float64)).shape == (1, 2, 2)


@pytest.mark.parametrize("library", [mt, torch])
def test_dtypes(library):
    out = library.zeros(2, dtype=library.float64)
    assert library.add(library.ones(2), 1, out=out).dtype is library.float64
    with pytest.raises(RuntimeError, match=r"result type Float can't be cast to the desired output type (Long|long)"):
        library.add(library.ones(2), 1, out=library.zeros(2, dtype=library.int64))


@pytest.mark.parametrize("library", [mt, torch])
def test_another_shape(library):
    out = library.zeros(3)
    with pytest.warns(UserWarning, match=r"was resized since it had shape \[3\].*required output shape \[2, 2\]"):
        library.add(library.ones(2, 2), 1, out=out)
    assert out.tolist() == [[2, 2], [2, 2]]


@pytest.mark.parametrize("library", [mt, torch])
def test_gradients_are_refused(library):
    x = library.ones(2, requires_grad=True)
    message = r"(add|cat)\(\): functions with out=... arguments don't support automatic differentiation"
    with pytest.raises(RuntimeError, match=message):
        library.add(x, 1, out=library.zeros(2))
    with pytest.raises(RuntimeError, match=message):
        library.cat([x, x], out=library.zeros(4))
    with library.no_grad():
        assert library.add(x, 1, out=library.zeros(2)).tolist() == [2, 2]


def test_what_is_no_tensor():
    with pytest.raises(TypeError, match=r"exp\(\): argument 'out' must be Tensor, not ndarray"):
        mt.exp(mt.ones(2), out=np.zeros(2))


def test_the_front_door_has_these():
    assert mt.add is out_variants.add and mt.matmul is out_variants.matmul


A, ROW = 2 * np.eye(2), np.ones(2)
THREE = np.arange(3.0)[None]
STRICT = {  # `out` has to have the result's dtype: (expression of t, out and arrays), arrays
    "inverse": (lambda t, o, a: t.inverse(a, out=o), A),
    "cross": (lambda t, o, a: t.cross(a, a, dim=1, out=o), THREE),
    "addmv": (lambda t, o, a, b: t.addmv(b, a, b, out=o), A, ROW),
    "matrix_power": (lambda t, o, a: t.matrix_power(a, 2, out=o), A),
    "float_power": (lambda t, o, a: t.float_power(a, 2, out=o), A),
    "logcumsumexp": (lambda t, o, a: t.logcumsumexp(a, 0, out=o), A),
    "matmul": (lambda t, o, a: t.matmul(a, a, out=o), A),
    "mm": (lambda t, o, a: t.mm(a, a, out=o), A),
    "mv": (lambda t, o, a, b: t.mv(a, b, out=o), A, ROW),
    "bmm": (lambda t, o, a: t.bmm(a[None], a[None], out=o), A),
    "dot": (lambda t, o, a: t.dot(a, a, out=o), ROW),
    "vdot": (lambda t, o, a: t.vdot(a, a, out=o), ROW),
    "msort": (lambda t, o, a: t.msort(a, out=o), A),
    "linalg.cholesky": (lambda t, o, a: t.linalg.cholesky(a, out=o), A),
    "linalg.cross": (lambda t, o, a: t.linalg.cross(a, a, out=o), THREE),
    "linalg.det": (lambda t, o, a: t.linalg.det(a, out=o), A),
    "linalg.eigvalsh": (lambda t, o, a: t.linalg.eigvalsh(a, out=o), A),
    "linalg.inv": (lambda t, o, a: t.linalg.inv(a, out=o), A),
    "linalg.matmul": (lambda t, o, a: t.linalg.matmul(a, a, out=o), A),
    "linalg.matrix_norm": (lambda t, o, a: t.linalg.matrix_norm(a, out=o), A),
    "linalg.matrix_power": (lambda t, o, a: t.linalg.matrix_power(a, -1, out=o), A),
    "linalg.multi_dot": (lambda t, o, a: t.linalg.multi_dot([a, a, a], out=o), A),
    "linalg.norm": (lambda t, o, a: t.linalg.norm(a, "nuc", out=o), A),
    "linalg.solve": (lambda t, o, a: t.linalg.solve(a, a, out=o), A),
    "linalg.solve_triangular": (lambda t, o, a: t.linalg.solve_triangular(a, a, upper=True, out=o), A),
    "linalg.svdvals": (lambda t, o, a: t.linalg.svdvals(a, out=o), A),
    "linalg.vecdot": (lambda t, o, a: t.linalg.vecdot(a, a, out=o), A),
    "linalg.vector_norm": (lambda t, o, a: t.linalg.vector_norm(a, out=o), A),
}
FREE = {
    "addr": (lambda t, o, a, b: t.addr(a, b, b, out=o), A, ROW),
    "kron": (lambda t, o, a: t.kron(a, a, out=o), A),
    "linalg.cond": (lambda t, o, a: t.linalg.cond(a, out=o), A),
    "linalg.matrix_rank": (lambda t, o, a: t.linalg.matrix_rank(a, out=o), A),
    "linalg.pinv": (lambda t, o, a: t.linalg.pinv(a, out=o), A),
    "linalg.tensorinv": (lambda t, o, a: t.linalg.tensorinv(a, 1, out=o), A),
    "linalg.tensorsolve": (lambda t, o, a, b: t.linalg.tensorsolve(a, b, out=o), A, ROW),
}


@pytest.mark.parametrize("name", [*STRICT, *FREE])
def test_functions_of_linear_algebra(name):
    f, *arrays = {**STRICT, **FREE}[name]
    results = []
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        out = library.empty(0, dtype=library.float64)
        assert f(library, out, *map(make, arrays)) is out
        results.append(out)
        narrow = library.empty(0)
        if name in FREE:
            assert f(library, narrow, *map(make, arrays)).dtype is library.float32
            continue
        with pytest.raises(RuntimeError, match=r"(out|type).*[dD]ouble"):
            f(library, narrow, *map(make, arrays))
    assert_close(*results, 1e-13, name)


def test_special_functions_are_the_front_doors():
    for name in ["digamma", "erfc", "erfinv", "i0", "log1p", "polygamma", "round", "sigmoid", "sinc", "xlogy"]:
        assert getattr(mt.special, {"sigmoid": "expit"}.get(name, name)) is getattr(mt, name)
    assert mt.special.gammaln is mt.lgamma
