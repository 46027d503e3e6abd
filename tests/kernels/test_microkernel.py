"""The block product against NumPy, compiled for this processor and for others."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels import microkernel
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.microkernel import packed_rows, packed_rows_narrow, rows_by_table, rows_by_table_narrow
from minitorch_cv.kernels.target import BLOCK_ROWS, PANEL, VL
from tests.kernels.targets import TARGETS, run_for_target


@kernel
def wide(taps, depth, a, a0, a_rows, a_taps, b, b0, b_step, c, c0, c_rows, rows, columns, bias, bias0, accumulate, low):
    rows_by_table(
        taps, depth, a, a0, a_rows, 1, a_taps, 1, 1, b, b0, b_step, c, c0, c_rows, 1, rows, columns, bias, bias0,
        accumulate, low,
    )  # fmt: skip


@kernel
def narrow(
    taps, depth, a, a0, a_rows, a_taps, b, b0, b_step, c, c0, c_rows, rows, columns, bias, bias0, accumulate, low
):
    rows_by_table_narrow(
        taps, depth, a, a0, a_rows, 1, a_taps, 1, 1, b, b0, b_step, c, c0, c_rows, 1, rows, columns, bias, bias0,
        accumulate, low,
    )  # fmt: skip


@kernel
def wide_packed(
    taps, depth, a, a0, a_step, a_taps, b, b0, b_step, c, c0, c_rows, rows, columns, bias, bias0, accumulate, low
):
    packed_rows(
        taps, depth, a, a0, c_rows, 0, a_taps, 1, a_step, b, b0, b_step, c, c0, c_rows, 1, rows, columns, bias, bias0,
        accumulate, low,
    )  # fmt: skip


@kernel
def narrow_packed(
    taps, depth, a, a0, a_step, a_taps, b, b0, b_step, c, c0, c_rows, rows, columns, bias, bias0, accumulate, low
):
    packed_rows_narrow(
        taps, depth, a, a0, c_rows, 0, a_taps, 1, a_step, b, b0, b_step, c, c0, c_rows, 1, rows, columns, bias, bias0,
        accumulate, low,
    )  # fmt: skip


def block(run, width, packed, rows, columns, accumulate, taps=3, depth=5, low=-np.inf):
    """Compare one block with a float64 product; whatever lies around it must stay as it is."""
    rng = np.random.default_rng(rows * 100 + columns)
    a = rng.standard_normal(4000).astype(np.float32)
    b_step = width + 3
    b = rng.standard_normal(7 + taps * depth * b_step).astype(np.float32)
    bias = rng.standard_normal(2 + width).astype(np.float32)
    c = rng.standard_normal(4 + (BLOCK_ROWS + 1) * (width + 2)).astype(np.float32)
    a_taps = np.array([-1, 0, 700, 90][: taps + 1])
    c_rows = np.concatenate(([-1], rng.permutation(BLOCK_ROWS) * (width + 2)))
    a_rows = np.concatenate(([-1], rng.integers(0, 900, BLOCK_ROWS)))
    a_step = BLOCK_ROWS + 2
    before = c.astype(np.float64)
    run(
        taps, depth, a, 11, a_step if packed else a_rows, a_taps, b, 7, b_step, c, 4, c_rows, rows, columns, bias, 2,
        accumulate, np.float32(low),
    )  # fmt: skip
    expected = before.copy()
    for r in range(min(rows, BLOCK_ROWS)):
        for n in range(min(columns, width)):
            total = float(bias[2 + n])
            for t in range(taps):
                for d in range(depth):
                    step = d * a_step + r if packed else d + a_rows[1 + r]
                    total += float(a[11 + a_taps[1 + t] + step]) * float(b[7 + (t * depth + d) * b_step + n])
            place = 4 + c_rows[1 + r] + n
            expected[place] = max(total + (before[place] if accumulate else 0), low)
    np.testing.assert_allclose(c, expected, rtol=0, atol=1e-5)


KINDS = {
    "wide": (wide, PANEL, False),
    "narrow": (narrow, VL, False),
    "packed": (wide_packed, PANEL, True),
    "narrow packed": (narrow_packed, VL, True),
}
SIZES = [(BLOCK_ROWS, PANEL), (1, 1), (BLOCK_ROWS - 1, VL + 1), (BLOCK_ROWS + 9, PANEL + 7), (0, 4), (3, 0)]


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("rows, columns", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_block(kind, rows, columns, accumulate):
    block(*KINDS[kind], rows, columns, accumulate)


@pytest.mark.parametrize("taps, depth", [(1, 1), (1, 40), (3, 1)])
def test_depths(taps, depth):
    block(*KINDS["wide"], BLOCK_ROWS, PANEL, False, taps, depth)


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_lowest(kind, accumulate):
    block(*KINDS[kind], BLOCK_ROWS - 1, VL + 1, accumulate, low=0)


@pytest.mark.parametrize("low", [-np.inf, 0])
def test_nan_is_not_below(low):
    one, zeros, table = np.full(1, np.nan, np.float32), np.zeros(PANEL, np.float32), np.zeros(BLOCK_ROWS + 1, np.int64)
    c = np.zeros(1, np.float32)
    wide(1, 1, one, 0, table, table, zeros, 0, 1, c, 0, table, 1, 1, zeros, 0, False, np.float32(low))
    assert np.isnan(c[0])


def test_a_block_fits_the_registers():
    registers = {16: 32, 8: 16, 4: 16}[VL]
    assert registers >= BLOCK_ROWS * microkernel.BLOCK_VECTORS + microkernel.BLOCK_VECTORS + 1


@pytest.mark.parametrize("target", TARGETS)
def test_other_processors(target, tmp_path):
    code = """
        from tests.kernels import test_microkernel as tests
        for kind in tests.KINDS.values():
            for rows, columns in tests.SIZES:
                tests.block(*kind, rows, columns, True)
                tests.block(*kind, rows, columns, False)
        tests.test_a_block_fits_the_registers()
        print("done")
    """
    assert run_for_target(target, tmp_path, code) == "done"
