"""One training step of nine models: this library against PyTorch's best mode.

    python benchmarks/train_step.py [--models NAME...] [--rounds 7] [--quick]

Each library, and each mode of PyTorch's, trains in a process of its own. The processes take turns, some steps each, and
sleep in between; a figure is the median over the rounds of the median step of a turn. A step is zero_grad, forward,
cross-entropy, backward and SGD with momentum, with dropout active. Before that, weights and batches being the same, the
losses of the first three steps are compared with dropout off, since the libraries draw different masks: they must agree
within 1e-3. "First step" includes compiling, with this library's cache of kernels and PyTorch's of graphs as they are
found. The results are written only if all models were measured, with at least seven rounds.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import geometric_mean

from side_by_side.models import MODELS
from side_by_side.processes import Worker, WorkerError, time_in_turn
from side_by_side.report import draw_ratios, markdown_table, milliseconds, write_table
from side_by_side.training import OURS, TORCH_MODES

AGREEMENT = 1e-3
ENOUGH_ROUNDS = 7


@dataclass
class Result:
    """One model: seconds of a step and of the first one by worker, and how far the losses are apart."""

    name: str
    times: dict[str, float]
    first: dict[str, float]
    disagreement: float
    failures: dict[str, str]

    @property
    def best_mode(self) -> str:
        """PyTorch's fastest mode."""
        return min((mode for mode in TORCH_MODES if mode in self.times), key=self.times.__getitem__)

    @property
    def ratio(self) -> float:
        """How many times as fast as PyTorch's best mode this library is."""
        return self.times[self.best_mode] / self.times[OURS]

    def cells(self) -> list[str]:
        """A row of the table."""
        spec = MODELS[self.name]
        agree = f"{self.disagreement:.0e}" + ("" if self.disagreement <= AGREEMENT else " (!)")
        times = [milliseconds(self.times.get(worker)) for worker in (OURS, *TORCH_MODES)]
        times = [f"**{t}**" if w == self.best_mode else t for t, w in zip(times, (OURS, *TORCH_MODES))]
        image = "×".join(map(str, spec.image))
        firsts = [f"{self.first[worker]:.2f}" for worker in (OURS, self.best_mode)]
        return [f"{spec.title}, {image} ({spec.batch})", *times, f"{self.ratio:.2f}", *firsts, agree]


HEADER = [
    "model, image (batch)",
    OURS,
    *(f"torch {mode}" for mode in TORCH_MODES),
    "times as fast",
    "first step, s",
    "torch's, s",
    "losses differ",
]


def measure(name: str, rounds: int) -> Result:
    """Run one model's workers in turn."""
    with ExitStack() as stack:
        options = {OURS: {"library": OURS, "mode": "eager"}}
        options |= {mode: {"library": "torch", "mode": mode} for mode in TORCH_MODES}
        workers: dict[str, Worker] = {}
        first: dict[str, float] = {}
        failures: dict[str, str] = {}
        for key, chosen in options.items():
            worker = stack.enter_context(Worker("Training", model=name, **chosen))
            try:
                first[key] = worker.call("time_steps", count=1)[0]
                workers[key] = worker
            except WorkerError as error:
                if key != "compile":  # which needs a C++ compiler
                    raise
                failures[key] = str(error).splitlines()[0]
        ours, theirs = (workers[key].call("first_losses") for key in (OURS, "eager"))
        disagreement = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs))
        return Result(name, time_in_turn(workers, rounds), first, disagreement, failures)


def summarise(results: list[Result]) -> str:
    """Table, mean and what did not run."""
    lines = [
        "Milliseconds of a training step; PyTorch's best mode in bold. The first step includes compiling, or loading"
        " what was compiled before. Losses of three steps with dropout off: the largest relative difference.",
        "",
        markdown_table(HEADER, [result.cells() for result in results]),
        "",
        f"Geometric mean: {geometric_mean(result.ratio for result in results):.2f} times as fast as PyTorch's best mode.",
    ]
    lines += [
        f"{result.name}: torch {mode} failed: {why}" for result in results for mode, why in result.failures.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write table and chart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=ENOUGH_ROUNDS)
    parser.add_argument("--quick", action="store_true", help="two rounds")
    arguments = parser.parse_args()
    rounds = 2 if arguments.quick else arguments.rounds
    results = []
    for name in arguments.models:
        results.append(measure(name, rounds))
        print(f"{name}:", ", ".join(f"{k} {v}" for k, v in zip(HEADER[1:], results[-1].cells()[1:])), flush=True)
    text = summarise(results)
    print(f"\n{text}")
    if len(results) == len(MODELS) and rounds >= ENOUGH_ROUNDS:
        labels = [f"{MODELS[r.name].title}\n({MODELS[r.name].batch})" for r in results]
        draw_ratios("train_step", "Training step, against PyTorch's best mode", labels, [r.ratio for r in results])
        print("written:", write_table("train_step", "Training step", text))
    if any(not result.disagreement <= AGREEMENT for result in results):
        sys.exit("the libraries' losses do not agree")


if __name__ == "__main__":
    main()
