"""Peak memory of training nine models: this library beside PyTorch's modes.

    python benchmarks/memory.py [--models NAME...] [--modes MODE...] [--out FOLDER]

Every figure comes from a process of its own: the highest resident memory of three training steps, less that before the
model was made, in a process that has trained LeNet-5 for one step (so that what a library loads to train at all is not
counted). It holds weights, gradients, momentum, batches, activations, buffers that a library keeps, and code that this
model in particular needs. Two of PyTorch's modes are named: the one with the least memory, and the one whose second
or third step was the fastest.
"""

from __future__ import annotations

from side_by_side.models import MODELS
from side_by_side.network import OURS
from side_by_side.options import read_options
from side_by_side.processes import Worker, WorkerError
from side_by_side.report import digits, draw_bars, markdown_table, print_row, write_report

HEADER = ["model, image (batch)", f"{OURS}, MB", "PyTorch's least, MB", "its mode", "PyTorch's fastest, MB", "its mode"]


def measure(model: str, library: str, mode: str) -> dict[str, float]:
    """Bytes, and seconds of a later step."""
    with Worker("TrainingMemory", library=library, mode=mode, model=model) as worker:
        return worker.call("peak")


def main() -> None:
    """Measure, print, and write table and chart."""
    options = read_options(__doc__, "models", MODELS, rounds=0)
    rows, failures = [], []
    ratios: dict[str, list[float | None]] = {"PyTorch's mode with the least memory": [], "PyTorch's fastest mode": []}
    for name in options.names:
        ours = measure(name, OURS, "eager")
        theirs = {}
        for mode in options.modes:
            try:
                theirs[mode] = measure(name, "torch", mode)
            except WorkerError as error:
                failures.append(f"{name}: PyTorch's {mode} failed: {str(error).splitlines()[0]}")
        least = min(theirs, key=lambda mode: theirs[mode]["bytes"])
        fastest = min(theirs, key=lambda mode: theirs[mode]["seconds"])
        megabytes = [run["bytes"] / 1e6 for run in (ours, theirs[least], theirs[fastest])]
        for values, value in zip(ratios.values(), megabytes[1:]):
            values.append(value / megabytes[0])
        cells = [digits(value) for value in megabytes]
        rows.append([MODELS[name].label(), cells[0], cells[1], least, cells[2], fastest])
        print_row(name, HEADER, rows[-1])
    more = [name for name, *some in zip(options.names, *ratios.values()) if min(some) < 1]
    lines = [
        "Peak memory of a training step in MB (10^6 bytes), above those of a process that has trained LeNet-5.",
        "",
        markdown_table(HEADER, rows),
        "",
        f"More than PyTorch's least: {', '.join(more) or 'no model'}.",
        *failures,
    ]
    text = "\n".join(lines)
    print(f"\n{text}")
    if options.out:
        draw_bars(
            options.out / "memory.png",
            "Peak memory of a training step: how many times as much PyTorch takes",
            "PyTorch's memory / minitorch_cv's memory",
            [MODELS[name].label() for name in options.names],
            ratios,
            ratios=True,
        )
        write_report(options.out, "memory", "Peak memory", text)


if __name__ == "__main__":
    main()
