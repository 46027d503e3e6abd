"""state_dict and load_state_dict of optimisers: resuming, and going from PyTorch to here and back."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn, optim
from tests.nn.both import check_same
from tests.optim.options import FULL, every_optimizer, make
from tests.optim.trajectories import assert_same_values, make_params, run, to_ours, to_torch, values


@every_optimizer
@pytest.mark.parametrize("saved_by", ["ours", "torch", "pickle", "deepcopy"])
def test_resuming_equals_no_interruption(name, saved_by):
    library = torch if saved_by == "torch" else ours
    params = make_params(library)
    optimizer = make(library, name, params, FULL[name])
    run(library, optimizer, params, range(40))
    state = copy.deepcopy(optimizer.state_dict())
    half = values(params)
    run(library, optimizer, params, range(40, 80))

    resumed = [nn.Parameter(ours.from_numpy(value.copy())) for value in half]
    fresh = make(ours, name, resumed, {"lr": 99.0})
    if saved_by == "pickle":
        state = pickle.loads(pickle.dumps(state))
    fresh.load_state_dict(to_ours(state) if saved_by == "torch" else state)
    if saved_by == "deepcopy":
        resumed, fresh = copy.deepcopy((resumed, fresh))
    run(ours, fresh, resumed, range(40, 80))
    assert_same_values(values(resumed), values(params))


@every_optimizer
def test_torch_goes_on_from_our_state(name):
    params = make_params(ours)
    optimizer = make(ours, name, params, FULL[name])
    run(ours, optimizer, params, range(40))
    resumed = [torch.nn.Parameter(torch.from_numpy(value)) for value in values(params)]
    fresh = make(torch, name, resumed, {})
    fresh.load_state_dict(to_torch(optimizer.state_dict()))
    run(torch, fresh, resumed, range(40, 80))
    run(ours, optimizer, params, range(40, 80))
    assert_same_values(values(params), values(resumed))


@every_optimizer
def test_loaded_state_takes_the_parameters_dtype(name):
    def scenario(library):
        params = make_params(library, "float64")
        optimizer = make(library, name, params, FULL[name])
        run(library, optimizer, params, range(2))
        small = make(library, name, make_params(library, "float32"), {})
        small.load_state_dict(optimizer.state_dict())
        return [{key: str(value.dtype) for key, value in s.items()} for s in small.state.values()]

    check_same(scenario)


@every_optimizer
def test_old_state_dicts(name):
    """Those of old versions lack options, and hold plain numbers where there are tensors now."""

    def scenario(library):
        params = make_params(library)
        optimizer = make(library, name, params, FULL[name])
        run(library, optimizer, params, range(3))
        state = optimizer.state_dict()
        for group in state["param_groups"]:
            for option in ("maximize", "foreach", "differentiable", "capturable", "fused", "decoupled_weight_decay"):
                group.pop(option, None)
        for of_param in state["state"].values():
            for key in ("step", "mu_product"):
                if key in of_param:
                    of_param[key] = of_param[key].item()
        fresh = make(library, name, params, {})
        fresh.load_state_dict(state)
        run(library, fresh, params, range(3, 6))
        options = {k: v for k, v in fresh.param_groups[0].items() if k != "params"}
        steps = [str(s["step"].dtype) for s in fresh.state.values() if "step" in s]
        return values(params), options, steps

    one, two = scenario(ours), scenario(torch)
    assert_same_values(one[0], two[0])
    assert one[1:] == two[1:]


def test_how_a_state_was_computed_does_not_matter():
    params = make_params(torch)
    theirs = torch.optim.Adam(params, foreach=True, amsgrad=True)
    run(torch, theirs, params, range(3))
    state = to_ours(theirs.state_dict())
    assert state["param_groups"][0]["foreach"] is True
    optimizer = optim.Adam(make_params(ours))
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["foreach"] is None and optimizer.param_groups[0]["amsgrad"] is True


def test_adamw_stays_adamw():
    params = make_params(ours)
    state = optim.Adam(params).state_dict()
    optimizer = optim.AdamW(params)
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["decoupled_weight_decay"] is True
    assert isinstance(optimizer, optim.Adam)


def test_state_dict_is_made_of_the_optimizers_own_tensors():
    def scenario(library):
        params = make_params(library)
        optimizer = library.optim.Adam(params)
        run(library, optimizer, params, range(1))
        state = optimizer.state_dict()
        first = state["state"][0]["step"].item()
        run(library, optimizer, params, range(1))
        return first, state["state"][0]["step"].item(), state["param_groups"][0] is optimizer.param_groups[0]

    check_same(scenario)


def test_state_of_other_keys_and_kinds_is_kept():
    def scenario(library):
        params = make_params(library)
        optimizer = library.optim.SGD(params, momentum=0.9)
        run(library, optimizer, params, range(1))
        optimizer.state[params[0]]["history"] = [library.ones(1), 3, {"a": (library.zeros(1), 2)}]
        optimizer.state["global"] = 7
        fresh = library.optim.SGD(params)
        fresh.load_state_dict(optimizer.state_dict())
        return fresh.state[params[0]]["history"], fresh.state["global"]

    check_same(scenario)


@pytest.mark.parametrize(
    ("groups", "match"),
    [
        (lambda params: [{"params": params}], "different number of parameter groups: 2, but the optimizer has 1"),
        (
            lambda params: [{"params": params[:2]}, {"params": params[2:]}],
            "doesn't match the size of optimizer's group: group 0 has 1 parameters, but the optimizer's has 2",
        ),
    ],
)
def test_loading_what_does_not_fit(groups, match):
    params = make_params(ours)
    state = optim.SGD([{"params": params[:1]}, {"params": params[1:]}]).state_dict()
    with pytest.raises(ValueError, match=match):
        optim.SGD(groups(params)).load_state_dict(state)
