"""Worker processes do what they are asked for, and say what went wrong."""

from __future__ import annotations

import pytest

from benchmarks.side_by_side.comparison import compare
from benchmarks.side_by_side.network import OURS
from benchmarks.side_by_side.processes import Worker, WorkerError, time_in_turn
from benchmarks.side_by_side.training import Training


def test_a_worker_answers_and_survives_an_error():
    with Worker("Training", library=OURS, mode="eager", model="mlp", batch=2) as worker:
        times = worker.call("time_steps", count=2)
        assert len(times) == 2 and min(times) > 0
        with pytest.raises(WorkerError, match=r"AttributeError: .*no attribute 'dance'"):
            worker.call("dance")
        assert len(worker.call("check", steps=1)) == 1


def test_a_job_that_cannot_be_made_says_why():
    with pytest.raises(WorkerError, match="KeyError: 'transformer'"):
        Worker("Training", library=OURS, mode="eager", model="transformer")


def test_libraries_are_compared():
    result = compare(Training, 1, ["eager"], model="mlp", batch=2)
    assert set(result.times) == set(result.first) == {OURS, "eager"}
    assert result.best_mode == "eager" and result.ratio > 0 and result.difference < 1e-3


def test_everybody_has_a_turn_and_medians_are_taken():
    log = []

    def turn(name, seconds):
        def steps(count):
            log.append((name, count))
            return [[seconds, 2 * seconds]] * count

        return steps

    times = time_in_turn({"a": turn("a", 1.0), "b": turn("b", 0.01)}, rounds=3, turn_length=0.3)
    assert times["a"].tolist() == [1.0, 2.0] and times["b"].tolist() == [0.01, 0.02]
    assert log == [("a", 2), ("b", 2), *[("a", 1), ("b", 10)] * 3]
