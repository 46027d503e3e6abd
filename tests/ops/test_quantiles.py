"""quantile, nanquantile and nanmean against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of

MODES = ["linear", "lower", "higher", "midpoint", "nearest"]


def percentiles(x, q, dim, keepdim, mode):
    found = np.quantile(x, q, axis=dim, keepdims=keepdim, method=mode)
    return np.asarray(found)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [None, 0, 1, -1])
@pytest.mark.parametrize("q", [0.3, 0.0, 1.0, [0.5, 0.05, 0.9]])
def test_quantile(q, dim, keepdim, mode):
    def of(library, make):
        def function(x):
            share = make(np.array(q, str(x.dtype).removeprefix("torch."))) if isinstance(q, list) else q
            return library.quantile(x, share, dim=dim, keepdim=keepdim, interpolation=mode)

        return function

    # for "nearest" NumPy rounds halves another way
    reference = None if mode == "nearest" else lambda x: percentiles(x, q, dim, keepdim, mode)
    check_op(of(mt, ours_of), of(torch, theirs_of), [normal(4, 3, 6)], reference=reference)


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
@pytest.mark.parametrize("dim", [None, 0, 1])
def test_with_nan(name, dim):
    x = normal(5, 4)
    x[1, 2] = x[3, 0] = x[0, 0] = np.nan
    x[:, 3] = np.nan
    for q in (0.4, [0.1, 0.7]):
        ours, theirs = (
            getattr(library, name)(make(x), q if isinstance(q, float) else make(np.array(q)), dim=dim)
            for library, make in ((mt, ours_of), (torch, theirs_of))
        )
        assert_close(ours, theirs, 1e-14, name)


def test_gradient_with_nan():
    x = normal(5, 4)
    x[1, 2] = x[3, 0] = np.nan
    check_op(
        lambda x: mt.nanquantile(x, 0.35, dim=0), lambda x: torch.nanquantile(x, 0.35, dim=0), [x],
        finite_differences=False,
    )  # fmt: skip


def test_scalars_and_methods():
    for x in (np.array(3.0), normal(1), normal(7)):
        assert_close(ours_of(x).quantile(0.5), theirs_of(x).quantile(0.5), 1e-15, "quantile")
        assert_close(ours_of(x).nanquantile(0.5, 0, True), theirs_of(x).nanquantile(0.5, 0, True), 1e-15, "nanquantile")


@pytest.mark.parametrize("dim, keepdim", [(None, False), (0, True), (1, False), ((0, 1), False)])
def test_nanmean(dim, keepdim):
    x = normal(3, 4)
    x[0, 1] = x[2, 2] = np.nan
    check_op(
        lambda x: mt.nanmean(x, dim, keepdim), lambda x: torch.nanmean(x, dim, keepdim), [x],
        reference=lambda x: np.nanmean(x, axis=dim, keepdims=keepdim), finite_differences=False,
    )  # fmt: skip
    nothing = np.full((2, 2), np.nan)
    assert np.isnan(mt.nanmean(ours_of(nothing)).item())


X = ours_of(normal(3, 2))


@pytest.mark.parametrize(
    "error, match, x, q, kwargs",
    [
        (RuntimeError, r"quantile\(\) q values must be in the range \[0, 1\]", X, 1.5, {}),
        (RuntimeError, r"in the range \[0, 1\]", X, ours_of(np.array([0.5, -0.1])), {}),
        (RuntimeError, "must be either float or double dtype, got torch.int64", ours_of(np.arange(3)), 0.5, {}),
        (RuntimeError, "linear, lower, higher, midpoint, nearest, but got cubic", X, 0.5, {"interpolation": "cubic"}),
        (RuntimeError, "q tensor must be same dtype as the input tensor", X, ours_of(np.float32(0.5).reshape(1)), {}),
        (RuntimeError, r"q must be a scalar or 1D tensor, got shape \(3, 2\)", X, X, {}),
        (RuntimeError, "input tensor must be non-empty", ours_of(np.zeros((0, 2))), 0.5, {}),
        (TypeError, "argument 'q' must be float or Tensor, not str", X, "half", {}),
        (IndexError, "Dimension out of range", X, 0.5, {"dim": 2}),
    ],
)  # fmt: skip
def test_errors(error, match, x, q, kwargs):
    check_error(error, match, mt.quantile, x, q, **kwargs)


def test_error_of_nanmean():
    check_error(RuntimeError, r"nanmean\(\): expected input to have floating point", mt.nanmean, ours_of(np.arange(3)))
