"""One training step of nine models: this library against PyTorch's best mode.

    python benchmarks/train_step.py [--models NAME...] [--modes MODE...] [--rounds 7] [--quick] [--out FOLDER]

Each library, and each mode of PyTorch's, trains in a process of its own. The processes take turns, some steps each, and
sleep in between; a figure is the median over the rounds of the median step of a turn. A step is zero_grad, forward,
cross-entropy, backward and SGD with momentum, with dropout active. Before that, weights and batches being the same, the
losses of the first three steps are compared with dropout off, since the libraries draw different masks: they must agree
within 1e-3. "First step" includes compiling, with this library's cache of kernels and PyTorch's of graphs as they are
found.
"""

from __future__ import annotations

import sys
from statistics import geometric_mean

from side_by_side.comparison import Comparison, compare
from side_by_side.models import MODELS
from side_by_side.network import OURS, TORCH_MODES
from side_by_side.options import read_options
from side_by_side.report import draw_bars, markdown_table, milliseconds, print_row, write_report
from side_by_side.training import Training

AGREEMENT = 1e-3
HEADER = [
    "model, image (batch)",
    OURS,
    *TORCH_MODES,
    "times as fast",
    "first step, s",
    "PyTorch's, s",
    "losses differ",
]


def cells(name: str, result: Comparison) -> list[str]:
    """A row of the table."""
    spec = MODELS[name]
    times = {key: milliseconds(result.times.get(key)) for key in (OURS, *TORCH_MODES)}
    times[result.best_mode] = f"**{times[result.best_mode]}**"
    firsts = [f"{result.first[key]:.2f}" for key in (OURS, result.best_mode)]
    difference = f"{result.difference:.0e}" + (" (!)" if not result.difference <= AGREEMENT else "")
    return [spec.label(), *times.values(), f"{result.ratio:.2f}", *firsts, difference]


def describe(results: dict[str, Comparison]) -> str:
    """Table, mean, and what did not run."""
    mean = geometric_mean(result.ratio for result in results.values())
    lines = [
        "Milliseconds of a training step; PyTorch's best mode in bold. The first step includes compiling, or loading"
        " what was compiled before. Losses of three steps with dropout off: the largest relative difference.",
        "",
        markdown_table(HEADER, [cells(name, result) for name, result in results.items()]),
        "",
        f"Geometric mean: {mean:.2f} times as fast as PyTorch's best mode.",
    ]
    for name, result in results.items():
        lines += [f"{name}: PyTorch's {mode} failed: {why}" for mode, why in result.failures.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write table and chart."""
    options = read_options(__doc__, "models", MODELS)
    results = {}
    for name in options.names:
        results[name] = compare(Training, options.rounds, options.modes, model=name)
        print_row(name, HEADER, cells(name, results[name]))
    text = describe(results)
    print(f"\n{text}")
    if options.out:
        draw_bars(
            options.out / "train_step.png",
            "A training step: how many times as fast as PyTorch's best mode",
            "PyTorch's time / minitorch_cv's time",
            [MODELS[name].label() for name in results],
            {"training step": [result.ratio for result in results.values()]},
            ratios=True,
        )
        write_report(options.out, "train_step", "Training step", text)
    if any(not result.difference <= AGREEMENT for result in results.values()):
        sys.exit("the libraries' losses do not agree")


if __name__ == "__main__":
    main()
