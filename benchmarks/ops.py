"""Every operation at the shapes of the courses' models, forward and backward: this library against PyTorch.

    python benchmarks/ops.py [--ops NAME...] [--rounds 7] [--quick] [--out FOLDER]

Two processes take turns, one for each library; a figure is the median over the rounds of the median of a turn. PyTorch
runs eagerly on NCHW and on channels-last memory, and the better of the two counts, for each direction by itself.
Operations that arithmetic decides are given in GFLOP/s, counted for the direct method (so that Winograd's algorithm can
be above the machine's ceiling); the others in GB/s, every input and output counted once (so that operations that must
read twice stay below it). The ceilings are measured: NumPy's product of 2048×2048 matrices, and a copy by all
processors.

Then every convolution's output and gradients, float32, by each of the library's algorithms, are held against float64
PyTorch: the norm of the difference, relative to the norm. More than 1e-5 is flagged.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import geometric_mean

import numpy as np
from side_by_side.machine import copy_ceiling, matrix_ceiling
from side_by_side.network import OURS
from side_by_side.operation_cases import CASES, CONVOLUTIONS, FLOAT, OPTIMIZERS
from side_by_side.options import read_options
from side_by_side.processes import Worker, time_in_turn
from side_by_side.report import digits, draw_bars, markdown_table, milliseconds, print_row, write_report

LARGEST_ERROR = 1e-5
RESNET18_PARAMETERS = 11_689_512
ALGORITHMS = ("auto", "im2col", "direct", "winograd")
TURN = 0.06  # seconds
DIRECTIONS = ("forward", "backward")
HEADER = ["operation, shape"]
for direction in DIRECTIONS:
    HEADER += [f"{direction}: {OURS}, ms", "PyTorch, ms", "times as fast", "rate"]

Workers = dict[str, Worker]
Times = tuple[np.ndarray, np.ndarray]  # ours and PyTorch's best: seconds of forward and, but for optimisers, backward


def measure(name: str, workers: Workers, rounds: int) -> Times:
    """Time one case, or one optimiser."""
    method = "time_case" if name in CASES else "time_optimizer"
    theirs = [key for key in workers if key != OURS]
    if name not in CASES or len(CASES[name].inputs[0]) < 4:
        theirs = theirs[:1]  # nothing here has channels to be last
    turns = {key: workers[key].turn(method, name=name) for key in (OURS, *theirs)}
    times = time_in_turn(turns, rounds, TURN)
    return times[OURS], np.min([times[key] for key in theirs], axis=0)


def rate(name: str, direction: str, seconds: float) -> str:
    """GFLOP/s or GB/s."""
    if name in OPTIMIZERS:
        return f"{digits(OPTIMIZERS[name][2] * FLOAT * RESNET18_PARAMETERS / seconds / 1e9)} GB/s"
    case = CASES[name]
    if case.flops:
        return f"{digits((case.flops if direction == 'forward' else case.backward_flops) / seconds / 1e9)} GFLOP/s"
    return f"{digits(case.traffic / seconds / 1e9)} GB/s"


def label(name: str) -> str:
    """What the table calls it."""
    return CASES[name].label if name in CASES else f"{OPTIMIZERS[name][0]}, ResNet-18's parameters"


def cells(name: str, times: Times) -> list[str]:
    """A row of the table."""
    row = [label(name)]
    for direction, ours, theirs in zip(DIRECTIONS, *times):
        row += [milliseconds(ours), milliseconds(theirs), f"{theirs / ours:.2f}", rate(name, direction, ours)]
    return row + ["–"] * (len(HEADER) - len(row))


def convolution_errors(names: list[str], ours: Worker, theirs: Worker) -> tuple[str, list[str]]:
    """A table of the largest errors, and what is too far off."""
    rows, flagged = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "reference.npz")
        for name in names:
            theirs.call("save_reference", name=name, path=path)
            row = [label(name)]
            for algorithm in ALGORITHMS:
                errors = ours.call("errors", name=name, path=path, algorithm=algorithm)
                worst = max(errors, key=lambda key: np.nan_to_num(errors[key], nan=np.inf))
                row.append(f"{errors[worst]:.1e} ({worst})")
                flagged += [f"{name}, {algorithm}: {k} {e:.1e}" for k, e in errors.items() if not e <= LARGEST_ERROR]
            errors = theirs.call("errors", name=name, path=path)
            rows.append([*row, f"{max(errors.values()):.1e}"])
    return markdown_table(["convolution", *ALGORITHMS, "PyTorch"], rows), flagged


def main() -> None:
    """Measure, print, and write table and chart."""
    options = read_options(__doc__, "ops", [*CASES, *OPTIMIZERS], modes=())
    ceilings = f"{matrix_ceiling():.0f} GFLOP/s (matrix product), {copy_ceiling():.1f} GB/s (copy)"
    results: dict[str, Times] = {}
    with (
        Worker("Operations", library=OURS) as ours,
        Worker("Operations", library="torch") as nchw,
        Worker("Operations", library="torch", channels_last=True) as channels_last,
    ):
        for name in options.names:
            results[name] = measure(name, {OURS: ours, "nchw": nchw, "channels_last": channels_last}, options.rounds)
            print_row(name, HEADER, cells(name, results[name]))
        names = [name for name in options.names if name in CONVOLUTIONS]
        errors, flagged = convolution_errors(names, ours, nchw)
    ratios = [[t / o for o, t in zip(*times)] for times in results.values()]
    text = "\n".join(
        [
            f"The machine at its best: {ceilings}. Rates are this library's.",
            "",
            markdown_table(HEADER, [cells(name, times) for name, times in results.items()]),
            "",
            f"Geometric mean of all: {geometric_mean(r for row in ratios for r in row):.2f} times as fast as PyTorch.",
            "",
            "Convolutions in float32 against float64: the largest relative error of output and gradients (of which), by"
            " algorithm; an algorithm that cannot compute a convolution leaves it to another one.",
            "",
            errors,
            "",
            f"Above {LARGEST_ERROR:.0e}: {'; '.join(flagged) or 'none'}.",
        ]
    )
    print(f"\n{text}")
    if options.out:
        draw_bars(
            options.out / "ops.png",
            "Operations: how many times as fast as PyTorch (NCHW or channels last)",
            "PyTorch's time / minitorch_cv's time",
            [label(name) for name in results],
            {key: [row[i] if i < len(row) else None for row in ratios] for i, key in enumerate(DIRECTIONS)},
            ratios=True,
        )
        write_report(options.out, "ops", "Operations", text)
    if flagged:
        sys.exit("a convolution is further from float64 than it may be")


if __name__ == "__main__":
    main()
