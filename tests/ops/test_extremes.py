"""max, min, amax, amin, aminmax, argmax, argmin."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import minitorch_cv as mt
from tests.checks import normal, ours_of, with_ties
from tests.ops.both import check_same, check_same_error
from tests.reference_reductions import reduce

NAN, INF = np.nan, np.inf
X = normal(2, 3, 4)
TIES = with_ties(3, 5, 4)
SPECIAL = np.array([[1.0, NAN, 3.0, NAN], [INF, 1.0, INF, 0.0], [-INF, -INF, -INF, -INF], [0.0, -0.0, 0.0, 0.0]])
NAMES = ["max", "min"]
LOOPS = {"max": max, "min": min, "amax": max, "amin": min}


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("name", NAMES)
def test_along_a_dimension(name, dim, keepdim):
    values = lambda x: reduce(LOOPS[name], x, dim, keepdim)
    index = lambda x: reduce(lambda n: n.index(LOOPS[name](n)), x, dim, keepdim).astype(np.int64)
    check_same(lambda t, x: getattr(t, name)(x, dim, keepdim), [X], reference=lambda x: (values(x), index(x)))
    check_same(lambda t, x: getattr(x, name)(axis=dim, keepdims=keepdim), [TIES], finite_differences=False)
    check_same(lambda t, x: getattr(t, f"arg{name}")(x, dim, keepdim), [TIES], reference=index, grad=False)


@pytest.mark.parametrize("name", NAMES)
def test_of_all(name):
    check_same(lambda t, x: getattr(t, name)(x), [X], reference=lambda x: reduce(LOOPS[name], x))
    check_same(lambda t, x: getattr(t, name)(x), [TIES], finite_differences=False)
    check_same(lambda t, x: getattr(t, f"arg{name}")(x), [TIES], grad=False)
    check_same(lambda t, x: getattr(t, f"arg{name}")(x, keepdim=True), [TIES], grad=False)


@pytest.mark.parametrize("name", NAMES)
def test_of_two_tensors(name):
    check_same(lambda t, x, y: getattr(t, name)(x, y), [X, normal(4, seed=1)])
    check_same(lambda t, x, y: getattr(x, name)(other=y), [X, normal(4, seed=1)])


@pytest.mark.parametrize("dim", [None, 0, (0, 2), (-1, 0, 1)])
@pytest.mark.parametrize("name", ["amax", "amin"])
def test_ties_share_the_gradient(name, dim):
    check_same(lambda t, x: getattr(t, name)(x, dim), [TIES], finite_differences=False)
    check_same(
        lambda t, x: getattr(t, name)(x, dim=() if dim is None else dim, keepdim=True), [TIES], finite_differences=False
    )


@pytest.mark.parametrize("dim", [None, 0, 2])
def test_aminmax(dim):
    check_same(lambda t, x: t.aminmax(x, dim=dim), [X])
    check_same(lambda t, x: x.aminmax(dim=dim, keepdim=True), [TIES], finite_differences=False)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin"])
def test_nan_infinity_and_zeros_of_both_signs(name):
    grad = not name.startswith("arg")
    check_same(lambda t, x: getattr(t, name)(x, 1), [SPECIAL], grad=grad, finite_differences=False)
    for row in SPECIAL:
        check_same(lambda t, x: getattr(t, name)(x), [row], grad=grad, finite_differences=False)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin", "aminmax"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "bool"])
def test_integers(name, dtype):
    x = np.array([[1, 0, 3], [7, 7, 2]]).astype(dtype)
    if name.startswith("arg") and dtype == "bool":
        check_same_error(RuntimeError, "does not support bool input", lambda t, x: getattr(t, name)(x), x)
        return
    check_same(lambda t, x: getattr(t, name)(x), [x], grad=False)
    check_same(lambda t, x: getattr(t, name)(x, dim=1), [x], grad=False)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin", "aminmax"])
@pytest.mark.parametrize("keepdim", [False, True])
def test_zero_dimensions(name, keepdim):
    grad = not name.startswith("arg")
    check_same(lambda t, x: getattr(t, name)(x), [np.array(3.0)], grad=grad)
    check_same(lambda t, x: getattr(t, name)(x, dim=0, keepdim=keepdim), [np.array(3.0)], grad=grad)
    check_same(lambda t, x: getattr(t, name)(x, dim=-1), [np.array(NAN)], grad=grad, finite_differences=False)


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin", "aminmax"])
def test_nothing_along_another_dimension(name):
    check_same(lambda t, x: getattr(t, name)(x, dim=0), [np.zeros((2, 0))], grad=not name.startswith("arg"))


def test_named_results():
    found = mt.max(ours_of(X), 1)
    assert found.values is found[0]
    assert found.indices is found[1]
    assert type(found) is mt.return_types.max
    assert repr(found) == f"torch.return_types.max(\nvalues={found.values!r},\nindices={found.indices!r})"
    again = pickle.loads(pickle.dumps(mt.return_types.sort(1, 2)))
    assert again == (1, 2)
    assert type(again) is mt.return_types.sort


def test_a_changed_index_is_noticed():
    found = mt.max(ours_of(X, True), 1)
    found.indices.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        found.values.sum().backward()


@pytest.mark.parametrize("name", ["max", "min", "amax", "amin"])
def test_no_elements(name):
    match = "Expected reduction dim to be specified for input.numel.* == 0. Specify the reduction dim with the 'dim'"
    check_same_error(RuntimeError, match, lambda t, x: getattr(t, name)(x), np.zeros((2, 0)))
    match = rf"{name}\(\): Expected reduction dim 1 to have non-zero size"
    check_same_error(IndexError, match, lambda t, x: getattr(t, name)(x, 1), np.zeros((2, 0)))


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (
            IndexError,
            r"argmax\(\): Expected reduction dim to be specified for input.numel\(\) == 0",
            lambda t, x: x[:0].argmax(),
        ),
        (IndexError, r"argmin\(\): Expected reduction dim 0 to have non-zero size", lambda t, x: x[:0].argmin(0)),
        (RuntimeError, r"aminmax\(\): cannot compute aminmax over an empty dimension", lambda t, x: x[:0].aminmax()),
        (IndexError, "aminmax.*: Expected reduction dim 0 to have non-zero size", lambda t, x: x[:0].aminmax(dim=0)),
        (IndexError, "Dimension out of range", lambda t, x: x.max(2)),
        (IndexError, "Dimension out of range", lambda t, x: x.amin((0, 2))),
        (RuntimeError, "dim 0 appears multiple times", lambda t, x: x.amax((0, 0))),
        (TypeError, r"argmax\(\): argument 'dim'.* must be int, not tuple", lambda t, x: x.argmax((0, 1))),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, expression, normal(2, 3))


@pytest.mark.parametrize(
    "match, expression",
    [
        (r"max\(\): argument 'dim' must be int, not tuple", lambda t, x: x.max((0, 1))),
        (r"max\(\): argument 'dim' must be int, not float", lambda t, x: x.max(1.5)),
        (r"min\(\) takes either a dim or another tensor, got both", lambda t, x: x.min(0, other=x)),
        (r"max\(\): argument 'input' must be Tensor, not list", lambda t, x: t.max([1, 2])),
    ],
)
def test_wrong_types(match, expression):
    check_same_error(TypeError, match, expression, normal(2, 3), same_words=False)
