"""What optimisers accept and refuse, and what Optimizer gives to a subclass."""

from __future__ import annotations

import inspect
import pickle

import pytest
import torch
from torch.optim.optimizer import required as torch_required

import minitorch_cv as ours
from minitorch_cv import optim
from minitorch_cv.optim.optimizer import Optimizer, required
from tests.nn.both import check_same, error_of, warnings_of
from tests.optim.options import OPTIONS, every_optimizer, make
from tests.optim.trajectories import assert_same_values, make_params, run, set_gradients, values

WRONG = {
    "SGD": [
        {"lr": -1},
        {"momentum": -0.5},
        {"weight_decay": -1.0},
        {"nesterov": True},
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
    ],
    "Adam": [
        {"lr": -1.0},
        {"eps": -1.0},
        {"betas": (1.0, 0.9)},
        {"betas": (0.9, -0.1)},
        {"weight_decay": -1},
        {"betas": (0, 0.9)},
    ],
    "AdamW": [{"lr": -1.0}, {"weight_decay": -1}],
    "RMSprop": [{"lr": -1.0}, {"eps": -1.0}, {"momentum": -1}, {"weight_decay": -1}, {"alpha": -0.5}],
    "Adagrad": [
        {"lr": -1.0},
        {"lr_decay": -0.5},
        {"weight_decay": -1},
        {"initial_accumulator_value": -0.1},
        {"eps": -1.0},
    ],
    "Adadelta": [{"lr": -1.0}, {"rho": 1.1}, {"rho": -0.1}, {"eps": -1.0}, {"weight_decay": -1}],
    "NAdam": [{"lr": -1.0}, {"eps": -1.0}, {"betas": (0.9, 1.0)}, {"weight_decay": -1}, {"momentum_decay": -0.2}],
    "RAdam": [{"lr": -1.0}, {"eps": -1.0}, {"betas": (1.0, 0.9)}, {"weight_decay": -1}],
    "Adamax": [{"lr": -1.0}, {"eps": -1.0}, {"betas": (0.9, 1.0)}, {"weight_decay": -1}],
}


@pytest.mark.parametrize(("name", "given"), [(name, given) for name, all_ in WRONG.items() for given in all_])
def test_wrong_options(name, given):
    error = check_same(lambda library: error_of(lambda: make(library, name, make_params(library), given)))
    assert error[0] == "ValueError"


@every_optimizer
def test_wrong_tensor_options(name):
    check_same(lambda library: error_of(lambda: make(library, name, make_params(library), {"lr": library.ones(2)})))
    check_same(
        lambda library: error_of(lambda: make(library, name, make_params(library), {"lr": library.tensor(-1.0)}))
    )


@pytest.mark.parametrize("index", [0, 1])
def test_wrong_tensor_betas(index):
    def scenario(library):
        betas = [library.tensor(0.5), library.tensor(0.5)]
        betas[index] = library.tensor([0.5])[:0]
        return error_of(lambda: library.optim.Adam(make_params(library), betas=tuple(betas)))[0]

    check_same(scenario)
    betas = [0.5, 0.5]
    betas[index] = ours.tensor(0.5)
    with pytest.raises(ValueError, match="betas must be either both floats or both Tensors"):
        optim.Adam(make_params(ours), betas=tuple(betas))


SWITCHES = [
    (name, option)
    for name in OPTIONS
    for option in ("capturable", "differentiable")
    if option in inspect.signature(getattr(torch.optim, name).__init__).parameters
]


@pytest.mark.parametrize(("name", "option"), SWITCHES)
def test_other_implementations(name, option):
    params = make_params(ours)
    make(ours, name, params, {option: False})
    message = f"{name}: {option}=True is not supported; {option} may be .*False.*updates in place"
    with pytest.raises(NotImplementedError, match=message):
        make(ours, name, params, {option: True})
    with pytest.raises(NotImplementedError, match=message):
        make(ours, name, [{"params": params, option: True}], {})


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("option", ["foreach", "fused"])
def test_options_that_only_make_it_faster_elsewhere_change_nothing(name, option):
    """The same numbers, as PyTorch's implementations give; and a warning that it is so."""
    if option not in inspect.signature(getattr(torch.optim, name).__init__).parameters:
        return
    with pytest.warns(UserWarning, match=f"{name}: {option}=True changes nothing"):
        optimizer = make(ours, name, make_params(ours), {option: True})
    assert optimizer.param_groups[0][option] is True
    with pytest.warns(UserWarning, match="changes nothing"):
        make(ours, name, [{"params": make_params(ours), option: True}], {})


def test_two_faster_implementations_at_once():
    def scenario(library):
        return error_of(lambda: library.optim.Adam(make_params(library), foreach=True, fused=True))[0]

    check_same(scenario)


# ---- the base class -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        lambda lib, p: [],
        lambda lib, p: iter(()),
        lambda lib, p: [3],
        lambda lib, p: ["weight"],
        lambda lib, p: [p[0] * 2],
        lambda lib, p: [{"params": p}, {"params": p[:1]}],
        lambda lib, p: [{"params": set(p)}],
        lambda lib, p: [("a", p[0]), p[1]],
        lambda lib, p: [{"params": [("a", p[0])]}, {"params": [p[1]]}],
        lambda lib, p: [{"params": [p[0]]}, {"params": [("a", p[1])]}],
    ],
)
def test_wrong_parameters(params):
    check_same(lambda library: error_of(lambda: library.optim.SGD(params(library, make_params(library)), lr=0.1)))


@pytest.mark.parametrize("what", ["a tensor", "a group that is no dict", "a required option"])
def test_wrong_parameters_with_words_of_our_own(what):
    def attempt(library):
        params = make_params(library)
        if what == "a tensor":
            library.optim.SGD(params[0])
        elif what == "a group that is no dict":
            library.optim.SGD(params).add_param_group(3)
        else:
            marker = torch_required if library is torch else required
            library.optim.Optimizer(params, {"lr": marker})

    check_same(lambda library: error_of(lambda: attempt(library))[0])
    expected = {
        "a tensor": "should be an iterable of Tensors or dicts, but got torch.DoubleTensor",
        "a group that is no dict": "param_group must be a dict, but got <class 'int'>",
        "a required option": "parameter group didn't specify a value of required optimization parameter lr",
    }
    with pytest.raises((TypeError, ValueError), match=expected[what]):
        attempt(ours)
    assert repr(required) == "<required parameter>"


def test_a_result_that_retains_its_gradient_can_be_optimised():
    def scenario(library):
        x = library.ones(2, requires_grad=True) * 2
        x.retain_grad()
        library.optim.SGD([x], lr=0.1)
        return x

    check_same(scenario)


def test_parameters_listed_twice():
    params = make_params(ours)
    with pytest.warns(UserWarning, match="optimizer contains a parameter group with duplicate parameters"):
        optimizer = optim.SGD([params[0], params[0]])
    assert optimizer.state_dict()["param_groups"][0]["params"] == [0, 0]


def test_named_parameters():
    def scenario(library):
        net = library.nn.ParameterDict({"a": library.ones(1), "b": library.zeros(1)})
        optimizer = library.optim.SGD(net.named_parameters(), lr=0.1)
        unnamed = library.optim.SGD(list(net.parameters()), lr=0.2)
        state = optimizer.state_dict()
        unnamed.load_state_dict(state)
        optimizer.load_state_dict(library.optim.SGD(list(net.parameters()), lr=0.3).state_dict())
        return state, unnamed.param_groups[0]["param_names"], optimizer.param_groups[0]["param_names"], repr(optimizer)

    check_same(scenario)


def make_own_optimizer(library):
    class Own(library.optim.Optimizer):
        def __init__(self, params, lr=0.5):
            super().__init__(params, {"lr": lr})

        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["seen"] = self.state[p].get("seen", 0) + 1
                    p.data.add_(p.grad.data, alpha=-group["lr"])
            return "done"

    class Older(Own):
        def step(self, closure=None):
            return super().step(closure) + " by older"

    return Own, Older


def test_an_optimizer_of_ones_own():
    def scenario(library):
        params = make_params(library)
        optimizer = make_own_optimizer(library)[1](params)
        log = []
        optimizer.register_step_post_hook(lambda o, args, kwargs: log.append("hook"))
        set_gradients(library, params, 0)
        log.append(optimizer.step())
        return values(params), log, [s["seen"] for s in optimizer.state_dict()["state"].values()]

    one, two = scenario(ours), scenario(torch)
    assert_same_values(one[0], two[0])
    assert one[1:] == two[1:] == (["hook", "done by older"], [1, 1, 1])


@pytest.mark.parametrize("library", [ours, torch], ids=["ours", "torch"])
def test_the_base_class_has_no_step(library):
    with pytest.raises(NotImplementedError):
        library.optim.Optimizer(make_params(library), {}).step()
    with pytest.raises(NotImplementedError, match=r"Optimizer does not define step\(\)"):
        Optimizer(make_params(ours), {}).step()


def test_step_hooks():
    def scenario(library):
        params = make_params(library)
        optimizer = library.optim.SGD(params, lr=0.1)
        log = []
        before = optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append(("pre", o is optimizer, kwargs)))
        after = optimizer.register_step_post_hook(lambda o, args, kwargs: log.append(("post", len(kwargs))))
        optimizer.step()
        optimizer.step(closure=lambda: 3)
        before.remove()
        after.remove()
        log.append(optimizer.step())
        optimizer.register_step_pre_hook(lambda o, args, kwargs: (args, {"closure": lambda: "from the hook"}))
        log.append(optimizer.step())
        optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
        log.append(error_of(optimizer.step)[0])
        return [entry for entry in log if not (isinstance(entry, tuple) and "closure" in str(entry))]

    check_same(scenario)
    optimizer = optim.SGD(make_params(ours))
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 3"):
        optimizer.step()


def test_state_dict_hooks():
    def scenario(library):
        optimizer = library.optim.SGD(make_params(library), lr=0.1)
        log = []
        optimizer.register_state_dict_pre_hook(lambda o: log.append("save"))
        optimizer.register_state_dict_pre_hook(lambda o: log.append("save first"), prepend=True)
        optimizer.register_state_dict_post_hook(lambda o, state: {**state, "epoch": 3})
        optimizer.register_state_dict_post_hook(lambda o, state: log.append(sorted(state)), prepend=True)
        optimizer.register_load_state_dict_pre_hook(lambda o, state: log.append(state.pop("epoch")))
        optimizer.register_load_state_dict_pre_hook(lambda o, state: {**state, "epoch": 4}, prepend=True)
        optimizer.register_load_state_dict_post_hook(lambda o: log.append("loaded"))
        optimizer.register_load_state_dict_post_hook(lambda o: log.append("loaded first"), prepend=True)
        state = optimizer.state_dict()
        optimizer.load_state_dict(state)
        return log, sorted(state)

    check_same(scenario)


def test_a_pickled_optimizer_has_its_options_and_state():
    def scenario(library):
        params = make_params(library)
        optimizer = library.optim.Adam(params, lr=0.25)
        run(library, optimizer, params, range(2))
        again = pickle.loads(pickle.dumps(optimizer))
        again.step()
        return repr(again), again.state_dict()["state"][0]["step"], len(again.state)

    check_same(scenario)


def test_no_warnings_in_ordinary_use():
    def use():
        params = make_params(ours)
        for name in OPTIONS:
            optimizer = make(ours, name, params, {})
            run(ours, optimizer, params, range(2))
            optimizer.load_state_dict(optimizer.state_dict())

    assert warnings_of(use) == []
