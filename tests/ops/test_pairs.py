"""cdist against PyTorch and loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.ops import pairs
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of


def distances(a, b, p):
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, (*batch, *b.shape[-2:]))
    out = np.zeros((*batch, a.shape[-2], b.shape[-2]))
    for place in np.ndindex(*out.shape):
        *before, i, j = place
        gap = a[(*before, i)] - b[(*before, j)]
        out[place] = np.count_nonzero(gap) if p == 0 else np.linalg.norm(gap, p)
    return out


@pytest.mark.parametrize("p", [2.0, 1, 3.5, 0.5, np.inf, 0])
@pytest.mark.parametrize(
    "shapes", [((4, 3), (5, 3)), ((2, 4, 3), (2, 1, 3)), ((2, 1, 4, 3), (3, 5, 3)), ((0, 3), (2, 3))]
)
def test_cdist(shapes, p):
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(shapes)]
    check_op(
        lambda *x: mt.cdist(*x, p), lambda *x: torch.cdist(*x, p), arrays,
        reference=lambda *x: distances(*x, p), finite_differences=p != 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "mode", [None, "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist", "use_mm_for_euclid_dist_if_necessary"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_points(mode, dtype):
    """By a matrix product and without."""
    arrays = [normal(*shape, seed=i).astype(dtype) for i, shape in enumerate([(2, 30, 7), (2, 40, 7)])]
    kwargs = {} if mode is None else {"compute_mode": mode}
    results = []
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        tensors = [make(x, True) for x in arrays]
        found = library.cdist(*tensors, **kwargs)
        (found * make(normal(2, 30, 40).astype(dtype))).sum().backward()
        results.append([found, *(x.grad for x in tensors)])
    for one, two in zip(*results, strict=True):
        assert_close(one, two, {"float32": 2e-5, "float64": 1e-11}[dtype], str(mode))


def test_points_that_are_the_same_have_no_gradient():
    x = ours_of(np.ones((3, 2)), True)
    for p in (2.0, 1.0, 3.0, np.inf):
        x.grad = None
        mt.cdist(x, x.detach(), p).sum().backward()
        assert not x.grad.array.any(), p


def test_in_parts(monkeypatch):
    """Not all differences at once."""
    monkeypatch.setattr(pairs, "_AT_ONCE", 40)
    a, b = normal(7, 3), normal(6, 3, seed=1)
    check_op(lambda *x: mt.cdist(*x, 1.5), lambda *x: torch.cdist(*x, 1.5), [a, b])


X = ours_of(normal(4, 3))


@pytest.mark.parametrize(
    "error, match, x1, x2, kwargs",
    [
        (RuntimeError, "at least 2D tensors, x2 got: 1D", X, X[0], {}),
        (RuntimeError, "same number of columns. X1: 3 X2: 2", X, X[:, :2], {}),
        (RuntimeError, "non-negative p values, got -1", X, X, {"p": -1}),
        (RuntimeError, "floating-point dtypes, x1 got: torch.int64", X.long(), X, {}),
        (RuntimeError, "x1 is torch.float64 and x2 torch.float32", X, X.float(), {}),
        (ValueError, "fast is not a valid value for compute_mode", X, X, {"compute_mode": "fast"}),
    ],
)
def test_errors(error, match, x1, x2, kwargs):
    check_error(error, match, mt.cdist, x1, x2, **kwargs)
