"""Sums that keep their digits, and products of several arrays, against NumPy in float64 and loops."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels.contraction import contract
from minitorch_cv.kernels.matrix_product import matrix_product
from minitorch_cv.kernels.summation import BLOCK, accurate_sum, accurate_sum_wide
from tests.reference_products import einsum

LAYOUTS = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "gaps": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[::-1],
    "middle out": lambda x: np.ascontiguousarray(np.moveaxis(x, 1, -1)).transpose(0, 2, 1),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axes", [None, (0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2), ()])
@pytest.mark.parametrize("shape", [(2, 3, 4), (BLOCK + 1, 3, 2), (2, 2 * BLOCK, 1), (0, 2, 3), (1, 1, 5), (9, 20, 17)])
def test_sums(shape, axes, keepdims, layout):
    x = LAYOUTS[layout](np.random.default_rng(0).normal(1, 1, shape))
    np.testing.assert_allclose(
        accurate_sum(x, axes, keepdims), x.sum(axis=axes, keepdims=keepdims), rtol=1e-13, atol=1e-13
    )


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK**2, BLOCK**2 + BLOCK + 1])
def test_whole_and_broken_blocks(size):
    x = np.arange(size * 2, dtype=np.float64).reshape(size, 2)
    np.testing.assert_array_equal(accurate_sum(x, (0,)), x.sum(0))  # integers: exact


@pytest.mark.parametrize("axes", [(0,), (0, 2), (0, 1, 2)])
def test_rounding_errors_do_not_add_up(axes):
    x = np.random.default_rng(0).normal(10, 1, (40_000, 2, 3)).astype(np.float32)
    exact = x.sum(axis=axes, dtype=np.float64)
    np.testing.assert_allclose(accurate_sum(x, axes), exact, rtol=5e-7)
    np.testing.assert_allclose(
        accurate_sum(x[:, :, ::2], axes), x[:, :, ::2].sum(axis=axes, dtype=np.float64), rtol=5e-7
    )


def test_float16_is_added_up_in_float32():
    x = np.ones((4000, 2), np.float16)
    assert accurate_sum(x, (0,)).dtype == np.float16
    np.testing.assert_array_equal(accurate_sum(x, (0,)), [4000, 4000])
    assert accurate_sum_wide(x).dtype == np.float32
    assert accurate_sum_wide(x * 16) == 128_000  # beyond float16


def test_float16_products_are_added_up_in_float32():
    x = np.ones((1, 4000), np.float16)
    assert matrix_product(x, x.T).item() == 4000
    assert matrix_product(x, x.T).dtype == np.float16


@pytest.mark.parametrize(
    "equation, shapes",
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("aij,akj->aik", [(2, 3, 4), (2, 5, 4)]),
        ("ij,k->j", [(2, 3), (4,)]),
        ("ij,jk,ki->", [(2, 3), (3, 4), (4, 2)]),
        ("i,i,i->i", [(3,), (1,), (3,)]),
        ("ij,jk,j->ik", [(2, 1), (1, 4), (3,)]),
        ("ij->j", [(2, 3)]),
    ],
)
def test_contraction(equation, shapes):
    arrays = [np.random.default_rng(i).standard_normal(shape) for i, shape in enumerate(shapes)]
    terms, output = equation.split("->")
    found = contract(arrays, [tuple(term) for term in terms.split(",")], tuple(output))
    np.testing.assert_allclose(found, einsum(equation, *arrays), rtol=1e-13, atol=1e-14)


def test_contraction_of_integers():
    a, b = np.arange(6).reshape(2, 3), np.arange(3)
    np.testing.assert_array_equal(contract([a, b], [("i", "j"), ("j",)], ("i",)), a @ b)
    np.testing.assert_array_equal(contract([a], [("i", "j")], ("j",)), a.sum(0))
