"""Worker processes as their parent sees them, and the measurement of several in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

BENCHMARKS = Path(__file__).resolve().parents[1]
LONGEST_TURN = 0.25  # seconds of steps in one turn, unless a single step takes longer


class WorkerError(Exception):
    """A worker could not do what it was asked for; holds its message. The trace is on standard error."""


class Worker:
    """A process of its own that holds one job; see worker.py. Use it as a context manager."""

    def __init__(self, job: str, **options: Any) -> None:
        path = os.pathsep.join([str(BENCHMARKS), str(BENCHMARKS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "side_by_side.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            self.call(job, **options)
        except WorkerError:
            self.close()
            raise

    def _read(self) -> Any:
        """The next answer."""
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(f"the worker ended with {self._process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise WorkerError(reply["error"])
        return reply["result"]

    def call(self, method: str, **arguments: Any) -> Any:
        """What the job's method returns. Raises WorkerError with what went wrong there."""
        self._process.stdin.write(json.dumps({"method": method, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def time_in_turn(workers: dict[str, Worker], rounds: int, **arguments: Any) -> dict[str, float]:
    """Median seconds of a step for each worker, after `rounds` rounds in which each has its turn.

    A turn is as many steps as fit into LONGEST_TURN, at least one; how many that are, one turn beforehand tells.
    """
    counts = {}
    for name, worker in workers.items():
        seconds = min(worker.call("time_steps", count=2, **arguments))
        counts[name] = max(1, min(100, int(LONGEST_TURN / seconds)))
    times: dict[str, list[float]] = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            times[name].append(median(worker.call("time_steps", count=counts[name], **arguments)))
    return {name: median(values) for name, values in times.items()}
