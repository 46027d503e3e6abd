"""inv, solve, det and their like, against PyTorch and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, check_error, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error


def regular(*shape, seed=0):
    """Matrices far from singular ones."""
    return normal(*shape, seed=seed) + 4 * np.eye(shape[-2], shape[-1])


SHAPES = [(3, 3), (1, 1), (2, 4, 4), (2, 0, 3, 3), (0, 0), (2, 0, 0)]


@pytest.mark.parametrize("shape", SHAPES)
def test_inv(shape):
    check_same(lambda t, x: t.linalg.inv(x), [regular(*shape)], reference=np.linalg.inv)
    check_same(lambda t, x: t.inverse(x), [regular(*shape)])
    check_same(lambda t, x: x.inverse(), [regular(*shape)])


@pytest.mark.parametrize("shape", SHAPES)
def test_determinants(shape):
    x = regular(*shape)
    check_same(lambda t, x: t.linalg.det(x), [x], reference=np.linalg.det)
    check_same(lambda t, x: (t.det(x), x.det()), [x])
    check_same(lambda t, x: tuple(t.linalg.slogdet(x)), [x])
    check_same(lambda t, x: tuple(x.slogdet()), [-x])
    check_same(lambda t, x: t.logdet(x), [x])


def test_determinants_of_singular_matrices():
    x = np.array([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]])
    check_same(lambda t, x: tuple(t.slogdet(x)), [np.zeros((2, 2))], finite_differences=False, grad=False)
    check_same(lambda t, x: t.logdet(x), [np.diag([1.0, -1])], finite_differences=False)
    ours = ours_of(x, True)
    mt.det(ours).backward()
    cofactors = [[4.0, 4, -4], [-2, -2, 2], [0, 0, 0]]  # a matrix of rank 2: its determinant still has a gradient
    np.testing.assert_allclose(ours.grad.numpy(), cofactors, atol=1e-12)


@pytest.mark.parametrize(
    "a, b",
    [
        ((3, 3), (3, 2)),
        ((3, 3), (3,)),
        ((2, 3, 3), (2, 3)),
        ((2, 3, 3), (3, 2)),
        ((2, 3, 3), (2, 3, 2)),
        ((3, 3), (2, 3, 1)),
        ((2, 1, 3, 3), (4, 3, 2)),
        ((0, 3, 3), (0, 3, 2)),
        ((0, 0), (0, 2)),
    ],
)
def test_solve(a, b):
    check_same(lambda t, a, b: t.linalg.solve(a, b), [regular(*a), normal(*b, seed=1)])


@pytest.mark.parametrize("a, b", [((3, 3), (2, 3)), ((2, 3, 3), (4, 3)), ((3, 3), (2, 1, 3))])
def test_solve_from_the_right(a, b):
    check_same(lambda t, a, b: t.linalg.solve(a, b, left=False), [regular(*a), normal(*b, seed=1)])


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("unitriangular", [False, True])
def test_solve_triangular(upper, left, unitriangular):
    options = {"upper": upper, "left": left, "unitriangular": unitriangular}
    for a, b in (((3, 3), (3, 3)), ((2, 3, 3), (3, 3)), ((3, 3), (2, 3, 3)), ((0, 3, 3), (0, 3, 3))):
        check_same(
            lambda t, a, b: t.linalg.solve_triangular(a, b, **options), [regular(*a), normal(*b, seed=1)]
        )  # of a full matrix: what is not looked at has no gradient
    check_same(
        lambda t, a, b: t.linalg.solve_triangular(a, b, upper=upper), [np.zeros((2, 2)), np.ones((2, 1))], grad=False
    )


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, -1, -2])
def test_matrix_power(n):
    for shape in ((3, 3), (2, 2, 2), (0, 2, 2)):
        check_same(lambda t, x: t.linalg.matrix_power(x, n), [regular(*shape) / 4])
    check_same(lambda t, x: x.matrix_power(n), [regular(3, 3) / 4])


def test_matrix_power_of_integers():
    check_same(lambda t, x: t.matrix_power(x, 3), [np.array([[1, 1], [1, 0]])], grad=False)


def test_tensor_equations():
    check_same(lambda t, x: t.linalg.tensorinv(x), [regular(6, 6).reshape(2, 3, 6)])
    check_same(lambda t, x: t.linalg.tensorinv(x, ind=1), [regular(6, 6).reshape(6, 3, 2)])
    check_same(lambda t, a, b: t.linalg.tensorsolve(a, b), [regular(6, 6).reshape(2, 3, 6), normal(2, 3, seed=1)])
    a = regular(6, 6).reshape(2, 3, 3, 2).transpose(0, 2, 1, 3)
    check_same(lambda t, a, b: t.linalg.tensorsolve(a, b, dims=(1,)), [a, normal(2, 3, seed=1)])
    check_error(RuntimeError, "positive integer for 'ind', got 0", mt.linalg.tensorinv, ours_of(normal(2, 2)), 0)
    check_error(RuntimeError, r"prod.*3 != 2", mt.linalg.tensorinv, ours_of(normal(2, 3)), 1)
    check_error(RuntimeError, "requirement", mt.linalg.tensorsolve, ours_of(normal(2, 3)), ours_of(normal(2)))


@pytest.mark.parametrize("name", ["inv", "det", "slogdet", "cholesky", "eigh", "eigvalsh", "matrix_exp"])
def test_square_matrices_of_floats_only(name):
    f = lambda t, x: getattr(t.linalg, name)(x)
    called = "eigh" if name == "eigvalsh" else name
    check_same_error(RuntimeError, rf"linalg.{called}: A must be batches of square.*2 by 3", f, normal(2, 3))
    check_same_error(RuntimeError, rf"linalg.{called}: The input tensor A must have at least 2", f, normal(3))
    check_same_error(RuntimeError, "Expected a floating point or complex tensor|eigh_cpu", f, np.ones((2, 2), int))
    check_error(RuntimeError, "Low precision dtypes not supported", f, mt, ours_of(np.ones((2, 2), np.float16)))
    check_error(TypeError, "must be Tensor, not list", f, mt, [[1.0]])


def test_singular_matrices():
    z, batch = np.zeros((2, 2)), np.stack([np.eye(2), np.zeros((2, 2))])
    rank_2 = np.array([[2.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        error = library.linalg.LinAlgError
        assert issubclass(error, RuntimeError)
        check_error(error, "linalg.inv: The diagonal element 1 is zero", library.linalg.inv, make(z))
        check_error(error, "linalg.inv: The diagonal element 3 is zero", library.inverse, make(rank_2))
        check_error(error, r"linalg.inv: \(Batch element 1\): The diagonal", library.linalg.inv, make(batch))
        check_error(error, "linalg.solve: The solver failed", library.linalg.solve, make(z), make(z))
        check_error(error, r"\(Batch element 1\): The solver", library.linalg.solve, make(batch), make(z))
        check_error(error, "input matrix is singular", library.matrix_power, make(z), -1)


def test_not_a_number_is_no_error():
    check_same(lambda t, x: t.inverse(x), [np.full((2, 2), np.nan)], grad=False)
    check_same(lambda t, x: (t.det(x), *t.slogdet(x), t.logdet(x)), [np.full((2, 2), np.nan)], grad=False)
    x = np.full((2, 2), np.nan)
    check_same(lambda t, x: t.det(x), [x], finite_differences=False)
    check_same(lambda t, x: t.logdet(x), [x], finite_differences=False)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_pivot_of_zero_beside_one_that_is_not_finite(number):
    x = np.array([[0.0, 1], [0, number]])
    check_same(lambda t, x: (t.det(x), *t.slogdet(x), t.logdet(x)), [np.stack([x, np.eye(2)])], grad=False)
    for library, make in ((mt, ours_of), (torch, theirs_of)):
        check_error(library.linalg.LinAlgError, "The diagonal element 1 is zero", library.inverse, make(x))
        check_error(library.linalg.LinAlgError, "The solver failed", library.linalg.solve, make(x), make(x))
    check_same(lambda t, x: t.linalg.cond(x, 1), [x], grad=False)


def test_gradients_of_an_infinite_determinant_come_back():
    x = np.eye(3)
    x[0, 0] = np.inf
    ours = ours_of(x, True)
    mt.det(ours).backward()
    assert np.isnan(ours.grad.numpy()).any()


def test_equations_that_do_not_fit():
    f = lambda t, a, b: t.linalg.solve(a, b)
    check_same_error(RuntimeError, r"Incompatible shapes .* AX = B \(2x2 and 3x1\)", f, np.eye(2), np.ones(3))
    check_same_error(RuntimeError, r"Incompatible shapes .* AX = B \(2x2 and 3x2\)", f, np.eye(2), np.ones((3, 2)))
    check_same_error(RuntimeError, "tensor B must have at least 2 dim", f, np.eye(2), np.array(1.0))
    check_same_error(RuntimeError, "A of type Double and B of type Float", f, np.eye(2), np.ones(2, np.float32))
    check_same_error(RuntimeError, "size of tensor", f, regular(3, 2, 2), np.ones((4, 2, 2)))
    left = lambda t, a, b: t.linalg.solve(a, b, left=False)
    check_same_error(RuntimeError, r"XA = B \(2x2 and 2x1\)", left, np.eye(2), np.ones(2))
    triangular = lambda t, a, b: t.linalg.solve_triangular(a, b, upper=True)
    check_same_error(RuntimeError, r"AX = B \(2x2 and 3x2\)", triangular, np.eye(2), np.ones((3, 2)))
    check_same_error(RuntimeError, "B must have at least 2", triangular, np.eye(2), np.ones(2))
    check_same_error(TypeError, "must be int, not float", lambda t, a: t.matrix_power(a, 2.0), np.eye(2))


@pytest.mark.parametrize("name", ["inv", "det", "cholesky", "pinv", "matrix_rank", "cond", "eigvalsh"])
def test_out(name):
    ours, theirs = (
        getattr(library.linalg, name)(make(np.eye(3) * 2), out=made)
        for library, make in ((mt, ours_of), (torch, theirs_of))
        for made in [make(np.empty(0, int if name == "matrix_rank" else float))]
    )
    assert_close(ours, theirs, 1e-13, name)


KEYWORDS = {
    "det": lambda t, x: t.det(input=x),
    "matrix_exp": lambda t, x: (t.matrix_exp(input=x), t.linalg.matrix_exp(input=x)),
    "matrix_power": lambda t, x: (t.matrix_power(input=x, n=2), t.linalg.matrix_power(input=x, n=2)),
    "cholesky_solve": lambda t, x: (t.cholesky_solve(input=x, input2=x), x.cholesky_solve(input2=x)),
    "cholesky_inverse": lambda t, x: t.cholesky_inverse(input=x),
    "lstsq": lambda t, x: t.linalg.lstsq(input=x, b=x)[0],
    "pinv": lambda t, x: t.linalg.pinv(input=x),
    "matrix_rank": lambda t, x: t.linalg.matrix_rank(input=x),
    "cond": lambda t, x: t.linalg.cond(input=x),
    "cholesky": lambda t, x: t.linalg.cholesky(input=x),
    "eigh": lambda t, x: (t.linalg.eigh(input=x)[0], t.linalg.eigvalsh(input=x)),
    "tensors": lambda t, x: (t.linalg.tensorinv(input=x, ind=1), t.linalg.tensorsolve(input=x, other=x[0])),
    "solve_triangular": lambda t, x: t.linalg.solve_triangular(input=x, B=x, upper=True),
    "norms": lambda t, x: (t.linalg.norm(input=x), t.linalg.matrix_norm(input=x), t.linalg.vector_norm(x=x)),
    "A": lambda t, x: (t.linalg.inv(A=x), t.linalg.det(A=x), t.linalg.svdvals(A=x), t.linalg.solve(A=x, B=x)),
}


@pytest.mark.parametrize("name", KEYWORDS)
def test_names_of_arguments(name):
    check_same(KEYWORDS[name], [np.diag([2.0, 3.0])], grad=False)
