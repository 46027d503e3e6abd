"""One convolution by several algorithms: time, speed and rounding error; and Winograd's F(2, 3) with numbers.

    python examples/kernels/convolutions.py [--quick]

GFLOP/s count the multiplications and additions of the definition, whichever the algorithm really does: a speed above
the processor's peak means that it did fewer. Errors are relative to the norm of the result in float64.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from measuring import digits, fastest, machine, print_table

from minitorch_cv.kernels import convolution as kernels
from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.window import Window

TOLERANCE = 1e-5
# (N, C, H, W), O, window, stride, padding
CASES = {
    "a layer of a ResNet: 64 to 64 channels, 3x3, 32x32 pixels": ((64, 64, 32, 32), 64, 3, 1, 1),
    "the same with stride 2": ((64, 64, 32, 32), 64, 3, 2, 1),
    "LeNet's first: 3 to 6 channels, 5x5, 32x32 pixels": ((128, 3, 32, 32), 6, 5, 1, 0),
}
QUICK = {"a small one": ((2, 32, 8, 8), 32, 3, 1, 1), "with stride 2": ((2, 5, 9, 8), 6, 3, 2, 1)}


@kernel
def plain_loops(x, weight, out, stride, padding):
    """out = the convolution of x, straight from its definition."""
    for n in range(out.shape[0]):
        for o in range(out.shape[1]):
            for row in range(out.shape[2]):
                for column in range(out.shape[3]):
                    total = np.float32(0)
                    for c in range(weight.shape[1]):
                        for i in range(weight.shape[2]):
                            y = row * stride + i - padding
                            if 0 <= y < x.shape[2]:
                                for j in range(weight.shape[3]):
                                    z = column * stride + j - padding
                                    if 0 <= z < x.shape[3]:
                                        total += x[n, c, y, z] * weight[o, c, i, j]
                    out[n, o, row, column] = total


def f23(d, g):
    """F(2, 3): the two sums d[i]*g[0] + d[i+1]*g[1] + d[i+2]*g[2], i = 0 and 1, by four multiplications."""
    m1 = (d[0] - d[2]) * g[0]
    m2 = (d[1] + d[2]) * (g[0] + g[1] + g[2]) / 2
    m3 = (d[2] - d[1]) * (g[0] - g[1] + g[2]) / 2
    m4 = (d[1] - d[3]) * g[2]
    return [m1 + m2 + m3, m2 - m3 - m4], [m1, m2, m3, m4]


def deviation(result: np.ndarray, exact: np.ndarray) -> float:
    """Of a result, relative to the norm of the exact one."""
    return float(np.linalg.norm(result - exact) / np.linalg.norm(exact))


def measure(shape: tuple[int, int, int, int], o: int, size: int, stride: int, padding: int, seconds: float) -> None:
    """Print a table for one layer."""
    window = Window((size, size), (stride, stride), ((padding, padding), (padding, padding)), (1, 1))
    rng = np.random.default_rng(0)
    n, c, h, w = shape
    oh, ow = window.output_size((h, w))
    x, grad = layout.empty_image(*shape, np.float32), layout.empty_image(n, o, oh, ow, np.float32)
    for image in (x, grad):
        image[...] = rng.standard_normal(image.shape, np.float32)
    weight = rng.standard_normal((o, c, size, size), np.float32)
    wide = [a.astype(np.float64) for a in (x, weight, grad)]
    planar = np.ascontiguousarray(x)
    products: dict[str, tuple[Callable[..., np.ndarray], tuple[np.ndarray, ...]]] = {
        "forward": (lambda x, weight, grad: kernels.conv2d(x, weight, None, window), (x, weight, grad)),
        "to the input": (
            lambda x, weight, grad: kernels.conv2d_backward_input(grad, weight, (h, w), window),
            (x, weight, grad),
        ),
        "to the weight": (lambda x, weight, grad: kernels.conv2d_backward_weight(grad, x, window), (x, weight, grad)),
    }
    exact = {name: product(*wide) for name, (product, _) in products.items()}
    flops = 2 * n * o * oh * ow * c * size * size

    def timed(algorithm: str, name: str, work: Callable[[], np.ndarray]) -> tuple[float, float]:
        """Seconds and error."""
        error = deviation(work(), exact[name])
        if not error < TOLERANCE:
            raise SystemExit(f"{algorithm}, {name}: the result is wrong by {error:.1g} of its norm")
        return fastest(work, seconds), error

    def row(algorithm: str, figures: list[tuple[float, float]]) -> list[str]:
        """A line of the table, from those of `timed`."""
        milliseconds = [digits(time * 1e3) for time, _ in figures] + ["–"] * (len(products) - len(figures))
        speed = digits(flops / figures[0][0] / 1e9)
        return [algorithm, *milliseconds, speed, f"{max(error for _, error in figures):.0e}"]

    out = np.empty((n, o, oh, ow), np.float32)

    def plain() -> np.ndarray:
        plain_loops(planar, weight, out, stride, padding)
        return out

    rows = [row("plain loops, 1 thread", [timed("plain loops", "forward", plain)])]
    for algorithm in ("im2col", "direct", *(["winograd"] if stride == 1 else []), "auto"):
        with kernels.algorithm(algorithm):
            figures = [timed(algorithm, name, lambda p=p, a=a: p(*a)) for name, (p, a) in products.items()]
        rows.append(row(algorithm, figures))
    print_table(["algorithm", *(f"{name}, ms" for name in products), "forward, GFLOP/s", "largest error"], rows)
    time = fastest(lambda: np.ascontiguousarray(x), seconds)
    print(f"changing the order of the input's memory: {digits(time * 1e3)} ms\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small layers and few runs: a test, not a measurement")
    args = parser.parse_args()
    d, g = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0]
    y, m = f23(d, g)
    print(f"F(2, 3) of {d} with {g}: products {m}, results {y}; NumPy's: {np.correlate(d, g).tolist()}\n")
    print(machine())
    for name, case in (QUICK if args.quick else CASES).items():
        print(f"\n{name}\n")
        measure(*case, seconds=0.0 if args.quick else 0.4)


if __name__ == "__main__":
    main()
