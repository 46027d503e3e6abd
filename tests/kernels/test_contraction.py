"""Large matrix products: cut into bands, the same whatever the number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.contraction import matrix_product
from tests.checks import normal


@pytest.mark.parametrize("shapes", [((300, 64), (64, 90)), ((7, 400), (400, 1000)), ((129, 130), (130, 131))])
@pytest.mark.parametrize("turned", [False, True])
def test_large_products(shapes, turned):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    if turned:  # as a layer's transposed weight comes
        a, b = np.asfortranarray(a), np.asfortranarray(b)
    np.testing.assert_allclose(matrix_product(a, b), np.einsum("ij,jk->ik", a, b), rtol=1e-10, atol=1e-10)


def test_results_do_not_depend_on_the_number_of_threads():
    tall = normal(500, 200).astype(np.float32), normal(200, 60, seed=1).astype(np.float32)
    wide = tall[1].T, tall[0].T
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append((matrix_product(*tall), matrix_product(*wide)))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other):
            np.testing.assert_array_equal(one, two)


def test_batches_halves_and_integers():
    batch = normal(5, 70, 80), normal(5, 80, 90, seed=1)
    np.testing.assert_allclose(matrix_product(*batch), batch[0] @ batch[1], rtol=1e-12, atol=1e-12)
    half = matrix_product(normal(3, 4).astype(np.float16), normal(4, 2, seed=1).astype(np.float16))
    assert half.dtype == np.float16
    whole = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(matrix_product(whole, whole.T), whole @ whole.T)
