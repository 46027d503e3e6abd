"""This library beside PyTorch's modes: one model, every worker in turn."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from .network import OURS, TORCH_MODES
from .processes import Worker, WorkerError, time_in_turn
from .training import Inference, Training


@dataclass
class Comparison:
    """What was measured for one model; the keys of the dictionaries are OURS and PyTorch's modes.

    Attributes: times: seconds of a step.
                first: seconds of the first step, with whatever is compiled or loaded in it.
                difference: of the results, by the job's own measure.
                failures: why a mode of PyTorch's did not run.
    """

    times: dict[str, float]
    first: dict[str, float]
    difference: float
    failures: dict[str, str]

    @property
    def best_mode(self) -> str:
        """PyTorch's fastest mode."""
        return min((key for key in self.times if key != OURS), key=self.times.__getitem__)

    @property
    def ratio(self) -> float:
        """How many times as fast as PyTorch's best mode this library is."""
        return self.times[self.best_mode] / self.times[OURS]


def compare(
    job: type[Training] | type[Inference], rounds: int, modes: Sequence[str] = TORCH_MODES, **options: Any
) -> Comparison:
    """Give this library and each mode of PyTorch's a process of its own, and let them take turns.

    A mode that fails is left out and its error noted, if another one runs: torch.compile needs a C++ compiler.
    """
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        first: dict[str, float] = {}
        failures: dict[str, str] = {}
        for key in (OURS, *modes):
            library, mode = (OURS, "eager") if key == OURS else ("torch", key)
            worker = stack.enter_context(Worker(job.__name__, library=library, mode=mode, **options))
            try:
                first[key] = worker.call("time_steps", count=1)[0]
                workers[key] = worker
            except WorkerError as error:
                if key != "compile":
                    raise
                failures[key] = str(error).splitlines()[0]
        ours, theirs = (workers[key].call("check") for key in list(workers)[:2])
        times = time_in_turn({key: worker.turn() for key, worker in workers.items()}, rounds)
        return Comparison({k: float(t) for k, t in times.items()}, first, job.difference(ours, theirs), failures)
