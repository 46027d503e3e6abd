"""Single operations: every case can be built by both libraries; convolutions are held against float64."""

from __future__ import annotations

import pytest
import torch

import minitorch_cv
from benchmarks.side_by_side.network import OURS
from benchmarks.side_by_side.operation_cases import CASES, convolution
from benchmarks.side_by_side.operations import Operations


@pytest.fixture(autouse=True)
def _threads_as_found():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("library", [minitorch_cv, torch], ids=lambda library: library.__name__)
def test_cases_can_be_built(library):
    for case in CASES.values():
        assert callable(case.build(library, library.nn))
        assert (case.flops > 0) != (case.traffic > 0)


@pytest.mark.parametrize("algorithm", ["auto", "im2col", "direct", "winograd"])
def test_convolutions_are_near_float64(algorithm, monkeypatch, tmp_path):
    monkeypatch.setitem(CASES, "tiny", convolution(2, 3, 8, 4, 3, padding=1))
    path = str(tmp_path / "reference.npz")
    Operations("torch").save_reference("tiny", path)
    errors = Operations(OURS).errors("tiny", path, algorithm)
    assert set(errors) == {"output", "input", "weight", "bias"}
    assert 0 < max(errors.values()) < 1e-5


@pytest.mark.parametrize("library", [OURS, "torch"])
def test_forward_and_backward_are_timed(library, monkeypatch):
    monkeypatch.setitem(CASES, "tiny", convolution(2, 3, 8, 4, 3, first=True))
    times = Operations(library, channels_last=True).time_case("tiny", 3)
    assert len(times) == 3 and all(len(step) == 2 and min(step) > 0 for step in times)


def test_a_convolution_counts_its_arithmetic():
    case = convolution(2, 4, 10, 6, 3, stride=2, groups=2)
    assert case.flops == 2 * 2 * 6 * 4 * 4 * 2 * 9
    assert case.backward_flops == 2 * case.flops
    assert convolution(1, 3, 5, 1, 3, first=True).backward_flops == 2 * 9 * 3 * 9
