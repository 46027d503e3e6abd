"""Every kind of scheduler, and what it sets through a run."""

from __future__ import annotations

import numpy as np
import pytest

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
