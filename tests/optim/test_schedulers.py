"""Every scheduler sets PyTorch's learning rates, alone, chained, after a jump and after a resume."""

from __future__ import annotations

import copy
import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn, optim
from minitorch_cv.optim import lr_scheduler
from tests.nn.both import check_same, error_of, warnings_of

STEPS = 100


class Decay:
    """A callable object, whose attributes belong to a scheduler's state."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, epoch):
        return self.factor**epoch


def make_optimizer(library, lr=(0.1, 0.5), kind="SGD", tensor_lr=False):
    params = [library.nn.Parameter(library.ones(1)) for _ in lr]
    rates = [library.tensor(value, dtype=library.float64) for value in lr] if tensor_lr else lr
    groups = [{"params": [p], "lr": rate} for p, rate in zip(params, rates)]
    return getattr(library.optim, kind)(groups, **({"momentum": 0.9} if kind == "SGD" else {}))


# How to make each scheduler: a function of the library's lr_scheduler module and an optimizer.
SCHEDULERS = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 0.95**epoch),
    "LambdaLR list": lambda s, o: s.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), Decay(0.9)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.95),
    "MultiplicativeLR list": lambda s, o: s.MultiplicativeLR(o, (lambda epoch: 1 - 1 / (1 + epoch), Decay(0.999))),
    "StepLR": lambda s, o: s.StepLR(o, 7, gamma=0.5),
    "StepLR 1": lambda s, o: s.StepLR(o, 1),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [3, 20, 20, 60], gamma=0.3),
    "ConstantLR": lambda s, o: s.ConstantLR(o),
    "ConstantLR 10": lambda s, o: s.ConstantLR(o, factor=0.5, total_iters=10),
    "LinearLR": lambda s, o: s.LinearLR(o),
    "LinearLR down": lambda s, o: s.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=40),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=60, power=2.0),
    "PolynomialLR 5": lambda s, o: s.PolynomialLR(o),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 10, eta_min=0.01),
    "CosineAnnealingLR 100": lambda s, o: s.CosineAnnealingLR(o, T_max=100),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 7),
    "CosineAnnealingWarmRestarts 2": lambda s, o: s.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.001),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.2, step_size_up=8),
    "CyclicLR triangular2": lambda s, o: s.CyclicLR(o, [0.01, 0.02], [0.2, 0.3], 6, 11, "triangular2"),
    "CyclicLR exp_range": lambda s, o: s.CyclicLR(o, 0.01, 0.2, 6, mode="exp_range", gamma=0.95, base_momentum=0.6),
    "CyclicLR function": lambda s, o: s.CyclicLR(o, 0.01, 0.2, 6, scale_fn=lambda x: 1 / x),
    "CyclicLR object": lambda s, o: s.CyclicLR(o, 0.01, 0.2, 6, scale_fn=Decay(0.9), scale_mode="iterations"),
    "CyclicLR no momentum": lambda s, o: s.CyclicLR(o, 0.01, 0.2, 6, cycle_momentum=False),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.5, total_steps=101),
    "OneCycleLR epochs": lambda s, o: s.OneCycleLR(o, [0.5, 0.2], epochs=11, steps_per_epoch=10, pct_start=0.5),
    "OneCycleLR linear": lambda s, o: s.OneCycleLR(o, 0.5, 101, anneal_strategy="linear", base_momentum=[0.5, 0.6]),
    "OneCycleLR three phases": lambda s, o: s.OneCycleLR(o, 0.5, 120, three_phase=True, div_factor=5.0),
    "OneCycleLR no momentum": lambda s, o: s.OneCycleLR(o, 0.5, 101, cycle_momentum=False, final_div_factor=10.0),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, total_iters=10), s.CosineAnnealingLR(o, 30), s.ExponentialLR(o, 0.9)], [10, 50]
    ),
    "SequentialLR from 0": lambda s, o: s.SequentialLR(o, [s.ConstantLR(o), s.StepLR(o, 5)], [0]),
    "SequentialLR of restarts": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 4), s.CosineAnnealingWarmRestarts(o, 6)], [4]
    ),
    "SequentialLR nested": lambda s, o: s.SequentialLR(
        o, [s.SequentialLR(o, [s.ConstantLR(o), s.StepLR(o, 5)], [6]), s.ExponentialLR(o, 0.9)], [20]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.ConstantLR(o, 0.1, 20), s.ExponentialLR(o, 0.95), s.MultiStepLR(o, [30, 60])]
    ),
    "ChainedScheduler named": lambda s, o: s.ChainedScheduler([s.StepLR(o, 9), s.LinearLR(o)], optimizer=o),
}

# One inside the other, PyTorch's warn of a wrong order of steps although it is right; so do ours.
NESTED = {"SequentialLR nested": pytest.mark.filterwarnings("ignore:Detected call of")}

every_scheduler = pytest.mark.parametrize(
    "make", [pytest.param(make, id=name, marks=NESTED.get(name, ())) for name, make in SCHEDULERS.items()]
)


def settings(optimizer):
    """Everything that a scheduler may have set."""
    names = ("lr", "momentum", "betas", "initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum")
    found = []
    for group in optimizer.param_groups:
        for name in names:
            value = group.get(name, ())
            found += [float(v) for v in (value if isinstance(value, tuple) else (value,))]
    return found


def follow(optimizer, scheduler, steps=STEPS, **arguments):
    """The settings through a number of steps."""
    seen = [settings(optimizer)]
    for _ in range(steps):
        optimizer.step()
        scheduler.step(**arguments)
        assert [float(lr) for lr in scheduler.get_last_lr()] == [float(g["lr"]) for g in optimizer.param_groups]
        seen.append(settings(optimizer))
    return np.array(seen)


def assert_same(one, two):
    np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-15)


def tidy(state):
    """A state_dict as far as it can be compared: functions left out, numbers rounded."""
    if isinstance(state, dict):
        return {key: tidy(value) for key, value in state.items() if key != "anneal_func"}
    if isinstance(state, (list, tuple)):
        return [tidy(value) for value in state]
    return float(f"{state:.10g}") if isinstance(state, float) else state


# ---- the same learning rates ------------------------------------------------------------------------------------


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


LAST_EPOCH = {
    "LambdaLR": lambda s, o, last: s.LambdaLR(o, Decay(0.9), last_epoch=last),
    "MultiplicativeLR": lambda s, o, last: s.MultiplicativeLR(o, Decay(0.99), last_epoch=last),
    "StepLR": lambda s, o, last: s.StepLR(o, 3, last_epoch=last),
    "MultiStepLR": lambda s, o, last: s.MultiStepLR(o, [8, 11], last_epoch=last),
    "ConstantLR": lambda s, o, last: s.ConstantLR(o, total_iters=10, last_epoch=last),
    "LinearLR": lambda s, o, last: s.LinearLR(o, total_iters=10, last_epoch=last),
    "ExponentialLR": lambda s, o, last: s.ExponentialLR(o, 0.9, last_epoch=last),
    "PolynomialLR": lambda s, o, last: s.PolynomialLR(o, 20, last_epoch=last),
    "CosineAnnealingLR": lambda s, o, last: s.CosineAnnealingLR(o, 12, last_epoch=last),
    "CosineAnnealingWarmRestarts": lambda s, o, last: s.CosineAnnealingWarmRestarts(o, 4, 2, last_epoch=last),
    "CyclicLR": lambda s, o, last: s.CyclicLR(o, 0.1, 0.3, 5, last_epoch=last),
    "OneCycleLR": lambda s, o, last: s.OneCycleLR(o, 0.5, 60, last_epoch=last),
}


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


# ---- ReduceLROnPlateau ------------------------------------------------------------------------------------------

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


# ---- warnings and errors ----------------------------------------------------------------------------------------


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
