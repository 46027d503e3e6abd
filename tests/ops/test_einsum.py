"""einsum and tensordot."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import assert_close, normal, ours_of, theirs_of
from tests.ops.both import check_same, check_same_error
from tests.reference_products import einsum

# with sizes that tell letters apart
EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk->ki", (2, 3), (3, 4)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    ("i,i->", (4,), (4,)),
    ("i,j->ij", (3,), (4,)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("ij->j", (2, 3)),
    ("ii->i", (3, 3)),
    ("ii->", (3, 3)),
    ("iji->j", (3, 2, 3)),
    ("iij,jk->ik", (3, 3, 2), (2, 4)),
    ("ij,ij->ij", (2, 3), (2, 3)),
    ("ij,kl->il", (2, 3), (4, 5)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("i,ij,j->", (2,), (2, 3), (3,)),
    ("ijk,ij,ik->ki", (2, 3, 4), (2, 3), (2, 4)),
    ("ij,jk->ik", (2, 1), (3, 4)),
    ("ij,ij->ij", (2, 1), (1, 3)),
    ("i,i->i", (1,), (4,)),
    ("ij,jk->ik", (2, 0), (0, 3)),
    ("i,j->", (0,), (3,)),
    ("->", ()),
    (",i->i", (), (3,)),
    (" i j , j k -> i k ", (2, 3), (3, 4)),
    ("Ab,bA->A", (2, 3), (3, 2)),
]


def operands_of(shapes):
    return [normal(*shape, seed=i) for i, shape in enumerate(shapes)]


@pytest.mark.parametrize("equation, shapes", [(e, s) for e, *s in EQUATIONS])
def test_einsum(equation, shapes):
    check_same(lambda t, *x: t.einsum(equation, *x), operands_of(shapes), reference=lambda *x: einsum(equation, *x))


# Without "->", with "...", in lists: held against PyTorch alone.
@pytest.mark.parametrize(
    "equation, shapes",
    [
        ("ij,jk", [(2, 3), (3, 4)]),
        ("ba", [(2, 3)]),
        ("aB", [(2, 3)]),
        ("ii", [(3, 3)]),
        ("iij", [(3, 3, 2)]),
        ("...j->...", [(2, 3, 4)]),
        ("i...->...", [(2, 3, 4)]),
        ("i...j->j...i", [(2, 3, 4, 5)]),
        ("...->", [(2, 3)]),
        ("...ij,...jk->...ik", [(2, 1, 2, 3), (4, 3, 5)]),
        ("...ij,...jk", [(2, 1, 2, 3), (4, 3, 5)]),
        ("...ij,...jk->ik", [(2, 1, 2, 3), (4, 3, 5)]),
        ("...ij,jk->...ik", [(2, 3), (3, 4)]),
        ("i...,i...->...", [(2, 3, 1), (2, 4)]),
        ("ij->i...", [(2, 3)]),
        ("...i,...i", [(2, 3), (3,)]),
    ],
)
def test_einsum_with_ellipsis_and_without_output(equation, shapes):
    check_same(lambda t, *x: t.einsum(equation, *x), operands_of(shapes))
    check_same(lambda t, *x: t.einsum(equation, list(x)), operands_of(shapes))


def test_sublists():
    a, b = operands_of([(2, 3), (3, 4)])
    check_same(lambda t, a, b: t.einsum(a, [0, 1], b, [1, 2], [2, 0]), [a, b])
    check_same(lambda t, a, b: t.einsum(a, [0, 30], b, [30, 2]), [a, b])
    check_same(lambda t, a: t.einsum(a, [0, ...], [...]), [a])
    check_same(lambda t, a: t.einsum(a, [5, ...], [..., 5]), [a])


def test_a_gradient_of_one_operand_only():
    inputs = operands_of([(2, 3), (3, 4), (4, 2)])
    for wanted in range(3):
        check_same(lambda t, a, b, c: t.einsum("ij,jk,kl->il", a, b, c), inputs, grad_inputs=[wanted])


def test_results_share_no_memory():
    x = ours_of(normal(3, 3))
    for equation in ("ij->ij", "ij->ji", "ii->i"):
        assert not np.may_share_memory(mt.einsum(equation, x).array, x.array)


@pytest.mark.parametrize("dtype", ["int64", "int32", "float16"])
def test_other_dtypes(dtype):
    a, b = (np.random.default_rng(i).integers(0, 9, (3, 3)).astype(dtype) for i in range(2))
    for equation in ("ij,jk->ik", "ij,ij->i", "i,i->i"):
        x, y = (a, b) if "j" in equation else (a[0], b[0])
        ours = mt.einsum(equation, ours_of(x), ours_of(y))
        assert_close(ours, torch.einsum(equation, theirs_of(x), theirs_of(y)), 2e-3, f"{equation} {dtype}")


@pytest.mark.parametrize(
    "dims, shapes",
    [
        (1, [(2, 3), (3, 4)]),
        (2, [(2, 3, 4), (3, 4, 5)]),
        (0, [(2, 3), (4,)]),
        (([0], [0]), [(2, 3), (2, 4)]),
        (([0, 2], [1, 0]), [(2, 3, 4), (4, 2, 5)]),
        (([-1], [1]), [(2, 3), (4, 3)]),
        (((), ()), [(2,), (3,)]),
        (2, [(2, 3), (2, 3)]),
    ],
)
def test_tensordot(dims, shapes):
    check_same(lambda t, a, b: t.tensordot(a, b, dims=dims), operands_of(shapes))


def test_tensordot_by_default():
    check_same(lambda t, a, b: t.tensordot(a, b), operands_of([(2, 3, 4), (3, 4, 5)]))


@pytest.mark.parametrize(
    "error, match, expression",
    [
        (
            RuntimeError,
            "subscript j has size 4 for operand 1 which does not broadcast with previously seen size 3",
            lambda t, o: t.einsum("ij,jk->ik", o(2, 3), o(4, 5)),
        ),
        (
            RuntimeError,
            "subscript i is repeated for operand 0 but the sizes don't match, 3 != 2",
            lambda t, o: t.einsum("ii->i", o(2, 3)),
        ),
        (
            RuntimeError,
            "output subscript k does not appear in the equation for any input operand",
            lambda t, o: t.einsum("ij->k", o(2, 3)),
        ),
        (
            RuntimeError,
            "output subscript i appears more than once in the output",
            lambda t, o: t.einsum("ij->ii", o(2, 3)),
        ),
        (
            RuntimeError,
            r"subscripts in the equation \(3\) does not match the number of dimensions \(2\) for operand 0 and no",
            lambda t, o: t.einsum("ijk->i", o(2, 3)),
        ),
        (
            RuntimeError,
            r"number of subscripts in the equation \(3\) is more than",
            lambda t, o: t.einsum("ijk...->i", o(2, 3)),
        ),
        (
            RuntimeError,
            "fewer operands were provided than specified in the equation",
            lambda t, o: t.einsum("i,j", o(3)),
        ),
        (
            RuntimeError,
            "more operands were provided than specified in the equation",
            lambda t, o: t.einsum("i", o(3), o(3)),
        ),
        (
            RuntimeError,
            "invalid subscript given at index 1.* subscripts must be in",
            lambda t, o: t.einsum("i1->i", o(2, 3)),
        ),
        (
            RuntimeError,
            "found '.' for operand 0 that is not part of any ellipsis",
            lambda t, o: t.einsum("ij..->i", o(2, 3)),
        ),
        (
            RuntimeError,
            "found '.' for operand 0 for which an ellipsis was already found",
            lambda t, o: t.einsum("i......->i", o(2, 3)),
        ),
        (
            RuntimeError,
            "found '.' for output that is not part of any ellipsis",
            lambda t, o: t.einsum("ij->i.j", o(2, 3)),
        ),
        (
            RuntimeError,
            "expected scalar type Float but found Double",
            lambda t, o: t.einsum("ij,jk->ik", o(2, 2), o(2, 2).double()),
        ),
        (
            NotImplementedError,
            "not implemented for 'Bool'",
            lambda t, o: t.einsum("ij,jk->ik", o(2, 2).bool(), o(2, 2).bool()),
        ),
        (ValueError, "must specify the equation string and at least one operand", lambda t, o: t.einsum("ij")),
        (TypeError, "argument 'equation'.* must be str, not int", lambda t, o: t.einsum(2, o(2))),
        (
            ValueError,
            r"subscript in subscript list is not within the valid range \[0, 52\)",
            lambda t, o: t.einsum(o(2), [60], [60]),
        ),
        (
            RuntimeError,
            "both dimension lists should have same length",
            lambda t, o: t.tensordot(o(2, 3), o(2, 3), dims=([0, 1], [0])),
        ),
        (
            RuntimeError,
            "contracted dimensions need to match, but first has size 3 in dim .* and second has size 4 in dim 0",
            lambda t, o: t.tensordot(o(2, 3), o(4, 5), dims=([-1], [0])),
        ),
        (
            RuntimeError,
            "tensordot expects dims < ndim_a or ndim_b, but got dims=3",
            lambda t, o: t.tensordot(o(2, 3), o(2, 3), dims=3),
        ),
        (
            RuntimeError,
            "tensordot expects dims >= 0, but got dims=-1",
            lambda t, o: t.tensordot(o(2, 3), o(2, 3), dims=-1),
        ),
        (
            RuntimeError,
            "dim.* appears multiple times in the list",
            lambda t, o: t.tensordot(o(2, 2), o(2, 2), dims=([0, 0], [0, 1])),
        ),
        (IndexError, "Dimension out of range", lambda t, o: t.tensordot(o(2, 2), o(2, 2), dims=([3], [0]))),
    ],
)
def test_errors(error, match, expression):
    check_same_error(error, match, lambda t: expression(t, t.ones))


def test_more_errors():
    x = mt.ones(2, 2)
    with pytest.raises(TypeError, match=r"einsum\(\): argument 'operands\[0\]' must be Tensor, not int"):
        mt.einsum("ij", 2)
    with pytest.raises(RuntimeError, match=r"subscript \.\.\. has size 2 for operand 1 which does not broadcast with"):
        mt.einsum("...,...->...", mt.ones(3), mt.ones(2))
    for dims in (1.5, True, [[0]]):
        with pytest.raises(RuntimeError, match="tensordot expects dims to be int or two lists of ints"):
            mt.tensordot(x, x, dims=dims)
