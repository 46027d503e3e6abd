"""Batch normalisation and ReLU: the same few operations a number, in fewer and fewer passes over memory.

    python examples/kernels/memory_bound.py [--quick]

The statistics are given, as in evaluation. All results are compared with NumPy's in float64.
"""

from __future__ import annotations

import argparse

import numpy as np
from measuring import digits, fastest, machine, print_table

from minitorch_cv.kernels import get_num_threads, layout, set_num_threads
from minitorch_cv.kernels.batch_norm import Norm

SHAPE = 64, 64, 56, 56  # (N, C, H, W): 51 MB
TOLERANCE = 1e-6


def numpy_steps(x, mean, std, y):
    """Three passes, each of which reads an array and writes one."""
    np.subtract(x, mean[:, None, None], out=y)
    np.divide(y, std[:, None, None], out=y)
    return np.maximum(y, 0, out=y)


def kernel_and_relu(norm, x):
    """Two passes: the kernel's, and NumPy's over its result."""
    y = norm.apply(x, None, False)
    return np.maximum(y, 0, out=y)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small array and few runs: a test, not a measurement")
    args = parser.parse_args()
    n, c, h, w = (2, 20, 7, 9) if args.quick else SHAPE
    seconds = 0.0 if args.quick else 1.5

    rng = np.random.default_rng(0)
    x = layout.empty_image(n, c, h, w, np.float32)
    x[...] = rng.standard_normal(x.shape, np.float32)
    mean, var = rng.standard_normal(c), rng.random(c) + 0.5
    norm = Norm(mean, var, 0.0, None, None)
    std32, mean32 = np.sqrt(var).astype(np.float32), mean.astype(np.float32)
    exact = np.maximum((x.astype(np.float64) - mean[:, None, None]) / np.sqrt(var)[:, None, None], 0)

    y = layout.empty_image(n, c, h, w, np.float32)
    threads = get_num_threads()
    ways = [
        ("copy", lambda: np.copyto(y, x), 2, 1),
        ("NumPy, step by step", lambda: numpy_steps(x, mean32, std32, y), 6, 1),
        ("kernel, then NumPy's ReLU", lambda: kernel_and_relu(norm, x), 4, 1),
        ("kernel, ReLU in the same pass", lambda: norm.apply(x, None, True), 2, 1),
        (f"the same on {threads} threads", lambda: norm.apply(x, None, True), 2, threads),
    ]
    rows = []
    for name, way, arrays, count in ways:
        set_num_threads(count)
        if name != "copy" and not np.allclose(way(), exact, atol=TOLERANCE, rtol=TOLERANCE):
            raise SystemExit(f"{name}: the result is wrong")
        time = fastest(way, seconds)
        rows.append([name, arrays, digits(time * 1e3), digits(arrays * x.nbytes / time / 1e9)])
    print(machine())
    print(f"float32 of shape {x.shape}, channels last, {x.nbytes / 1e6:.1f} MB\n")
    print_table(["way", "arrays read and written", "ms", "GB/s"], rows)


if __name__ == "__main__":
    main()
