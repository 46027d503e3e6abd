"""The same matrix product in steps, from Python's loops to all cores, and what each step brings.

    python examples/kernels/ladder.py [--quick] [--out docs/pictures/ladder.png]

Prints floating-point operations a second (a multiply-add is two) and draws them. Slow steps take some rows of the left
matrix only: their speed is the same for every row. Each result is compared with NumPy's, in float64.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import chains
import numpy as np
import products
from measuring import digits, fastest, machine, print_table

from minitorch_cv.kernels import compile_seconds, get_num_threads, set_num_threads
from minitorch_cv.kernels._blas import one_blas_thread
from minitorch_cv.kernels.matrix_product import matrix_product
from minitorch_cv.kernels.target import BLOCK_ROWS, NAME, PANEL, VL

SIZE = 1344  # a multiple of every processor's block of registers: nothing to do at edges
TOLERANCE = 1e-5  # of the result's norm
TURNS = 1 << 22
NOT_STEPS = "NumPy", "the library"  # for comparison


class Step(NamedTuple):
    """One rung.

    Attributes:
        name: for the table and the chart.
        rows: of the left matrix, 0 for all.
        cores: 1, or 0 for all.
    """

    name: str
    product: Callable[[np.ndarray, np.ndarray, np.ndarray], object]
    rows: int
    cores: int


def numpy_on_one_core(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """NumPy's own product, from OpenBLAS."""
    with one_blas_thread():
        np.matmul(a, b, out=out)


def library(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """What `a @ b` of tensors calls, which has to make its result first."""
    out[...] = matrix_product(a, b)


def steps(threads: int) -> list[Step]:
    """From the slowest to the fastest."""
    several = f"{threads} threads"
    return [
        Step("Python's loops", products.python_loops, 4, 1),
        Step("compiled loops", products.plain_loops, 8, 1),
        Step("along rows of b", products.rows_of_b, 112, 1),
        Step("vectors", products.vectors, 112, 1),
        Step("4 rows of vectors", products.four_rows, 112, 1),
        Step(f"micro-kernel, {BLOCK_ROWS} x 2 vectors", products.microkernel, 0, 1),
        Step("packed, in blocks", products.packed, 0, 1),
        Step("NumPy (OpenBLAS), 1 thread", numpy_on_one_core, 0, 1),
        Step(f"packed, in blocks, {several}", products.threads, 0, 0),
        Step(f"the library's own, {several}", library, 0, 0),
        Step(f"NumPy (OpenBLAS), {several}", lambda a, b, out: np.matmul(a, b, out=out), 0, 0),
    ]


def measure(step: Step, a: np.ndarray, b: np.ndarray, seconds: float, threads: int) -> tuple[float, float]:
    """GFLOP/s, and the deviation from the float64 product, relative to its norm."""
    a = a[: step.rows] if step.rows else a
    out = np.zeros((len(a), b.shape[1]), np.float32)
    set_num_threads(step.cores or threads)
    try:
        time = fastest(lambda: step.product(a, b, out), seconds)
    finally:
        set_num_threads(threads)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    return 2 * a.size * b.shape[1] / time / 1e9, float(np.linalg.norm(out - exact) / np.linalg.norm(exact))


def peak(turns: int, seconds: float) -> float:
    """GFLOP/s of one core that does multiply-adds only."""
    sums = np.zeros(8 * VL, np.float32)
    return 2 * 8 * VL * turns / fastest(lambda: chains.eight_chains(turns, sums), seconds) / 1e9


def draw(path: Path, names: list[str], speeds: list[float], one_core: float) -> None:
    """Horizontal bars on a logarithmic scale, with the peak of one core as a line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    colours = ["#E69F00" if name.startswith(NOT_STEPS) else "#0072B2" for name in names]  # Okabe and Ito's
    axes.barh(names, speeds, color=colours, height=0.7)
    for place, speed in enumerate(speeds):
        axes.text(1.09, place, digits(speed), ha="right", va="center", transform=axes.get_yaxis_transform())
    axes.axvline(one_core, color="black", linestyle="--", linewidth=1)
    axes.text(one_core * 0.93, 0, f"peak of one core: {digits(one_core)}", ha="right", va="center")
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(min(speeds) / 2, max(speeds) * 1.2)
    axes.set_xlabel("GFLOP/s (each line is ten times the one before)")
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title("One matrix product in steps")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small matrices and few runs: a test, not a measurement")
    parser.add_argument("--out", type=Path, default=Path("runs/kernels/ladder.png"), help="the picture")
    args = parser.parse_args()
    size = math.lcm(BLOCK_ROWS, PANEL, 4) if args.quick else SIZE
    seconds = 0.0 if args.quick else 1.0
    threads = get_num_threads()

    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((size, size), np.float32) for _ in range(2))
    one_core = peak(TURNS >> 10 if args.quick else TURNS, seconds)
    rungs = steps(threads)
    speeds, rows, previous = [], [], None
    for step in rungs:
        speed, deviation = measure(step, a, b, seconds, threads)
        if not deviation < TOLERANCE:
            raise SystemExit(f"{step.name}: the result is wrong by {deviation:.1g} of its norm")
        speeds.append(speed)
        gain = "" if previous is None or step.name.startswith(NOT_STEPS) else f"{digits(speed / previous)} x"
        rows.append([step.name, digits(speed), f"{speed / one_core:.1%}", gain, f"{deviation:.0e}"])
        previous = previous if step.name.startswith(NOT_STEPS) else speed

    print(machine())
    print(f"({size}, {size}) @ ({size}, {size}), float32; kernels for {NAME}, {VL} numbers in a vector\n")
    print_table(["step", "GFLOP/s", "of one core's peak", "to the step before", "error"], rows)
    print(f"peak of one core, 8 chains of multiply-adds: {digits(one_core)} GFLOP/s")
    print(f"compiling took {compile_seconds():.1f} s (0 if the kernels were in the cache)")
    draw(args.out, [step.name for step in rungs], speeds, one_core)
    print(f"picture: {args.out}")


if __name__ == "__main__":
    main()
