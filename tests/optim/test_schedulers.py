"""Every scheduler sets PyTorch's learning rates: alone, chained, after a jump and after a resume."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv.optim import lr_scheduler
from tests.nn.both import check_same, error_of, warnings_of
from tests.optim.schedules import (
    LAST_EPOCH,
    SCHEDULERS,
    STEPS,
    assert_same,
    every_scheduler,
    follow,
    make_optimizer,
    settings,
    tidy,
)


@every_scheduler
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_a_hundred_steps(make, kind):
    seen, states = [], []
    for library in (ours, torch):
        optimizer = make_optimizer(library, kind=kind)
        scheduler = make(library.optim.lr_scheduler, optimizer)
        seen.append(follow(optimizer, scheduler))
        states.append(tidy(scheduler.state_dict()))
    assert_same(*seen)
    assert states[0] == states[1]


@every_scheduler
def test_a_learning_rate_that_is_a_tensor_stays_the_same_tensor(make):
    seen = []
    for library in (ours, torch):
        optimizer = make_optimizer(library, tensor_lr=True)
        tensors = [group["lr"] for group in optimizer.param_groups]
        scheduler = make(library.optim.lr_scheduler, optimizer)
        seen.append(follow(optimizer, scheduler))
        assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, tensors))
        assert not any(last is tensor for last, tensor in zip(scheduler.get_last_lr(), tensors))
    np.testing.assert_allclose(*seen, rtol=1e-6)


@every_scheduler
@pytest.mark.parametrize("interrupted", [0, 1, 13, 50])
def test_resuming_equals_no_interruption(make, interrupted):
    whole = follow(*(lambda o: (o, make(lr_scheduler, o)))(make_optimizer(ours)))
    optimizer = make_optimizer(ours)
    scheduler = make(lr_scheduler, optimizer)
    first = follow(optimizer, scheduler, interrupted)
    saved = pickle.loads(pickle.dumps((optimizer.state_dict(), scheduler.state_dict())))
    again = make_optimizer(ours, lr=(7.0, 8.0))
    resumed = make(lr_scheduler, again)
    again.load_state_dict(saved[0])
    resumed.load_state_dict(saved[1])
    assert sorted(saved[1]) == sorted(resumed.state_dict())
    second = follow(again, resumed, STEPS - interrupted)
    np.testing.assert_array_equal(np.concatenate([first, second[1:]]), whole)


@every_scheduler
def test_resuming_from_torch(make):
    theirs = make_optimizer(torch)
    scheduler = make(torch.optim.lr_scheduler, theirs)
    follow(theirs, scheduler, 13)
    optimizer = make_optimizer(ours)
    resumed = make(lr_scheduler, optimizer)
    optimizer.load_state_dict(theirs.state_dict())
    resumed.load_state_dict(scheduler.state_dict())
    assert_same(follow(optimizer, resumed, 50), follow(theirs, scheduler, 50))


@pytest.mark.parametrize("name", LAST_EPOCH)
def test_starting_in_the_middle(name):
    seen = []
    for library in (ours, torch):
        schedulers = library.optim.lr_scheduler
        optimizer = make_optimizer(library)
        follow(optimizer, LAST_EPOCH[name](schedulers, optimizer, -1), 7)
        scheduler = LAST_EPOCH[name](schedulers, optimizer, 7)
        seen.append(follow(optimizer, scheduler, 30))
    assert_same(*seen)


@pytest.mark.parametrize("name", LAST_EPOCH)
def test_starting_in_the_middle_needs_the_first_learning_rate(name):
    attempt = lambda library: LAST_EPOCH[name](library.optim.lr_scheduler, make_optimizer(library), 7)
    assert check_same(lambda library: error_of(lambda: attempt(library))[0]) == "KeyError"
    if name != "OneCycleLR":
        with pytest.raises(KeyError, match=r"param 'initial_lr' is not specified in param_groups\[0\]"):
            attempt(ours)


@every_scheduler
def test_jumping_to_an_epoch(make):
    if make in (SCHEDULERS[n] for n in SCHEDULERS if n.startswith(("Sequential", "Chained"))):
        assert error_of(lambda: make(lr_scheduler, make_optimizer(ours)).step(epoch=3))[0] == "TypeError"
        return
    seen = []
    for library in (ours, torch):
        optimizer = make_optimizer(library)
        scheduler = make(library.optim.lr_scheduler, optimizer)
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = []
            for epoch in (3, 0, 40, 41, 7):
                scheduler.step(epoch=epoch)
                rows.append(settings(optimizer))
        seen.append(np.concatenate([rows, follow(optimizer, scheduler, 5)]))
    assert_same(*seen)


def test_jumping_is_deprecated():
    def warned(library):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.StepLR(optimizer, 3)
        optimizer.step()
        return warnings_of(lambda: scheduler.step(epoch=2))

    check_same(lambda library: [kind for kind, _ in warned(library)])
    assert "The epoch parameter in `scheduler.step()`" in warned(ours)[0][1]


@pytest.mark.parametrize("T_mult", [1, 2, 3])
def test_restarts_between_epochs(T_mult):
    seen = []
    for library in (ours, torch):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, T_mult)
        rows = []
        for i in range(120):
            scheduler.step(i / 5)
            rows.append([*settings(optimizer), scheduler.last_epoch])
        seen.append(np.array(rows))
    assert_same(*seen)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(make_optimizer(ours), 3)
    with pytest.raises(ValueError, match="Expected non-negative epoch, but got -1"):
        scheduler.step(-1)
