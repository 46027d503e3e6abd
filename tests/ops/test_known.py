"""Checks are made once for each set of arguments, and once more for any that differ at all."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv.ops import known as module
from minitorch_cv.ops.known import kind, known, settings
from tests.checks import check_error, ours_of

F = mt.nn.functional


class Check:
    """Counts its calls, and gives back a new object each time."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return object()


def test_a_check_is_made_once_for_a_key():
    cache, check = {}, Check()
    first = known(cache, ("op", 1), check)
    assert known(cache, ("op", 1), check) is first and check.calls == 1
    assert known(cache, ("op", 2), check) is not first and check.calls == 2
    assert known({}, ("op", 1), check) is not first and check.calls == 3


def test_a_check_that_finds_nothing_is_remembered_too():
    cache, calls = {}, []
    for _ in range(3):
        assert known(cache, "key", lambda: calls.append(1)) is None
    assert calls == [1]


ALIKE = [1, True, 1.0, np.int64(1), np.float64(1), np.bool_(True)]


@pytest.mark.parametrize("wrap", [lambda x: (x,), lambda x: (2, x), lambda x: (x, None)])
def test_numbers_that_are_equal_are_different_settings(wrap):
    cache, check = {}, Check()
    for number in ALIKE:
        known(cache, settings(*wrap(number)), check)
    assert check.calls == len(ALIKE)
    for number in ALIKE:
        known(cache, settings(*wrap(number)), check)
    assert check.calls == len(ALIKE)


@pytest.mark.parametrize("wrap", [lambda x: (x, x), lambda x: (2, x), lambda x: ((2, x), (0, 0))])
def test_so_are_pairs_of_them(wrap):
    cache, check = {}, Check()
    for number in ALIKE:
        known(cache, settings(wrap(number), "same"), check)
    assert check.calls == len(ALIKE)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_among_the_settings(count):
    """It has no hash: the check is made each time, and sees what the list holds now."""
    cache, size = {}, [1, 2]
    for turn in range(count):
        size[0] = turn
        assert known(cache, settings(size, 3), lambda: list(size)) == [turn, 2]
    assert not cache


def test_errors_are_not_remembered():
    cache, check = {}, Check()

    def refuse():
        check()
        raise ValueError("too small")

    for _ in range(2):
        check_error(ValueError, "too small", known, cache, "key", refuse)
    assert check.calls == 2 and not cache
    assert known(cache, "key", lambda: 5) == 5
    assert known(cache, "key", refuse) == 5


def test_an_error_says_nothing_of_the_cache():
    def refuse():
        raise ValueError("too small")

    for key in ("key", ["list"]):
        with pytest.raises(ValueError, match="too small") as caught:
            known({}, key, refuse)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_full_cache_is_emptied(monkeypatch):
    monkeypatch.setattr(module, "_MOST", 3)
    cache, check = {}, Check()
    for key in "abc":
        known(cache, key, check)
    assert list(cache) == ["a", "b", "c"]
    known(cache, "a", check)
    assert check.calls == 3
    known(cache, "d", check)
    assert list(cache) == ["d"]
    known(cache, "a", check)
    assert check.calls == 5 and list(cache) == ["d", "a"]


def test_kinds():
    x = ours_of(np.zeros((2, 3)))
    assert kind(x) == kind(ours_of(np.ones((2, 3))))
    others = [
        np.zeros((3, 2)),
        np.zeros((2, 3, 1)),
        np.zeros(()),
        np.zeros((2, 3), np.float32),
        np.zeros((2, 3), np.int64),
    ]
    assert len({kind(x), *(kind(ours_of(other)) for other in others)}) == 1 + len(others)
    assert kind(None) is None
    assert kind("no tensor") == "no tensor"


def test_an_operation_refuses_what_it_took_in_another_type():
    x = ours_of(np.zeros((1, 1, 4, 4)))
    for _ in range(2):
        F.max_pool2d(x, 2)
        check_error(TypeError, "'kernel_size' must be int or tuple of ints, got 2.0", F.max_pool2d, x, 2.0)
        F.max_pool2d(x, (2, 1))
        for pair in ((2.0, 1), (2, 1.0), (2, True)):
            check_error(TypeError, "'kernel_size' must be int or tuple of ints", F.max_pool2d, x, pair)
        assert F.max_pool2d(x, [2, 1]).shape == (1, 1, 2, 4)
