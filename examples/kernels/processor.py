"""What one processor core can do, and what it costs to ask the other: the measurements behind docs/kernels.md.

    python examples/kernels/processor.py [--quick]

- chains: multiply-adds that wait for each other, and chains of them side by side
- memory: how fast numbers come from arrays that fit into each cache, and that fit into none
- pages: writing to new memory and to the same memory again
- threads: a kernel of two parts, one of which a helper may take, against one part alone
"""

from __future__ import annotations

import argparse

import chains
import numpy as np
from measuring import digits, fastest, machine, print_table

from minitorch_cv.kernels import get_num_threads
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._threads import board
from minitorch_cv.kernels.layout import empty
from minitorch_cv.kernels.scratch import aligned
from minitorch_cv.kernels.simd import load, splat, store
from minitorch_cv.kernels.target import NAME, VL

TURNS = 1 << 22
KILOBYTES = (16, 32, 256, 1024, 8192, 65536, 524288)
MEGABYTES = 32


@kernel
def read(a, passes, out):
    """Add up a, so many times, in eight sums."""
    zero = splat(np.float32(0))
    s0, s1, s2, s3, s4, s5, s6, s7 = zero, zero, zero, zero, zero, zero, zero, zero
    for _ in range(passes):
        for i in range(0, len(a), 8 * VL):
            s0, s1, s2, s3 = s0 + load(a, i), s1 + load(a, i + VL), s2 + load(a, i + 2 * VL), s3 + load(a, i + 3 * VL)
            i += 4 * VL
            s4, s5, s6, s7 = s4 + load(a, i), s5 + load(a, i + VL), s6 + load(a, i + 2 * VL), s7 + load(a, i + 3 * VL)
    store(out, 0, s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7)


def measure_chains(turns: int, seconds: float) -> None:
    """A table of nanoseconds and GFLOP/s by the number of chains."""
    sums = np.zeros(8 * VL, np.float32)
    rows = []
    for count, chain in chains.CHAINS.items():
        time = fastest(lambda chain=chain: chain(turns, sums), seconds)
        rows.append([count, digits(time / turns * 1e9), digits(2 * count * VL * turns / time / 1e9)])
    print_table(["chains", "ns for one multiply-add of each", "GFLOP/s"], rows)


def measure_memory(largest: int, seconds: float) -> None:
    """A table of GB/s read by one core, by the size of the array."""
    rows = []
    out = np.zeros(VL, np.float32)
    for kilobytes in KILOBYTES:
        if kilobytes <= largest:
            a = aligned(kilobytes * 256)
            a.fill(1)
            passes = max(1, (1 << 15) // kilobytes)
            time = fastest(lambda a=a, passes=passes: read(a, passes, out), seconds)
            speed = a.nbytes * passes / time
            rows.append([f"{kilobytes:,}", digits(speed / 1e9), digits(speed / 4 / 1e9)])
    print_table(["array, KB", "GB/s read", "numbers a nanosecond"], rows)


def measure_pages(megabytes: int, seconds: float) -> None:
    """Milliseconds to fill an array with ones: a new one, one from the library's pool, the same again."""
    count = megabytes << 18
    same = np.ones(count, np.float32)
    rows = [
        ["NumPy's, new each time", fastest(lambda: np.empty(count, np.float32).fill(1), seconds)],
        ["the library's, new each time", fastest(lambda: empty((count,), np.float32).fill(1), seconds)],
        ["the same array", fastest(lambda: same.fill(1), seconds)],
    ]
    print_table([f"{megabytes} MB filled", "ms"], [[name, digits(time * 1e3)] for name, time in rows])


def measure_threads(turns: int, seconds: float) -> None:
    """Microseconds that a second thread costs: two equal parts side by side, less one of them alone."""
    sums = np.zeros(2 * 8 * VL, np.float32)
    rows = []
    for length in (turns // 512, turns // 64, turns // 16, turns // 4):
        alone = fastest(lambda length=length: chains.shared_chains(board(), 1, 0, 1, length, sums), seconds)
        both = fastest(lambda length=length: chains.shared_chains(board(), 1, 0, 2, length, sums), seconds)
        rows.append([*(digits(time * 1e6) for time in (alone, both, both - alone)), digits(2 * alone / both)])
    print_table(["one part, µs", f"two, on {get_num_threads()} threads, µs", "handing over, µs", "times as fast"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few runs of small work: a test, not a measurement")
    args = parser.parse_args()
    seconds = 0.0 if args.quick else 0.7
    print(machine())
    print(f"kernels for {NAME}, {VL} numbers in a vector\n")
    measure_chains(TURNS >> 10 if args.quick else TURNS, seconds)
    measure_memory(1024 if args.quick else max(KILOBYTES), seconds)
    measure_pages(1 if args.quick else MEGABYTES, seconds)
    measure_threads(1 << (10 if args.quick else 20), seconds)


if __name__ == "__main__":
    main()
