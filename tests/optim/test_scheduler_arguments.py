"""Warnings and errors of schedulers, and schedulers of one's own."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn, optim
from minitorch_cv.optim import lr_scheduler
from tests.nn.both import check_same, error_of, warnings_of
from tests.optim.schedules import (
    LAST_EPOCH,
    Decay,
    follow,
    make_optimizer,
    tidy,
)


@pytest.mark.parametrize("order", ["right", "wrong", "overridden"])
def test_order_of_steps(order):
    def warned(library):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.StepLR(optimizer, 3)
        if order == "right":
            optimizer.step()
        if order == "overridden":
            optimizer.step = lambda: None
        return warnings_of(lambda: (scheduler.step(), scheduler.step()))

    check_same(lambda library: [kind for kind, _ in warned(library)])
    expected = {
        "right": "",
        "wrong": "Detected call of `lr_scheduler.step()` before `optimizer.step()`",
        "overridden": "Seems like `optimizer.step()` has been overridden",
    }
    assert expected[order] in "".join(text for _, text in warned(ours))


@pytest.mark.parametrize("last_epoch", [-1, 7])
@pytest.mark.parametrize("name", LAST_EPOCH)
def test_asking_get_lr_from_outside(name, last_epoch):
    def scenario(library):
        optimizer = make_optimizer(library)
        make = LAST_EPOCH[name]
        scheduler = make(library.optim.lr_scheduler, optimizer, -1)
        if last_epoch >= 0:
            scheduler = make(library.optim.lr_scheduler, optimizer, last_epoch)
        found = []
        texts = warnings_of(lambda: found.append(scheduler.get_lr()))
        return texts, tidy(found)

    assert "please use `get_last_lr()`" in check_same(scenario)[0][0][1]


WRONG = {
    "no optimizer": lambda s, o: s.StepLR(3, 1),
    "cyclic: no optimizer": lambda s, o: s.CyclicLR("optimizer", 0.1, 0.2),
    "one cycle: no optimizer": lambda s, o: s.OneCycleLR(None, 0.1, 10),
    "plateau: no optimizer": lambda s, o: s.ReduceLROnPlateau(None),
    "lambda: number": lambda s, o: s.LambdaLR(o, [Decay(1)]),
    "multiplicative: number": lambda s, o: s.MultiplicativeLR(o, [Decay(1)] * 3),
    "multiplicative: no function": lambda s, o: s.MultiplicativeLR(o, 0.9),
    "restarts: T_0": lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
    "restarts: T_0 float": lambda s, o: s.CosineAnnealingWarmRestarts(o, 1.5),
    "restarts: T_mult": lambda s, o: s.CosineAnnealingWarmRestarts(o, 1, 0),
    "restarts: eta_min": lambda s, o: s.CosineAnnealingWarmRestarts(o, 1, eta_min="a"),
    "cyclic: list": lambda s, o: s.CyclicLR(o, [0.1], 0.2),
    "cyclic: momenta": lambda s, o: s.CyclicLR(o, 0.1, 0.2, max_momentum=[0.1]),
    "one cycle: steps": lambda s, o: s.OneCycleLR(o, 0.1),
    "one cycle: epochs only": lambda s, o: s.OneCycleLR(o, 0.1, epochs=3),
    "one cycle: total_steps": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=0),
    "one cycle: float steps": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=1.5),
    "one cycle: epochs": lambda s, o: s.OneCycleLR(o, 0.1, epochs=-3, steps_per_epoch=1),
    "one cycle: steps_per_epoch": lambda s, o: s.OneCycleLR(o, 0.1, epochs=3, steps_per_epoch=0),
    "one cycle: pct_start": lambda s, o: s.OneCycleLR(o, 0.1, 10, pct_start=1.5),
    "one cycle: pct_start int": lambda s, o: s.OneCycleLR(o, 0.1, 10, pct_start=1),
    "one cycle: strategy": lambda s, o: s.OneCycleLR(o, 0.1, 10, anneal_strategy="up"),
    "plateau: min_lr": lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
    "sequential: none": lambda s, o: s.SequentialLR(o, [], []),
    "sequential: milestones": lambda s, o: s.SequentialLR(o, [s.StepLR(o, 1)], [3]),
    "sequential: no scheduler": lambda s, o: s.SequentialLR(o, [SimpleNamespace()], []),
    "sequential: plateau": lambda s, o: s.SequentialLR(o, [s.ReduceLROnPlateau(o)], []),
    "chained: none": lambda s, o: s.ChainedScheduler([]),
    "chained: plateau": lambda s, o: s.ChainedScheduler([s.StepLR(o, 1), s.ReduceLROnPlateau(o)]),
    "chained: no scheduler": lambda s, o: s.ChainedScheduler([s.StepLR(o, 1), SimpleNamespace()]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_wrong_arguments(call):
    check_same(lambda library: error_of(lambda: call(library.optim.lr_scheduler, make_optimizer(library))))


OWN_WORDS = {
    "constant": (lambda s, o: s.ConstantLR(o, 1.5), "Constant multiplicative factor expected to be between 0 and 1"),
    "linear start": (lambda s, o: s.LinearLR(o, 0.0), "Starting multiplicative factor expected to be greater than 0"),
    "linear end": (lambda s, o: s.LinearLR(o, 0.1, 2.0), "Ending multiplicative factor expected to be between 0 and 1"),
    "cyclic mode": (
        lambda s, o: s.CyclicLR(o, 0.1, 0.2, mode="up"),
        "mode is invalid and scale_fn is None: got mode 'up'",
    ),
    "plateau factor": (lambda s, o: s.ReduceLROnPlateau(o, factor=1.0), "Factor should be < 1.0, but got 1.0"),
    "plateau mode": (lambda s, o: s.ReduceLROnPlateau(o, "low"), "mode low is unknown!"),
    "plateau threshold": (lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="x"), "threshold mode x is unknown!"),
    "sequential": (
        lambda s, o: s.SequentialLR(o, [s.StepLR(copy.deepcopy(o), 1)], []),
        "expects all schedulers to belong to the same optimizer, but got scheduler StepLR at index 0",
    ),
    "chained": (
        lambda s, o: s.ChainedScheduler([s.StepLR(o, 1), s.StepLR(copy.deepcopy(o), 1)]),
        "expects all schedulers to belong to the same optimizer, but got scheduler StepLR at index 1",
    ),
}


@pytest.mark.parametrize(("call", "match"), OWN_WORDS.values(), ids=OWN_WORDS)
def test_wrong_arguments_with_words_of_our_own(call, match):
    check_same(lambda library: error_of(lambda: call(library.optim.lr_scheduler, make_optimizer(library)))[0])
    with pytest.raises(ValueError, match=match):
        call(lr_scheduler, make_optimizer(ours))


@pytest.mark.parametrize("name", ["CyclicLR", "OneCycleLR"])
def test_momentum_needs_an_optimizer_that_has_it(name):
    def attempt(library):
        optimizer = library.optim.Adagrad([library.nn.Parameter(library.ones(1))])
        LAST_EPOCH[name](library.optim.lr_scheduler, optimizer, -1)

    check_same(lambda library: error_of(lambda: attempt(library))[0])
    with pytest.raises(
        ValueError, match=r"must support momentum or beta1.*Adagrad has neither: pass cycle_momentum=False"
    ):
        attempt(ours)


def test_one_cycle_ends():
    def scenario(library):
        optimizer = make_optimizer(library)
        scheduler = library.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 3)
        optimizer.step()
        for _ in range(3):
            scheduler.step()
        return error_of(scheduler.step)

    check_same(scenario)


def test_a_scheduler_of_ones_own():
    def scenario(library):
        class Halving(library.optim.lr_scheduler._LRScheduler):
            def __init__(self, optimizer, last_epoch=-1):
                super().__init__(optimizer, last_epoch)

            def get_lr(self):
                return [base_lr / 2**self.last_epoch for base_lr in self.base_lrs]

        optimizer = make_optimizer(library)
        scheduler = Halving(optimizer)
        return follow(optimizer, scheduler, 5).tolist(), scheduler.get_last_lr()

    check_same(scenario)


@pytest.mark.parametrize("library", [ours, torch], ids=["ours", "torch"])
def test_the_base_class_has_no_schedule(library):
    with pytest.raises(NotImplementedError):
        library.optim.lr_scheduler.LRScheduler(make_optimizer(library))
    with pytest.raises(NotImplementedError, match=r"LRScheduler does not define get_lr\(\)"):
        lr_scheduler.LRScheduler(make_optimizer(ours))


def test_all_names_of_torch_are_there():
    missing = set(torch.optim.lr_scheduler.__all__) - set(lr_scheduler.__all__)
    assert missing == set()
    assert issubclass(lr_scheduler._LRScheduler, lr_scheduler.LRScheduler)
    assert lr_scheduler is optim.lr_scheduler and isinstance(nn.Parameter(ours.ones(1)), ours.Tensor)
