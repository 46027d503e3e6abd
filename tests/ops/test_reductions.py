"""sum, nansum, mean, prod, var, std and their like."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, check_op, normal, ours_of, theirs_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_reductions import REDUCTIONS, mean, reduce, var

NAN, INF = np.nan, np.inf
X = normal(2, 3, 4)
DIMS = [None, 0, -1, 1, (0, 2), (-1, 0, 1), [1]]
OVER_SEVERAL = ["sum", "nansum", "mean", "var", "std", "amax", "amin", "logsumexp", "norm"]


def over(name, dim, keepdim):
    """The call of a reduction over dim in either library."""
    if name == "logsumexp" and dim is None:
        dim = (0, 1, 2)
    options = {"p": 2} if name == "norm" else {}
    return lambda t, x: getattr(t, name)(x, dim=dim, keepdim=keepdim, **options)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("name", OVER_SEVERAL)
def test_dims(name, dim, keepdim):
    check_same(over(name, dim, keepdim), [X], reference=lambda x: reduce(REDUCTIONS[name], x, dim, keepdim))


@pytest.mark.parametrize("name", OVER_SEVERAL[:-2])
def test_all_dims_without_saying_so(name):
    expected = lambda x: reduce(REDUCTIONS[name], x)
    check_op(getattr(mt, name), getattr(torch, name), [X], reference=expected)
    check_same(lambda t, x: getattr(x, name)(), [X])
    check_same(lambda t, x: getattr(x, name)(axis=1, keepdims=True), [X])
    if name not in ("var", "std"):
        check_same(lambda t, x: getattr(t, name)(x, dim=()), [X])


@pytest.mark.parametrize("name", ["sum", "nansum", "mean", "prod"])
@pytest.mark.parametrize(
    "shape, dim", [((), None), ((), 0), ((), -1), ((0,), None), ((2, 0), 0), ((2, 0), 1), ((1, 1), 0)]
)
def test_few_elements(name, shape, dim):
    call = (lambda t, x: getattr(t, name)(x)) if dim is None else (lambda t, x: getattr(t, name)(x, dim))
    check_same(call, [normal(*shape)])


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_prod_along_a_dimension(dim, keepdim):
    check_same(lambda t, x: t.prod(x, dim, keepdim), [X], reference=lambda x: reduce(np.prod, x, dim, keepdim))


@pytest.mark.parametrize(
    "x", [np.array([1.0, 0.0, 3.0, -2.0]), np.array([1.0, 0.0, 0.0, 2.0]), np.zeros(3), with_ties(3, 4), np.array(0.0)]
)
def test_prod_with_zeros(x):
    check_same(lambda t, x: t.prod(x), [x])
    check_same(lambda t, x: t.prod(x, 0), [x])
    check_same(lambda t, x: t.prod(x, -1, True), [x])


def test_prod_of_two_zeros_beside_nan():
    check_same(lambda t, x: t.prod(x), [np.array([0.0, 0.0, NAN, INF])], finite_differences=False)


SPECIAL = np.array([[1.0, NAN, 2.0], [INF, 1.0, 2.0], [INF, -INF, 0.0], [NAN, NAN, NAN]])


@pytest.mark.parametrize("name", OVER_SEVERAL)
def test_nan_and_infinity(name):
    check_same(over(name, 1, False), [SPECIAL], finite_differences=False)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64", "bool"])
@pytest.mark.parametrize("name", ["sum", "nansum", "prod"])
def test_integers_go_to_int64(name, dtype):
    x = np.array([[1, 100, 3], [0, 100, 1]]).astype(dtype)
    check_same(lambda t, x: getattr(t, name)(x), [x], grad=False)
    check_same(lambda t, x: getattr(t, name)(x, 1, True), [x], grad=False)
    check_same(lambda t, x: getattr(t, name)(x, 0, dtype=t.int8), [x], grad=False)
    check_same(lambda t, x: getattr(t, name)(x, dtype=t.float32), [x], grad=False, dtypes=["float32"])


@pytest.mark.parametrize("name", ["sum", "nansum", "prod", "mean"])
def test_dtype(name):
    check_same(lambda t, x: getattr(t, name)(x, dtype=t.float64), [X], dtypes=["float32"])


def test_mean_of_integers_with_a_dtype():
    check_same(lambda t, x: t.mean(x, dtype=t.float32), [np.array([1, 2])], grad=False, dtypes=["float32"])


# ---- variance and standard deviation --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize(
    "options",
    [
        {"correction": 0},
        {"correction": 2},
        {"correction": 0.5},
        {"correction": None},
        {"unbiased": False},
        {"unbiased": True, "dim": 1},
        {"unbiased": False, "dim": -1},
        {"correction": 0, "dim": (0, 2), "keepdim": True},
    ],
)
def test_correction(name, options):
    check_same(lambda t, x: getattr(t, name)(x, **options), [X])
    check_same(lambda t, x: getattr(t, f"{name}_mean")(x, **options), [X])


def test_correction_against_loops():
    expected = lambda x: reduce(lambda numbers: var(numbers, 0), x, 1)
    check_same(lambda t, x: t.var(x, 1, correction=0), [X], reference=expected)
    check_same(lambda t, x: t.var_mean(x, 1)[1], [X], reference=lambda x: reduce(mean, x, 1))


@pytest.mark.parametrize("name", ["var", "std", "var_mean", "std_mean"])
def test_unbiased_by_position(name):
    check_same(lambda t, x: getattr(t, name)(x, False), [X])
    check_same(lambda t, x: getattr(t, name)(x, 0, False), [X])
    check_same(lambda t, x: getattr(t, name)(x, (0, 1), True, True), [X])


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0")
@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize(
    "x", [np.array([3.0]), np.zeros(0), np.array([2.0, 2.0, 2.0]), np.array(1.0), np.array([1.0, 2.0, 4.0])]
)
def test_degrees_of_freedom(name, x):
    for correction in (0, 1, 3, 5):
        check_same(lambda t, x, c=correction: getattr(t, name)(x, correction=c), [x], finite_differences=False)
        check_same(lambda t, x, c=correction: getattr(t, name)(x, 0, correction=c), [x], finite_differences=False)


@pytest.mark.parametrize("name", ["var", "std", "var_mean"])
def test_too_few_elements_warn(name):
    for library in (torch, mt):
        with pytest.warns(UserWarning, match=rf"{name}\(\): degrees of freedom is <= 0. Correction should be"):
            getattr(library, name)(library.ones(3), correction=3)


@pytest.mark.parametrize("name", ["sum", "mean", "var", "std", "prod"])
def test_float16_is_added_up_in_float32(name):
    x = (normal(50, 40) * 0.3 + 1).astype(np.float16)[: 3 if name == "prod" else None, :10]
    assert_close(getattr(mt, name)(ours_of(x)), getattr(torch, name)(theirs_of(x)), 2e-3, name)
    assert_close(getattr(mt, name)(ours_of(x), 0), getattr(torch, name)(theirs_of(x), 0), 2e-3, name)


@pytest.mark.parametrize("layout", ["rows", "columns", "gaps"])
@pytest.mark.parametrize("name", ["sum", "mean", "var"])
def test_a_million_float32_keep_their_digits(name, layout):
    x = np.random.default_rng(0).normal(10, 1, (300_000, 3)).astype(np.float32)
    exact = getattr(np, name)(x.astype(np.float64), axis=0, **({"ddof": 1} if name == "var" else {}))
    x = {"rows": x, "columns": np.asfortranarray(x), "gaps": np.repeat(x, 2, axis=1)[:, ::2]}[layout]
    np.testing.assert_allclose(getattr(mt, name)(mt.Tensor.wrap(x), 0).array, exact, rtol=1e-6)


def test_variance_far_from_zero():
    x = (np.random.default_rng(0).normal(0, 1, 10_000) + 1e4).astype(np.float32)
    np.testing.assert_allclose(mt.var(ours_of(x)).item(), x.astype(np.float64).var(ddof=1), rtol=1e-5)


def test_a_broadcast_gradient_keeps_its_digits():
    bias = ours_of(np.zeros(3, np.float32), True)
    cotangent = np.random.default_rng(0).normal(10, 1, (300_000, 3)).astype(np.float32)
    (bias + mt.zeros(300_000, 3)).backward(ours_of(cotangent))
    np.testing.assert_allclose(bias.grad.array, cotangent.astype(np.float64).sum(0), rtol=1e-6)


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (
            IndexError,
            r"Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)",
            lambda t, x: x.sum(2),
        ),
        (IndexError, "Dimension out of range", lambda t, x: x.mean((0, -3))),
        (IndexError, r"in range of \[-1, 0\], but got 1", lambda t, x: t.sum(t.tensor(3.0), 1)),
        (RuntimeError, "dim 0 appears multiple times in the list of dims", lambda t, x: x.sum((0, -2))),
        (
            RuntimeError,
            "mean.*could not infer output dtype. Input dtype must be .* Got: Long",
            lambda t, x: x.long().mean(),
        ),
        (RuntimeError, "Optional dtype must be .* Got: Int", lambda t, x: x.mean(dtype=t.int32)),
        (RuntimeError, "std and var only support floating point", lambda t, x: t.var(x.long())),
        (RuntimeError, "only support floating point", lambda t, x: t.std_mean(x.bool())),
        (TypeError, r"sum\(\): argument 'input'.* must be Tensor, not list", lambda t, x: t.sum([1])),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, normal(2, 3))


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"sum\(\): argument 'dim' must be int, not str", lambda t, x: x.sum("a")),
        (r"sum\(\): argument 'dim' must be int, not bool", lambda t, x: x.sum(True)),
        (r"sum\(\): argument 'dim' must be int, not float", lambda t, x: x.sum(1.0)),
        (r"prod\(\): argument 'dim' must be int, not tuple", lambda t, x: x.prod((0, 1))),
        (r"prod\(\): keepdim=True needs a dim", lambda t, x: x.prod(keepdim=True)),
        (r"var\(\) got both 'unbiased' and 'correction'", lambda t, x: x.var(unbiased=True, correction=0)),
        (r"var\(\): argument 'dim' must be int or tuple of ints, not bool", lambda t, x: x.var(False, True)),
        (r"std\(\): argument 'correction' must be Number, not str", lambda t, x: x.std(correction="a")),
        (r"sum\(\) got both 'dim' and 'axis'", lambda t, x: x.sum(dim=0, axis=0)),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, normal(2, 3), same_words=False)
