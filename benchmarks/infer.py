"""Forward only, batch 1 and 64: this library against PyTorch's best mode.

    python benchmarks/infer.py [--models NAME...] [--modes MODE...] [--rounds 7] [--quick] [--out FOLDER]

The models of train_step.py in eval mode and without a graph (two batch sizes of one model are one model here), measured
in the same way. The outputs for one image are compared too: the norm of the difference, relative to PyTorch's.
"""

from __future__ import annotations

import sys
from statistics import geometric_mean

from side_by_side.comparison import Comparison, compare
from side_by_side.models import MODELS
from side_by_side.network import OURS, TORCH_MODES
from side_by_side.options import read_options
from side_by_side.report import draw_bars, markdown_table, milliseconds, print_row, write_report
from side_by_side.training import Inference

AGREEMENT = 1e-3
BATCHES = (1, 64)
NAMES = [name for name in MODELS if name != "lenet5_16"]
HEADER = ["model, image", "batch", OURS, *TORCH_MODES, "times as fast", "outputs differ"]


def cells(name: str, batch: int, result: Comparison) -> list[str]:
    """A row of the table."""
    times = {key: milliseconds(result.times.get(key)) for key in (OURS, *TORCH_MODES)}
    times[result.best_mode] = f"**{times[result.best_mode]}**"
    difference = f"{result.difference:.0e}" + (" (!)" if not result.difference <= AGREEMENT else "")
    return [MODELS[name].label(batch=False), str(batch), *times.values(), f"{result.ratio:.2f}", difference]


def main() -> None:
    """Measure, print, and write table and chart."""
    options = read_options(__doc__, "models", NAMES)
    results: dict[tuple[str, int], Comparison] = {}
    for name in options.names:
        for batch in BATCHES:
            results[name, batch] = compare(Inference, options.rounds, options.modes, model=name, batch=batch)
            print_row(name, HEADER, cells(name, batch, results[name, batch]))
    mean = geometric_mean(result.ratio for result in results.values())
    lines = [
        "Milliseconds of a forward pass; PyTorch's best mode in bold.",
        "",
        markdown_table(HEADER, [cells(*key, result) for key, result in results.items()]),
        "",
        f"Geometric mean: {mean:.2f} times as fast as PyTorch's best mode.",
    ]
    for (name, batch), result in results.items():
        lines += [f"{name}, batch {batch}: PyTorch's {mode} failed: {why}" for mode, why in result.failures.items()]
    text = "\n".join(lines)
    print(f"\n{text}")
    if options.out:
        draw_bars(
            options.out / "infer.png",
            "Inference: how many times as fast as PyTorch's best mode",
            "PyTorch's time / minitorch_cv's time",
            [MODELS[name].label(batch=False) for name in options.names],
            {f"batch {batch}": [results[name, batch].ratio for name in options.names] for batch in BATCHES},
            ratios=True,
        )
        write_report(options.out, "infer", "Inference", text)
    if any(not result.difference <= AGREEMENT for result in results.values()):
        sys.exit("the libraries' outputs do not agree")


if __name__ == "__main__":
    main()
