"""state_dict and load_state_dict of modules: each scenario runs with both libraries and must give the same."""

from __future__ import annotations

import copy
from collections import OrderedDict

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from tests.nn.both import check_same, error_of, make_net, warnings_of

both_libraries = pytest.mark.parametrize("library", [ours, torch], ids=["ours", "torch"])


def test_state_dict_shares_memory_and_loading_copies():
    def scenario(library):
        net, other = make_net(library), make_net(library)
        with library.no_grad():
            net.first.weight.mul_(3)
            net.mean.add_(1)
        result = other.load_state_dict(net.state_dict())
        with library.no_grad():
            net.first.weight.zero_()
        return repr(result), str(result), list(result), net.state_dict(), other.state_dict()

    check_same(scenario)


def changed(library, changes):
    state = make_net(library).state_dict()
    for key, value in changes.items():
        if value is None:
            del state[key]
        else:
            state[key] = library.ones(*value) if isinstance(value, tuple) else value
    return state


PROBLEMS = {
    "missing": {"mean": None, "blocks.2.bias": None},
    "unexpected": {"first.scale": (1,), "third.weight": (2,), "extra": (1,), "cache": (2,)},
    "mismatch": {"mean": (4,), "factor": (1, 1), "first.weight": (2, 3)},
    "all": {"mean": (4,), "count": None, "third.weight": (2,)},
    "no tensor": {"mean": [1.0], "factor": 3.0},
    "extra state": {"first._extra_state": (1,)},
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_loading_what_does_not_fit(problem, strict):
    def scenario(library):
        def load():
            return make_net(library).load_state_dict(changed(library, PROBLEMS[problem]), strict=strict)

        try:
            return list(load())
        except RuntimeError as error:
            return str(error).split("\nHint")[0]

    check_same(scenario)


def test_loading_a_number_saved_as_one_element():
    def scenario(library):
        net = make_net(library)
        net.load_state_dict(changed(library, {"factor": (1,)}))
        return net.factor

    check_same(scenario)


@pytest.mark.parametrize(
    ("rename", "hint"),
    [
        (lambda key: "module." + key, r"keys of the state_dict begin with 'module\.'.*removeprefix\('module\.'\)"),
        (lambda key: key.replace("first.", "frist."), r"Hint: is 'frist\.weight' for '(first|tied)\.weight'"),
    ],
)
def test_hints_about_keys(rename, hint):
    state = OrderedDict((rename(key), value) for key, value in make_net(ours).state_dict().items())
    with pytest.raises(RuntimeError, match=hint):
        make_net(ours).load_state_dict(state)


def test_hint_about_a_part_of_the_model():
    net = make_net(ours)
    wrapped = nn.Sequential(OrderedDict(net=net))
    with pytest.raises(RuntimeError, match=r"keys of the model begin with 'net\.'.*model\.get_submodule\('net'\)"):
        wrapped.load_state_dict(net.state_dict())


def test_no_hint_where_nothing_is_alike():
    state = OrderedDict((f"qqqq{i}", v) for i, v in enumerate(make_net(ours).state_dict().values()))
    with pytest.raises(RuntimeError, match="Unexpected key") as caught:
        make_net(ours).load_state_dict(state)
    assert "Hint" not in str(caught.value)
    with pytest.raises(RuntimeError, match="Missing key") as caught:
        make_net(ours).load_state_dict({})
    assert "Hint" not in str(caught.value)


@both_libraries
def test_assign(library):
    net = make_net(library)
    net.first.requires_grad_(False)
    given = make_net(library).double().state_dict(keep_vars=True)
    given["factor"] = given["factor"].detach()
    given["mean"] = library.ones(3)
    net.load_state_dict(given, assign=True)
    assert net.first.weight is given["first.weight"] and not net.first.weight.requires_grad
    assert net.mean is given["mean"] and net.blocks[2].weight.requires_grad
    assert isinstance(net.factor, library.nn.Parameter) and net.factor is not given["factor"]
    assert net.factor.dtype is library.float64
    given["factor"].fill_(9)
    assert net.factor.item() == 9


def test_loading_into_other_dtypes():
    def scenario(library):
        net = make_net(library).double()
        net.load_state_dict(make_net(library).state_dict())
        return net.state_dict()

    check_same(scenario)


def test_positional_arguments_of_state_dict():
    def scenario(library):
        target = OrderedDict()
        kinds = [kind for kind, _ in warnings_of(lambda: make_net(library).state_dict(target, "p.", True))]
        return kinds, list(target), [value.requires_grad for value in target.values()]

    check_same(scenario)


def test_extra_state():
    def scenario(library):
        class Counting(library.nn.Module):
            def __init__(self):
                super().__init__()
                self.seen = 0

            def get_extra_state(self):
                return {"seen": self.seen}

            def set_extra_state(self, state):
                self.seen = state["seen"]

        net = library.nn.Sequential(Counting())
        net[0].seen = 4
        state = net.state_dict()
        other = library.nn.Sequential(Counting())
        other.load_state_dict(state)
        return state, other[0].seen, error_of(lambda: other.load_state_dict({}))

    check_same(scenario)


@both_libraries
def test_extra_state_is_asked_for_only_where_defined(library):
    for call in (lambda: library.nn.Module().get_extra_state(), lambda: library.nn.Module().set_extra_state(1)):
        assert error_of(call)[0] == "RuntimeError"
    with pytest.raises(RuntimeError, match="Module defines no get_extra_state"):
        nn.Module().get_extra_state()
    with pytest.raises(RuntimeError, match="Module defines no set_extra_state"):
        nn.Module().set_extra_state(1)


def test_what_load_state_dict_returns():
    def scenario(library):
        result = make_net(library).load_state_dict(changed(library, {"mean": None, "new": (1,)}), strict=False)
        return repr(result), str(result), result.missing_keys, result[1]

    check_same(scenario)


def test_a_module_that_asks_for_no_keys():
    def scenario(library):
        class Forgiving(library.nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = library.nn.Parameter(library.ones(1))

            def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, *args):
                super()._load_from_state_dict(state_dict, prefix, local_metadata, False, *args)

            def set_extra_state(self, state):
                raise AssertionError("there is none")

        net = library.nn.Sequential(Forgiving())
        return [list(net.load_state_dict(state)) for state in ({}, {"0.other": library.ones(1)})]

    check_same(scenario)


def test_versions_reach_the_loading_module():
    def scenario(library):
        seen = []

        class Versioned(library.nn.Module):
            _version = 3

            def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
                seen.append((prefix, dict(local_metadata)))
                super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

        net = library.nn.Sequential(Versioned())
        state = net.state_dict()
        net.load_state_dict(state)
        net.load_state_dict(dict(state))
        return seen

    check_same(scenario)


def test_state_dict_hooks():
    def scenario(library):
        net = library.nn.Sequential(make_net(library))
        log = []
        handles = [
            net[0].register_state_dict_pre_hook(lambda m, prefix, keep: log.append(("pre", prefix, keep))),
            net[0].register_state_dict_post_hook(lambda m, state, prefix, meta: state.__delitem__(prefix + "mean")),
            net[0].register_load_state_dict_pre_hook(
                lambda m, state, prefix, meta, strict, missing, unexpected, errors: log.append(
                    ("load", prefix, strict, sorted(state)[:2])
                )
            ),
            net[0].register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear()),
        ]
        state = net.state_dict()
        log.append(sorted(state))
        log.append(list(net.load_state_dict(state)))
        for handle in handles:
            handle.remove()
        log.append(sorted(net.state_dict()))
        net[0].register_load_state_dict_post_hook(lambda m, keys: 3)
        log.append(error_of(lambda: net.load_state_dict(net.state_dict())))
        net[0].register_state_dict_post_hook(lambda m, state, prefix, meta: state)
        log.append(error_of(net.state_dict))
        return log

    check_same(scenario)


def test_a_copied_module_runs_its_own_load_hook():
    class Noting(nn.Module):
        pass

    module = Noting()
    seen = []
    module.register_load_state_dict_pre_hook(lambda m, *args: seen.append(m))
    other = copy.deepcopy(module)
    other.load_state_dict({})
    assert seen == [other]


def test_nothing_is_read_from_torch_tensors_by_mistake():
    state = {name: torch.ones(1) for name in make_net(ours).state_dict()}
    with pytest.raises(
        RuntimeError, match=r"expected torch\.Tensor or Tensor-like object from checkpoint but received"
    ):
        make_net(ours).load_state_dict(state)


def test_loading_is_noticed_by_a_backward_still_to_come():
    net = make_net(ours)
    loss = net(ours.ones(3)).sum()
    net.load_state_dict(net.state_dict())
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_arrays_stay_in_place():
    net = make_net(ours)
    before = net.first.weight.array
    net.load_state_dict(make_net(ours).state_dict())
    assert net.first.weight.array is before and isinstance(before, np.ndarray)
