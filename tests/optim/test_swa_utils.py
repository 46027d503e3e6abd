"""optim.swa_utils: averages of weights, statistics for them, and SWALR, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.optim import swa_utils
from tests.checks import check_error
from tests.nn.both import check_same, error_of, warnings_of
from tests.nn.checks import assert_same_state, copy_state
from tests.optim.schedules import assert_same, follow, make_optimizer, tidy

FUNCTIONS = {
    "default": lambda s: {},
    "swa": lambda s: {"avg_fn": s.get_swa_avg_fn()},
    "swa multi": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "ema": lambda s: {"avg_fn": s.get_ema_avg_fn(0.9)},
    "ema multi": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.9)},
    "ema of before": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn()},
    "own": lambda s: {"avg_fn": lambda average, new, n: 0.3 * average + 0.7 * new / (n + 1)},
}


def make_net(library, dtype="float32"):
    n = library.nn
    return n.Sequential(n.Linear(3, 4), n.BatchNorm1d(4), n.ReLU(), n.Linear(4, 2)).to(getattr(library, dtype))


def pair(dtype="float32"):
    nets = make_net(ours, dtype), make_net(torch, dtype)
    copy_state(*nets)
    return nets


def batch(library, seed, dtype="float32"):
    return library.from_numpy(np.random.default_rng(seed).standard_normal((5, 3)).astype(dtype))


def train(library, net, averaged, steps=6, dtype="float32"):
    optimizer = library.optim.SGD(net.parameters(), lr=0.1)
    for step in range(steps):
        optimizer.zero_grad()
        (net(batch(library, step, dtype)) ** 2).mean().backward()
        optimizer.step()
        averaged.update_parameters(net)


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-12)])
@pytest.mark.parametrize("use_buffers", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_averages(name, use_buffers, dtype, tolerance):
    if name == "swa multi" and use_buffers:
        return  # test_an_average_of_integers
    nets = pair(dtype)
    averages = [
        library.optim.swa_utils.AveragedModel(net, use_buffers=use_buffers, **FUNCTIONS[name](library.optim.swa_utils))
        for library, net in zip((ours, torch), nets)
    ]
    assert repr(averages[0]) == repr(averages[1])
    for library, net, averaged in zip((ours, torch), nets, averages):
        train(library, net, averaged, dtype=dtype)
    assert_same_state(*averages, tolerance)
    assert averages[0].n_averaged.item() == 6 and averages[0].n_averaged.dtype == ours.int64
    x = batch(ours, 9, dtype)
    np.testing.assert_array_equal(averages[0].eval()(x).detach().array, averages[0].module(x).detach().array)


def test_the_plain_average_is_one():
    net = nn.Linear(2, 1).double()
    averaged = swa_utils.AveragedModel(net, device="cpu")
    seen = []
    for step in range(7):
        with ours.no_grad():
            net.weight.fill_(step**2)
        averaged.update_parameters(net)
        seen.append(step**2)
        np.testing.assert_allclose(averaged.module.weight.detach().array, np.mean(seen), rtol=1e-12)
    assert averaged.module is not net and averaged.module.weight.requires_grad


def test_an_average_of_integers():
    def scenario(library):
        s = library.optim.swa_utils
        net = make_net(library)
        averaged = s.AveragedModel(net, multi_avg_fn=s.get_swa_multi_avg_fn(), use_buffers=True)
        averaged.update_parameters(net)
        return error_of(lambda: averaged.update_parameters(net))[0]

    assert check_same(scenario) == "RuntimeError"
    integers = [ours.tensor([1])]
    check_error(RuntimeError, "cannot average tensors in torch.int64", swa_utils.get_swa_multi_avg_fn(), integers,
                integers, 2)  # fmt: skip


def test_parameters_of_several_dtypes_go_to_a_function_apart():
    def scenario(library):
        seen = []

        def function(averages, newest, n):
            seen.append(([str(t.dtype) for t in averages], [str(t.dtype) for t in newest], int(n)))

        net = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.Linear(2, 2).double(), library.nn.Linear(1, 1))
        averaged = library.optim.swa_utils.AveragedModel(net, multi_avg_fn=function)
        for _ in range(3):
            averaged.update_parameters(net)
        return sorted(seen)  # the order of PyTorch's groups is that of a hash

    assert len(check_same(scenario)) == 4


def test_state_dict_round_trip():
    net = make_net(ours)
    averaged, other = swa_utils.AveragedModel(net), swa_utils.AveragedModel(make_net(ours))
    train(ours, net, averaged)
    other.load_state_dict(averaged.state_dict())
    assert other.n_averaged.item() == 6
    np.testing.assert_array_equal(other.module[0].weight.detach().array, averaged.module[0].weight.detach().array)


def test_errors_of_averages():
    s = swa_utils
    check_error(AssertionError, "Only one of avg_fn and multi_avg_fn", s.AveragedModel, nn.ReLU(), avg_fn=print,
                multi_avg_fn=print)  # fmt: skip
    for function in (s.get_ema_avg_fn, s.get_ema_multi_avg_fn):
        for decay in (-0.1, 1.1):
            check_error(ValueError, f"Invalid decay value {decay}", function, decay)
    check_error(RuntimeError, "CPU", s.AveragedModel, nn.Linear(1, 1), device="cuda")


@pytest.mark.parametrize("kind", ["tensors", "pairs", "lists"])
def test_update_bn(kind):
    nets = pair()
    for library, net in zip((ours, torch), nets):
        net.eval()
        net[1].momentum = 0.3
        batches = [batch(library, seed) for seed in range(4)]
        loader = {"tensors": batches, "pairs": [(b, 1) for b in batches], "lists": [[b] for b in batches]}[kind]
        library.optim.swa_utils.update_bn(iter(loader), net, device="cpu" if kind == "lists" else None)
        assert not net.training and not net[1].training and net[1].momentum == 0.3
    assert_same_state(*nets, 2e-6)
    assert nets[0][1].num_batches_tracked.item() == 4


def test_update_bn_without_batch_norms_leaves_the_loader():
    swa_utils.update_bn(iter(lambda: 1 / 0, 1), nn.Linear(2, 2))


SCHEDULERS = {
    "cos": lambda s, o: s.SWALR(o, 0.05),
    "linear": lambda s, o: s.SWALR(o, [0.05, 0.9], anneal_epochs=20, anneal_strategy="linear"),
    "at once": lambda s, o: s.SWALR(o, 0.02, anneal_epochs=0),
    "one epoch": lambda s, o: s.SWALR(o, 0.02, 1, "linear"),
}


@pytest.mark.parametrize("tensor_lr", [False, True])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_learning_rates(name, tensor_lr):
    seen, states = [], []
    for library in (ours, torch):
        optimizer = make_optimizer(library, tensor_lr=tensor_lr)
        scheduler = SCHEDULERS[name](library.optim.swa_utils, optimizer)
        seen.append(follow(optimizer, scheduler, 30))
        if not tensor_lr:
            states.append(tidy(scheduler.state_dict()))
    assert_same(*seen)
    assert not states or states[0] == states[1]


def test_after_another_scheduler():
    def rates(library):
        optimizer = make_optimizer(library)
        first = library.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        second = library.optim.swa_utils.SWALR(optimizer, 0.01, anneal_epochs=5)
        return np.concatenate([follow(optimizer, first, 10), follow(optimizer, second, 10)])

    assert_same(rates(ours), rates(torch))


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_going_on(strategy):
    def make(lr=0.1):
        optimizer = make_optimizer(ours, (lr,))
        return optimizer, swa_utils.SWALR(optimizer, 0.05, 12, strategy)

    optimizer, scheduler = make()
    follow(optimizer, scheduler, 5)
    other_optimizer, other = make(0.3)
    other_optimizer.load_state_dict(optimizer.state_dict())
    other.load_state_dict(scheduler.state_dict())
    assert_same(follow(optimizer, scheduler, 12), follow(other_optimizer, other, 12))


def test_asking_for_the_next_rate_warns():
    def scenario(library):
        scheduler = library.optim.swa_utils.SWALR(make_optimizer(library), 0.05)
        return warnings_of(scheduler.get_lr)

    assert check_same(scenario)


WRONG = {
    "strategy": lambda s, o: s.SWALR(o, 0.1, anneal_strategy="quick"),
    "negative": lambda s, o: s.SWALR(o, 0.1, anneal_epochs=-1),
    "a fraction": lambda s, o: s.SWALR(o, 0.1, anneal_epochs=1.5),
    "too many rates": lambda s, o: s.SWALR(o, [0.1, 0.2, 0.3]),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_of_the_scheduler(case):
    check_same(lambda library: error_of(lambda: WRONG[case](library.optim.swa_utils, make_optimizer(library))))
