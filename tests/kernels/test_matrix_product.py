"""Matrix products: in blocks by the micro-kernel, in bands by NumPy; the same whatever the number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from minitorch_cv.kernels import matrix_product as module
from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.matrix_product import matrix_product
from tests.checks import normal
from tests.kernels.targets import TARGETS, run_for_target

ROWS = {"rows": np.ascontiguousarray, "columns": np.asfortranarray, "gaps": lambda x: np.repeat(x, 2, 1)[:, ::2]}
ODD = [1, 3, 17, 33]
SHAPES = [(m, k, n) for m in ODD for k in ODD for n in ODD] + [(14, 16, 32), (28, 5, 64)]
LARGE = [] if config.DISABLE_JIT else [(32, 300, 600), (130, 260, 270), (600, 30, 140), (5, 700, 520), (520, 9, 700)]


def numbers(*shape, seed=0):
    return normal(*shape, seed=seed).astype(np.float32)


@pytest.fixture
def nothing_is_tiny(monkeypatch):
    """Lets the micro-kernel take the smallest product too."""
    monkeypatch.setattr(module, "_TINY", 1)


def check(a, b, bias):
    exact = a.astype(np.float64) @ b.astype(np.float64) + (0 if bias is None else bias)
    found = matrix_product(a, b, bias)
    assert found.dtype == np.float32
    assert np.linalg.norm(found - exact) <= 1e-6 * np.linalg.norm(exact)


@pytest.mark.parametrize("right", ROWS)
@pytest.mark.parametrize("left", ROWS)
@pytest.mark.parametrize("has_bias", [False, True])
def test_every_memory_order(left, right, has_bias, nothing_is_tiny):
    for m, k, n in SHAPES + LARGE:
        check(ROWS[left](numbers(m, k)), ROWS[right](numbers(k, n, seed=1)), numbers(n, seed=2) if has_bias else None)


@pytest.mark.parametrize("left", ["rows", "columns"])
def test_cut_into_many_parts(left, monkeypatch, nothing_is_tiny):
    """Ranges of rows and of columns, slabs of the depth, ranges of left-hand columns, a turned product in ranges."""
    shapes = [(700, 70, 1200), (1400, 300, 600), (16, 600, 1100), (40, 9000, 50)]
    if config.DISABLE_JIT:  # compiled kernels have these numbers in them
        rows = {"_LEFT_ROWS": 2 * module.BLOCK_ROWS, "_FEWEST_ROWS": module.BLOCK_ROWS}
        for name, value in {"_TASK": 50, "_DEPTH": 4, "_SLAB": 256, **rows}.items():
            monkeypatch.setattr(module, name, value)
        shapes = [(70, 9, 40), (33, 20, 300), (16, 9, 200)]
    module._plan.cache_clear()
    plans = [module._plan(*shape, left == "rows", True) for shape in shapes]
    assert all(len(plan.tasks) > 1 for plan in plans) and {plan.turned for plan in plans} == {False, True}
    for m, k, n in shapes:
        check(ROWS[left](numbers(m, k)), numbers(k, n, seed=1), numbers(n, seed=2))
    module._plan.cache_clear()


@pytest.mark.parametrize("special", [np.nan, np.inf])
def test_nan_and_infinity_stay_in_their_row(special, nothing_is_tiny):
    a, b = np.abs(numbers(17, 20)) + 1, np.abs(numbers(20, 35, seed=1)) + 1
    a[5, 7] = special
    with np.errstate(all="ignore"):  # as operations run
        found = matrix_product(a, b)
    assert (np.isnan(found[5]) if np.isnan(special) else np.isinf(found[5])).all()
    assert np.isfinite(np.delete(found, 5, axis=0)).all()


@pytest.mark.parametrize("shapes", [((0, 3), (3, 4)), ((3, 0), (0, 4)), ((3, 4), (4, 0))])
def test_nothing_to_do(shapes):
    found = matrix_product(numbers(*shapes[0]), numbers(*shapes[1]), np.ones(shapes[1][1], np.float32))
    np.testing.assert_array_equal(found, np.ones((shapes[0][0], shapes[1][1])))


@pytest.mark.parametrize("shapes", [((300, 64), (64, 90)), ((7, 400), (400, 1000)), ((129, 130), (130, 131))])
@pytest.mark.parametrize("turned", [False, True])
def test_large_products_in_float64(shapes, turned):
    a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
    if turned:  # as a layer's transposed weight comes
        a, b = np.asfortranarray(a), np.asfortranarray(b)
    np.testing.assert_allclose(matrix_product(a, b), np.einsum("ij,jk->ik", a, b), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_do_not_depend_on_the_number_of_threads(dtype):
    size = 20 if config.DISABLE_JIT else 500
    tall = normal(size, 2 * size // 5).astype(dtype), normal(2 * size // 5, 60, seed=1).astype(dtype)
    products = (*tall, None), (tall[1].T, tall[0].T, None), (tall[0], tall[0].T, None)
    before = get_num_threads()
    results = []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append([matrix_product(*product) for product in products])
    finally:
        set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_batches_halves_and_integers():
    batch = normal(5, 70, 80), normal(5, 80, 90, seed=1)
    np.testing.assert_allclose(matrix_product(*batch), batch[0] @ batch[1], rtol=1e-12, atol=1e-12)
    ones = np.ones(2, np.float16)
    half = matrix_product(normal(3, 4).astype(np.float16), normal(4, 2, seed=1).astype(np.float16), ones)
    assert half.dtype == np.float16
    whole = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(matrix_product(whole, whole.T), whole @ whole.T)


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    """Shorter vectors, other blocks."""
    code = """
        import numpy as np
        from minitorch_cv.kernels.matrix_product import matrix_product

        draw = np.random.default_rng(0).standard_normal
        for m, k, n in ((33, 70, 40), (5, 300, 150), (100, 40, 7)):
            a, b, bias = draw((m, k)).astype("f4"), draw((k, n)).astype("f4"), draw(n).astype("f4")
            for left in (a, np.asfortranarray(a)):
                for right in (b, np.asfortranarray(b)):
                    exact = a.astype("f8") @ b + bias
                    error = np.linalg.norm(matrix_product(left, right, bias) - exact) / np.linalg.norm(exact)
                    assert error < 1e-6, (m, k, n, error)
        print("right")
    """
    assert run_for_target(target, tmp_path, code) == "right"
