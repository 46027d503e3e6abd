"""ReduceLROnPlateau does what PyTorch's does."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv.optim import lr_scheduler
from tests.nn.both import check_same, error_of, warnings_of
from tests.optim.schedules import (
    STEPS,
    assert_same,
    make_optimizer,
    settings,
    tidy,
)

PLATEAU = [
    {},
    {"patience": 2},
    {"patience": 0, "cooldown": 3},
    {"mode": "max", "patience": 3},
    {"mode": "max", "patience": 1, "threshold_mode": "abs", "threshold": 0.05},
    {"patience": 1, "threshold_mode": "abs", "threshold": 0.01, "factor": 0.7},
    {"patience": 1, "min_lr": 0.05},
    {"patience": 1, "min_lr": [0.01, 0.2], "factor": 0.5},
    {"patience": 0, "eps": 0.1},
]


def metrics():
    rng = np.random.default_rng(3)
    return 1 / np.arange(1, STEPS + 1) ** 0.3 + 0.1 * rng.standard_normal(STEPS)


@pytest.mark.parametrize("given", PLATEAU, ids=str)
@pytest.mark.parametrize("tensor_lr", [False, True])
def test_plateau(given, tensor_lr):
    seen, states = [], []
    for library in (ours, torch):
        optimizer = make_optimizer(library, tensor_lr=tensor_lr)
        scheduler = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **given)
        rows = []
        for i, metric in enumerate(metrics()):
            scheduler.step(library.tensor(metric, dtype=library.float64) if i % 2 else metric)
            rows.append(
                [*settings(optimizer), scheduler.num_bad_epochs, scheduler.in_cooldown, *scheduler.get_last_lr()]
            )
        seen.append(np.array(rows, float))
        states.append(tidy(scheduler.state_dict()))
    assert_same(*seen)
    if not tensor_lr:
        assert states[0] == states[1]


def test_plateau_with_a_metric_that_is_nan():
    def scenario(library):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
        for metric in (1.0, float("nan"), float("nan"), 0.5, float("inf")):
            scheduler.step(metric)
        return scheduler.best, scheduler.num_bad_epochs, settings(optimizer)

    check_same(scenario)


@pytest.mark.parametrize("interrupted", [0, 30])
def test_plateau_resumes(interrupted):
    def go_on(optimizer, scheduler, rows):
        for metric in rows:
            scheduler.step(metric)
        return settings(optimizer)

    make = lambda o: lr_scheduler.ReduceLROnPlateau(o, "min", patience=2, cooldown=2)
    one = make_optimizer(ours)
    whole = make(one)
    expected = go_on(one, whole, metrics())
    two = make_optimizer(ours)
    scheduler = make(two)
    go_on(two, scheduler, metrics()[:interrupted])
    three = make_optimizer(ours)
    resumed = lr_scheduler.ReduceLROnPlateau(three, "max")
    three.load_state_dict(two.state_dict())
    resumed.load_state_dict(copy.deepcopy(scheduler.state_dict()))
    assert go_on(three, resumed, metrics()[interrupted:]) == expected
    assert tidy(resumed.state_dict()) == tidy(whole.state_dict())


def test_plateau_after_a_new_group():
    def scenario(library, min_lr):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, min_lr=min_lr)
        optimizer.add_param_group({"params": [library.nn.Parameter(library.ones(1))], "lr": 1.0})
        scheduler.step(1.0)
        scheduler.step(1.0)
        return settings(optimizer)

    check_same(lambda library: scenario(library, 0.0))
    check_same(lambda library: error_of(lambda: scenario(library, [0.0, 0.0])))


def test_plateau_jumping_and_get_lr():
    def scenario(library):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
        kinds = [kind for kind, _ in warnings_of(lambda: scheduler.step(1.0, 7))]
        scheduler.step(1.0)
        return kinds, scheduler.last_epoch

    check_same(scenario)
    assert lr_scheduler.ReduceLROnPlateau(make_optimizer(ours)).get_lr() == [0.1, 0.5]
