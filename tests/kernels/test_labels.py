"""Labels that name no class are counted, as by looking at each."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels.labels import outside_labels
from tests.checks import rng


def by_looking(labels, classes, ignore_index):
    return sum(label != ignore_index and not 0 <= label < classes for label in labels.ravel().tolist())


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (100,), (3, 4, 5), (0,), (2, 0)])
@pytest.mark.parametrize("ignore_index", [-100, -1, 0, 3, 10, 255])
def test_against_looking_at_each(dtype, shape, ignore_index):
    labels = np.asarray(rng().integers(0 if dtype == np.uint8 else -3, 13, shape)).astype(dtype)
    before = labels.copy()
    for classes in (0, 1, 3, 10, 13):
        assert outside_labels(labels, classes, ignore_index) == by_looking(labels, classes, ignore_index)
    np.testing.assert_array_equal(labels, before)


@pytest.mark.parametrize(
    "labels, expected",
    [
        ([0, 9], 0),
        ([0, 10], 1),
        ([-1, 0], 1),
        ([-100, 0], 0),
        ([255, -100, 10, -1], 3),
        ([-(1 << 63), (1 << 63) - 1], 2),
    ],
)
def test_borders(labels, expected):
    found = outside_labels(np.array(labels), 10, -100)
    assert found == expected and type(found) is int


def test_any_memory():
    labels = rng().integers(-3, 13, (6, 8))
    read_only = labels.copy()
    read_only.flags.writeable = False
    unaligned = np.frombuffer(b"." + labels.tobytes(), np.uint8)[1:].view(np.int64).reshape(labels.shape)
    assert not unaligned.flags.aligned
    for given in (
        labels,
        labels[::-1],
        labels[:, ::2],
        labels.T,
        np.broadcast_to(labels[:1], (6, 8)),
        read_only,
        unaligned,
    ):
        assert outside_labels(given, 10, 2) == by_looking(given, 10, 2)
