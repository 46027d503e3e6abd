"""Which options of which optimiser the tests try."""

from __future__ import annotations

import itertools

import pytest

ADAM = {"betas": [(0.9, 0.999), (0.7, 0.8)], "weight_decay": [0, 0.1], "maximize": [False, True]}

# For each optimiser, values of each option; all combinations are run.
OPTIONS = {
    "SGD": {
        "lr": [0.05],
        "momentum": [0, 0.9],
        "dampening": [0, 0.3],
        "weight_decay": [0, 0.1],
        "nesterov": [False, True],
        "maximize": [False, True],
    },
    "Adam": {**ADAM, "lr": [0.02], "amsgrad": [False, True], "decoupled_weight_decay": [False, True]},
    "AdamW": {**ADAM, "lr": [0.02], "amsgrad": [False, True]},
    "RMSprop": {
        "lr": [0.01],
        "alpha": [0.9],
        "momentum": [0, 0.9],
        "centered": [False, True],
        "weight_decay": [0, 0.1],
        "maximize": [False, True],
    },
    "Adagrad": {
        "lr": [0.1],
        "lr_decay": [0, 0.01],
        "weight_decay": [0, 0.1],
        "initial_accumulator_value": [0, 0.5],
        "maximize": [False, True],
        "eps": [1e-3],
    },
    "Adadelta": {
        "lr": [0.3],
        "rho": [0.9, 0.5],
        "eps": [1e-6, 1e-3],
        "weight_decay": [0, 0.1],
        "maximize": [False, True],
    },
    "NAdam": {**ADAM, "lr": [0.02], "momentum_decay": [4e-3, 0.1], "decoupled_weight_decay": [False, True]},
    "RAdam": {**ADAM, "lr": [0.02], "decoupled_weight_decay": [False, True], "eps": [1e-3]},
    "Adamax": {**ADAM, "lr": [0.02], "eps": [1e-8, 1e-3]},
}


def combinations(name):
    options = OPTIONS[name]
    for chosen in itertools.product(*options.values()):
        given = dict(zip(options, chosen))
        if not given.get("nesterov") or (given["momentum"] > 0 and given["dampening"] == 0):
            yield given


def cases():
    return [
        pytest.param(name, given, id=f"{name}-" + "-".join(str(v) for v in given.values()))
        for name in OPTIONS
        for given in combinations(name)
    ]


def make(library, name, params, given):
    return getattr(library.optim, name)(params, **given)


every_optimizer = pytest.mark.parametrize("name", OPTIONS)

# One set of options for each optimiser that needs all the state it can have.
FULL = {
    "SGD": {"lr": 0.05, "momentum": 0.9},
    "Adam": {"lr": 0.02, "amsgrad": True},
    "AdamW": {"lr": 0.02, "amsgrad": True},
    "RMSprop": {"lr": 0.01, "momentum": 0.9, "centered": True},
    "Adagrad": {"lr": 0.1, "lr_decay": 0.01},
    "Adadelta": {},
    "NAdam": {"lr": 0.02},
    "RAdam": {"lr": 0.02},
    "Adamax": {"lr": 0.02},
}
