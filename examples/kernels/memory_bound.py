"""Batch normalisation and ReLU: the same few operations a number, in fewer and fewer passes over memory.

    python examples/kernels/memory_bound.py [--quick]

The statistics are given, as in evaluation. All results are compared with NumPy's in float64.
"""

from __future__ import annotations

import argparse

import numpy as np
from measuring import digits, fastest, machine, print_table

from minitorch_cv.kernels import layout
from minitorch_cv.kernels.batch_norm import Norm

SHAPE = 64, 64, 56, 56  # (N, C, H, W): 51 MB
TOLERANCE = 1e-6


def numpy_steps(x, mean, std):
    """Three passes, each of which reads an array and writes one."""
    y = x - mean[:, None, None]
    y = y / std[:, None, None]
    return np.maximum(y, 0)


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

    ways = {
        "copy": (lambda: x.copy(order="K"), 2),
        "NumPy, step by step": (lambda: numpy_steps(x, mean32, std32), 6),
        "kernel, then NumPy's ReLU": (lambda: np.maximum(norm.apply(x, None, False), 0), 4),
        "kernel, ReLU in the same pass": (lambda: norm.apply(x, None, True), 2),
    }
    rows = []
    for name, (way, arrays) in ways.items():
        if name != "copy" and not np.allclose(way(), exact, atol=TOLERANCE, rtol=TOLERANCE):
            raise SystemExit(f"{name}: the result is wrong")
        time = fastest(way, seconds)
        rows.append([name, arrays, digits(time * 1e3), digits(arrays * x.nbytes / time / 1e9)])
    print(machine())
    print(f"float32 of shape {x.shape}, channels last, {x.nbytes / 1e6:.1f} MB\n")
    print_table(["way", "arrays read and written", "ms", "GB/s"], rows)


if __name__ == "__main__":
    main()
