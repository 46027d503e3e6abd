"""matmul, mm, bmm, mv, dot, outer, addmm, baddbmm, trace."""

from __future__ import annotations

import operator

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error
from tests.reference_products import matmul

NAN = np.nan
# every pair of ranks; broadcast batches; one and no rows, columns and batches
SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (1, 3, 4)),
    ((2, 1, 2, 3), (5, 3, 4)),
    ((3,), (2, 5, 3, 4)),
    ((2, 2, 2, 3), (3,)),
    ((1, 1), (1, 1)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((0,), (0,)),
    ((0, 2, 3), (3, 2)),
    ((2, 0, 3), (2, 3, 1)),
    ((0, 2, 3), (1, 3, 2)),
]


@pytest.mark.parametrize("shapes", SHAPES)
def test_matmul(shapes):
    inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1)]
    check_same(lambda t, a, b: t.matmul(a, b), inputs, reference=matmul)
    check_same(lambda t, a, b: a @ b, inputs)


@pytest.mark.parametrize("shapes", SHAPES[:12])
@pytest.mark.parametrize("wanted", [0, 1])
def test_a_gradient_of_one_operand_only(shapes, wanted):
    inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1)]
    check_same(lambda t, a, b: a.matmul(b), inputs, grad_inputs=[wanted])


@pytest.mark.parametrize(
    "name, shapes",
    [
        ("mm", ((2, 3), (3, 4))),
        ("bmm", ((5, 2, 3), (5, 3, 4))),
        ("mv", ((2, 3), (3,))),
        ("dot", ((3,), (3,))),
        ("mm", ((0, 3), (3, 0))),
    ],
)
def test_products_of_one_rank(name, shapes):
    inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1)]
    check_same(lambda t, a, b: getattr(t, name)(a, b), inputs, reference=matmul)
    check_same(lambda t, a, b: getattr(a, name)(b), inputs)


def test_a_tensor_times_itself():
    check_same(lambda t, a: a @ a, [normal(3, 3)])
    check_same(lambda t, a: a @ a.t(), [normal(2, 3)])
    check_same(lambda t, a: a.dot(a), [normal(3)])


def test_names_of_the_graph():
    for shapes, name in zip(SHAPES[:4], ["Dot", "Mv", None, "Mm"]):
        a, b = ours_of(normal(*shapes[0]), True), ours_of(normal(*shapes[1]))
        if name is not None:
            assert (a @ b).grad_fn.name() == f"{name}Backward0"


def test_nan_and_infinity():
    a, b = np.array([[0.0, np.inf], [NAN, 1.0]]), np.array([[1.0, 0.0], [2.0, 3.0]])
    check_same(lambda t, a, b: a @ b, [a, b], finite_differences=False)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "float16"])
def test_other_dtypes(dtype):
    a, b = (np.random.default_rng(i).integers(0, 100, (2, 3, 3)).astype(dtype) for i in range(2))
    for left, right in [(a, b), (a[0], b[0]), (a[0], b[0, 0]), (a[0, 0], b[0, 0]), (a, b[0])]:
        assert_close(ours_of(left) @ ours_of(right), theirs_of(left) @ theirs_of(right), 2e-3, dtype)


@pytest.mark.parametrize("shapes", [((3,), (4,)), ((0,), (2,)), ((1,), (1,))])
def test_outer(shapes):
    inputs = [normal(*shapes[0]), normal(*shapes[1], seed=1)]
    check_same(lambda t, a, b: t.outer(a, b), inputs, reference=lambda a, b: matmul(a[:, None], b[None]))
    check_same(lambda t, a, b: a.ger(b), inputs, grad_inputs=[0])
    check_same(lambda t, a, b: t.outer(a, b.long()), inputs, grad_inputs=[0])


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (0, 2)])
def test_trace(shape):
    check_same(lambda t, a: t.trace(a), [normal(*shape)])
    check_same(lambda t, a: a.trace(), [np.arange(np.prod(shape), dtype=np.int32).reshape(shape)], grad=False)


@pytest.mark.parametrize("input_shape", [(2, 4), (4,), (2, 1), (1, 4), ()])
@pytest.mark.parametrize("scales", [{}, {"beta": 0.5, "alpha": -2}, {"beta": 0}, {"alpha": 0}])
def test_addmm(input_shape, scales):
    inputs = [normal(*input_shape, seed=2), normal(2, 3), normal(3, 4, seed=1)]
    beta, alpha = scales.get("beta", 1), scales.get("alpha", 1)
    check_same(
        lambda t, x, a, b: t.addmm(x, a, b, **scales),
        inputs,
        reference=lambda x, a, b: beta * x + alpha * matmul(a, b),
    )
    batch = [np.broadcast_to(x, (2, *x.shape)) for x in inputs]
    check_same(lambda t, x, a, b: t.baddbmm(x, a, b, **scales), batch if inputs[0].ndim else [inputs[0], *batch[1:]])


def test_addmm_in_place():
    x, a, b = normal(2, 4, seed=2), normal(2, 3), normal(3, 4, seed=1)
    check_same(lambda t, x, a, b: (x * 1).addmm_(a, b, beta=0.5, alpha=2), [x, a, b])
    check_same(lambda t, x, a, b: (x * 1).baddbmm_(a, b, beta=0.5), [x[None], a[None], b[None]])


def test_beta_zero_leaves_even_nan_out():
    inputs = [np.full((2, 2), NAN), normal(2, 3), normal(3, 2)]
    check_same(lambda t, x, a, b: t.addmm(x, a, b, beta=0), inputs, finite_differences=False)


def test_addmm_of_integers_cuts_the_scales():
    x = np.array([[1, 2], [3, 4]])
    check_same(lambda t, x: t.addmm(x, x, x, beta=0.5, alpha=1.5), [x], grad=False)


SIZES = "mat1 and mat2 shapes cannot be multiplied "
BATCHES = r"Expected size for first two dimensions of batch2 tensor to be: \[2, 3\] but got: "


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (RuntimeError, SIZES + r"\(2x3 and 4x5\)", lambda t, o: o(2, 3) @ o(4, 5)),
        (RuntimeError, SIZES + r"\(1x3 and 4x5\)", lambda t, o: o(3) @ o(4, 5)),
        (RuntimeError, SIZES + r"\(4x3 and 4x5\)", lambda t, o: o(2, 2, 3) @ o(4, 5)),
        (RuntimeError, SIZES + r"\(2x3 and 4x5\)", lambda t, o: t.mm(o(2, 3), o(4, 5))),
        (RuntimeError, SIZES + r"\(2x3 and 4x5\)", lambda t, o: t.addmm(o(2), o(2, 3), o(4, 5))),
        (RuntimeError, r"size mismatch, got input \(4\), mat \(4x5\), vec \(3\)", lambda t, o: o(4, 5) @ o(3)),
        (RuntimeError, r"size mismatch, got input \(4\), mat \(4x3\), vec \(4\)", lambda t, o: o(2, 2, 3) @ o(4)),
        (RuntimeError, "size mismatch, got input", lambda t, o: t.mv(o(2, 3), o(2))),
        (RuntimeError, r"inconsistent tensor size, expected tensor \[3\] and src \[2\]", lambda t, o: o(3) @ o(2)),
        (RuntimeError, "inconsistent tensor size", lambda t, o: t.dot(o(3), o(2))),
        (RuntimeError, BATCHES + r"\[2, 4\]", lambda t, o: o(2, 2, 3) @ o(2, 4, 5)),
        (RuntimeError, BATCHES + r"\[2, 4\]", lambda t, o: o(3) @ o(2, 4, 3)),
        (RuntimeError, BATCHES + r"\[3, 3\]", lambda t, o: t.bmm(o(2, 2, 3), o(3, 3, 5))),
        (RuntimeError, BATCHES + r"\[2, 4\]", lambda t, o: t.baddbmm(o(2), o(2, 2, 3), o(2, 4, 2))),
        (
            RuntimeError,
            r"size of tensor a \(2\) must match the size of tensor b \(3\)",
            lambda t, o: o(2, 2, 3) @ o(3, 3, 4),
        ),
        (
            RuntimeError,
            "both arguments to matmul need to be at least 1D, but they are 0D and 2D",
            lambda t, o: o(()) @ o(2, 3),
        ),
        (
            RuntimeError,
            "expected m1 and m2 to have the same dtype, but got: float != double",
            lambda t, o: o(2, 2) @ o(2, 2).double(),
        ),
        (
            RuntimeError,
            "expected m1 and m2 to have the same dtype, but got: int != float",
            lambda t, o: o(2, 2).int() @ o(2, 2),
        ),
        (
            RuntimeError,
            "expected both vectors to have same dtype, but found Float and Double",
            lambda t, o: o(3) @ o(3).double(),
        ),
        (
            RuntimeError,
            "expected scalar type Float but found Double",
            lambda t, o: t.bmm(o(1, 1, 1), o(1, 1, 1).double()),
        ),
        (
            RuntimeError,
            "self and mat2 must have the same dtype, but got Double and Float",
            lambda t, o: t.addmm(o(2).double(), o(2, 2), o(2, 2)),
        ),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, o: o(2, 2).bool() @ o(2, 2).bool()),
        (NotImplementedError, "not implemented for 'Bool'", lambda t, o: o(2, 2).bool().trace()),
        (RuntimeError, "mat2 must be a matrix", lambda t, o: t.mm(o(2, 3), o(3))),
        (RuntimeError, "self must be a matrix", lambda t, o: t.mm(o(3), o(3, 2))),
        (RuntimeError, "mat1 must be a matrix, got 3-D tensor", lambda t, o: t.addmm(o(2), o(2, 2, 3), o(3, 2))),
        (RuntimeError, "batch1 must be a 3D tensor", lambda t, o: t.bmm(o(2, 3), o(2, 3, 4))),
        (RuntimeError, r"vector \+ matrix @ vector expected, got", lambda t, o: t.mv(o(2, 3), o(2, 3))),
        (RuntimeError, "1D tensors expected, but got 2D and 1D tensors", lambda t, o: t.dot(o(2, 3), o(3))),
        (RuntimeError, "Expected 1-D argument vec2, but got 2-D", lambda t, o: t.outer(o(2), o(2, 2))),
        (RuntimeError, "Expected 1-D argument self, but got 2-D", lambda t, o: t.outer(o(2, 2), o(2))),
        (RuntimeError, "expected a matrix, but got tensor with dim 1", lambda t, o: t.trace(o(2))),
        (
            RuntimeError,
            r"The expanded size of the tensor \(2\) must match the existing size \(4\) at non-singleton dimension 1",
            lambda t, o: t.addmm(o(4), o(2, 3), o(3, 2)),
        ),
        (RuntimeError, "The expanded size of the tensor", lambda t, o: t.baddbmm(o(5), o(2, 2, 3), o(2, 3, 2))),
        (TypeError, r"matmul\(\): argument 'other'.* must be Tensor, not int", lambda t, o: t.matmul(o(2, 2), 2)),
        (TypeError, r"dot\(\): argument 'tensor'.* must be Tensor, not int", lambda t, o: t.dot(o(2), 2)),
        (TypeError, r"unsupported operand type\(s\) for @: 'Tensor' and 'int'", lambda t, o: o(2, 2) @ 2),
        (
            TypeError,
            r"unsupported operand type\(s\) for @: 'int' and 'Tensor'",
            lambda t, o: operator.matmul(2, o(2, 2)),
        ),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, lambda t: expression(t, t.ones))


def test_more_errors():
    x = mt.ones(2, 2)
    for name, value in (("beta", "a"), ("alpha", None)):
        with pytest.raises(TypeError, match=rf"addmm\(\): argument '{name}' must be Number"):
            mt.addmm(x, x, x, **{name: value})
    with pytest.raises(RuntimeError, match="The expanded size of the tensor"):
        mt.addmm(mt.ones(1, 2, 2), x, x)
    assert isinstance(x.__rmatmul__(x), mt.Tensor)
    assert x.__rmatmul__(2) is NotImplemented
    assert torch.equal(torch.tensor((x @ x).tolist()), torch.full((2, 2), 2.0))
