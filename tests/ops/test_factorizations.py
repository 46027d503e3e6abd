"""cholesky, qr, eigh, svd, and what singular values are good for. Vectors are compared but for their sign."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_error, check_op, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error

SIDES = [(3, 3), (4, 2), (2, 4), (1, 3)]


def symmetric(t, x):
    return x @ x.mT + 2 * t.eye(x.shape[-2], dtype=x.dtype)


@pytest.mark.parametrize("shape", [(3, 3), (1, 1), (2, 3, 3), (0, 3, 3), (0, 0)])
@pytest.mark.parametrize("upper", [False, True])
def test_cholesky(shape, upper):
    check_same(lambda t, x: t.linalg.cholesky(symmetric(t, x), upper=upper), [normal(*shape)])
    check_same(lambda t, x: symmetric(t, x).cholesky(upper), [normal(*shape)])


def test_cholesky_looks_at_one_triangle():
    x = np.tril(normal(3, 3) + 5 * np.eye(3))
    check_same(lambda t, x: t.linalg.cholesky(x), [x], grad=False)
    check_same(lambda t, x: t.linalg.cholesky(x, upper=True), [x.T], grad=False)


@pytest.mark.parametrize("upper", [False, True])
def test_equations_with_a_cholesky_factor(upper):
    factor = np.tril(normal(3, 3)) + 3 * np.eye(3)
    factor = factor.T if upper else factor
    # The gradient has numbers in the triangle that is not looked at; behind cholesky they do not count.
    check_same(lambda t, b, f: t.cholesky_solve(b, f, upper), [normal(3, 2), factor], finite_differences=False)
    check_same(lambda t, b, f: t.cholesky_solve(b, f, upper), [normal(2, 3, 2), factor], finite_differences=False)
    check_same(lambda t, f: t.cholesky_inverse(f, upper), [factor], finite_differences=False)
    check_same(lambda t, f: t.cholesky_inverse(f, upper), [np.stack([factor] * 2)], finite_differences=False)
    check_same(lambda t, f: t.cholesky_inverse(f, upper), [np.zeros((0, 2, 2))])
    made = lambda t, x: t.cholesky(symmetric(t, x), upper)
    check_same(lambda t, b, x: t.cholesky_solve(b, made(t, x), upper), [normal(3, 2), normal(3, 3, seed=1)])
    check_same(lambda t, x: t.cholesky_inverse(made(t, x), upper), [normal(3, 3)])
    matrix = factor.T @ factor if upper else factor @ factor.T
    np.testing.assert_allclose(mt.cholesky_inverse(ours_of(factor), upper).numpy() @ matrix, np.eye(3), atol=1e-12)


def test_cholesky_of_others():
    bad = np.diag([1.0, -1, 1])
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        error = library.linalg.LinAlgError
        f = library.linalg.cholesky
        check_error(error, "linalg.cholesky: The factorization.*minor of order 2 is not pos", f, make(bad))
        check_error(error, r"cholesky: \(Batch element 1\): The fact", f, make(np.stack([np.eye(3), bad])))
        check_error(error, "^cholesky: The factorization", library.cholesky, make(bad))
        for order in (1, 4, 7):
            x = np.eye(7)
            x[order - 1, order - 1] = np.nan
            check_error(error, f"minor of order {order} is not", f, make(x))
            x[order - 1, order - 1] = -1
            check_error(error, f"minor of order {order} is not", f, make(x))


@pytest.mark.parametrize("shape", [*SIDES, (2, 3, 2), (2, 2, 3), (0, 3, 2), (0, 2), (2, 0)])
def test_qr(shape):
    check_same(lambda t, x: tuple(t.linalg.qr(x)), [normal(*shape)])
    if shape[-2] <= shape[-1]:
        check_same(lambda t, x: tuple(t.linalg.qr(x, "complete")), [normal(*shape)])
    check_same(lambda t, x: tuple(t.linalg.qr(x, mode="complete")), [normal(*shape)], grad=False)
    check_same(lambda t, x: tuple(t.linalg.qr(x, mode="r")), [normal(*shape)], grad=False)
    check_same(lambda t, x: tuple(t.qr(x, some=False)), [normal(*shape)], grad=False)
    check_same(lambda t, x: tuple(x.qr()), [normal(*shape)])


def test_qr_without_gradient():
    x = ours_of(normal(3, 2), True)
    check_error(RuntimeError, "mode='r'", lambda: mt.linalg.qr(x, "r").R.sum().backward())
    check_error(RuntimeError, "nrows > ncols", lambda: mt.linalg.qr(x, "complete").R.sum().backward())
    check_same_error(RuntimeError, "unrecognized mode 'x'", lambda t, x: t.linalg.qr(x, "x"), normal(2, 2))
    check_same_error(RuntimeError, "must have at least 2 dim", lambda t, x: t.linalg.qr(x), normal(2))


@pytest.mark.parametrize("shape", [(3, 3), (1, 1), (2, 3, 3), (0, 3, 3), (0, 0)])
def test_eigh(shape):
    def both(t, x, triangle="L"):
        values, vectors = t.linalg.eigh(symmetric(t, x), triangle)
        return values, vectors**2, vectors @ (values.sin()[..., None] * vectors.mT)

    check_same(both, [normal(*shape)])
    check_same(lambda t, x: both(t, x, "u"), [normal(*shape)])
    check_same(lambda t, x: t.linalg.eigvalsh(symmetric(t, x)), [normal(*shape)])


@pytest.mark.parametrize("triangle", ["L", "U"])
def test_the_gradient_of_eigh_is_symmetric(triangle):
    f = lambda t, x: (t.linalg.eigh(x, triangle)[0], t.linalg.eigh(x, triangle)[1] ** 2)
    check_same(f, [normal(3, 3)], finite_differences=False)
    check_same(f, [normal(2, 4, 4)], finite_differences=False)


def test_eigh_looks_at_one_triangle():
    for triangle in "LU":
        check_same(lambda t, x, u=triangle: t.linalg.eigvalsh(x, u), [normal(3, 3)], finite_differences=False)
        check_same(lambda t, x, u=triangle: t.linalg.eigh(x, UPLO=u)[0], [normal(3, 3)], finite_differences=False)
    check_same_error(RuntimeError, "'L' or 'U', but got X", lambda t, x: t.linalg.eigh(x, "X"), np.eye(2))


@pytest.mark.parametrize("shape", [*SIDES, (2, 3, 2), (2, 2, 3), (0, 3, 2), (0, 2), (2, 0)])
def test_svd(shape):
    def parts(t, x):
        u, s, vh = t.linalg.svd(x, full_matrices=False)
        return u**2, s, vh**2, (u * s.sin()[..., None, :]) @ vh

    check_same(parts, [normal(*shape)])

    def of_both(t, x):
        u, s, v = t.svd(x)
        return u**2, s, v**2

    check_same(of_both, [normal(*shape)])


def test_full_svd():
    for shape in SIDES:
        k = min(shape)
        check_same(lambda t, x: t.linalg.svd(x)[1], [normal(*shape)])

        def used(t, x, k=k):
            u, s, vh = t.linalg.svd(x)
            return u[:, :k] ** 2, s, vh[:k] ** 2

        check_same(used, [normal(*shape)])
        for u, s, v in (mt.linalg.svd(ours_of(normal(*shape))), x_of_old(shape)):
            sigma = np.zeros(shape)
            np.fill_diagonal(sigma, s.numpy())
            np.testing.assert_allclose(u.numpy() @ sigma @ v.numpy(), normal(*shape), atol=1e-12)


def x_of_old(shape):
    u, s, v = ours_of(normal(*shape)).svd(some=False)
    return u, s, v.mT


def test_svd_without_vectors_and_errors():
    check_same(lambda t, x: tuple(t.svd(x, compute_uv=False)), [normal(3, 2)], grad=False)
    check_same(lambda t, x: t.svd(x, compute_uv=False)[1], [normal(3, 2)])
    f = lambda t, x: t.linalg.svd(x)
    check_same_error(RuntimeError, "must have at least 2", f, normal(2))
    check_same_error(RuntimeError, "contained non-finite values", f, np.full((2, 2), np.nan))
    check_same_error(RuntimeError, "driver=", lambda t, x: t.linalg.svd(x, driver="gesvd"), np.eye(2))


@pytest.mark.parametrize("shape", [*SIDES, (2, 3, 2), (2, 2, 3), (0, 3, 2), (0, 2), (2, 0)])
def test_pinv(shape):
    check_same(lambda t, x: t.linalg.pinv(x), [normal(*shape)])
    check_same(lambda t, x: t.pinverse(x), [normal(*shape)])
    check_same(lambda t, x: x.pinverse(), [normal(*shape)])


def test_pinv_of_less_than_full_rank():
    x = np.diag([3.0, 1.0, 0.5, 0.0])
    for options in ({}, {"atol": 0.6}, {"rtol": 0.2}, {"atol": 0.1, "rtol": 0.5}, {"rcond": 0.4}, {"atol": 0.0}):
        check_same(lambda t, x, o=options: t.linalg.pinv(x, **o), [x], finite_differences=False)
        o = {"tol" if name == "rcond" else name: value for name, value in options.items()}
        check_same(lambda t, x, o=o: t.linalg.matrix_rank(x, **o), [x], grad=False)
        check_same(lambda t, x, o=o: t.linalg.matrix_rank(x, hermitian=True, **o), [-x], grad=False)
    check_same(lambda t, x: t.linalg.pinv(symmetric(t, x), hermitian=True), [normal(3, 3)])
    check_same(lambda t, x: t.linalg.pinv(x, hermitian=True), [-x], finite_differences=False)
    check_same_error(
        RuntimeError, r"linalg.pinv\(Double\{\[2\]\}\): expected", lambda t, x: t.linalg.pinv(x), normal(2)
    )
    check_same_error(TypeError, "invalid combination of arg", lambda t, x: t.linalg.pinv(x, 0.1, atol=0.1), np.eye(2))
    check_same_error(RuntimeError, "batches of square", lambda t, x: t.linalg.pinv(x, hermitian=True), normal(2, 3))
    check_same_error(RuntimeError, "non-finite", lambda t, x: t.linalg.pinv(x), np.full((2, 2), np.nan))


def test_matrix_rank():
    check_same(lambda t, x: t.linalg.matrix_rank(x), [np.ones((2, 3, 4))], grad=False)
    check_same(lambda t, x: t.linalg.matrix_rank(x), [np.ones((2, 0, 4))], grad=False)
    check_same_error(RuntimeError, "must have at least 2", lambda t, x: t.linalg.matrix_rank(x), normal(3))
    check_same_error(
        TypeError, "invalid combination of arg", lambda t, x: t.linalg.matrix_rank(x, atol=1.0, tol=1.0), np.eye(2)
    )


@pytest.mark.parametrize("p", [None, 2, -2, "fro", "nuc", 1, -1, np.inf, -np.inf])
def test_cond(p):
    for x in (normal(3, 3), normal(2, 3, 3)):
        check_same(lambda t, x: t.linalg.cond(x, p), [x], grad=False)
        check_op(lambda x: mt.linalg.cond(x, p), None, [x])  # PyTorch's backward fails for most of them
    if p in (None, 2, -2):
        check_same(lambda t, x: t.linalg.cond(x, p), [normal(4, 2)])
        check_same(lambda t, x: t.linalg.cond(x, p), [np.zeros((0, 0))], grad=False)
    else:
        check_same(lambda t, x: t.linalg.cond(x, p), [np.stack([np.eye(2), np.diag([1.0, 0])])], grad=False)
        check_same_error(RuntimeError, "batches of square", lambda t, x: t.linalg.cond(x, p), normal(4, 2))


def test_cond_of_other_orders():
    check_same_error(RuntimeError, "invalid norm type: x", lambda t, x: t.linalg.cond(x, "x"), np.eye(2))
    check_same_error(RuntimeError, "must have at least 2", lambda t, x: t.linalg.cond(x), normal(3))


@pytest.mark.parametrize(
    "a, b", [((4, 2), (4, 3)), ((2, 4), (2, 1)), ((3, 3), (3, 2)), ((2, 4, 2), (2, 4)), ((2, 4, 2), (1, 4, 3))]
)
def test_lstsq(a, b):
    check_same(lambda t, a, b: t.linalg.lstsq(a, b).solution, [normal(*a), normal(*b, seed=1)])
    check_same(lambda t, a, b: t.linalg.lstsq(a, b)[1:3], [normal(*a), normal(*b, seed=1)], grad=False)
    for driver in ("gels", "gelsd", "gelss", "gelsy"):
        check_same(
            lambda t, a, b, d=driver: tuple(t.linalg.lstsq(a, b, driver=d)),
            [normal(*a), normal(*b, seed=1)],
            grad=False,
        )


def test_residuals_have_gradients():
    check_same(lambda t, a, b: t.linalg.lstsq(a, b, driver="gelsd")[:2], [normal(4, 2), normal(4, 3, seed=1)])


def test_lstsq_of_less_than_full_rank_and_errors():
    ones = np.ones((4, 2))
    check_same(lambda t, a, b: t.linalg.lstsq(a, b)[:3], [ones, normal(4, 1)], grad=False)
    f = lambda t, a, b, **o: t.linalg.lstsq(a, b, **o)
    empty_column = np.array([[1.0, 0], [1, 0], [1, 0], [1, 0]])  # rounds to nothing else on any processor
    gels = lambda t, a, b: f(t, a, b, driver="gels")
    check_same_error(RuntimeError, "does not have full rank", gels, empty_column, ones)
    check_same_error(RuntimeError, "`driver` should be one of", lambda t, a, b: f(t, a, b, driver="q"), ones, ones)
    check_same_error(RuntimeError, r"input.size\(-2\) should match", f, ones, normal(3, 1))
    check_same_error(RuntimeError, "at least 2 dimensions", f, normal(3), normal(3))
    check_same_error(RuntimeError, "at least 1 dimension", f, ones, np.array(1.0))
    check_same_error(RuntimeError, "same dtype", f, ones, ones.astype(np.float32))


@pytest.mark.parametrize("name", ["cholesky", "qr"])
def test_old_names_warn(name):
    with pytest.warns(UserWarning, match=f"torch.{name} is deprecated in favor of torch.linalg.{name}"):
        getattr(mt, name)(ours_of(np.eye(2)))


OF_SINGULAR_VALUES = ["svd", "svdvals", "pinv", "cond", "matrix_rank"]


@pytest.mark.parametrize("name", [*OF_SINGULAR_VALUES, "eigh", "eigvalsh"])
@pytest.mark.parametrize("place", [(0, 0), (2, 1)])
def test_numbers_that_are_not_finite(name, place):
    """LAPACK may run forever, so a failure of this test is one that does not end."""
    x = normal(2, 3, 3)
    x[1][place] = np.nan
    f = lambda t, x: getattr(t.linalg, name)(x)
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        check_error(library.linalg.LinAlgError, "failed to converge", f, library, make(x))
    x[1][place] = np.inf
    ours, theirs = (f(library, make(x)) for library, make in ((mt, ours_of), (torch, theirs_of)))
    if name in ("svd", "eigh"):
        ours, theirs = (found[name == "svd"] for found in (ours, theirs))  # the vectors of such a matrix say nothing
    if name == "pinv":
        ours, theirs = ours[0], theirs[0]
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-12)


def test_norms_of_numbers_that_are_not_finite():
    x = normal(3, 3)
    x[0, 0] = np.inf
    for order in ("nuc", 2, -2):
        check_same(lambda t, x, o=order: t.linalg.matrix_norm(x, o), [x], grad=False)
        check_same(lambda t, x, o=order: t.linalg.cond(x, o), [x], grad=False)
    x[0, 0] = np.nan
    for order in ("fro", 1, -1, np.inf):
        check_same(lambda t, x, o=order: t.linalg.cond(x, o), [x], grad=False)
    check_same_error(RuntimeError, "non-finite", lambda t, x: t.linalg.cond(x, "nuc"), x)


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_lstsq_refuses_numbers_that_are_not_finite(number):
    x = np.ones((3, 2))
    x[0, 0] = number
    for driver in (None, "gels", "gelsd", "gelss"):
        f = lambda a, b, d=driver: mt.linalg.lstsq(a, b, driver=d)
        check_error(mt.linalg.LinAlgError, "non-finite values", f, ours_of(x), ours_of(np.ones((3, 1))))
        check_error(mt.linalg.LinAlgError, "non-finite values", f, ours_of(np.ones((3, 1))), ours_of(x))


def test_lstsq_takes_the_rank_from_pivoted_qr():
    """PyTorch's numbers, written down: where rcond cuts, it starts from pivots that nobody has set."""
    a, b = np.array([[2.0, 1, 0], [1, 1, 0.5], [0, 0.5, 0.25]]), np.ones((3, 1))
    ours = ours_of(a, True)
    found = mt.linalg.lstsq(ours, ours_of(b), rcond=0.3)
    assert found.rank.item() == 1
    np.testing.assert_allclose(found.solution.detach().numpy()[:, 0], np.array([60, 36, 6]) / 137)
    found.solution.sum().backward()
    np.testing.assert_allclose(ours.grad.numpy(), [[-1, 3, -2], [3, -9, 6], [-2, 6, -4]], atol=1e-11)
    batch = mt.linalg.lstsq(ours_of(np.stack([a, np.eye(3)])), ours_of(np.stack([b, b])), rcond=0.3)
    assert batch.rank.tolist() == [1, 3]
    np.testing.assert_allclose(batch.solution[1].numpy(), b)


def test_lstsq_of_zeros():
    for shape in ((3, 2), (2, 3), (2, 3, 2)):
        f = lambda t, a, b: tuple(t.linalg.lstsq(a, b, driver="gels"))
        check_same(f, [np.zeros(shape), np.ones((*shape[:-1], 2))], grad=False)


def test_tolerances_of_each_matrix():
    x = np.stack([np.diag([1.0, 0.4, 0.2]), np.diag([1.0, 0.4, 0.05])])
    two, three = np.array([0.5, 0.1]), np.array([[0.5], [0.1], [0.3]])
    for name in ("pinv", "matrix_rank"):
        f = lambda t, x, n=name, **o: getattr(t.linalg, n)(x, **o)
        options = {"grad": name == "pinv", "grad_inputs": [0], "finite_differences": False}
        for tolerance in (two, three, np.array([0.0, 0.1]), np.array(0.3)):
            check_same(lambda t, x, r: f(t, x, rtol=r), [x, tolerance], **options)  # noqa: B023
            check_same(lambda t, x, a: f(t, x, atol=a), [x, tolerance], **options)  # noqa: B023
            check_same(lambda t, x, a: f(t, x, atol=a, rtol=a), [x, tolerance], **options)  # noqa: B023
        check_same(lambda t, x, a, n=name: getattr(t.linalg, n)(x, a), [x, two], **options)
        check_same_error(TypeError, "invalid combination", lambda t, x, a: f(t, x, atol=a, rtol=0.1), x, two)  # noqa: B023
        check_same_error(RuntimeError, "must match", lambda t, x, a: f(t, x, atol=a), x, np.ones(3))  # noqa: B023


def test_a_flag_is_true_or_false():
    x = 2 * np.eye(2)
    for of_flag, name in (
        (lambda t, x: t.linalg.svd(x, full_matrices="a"), "full_matrices"),
        (lambda t, x: t.svd(x, 1), "some"),
        (lambda t, x: t.svd(x, True, 1), "compute_uv"),
        (lambda t, x: t.linalg.cholesky(x, upper=5), "upper"),
        (lambda t, x: t.cholesky(x, 5), "upper"),
        (lambda t, x: t.cholesky_solve(x, x, 1), "upper"),
        (lambda t, x: t.cholesky_inverse(x, 1), "upper"),
        (lambda t, x: t.qr(x, 1), "some"),
        (lambda t, x: t.linalg.solve(x, x, left=1), "left"),
        (lambda t, x: t.linalg.solve_triangular(x, x, upper="x"), "upper"),
        (lambda t, x: t.linalg.solve_triangular(x, x, upper=True, left=1), "left"),
        (lambda t, x: t.linalg.solve_triangular(x, x, upper=True, unitriangular=None), "unitriangular"),
        (lambda t, x: t.linalg.pinv(x, hermitian="no"), "hermitian|invalid combination"),
        (lambda t, x: t.linalg.matrix_rank(x, hermitian=1), "hermitian|invalid combination"),
    ):
        check_same_error(TypeError, name, of_flag, x)
