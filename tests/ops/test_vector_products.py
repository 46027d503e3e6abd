"""cross, vecdot, multi_dot, matrix_exp, kron, block_diag, addmv, addr, dist, cov, corrcoef."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.ops.vector_products import _split_places
from tests.checks import check_error, normal, ours_of
from tests.ops.both import check_same, check_same_error


@pytest.mark.parametrize(
    "a, b, dim", [((3,), (3,), -1), ((2, 3), (2, 3), 1), ((3, 2), (3, 2), 0), ((2, 3), (1, 3), -1), ((0, 3), (0, 3), 1)]
)
def test_cross(a, b, dim):
    inputs = [normal(*a), normal(*b, seed=1)]
    check_same(lambda t, a, b: t.linalg.cross(a, b, dim=dim), inputs, reference=lambda a, b: np.cross(a, b, axis=dim))
    check_same(lambda t, a, b: t.cross(a, b, dim), inputs)
    check_same(lambda t, a, b: a.cross(b, dim=dim), inputs)


def test_cross_takes_the_first_dimension_of_three():
    with pytest.warns(UserWarning, match="without specifying the dim arg is deprecated"):
        check_same(lambda t, a, b: t.cross(a, b), [normal(2, 3, 3), normal(2, 3, 3, seed=1)])
    check_same(lambda t, a, b: t.linalg.cross(a, b), [np.array([1, 2, 3]), np.array([3, 1, 2])], grad=False)


def test_cross_of_others():
    f = lambda t, a, b: t.linalg.cross(a, b)
    check_same_error(RuntimeError, "-1 must have length 3. Got 2 and 2", f, normal(2), normal(2))
    check_same_error(RuntimeError, "the same number of dimensions", f, normal(3), normal(2, 3))
    check_same_error(RuntimeError, "size of tensor", f, normal(4, 3), normal(2, 3))
    check_same_error(RuntimeError, "expected scalar type Double", f, normal(3), np.ones(3, np.float32))
    check_same_error(NotImplementedError, "not implemented for 'Bool'", f, np.ones(3, bool), np.ones(3, bool))
    check_same_error(RuntimeError, "no dimension of size 3", lambda t, a: t.cross(a, a), normal(2, 2))


def test_vecdot():
    for dim in (0, 1, -1):
        check_same(lambda t, a, b, d=dim: t.linalg.vecdot(a, b, dim=d), [normal(2, 3), normal(2, 3, seed=1)])
    check_same(lambda t, a, b: t.linalg.vecdot(a, b), [normal(2, 3), normal(3, seed=1)])
    check_same(lambda t, a, b: (t.vdot(a, b), a.vdot(b)), [normal(3), normal(3, seed=1)])
    f = lambda t, a, b: t.linalg.vecdot(a, b)
    check_same_error(RuntimeError, "Expected a floating point", f, np.ones(2, int), np.ones(2, int))
    check_same_error(RuntimeError, "x of type Double and y of type Float", f, normal(2), np.ones(2, np.float32))


def test_multi_dot():
    matrices = [normal(2, 3), normal(3, 4, seed=1), normal(4, 1, seed=2), normal(1, 5, seed=3)]
    product = lambda t, *matrices: t.linalg.multi_dot(matrices)
    check_same(product, matrices, reference=lambda *m: np.linalg.multi_dot(m))
    check_same(product, [normal(3), normal(3, 4, seed=1), normal(4, seed=2)])
    check_same(product, [normal(3), normal(3, seed=2)])
    check_same(product, [normal(0, 3), normal(3, 2, seed=2)])
    with pytest.warns(UserWarning, match="chain_matmul is deprecated"):
        check_same(lambda t, *matrices: t.chain_matmul(*matrices), matrices)


def test_the_order_takes_the_fewest_multiplications():
    def cost(sides, first, last, split):
        if first == last:
            return 0
        k = split(first, last)
        here = sides[first] * sides[k + 1] * sides[last + 1]
        return here + cost(sides, first, k, split) + cost(sides, k + 1, last, split)

    for sides in itertools.product([1, 4, 9], repeat=5):
        splits = _split_places(list(sides))
        found = cost(sides, 0, 3, lambda first, last, s=splits: s[first, last])
        every = [
            cost(sides, 0, 3, lambda first, last, c=c: first + c[last - first - 1] % (last - first))
            for c in itertools.product(range(1), range(2), range(3))
        ]
        assert found <= min(every)


def test_multi_dot_of_others():
    f = lambda t, *matrices: t.linalg.multi_dot(matrices)
    check_same_error(RuntimeError, "at least 2 tensors but got 1", f, np.eye(3))
    check_same_error(RuntimeError, "shapes .3, 3. and .2, 3. cannot be multiplied", f, np.eye(3), normal(2, 3))
    check_same_error(RuntimeError, "the first tensor must be 1D or 2D but got 3D", f, normal(1, 3, 3), np.eye(3))
    check_same_error(RuntimeError, "tensor 1 must be 2D but got 3D", f, np.eye(3), normal(1, 3, 3), np.eye(3))
    check_same_error(RuntimeError, "tensor 0 is double and tensor 1 float", f, np.eye(3), np.eye(3, dtype=np.float32))
    check_same_error(RuntimeError, "dimension is 1, expected 2", lambda t, x: t.chain_matmul(x, x), normal(3))
    check_error(RuntimeError, "one or more matrices", mt.chain_matmul)


@pytest.mark.parametrize("shape", [(3, 3), (1, 1), (2, 2, 2), (0, 2, 2), (0, 0)])
def test_matrix_exp(shape):
    check_same(lambda t, x: t.linalg.matrix_exp(x), [normal(*shape)], forward_tolerance=EXPONENTIAL)
    check_same(lambda t, x: x.matrix_exp(), [normal(*shape)], forward_tolerance=EXPONENTIAL)


EXPONENTIAL = {"float32": 2e-6, "float64": 1e-12}  # the two libraries scale and approximate otherwise


@pytest.mark.parametrize(
    "a, b", [((2,), (3,)), ((2, 3), (2, 2)), ((2,), (2, 2)), ((), (2,)), ((2, 1, 2), (3, 2)), ((0, 2), (2,))]
)
def test_kron(a, b):
    check_same(lambda t, a, b: (t.kron(a, b), a.kron(b)), [normal(*a), normal(*b, seed=1)], reference=_kron)


def _kron(a, b):
    return np.kron(a, b), np.kron(a, b)


def test_kron_promotes():
    check_same(lambda t, a, b: t.kron(a, b), [normal(2), np.array([1, 2])])


def test_block_diag():
    blocks = [normal(2, 3), np.array(2.0), normal(2, seed=1), normal(0, 2), normal(1, 1, seed=2)]
    check_same(lambda t, *blocks: t.block_diag(*blocks), blocks)
    check_same(lambda t, a, b: t.block_diag(a, b), [normal(2), np.array([[1], [2]])])
    check_same_error(RuntimeError, "2 or fewer dim.*Input 1 has 3", lambda t, a: t.block_diag(a[0], a), normal(1, 2, 2))
    check_error(RuntimeError, "at least one tensor", mt.block_diag)


@pytest.mark.parametrize("beta, alpha", [(1, 1), (0.5, 2), (0, 1.5)])
def test_sums_of_products(beta, alpha):
    options = {"beta": beta, "alpha": alpha}
    inputs = [normal(2), normal(2, 3, seed=1), normal(3, seed=2)]
    check_same(lambda t, *x: (t.addmv(*x, **options), x[0].addmv(*x[1:], **options)), inputs)
    check_same(lambda t, *x: t.addmv(*x, **options), [np.array(2.0), *inputs[1:]])
    inputs = [normal(2, 3), normal(2, seed=1), normal(3, seed=2)]
    check_same(lambda t, *x: (t.addr(*x, **options), x[0].addr(*x[1:], **options)), inputs)


def test_sums_of_products_of_others():
    check_same_error(RuntimeError, "vector . matrix @ vector expected", lambda t, x: t.addmv(x, x, x), normal(2))
    check_same_error(RuntimeError, "addr: Expected 1-D argument vec1", lambda t, x: t.addr(x, x, x), normal(2, 2))


@pytest.mark.parametrize("p", [2, 1, 0, 3, np.inf])
def test_dist(p):
    f = lambda t, a, b: (t.dist(a, b, p), a.dist(b, p))
    check_same(f, [normal(2, 3), normal(3, seed=1)], grad=p != 0)  # where PyTorch's backward fails
    check_same_error(RuntimeError, "(?i)floating point or complex", lambda t, a: t.dist(a, a), np.array([1]))


def test_cov():
    f, a = np.array([1, 0, 2, 3]), np.array([0.5, 1, 2, 0.25])
    for x in (normal(3, 4), normal(1, 4), normal(4), np.array([[1, 2, 3, 5], [2, 1, 4, 0]])):
        grad = x.dtype.kind == "f"
        dtypes = ["float32", "float64"] if grad else ["float32"]
        for correction in (1, 0, 2):
            check_same(lambda t, x, c=correction: t.cov(x, correction=c), [x], grad=grad, dtypes=dtypes)
            check_same(lambda t, x, f, c=correction: x.cov(correction=c, fweights=f), [x, f], grad=grad, dtypes=dtypes)
            for options in ({}, {"fweights": f}):
                made = lambda t, o=options: {name: t.tensor(value) for name, value in o.items()}
                check_same(
                    lambda t, x, a, c=correction, made=made: t.cov(x, correction=c, aweights=a, **made(t)),
                    [x, a],
                    grad_inputs=[0] if grad else None,
                    grad=True,
                    dtypes=dtypes,
                )
    check_same(lambda t, x: t.corrcoef(x), [normal(3, 4)])
    check_same(lambda t, x: x.corrcoef(), [np.array([[1, 2, 3], [3, 2, 5]])], grad=False)
    check_same(lambda t, x: x.corrcoef(), [normal(4)], finite_differences=False)
    check_same(lambda t, x: t.corrcoef(x), [np.array([[1.0, 2, 3], [1, 1, 1]])], grad=False)


def test_cov_of_few_and_of_others():
    for x in (normal(2, 1), np.array(3.0), np.zeros((2, 0))):
        with pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
            check_same(lambda t, x: t.cov(x), [x], grad=False)
    x = normal(2, 3)
    check_same_error(RuntimeError, "two or fewer dimensions", lambda t, x: t.cov(x), normal(2, 2, 2))
    check_same_error(RuntimeError, "two or fewer dimensions", lambda t, x: t.corrcoef(x), normal(2, 2, 2))
    check_same_error(RuntimeError, "bool dtype is not supported", lambda t, x: t.cov(x), np.ones((2, 2), bool))
    with_f, with_a = lambda t, x, w: t.cov(x, fweights=w), lambda t, x, w: t.cov(x, aweights=w)
    check_same_error(RuntimeError, "fweights to have the same numel.*2 != 3", with_f, x, np.array([1, 2]))
    check_same_error(RuntimeError, "fweights to have integral dtype", with_f, x, np.ones(3))
    check_same_error(RuntimeError, "fweights cannot be negative", with_f, x, np.array([1, -2, 3]))
    check_same_error(RuntimeError, "aweights to have floating point dtype", with_a, x, np.array([1, 2, 3]))
    check_same_error(RuntimeError, "aweights to have one or fewer", with_a, x, np.ones((1, 3)))
    check_same_error(RuntimeError, "weights sum to zero", with_f, x, np.zeros(3, int))
    check_same_error(RuntimeError, "weights sum to zero", with_f, np.zeros((3, 0)), np.zeros(0, int))
    check_same_error(RuntimeError, "weights sum to zero", with_a, np.zeros((3, 0)), np.zeros(0))
    for correction in (0.5, True, "1", None, np.float64(1)):
        f = lambda t, x, c=correction: t.cov(x, correction=c)
        check_same_error(TypeError, "argument 'correction' must be int, not", f, x)
    check_same(lambda t, x: (t.cov(x, correction=np.int64(2)), t.cov(x, correction=t.tensor(0))), [x])
    assert ours_of(normal(3)).dist(ours_of(normal(3))).item() == 0
