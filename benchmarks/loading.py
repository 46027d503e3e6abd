"""Loading images: the transforms of the courses and whole pipelines, this library and PyTorch with Pillow.

    python benchmarks/loading.py [--parts NAME...] [--data FOLDER] [--rounds 7] [--quick] [--out FOLDER]

PyTorch's transforms are written by hand with Pillow, NumPy and torch (side_by_side/hand_transforms.py), its loader is
torch.utils.data.DataLoader. Each library has a process of its own, and the processes take turns; a figure is the median
over the rounds of the median of a turn. Transforms are timed on one image after the other, without a loader. Pipelines
are timed over epochs, without workers and with two (threads here, processes in PyTorch) that stay from epoch to epoch.

A ResNet-9's training step takes turns with the CIFAR-10 pipelines: what loading its batch of 128 takes without workers,
as a share of the step, is what loading adds to an epoch. Images come from --data, or from the folder that
MINITORCH_CV_DATA names; without either they are synthetic.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean

import numpy as np
from side_by_side.images import prepare_images
from side_by_side.loading import PICTURES, Files
from side_by_side.loading_cases import CASES, PIPELINES
from side_by_side.network import OURS
from side_by_side.options import read_options
from side_by_side.processes import Worker, time_in_turn
from side_by_side.report import digits, draw_bars, markdown_table, milliseconds, print_row, write_report

AGREEMENT = 1e-6  # of what is not random
EPOCHS_AGREEMENT = 0.05  # of the mean and the deviation of an epoch
WORKERS = (0, 2)
MODEL = "resnet9"  # whose batch is that of the CIFAR-10 pipelines
TRAINING = "training"
RATES = [f"{OURS}, images/s", "PyTorch, images/s", "times as fast"]
TRANSFORM_HEADER = ["transform", *RATES]
PIPELINE_HEADER = ["pipeline (batch)", "workers", *RATES, f"{OURS}, ms a batch", "of a training step"]


@dataclass
class Times:
    """Seconds for an image, and of a training step if one took turns."""

    ours: float
    theirs: float
    step: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as fast as PyTorch this library is."""
        return self.theirs / self.ours

    def rates(self) -> list[str]:
        """Three cells of a table."""
        return [f"{1 / self.ours:,.0f}", f"{1 / self.theirs:,.0f}", f"{self.ratio:.2f}"]


Pipelines = dict[tuple[str, int], Times]  # by name and number of workers


def transform_cells(name: str, times: Times) -> list[str]:
    """A row of the table."""
    return [CASES[name].label, *times.rates()]


def pipeline_cells(name: str, workers: int, times: Times) -> list[str]:
    """A row of the table."""
    batch = times.ours * PIPELINES[name].batch
    share = "–" if times.step is None else f"{digits(100 * batch / times.step)} %"
    return [label(name), str(workers), *times.rates(), milliseconds(batch), share]


def label(name: str) -> str:
    """What table and chart call a pipeline."""
    return f"{PIPELINES[name].label} ({PIPELINES[name].batch})"


def measure_transforms(names: list[str], files: Files, rounds: int) -> tuple[dict[str, Times], list[str]]:
    """Times by name; and where the libraries' results differ."""
    results, wrong = {}, []
    with Worker("Transforms", library=OURS, files=files) as ours:
        with Worker("Transforms", library="torch", files=files) as theirs:
            for name in names:
                turns = {key: worker.turn("time_case", name=name) for key, worker in ((OURS, ours), ("torch", theirs))}
                passes = time_in_turn(turns, rounds)
                results[name] = Times(*(float(seconds) / PICTURES for seconds in passes.values()))
                print_row(name, TRANSFORM_HEADER, transform_cells(name, results[name]))
                if not CASES[name].random:
                    mine, reference = (worker.call("results", name=name) for worker in (ours, theirs))
                    difference = np.abs(np.subtract(mine, reference)).max() / np.abs(reference).max()
                    if not difference <= AGREEMENT:
                        wrong.append(f"{name}: results differ by {difference:.0e}")
    return results, wrong


def measure_pipelines(names: list[str], files: Files, rounds: int) -> tuple[Pipelines, list[str]]:
    """Times by pipeline and workers; and where the libraries' epochs differ."""
    results: Pipelines = {}
    wrong = []
    for name in names:
        for workers in WORKERS:
            with ExitStack() as stack:
                options = {"pipeline": name, "files": files, "workers": workers}
                processes = {
                    key: stack.enter_context(Worker("Loading", library=key, **options)) for key in (OURS, "torch")
                }
                epochs = [process.call("summary") for process in processes.values()]
                if PIPELINES[name].images == "cifar" and not workers:
                    options = {"library": OURS, "mode": "eager", "model": MODEL}
                    processes[TRAINING] = stack.enter_context(Worker("Training", **options))
                    processes[TRAINING].call("time_steps", count=1)  # compiles
                found = time_in_turn({key: process.turn() for key, process in processes.items()}, rounds)
            seconds = [float(found[key]) / PIPELINES[name].count for key in (OURS, "torch")]
            results[name, workers] = Times(*seconds, found.get(TRAINING))
            print_row(name, PIPELINE_HEADER, pipeline_cells(name, workers, results[name, workers]))
            apart = max(abs(epochs[0][key] - epochs[1][key]) for key in ("mean", "std"))
            if epochs[0]["shape"] != epochs[1]["shape"] or not apart <= EPOCHS_AGREEMENT:
                wrong.append(f"{name}, {workers} workers: epochs differ, {epochs[0]} and {epochs[1]}")
    return results, wrong


def describe(transforms: dict[str, Times], pipelines: Pipelines, images: str) -> str:
    """The tables."""
    lines = [images, ""]
    if transforms:
        lines += [
            "One image after the other, without a loader:",
            "",
            markdown_table(TRANSFORM_HEADER, [transform_cells(*item) for item in transforms.items()]),
            "",
            f"Geometric mean: {geometric_mean(times.ratio for times in transforms.values()):.2f} times as fast.",
            "",
        ]
    if pipelines:
        steps = [times.step for times in pipelines.values() if times.step is not None]
        told = f" (ResNet-9, {milliseconds(steps[0])} ms)" if steps else ""
        lines += [
            "Epochs of a shuffled loader. A batch that is loaded without workers, as a share of the training step that"
            f" it is for{told}, is what loading adds to an epoch:",
            "",
            markdown_table(PIPELINE_HEADER, [pipeline_cells(*key, times) for key, times in pipelines.items()]),
        ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write tables and chart."""
    options = read_options(__doc__, "parts", [*CASES, *PIPELINES], modes=(), data=True)
    with tempfile.TemporaryDirectory() as folder:
        files, images = prepare_images(Path(folder), options.data)
        transforms, wrong = measure_transforms([n for n in options.names if n in CASES], files, options.rounds)
        pipelines, apart = measure_pipelines([n for n in options.names if n in PIPELINES], files, options.rounds)
    text = describe(transforms, pipelines, images)
    print(f"\n{text}")
    if options.out:
        bars = {CASES[name].label: times.ratio for name, times in transforms.items()}
        bars |= {f"{label(name)}, {workers} workers": times.ratio for (name, workers), times in pipelines.items()}
        draw_bars(
            options.out / "loading.png",
            "Loading images: how many times as fast as PyTorch with Pillow",
            "PyTorch's time / minitorch_cv's time",
            list(bars),
            {"loading": list(bars.values())},
            ratios=True,
        )
        write_report(options.out, "loading", "Loading images", text)
    if wrong or apart:
        sys.exit("\n".join(["the libraries do not load the same:", *wrong, *apart]))


if __name__ == "__main__":
    main()
