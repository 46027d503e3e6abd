"""Worker processes as their parent sees them, and the measurement of several in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

BENCHMARKS = Path(__file__).resolve().parents[1]
Turn = Callable[[int], Sequence[Any]]


def python_path() -> str:
    """Where processes find the benchmarks' shared parts, and the library that they lie beside."""
    return os.pathsep.join([str(BENCHMARKS), str(BENCHMARKS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])


class WorkerError(Exception):
    """A worker could not do what it was asked for; holds its message. The trace is on standard error."""


class Worker:
    """A process of its own that holds one job; see worker.py. Use it as a context manager."""

    def __init__(self, job: str, **options: Any) -> None:
        self._process: Any = subprocess.Popen(  # with pipes, which its type leaves open
            [sys.executable, "-m", "side_by_side.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": python_path()},
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

    def turn(self, method: str = "time_steps", **arguments: Any) -> Turn:
        """A method of the job that takes a count, for time_in_turn."""
        return lambda count: self.call(method, count=count, **arguments)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def time_in_turn(turns: Mapping[str, Turn], rounds: int, turn_length: float = 0.25) -> dict[str, np.ndarray]:
    """Median seconds of a step, after `rounds` rounds in which everybody has a turn.

    Args:     turns: by name, what times a number of steps; a step gives a number, or a list of them for its parts.
              turn_length: seconds; a turn is as many steps as fit, from 1 to 2000, as two steps beforehand tell.
    """
    counts = {}
    for name, turn in turns.items():
        seconds = min(np.sum(step) for step in turn(2))
        counts[name] = int(np.clip(turn_length / seconds, 1, 2000))
    times: dict[str, list[np.ndarray]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            times[name].append(np.median(turn(counts[name]), axis=0))
    return {name: np.median(medians, axis=0) for name, medians in times.items()}
