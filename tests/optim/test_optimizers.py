"""Every optimiser with every combination of its options takes PyTorch's steps."""

from __future__ import annotations

import copy
import inspect
import itertools
import pickle

import numpy as np
import pytest
import torch
from torch.optim.optimizer import required as torch_required

import minitorch_cv as ours
from minitorch_cv import nn, optim
from minitorch_cv.optim.optimizer import Optimizer, required
from tests.nn.both import check_same, error_of, warnings_of
from tests.optim.trajectories import assert_same_values, make_params, run, set_gradients, to_ours, to_torch, values

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
        "alpha": [0.9, 0.99],
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
        "eps": [1e-10, 1e-3],
    },
    "Adadelta": {
        "lr": [1.0, 0.3],
        "rho": [0.9, 0.5],
        "eps": [1e-6, 1e-3],
        "weight_decay": [0, 0.1],
        "maximize": [False, True],
    },
    "NAdam": {**ADAM, "lr": [0.02], "momentum_decay": [4e-3, 0.1], "decoupled_weight_decay": [False, True]},
    "RAdam": {**ADAM, "lr": [0.02], "decoupled_weight_decay": [False, True], "eps": [1e-8, 1e-3]},
    "Adamax": {**ADAM, "lr": [0.02], "eps": [1e-8, 1e-3]},
}


def combinations(name):
    options = OPTIONS[name]
    for chosen in itertools.product(*options.values()):
        given = dict(zip(options, chosen))
        if not given.get("nesterov") or (given["momentum"] > 0 and given["dampening"] == 0):
            yield given


def cases(names=OPTIONS):
    return [
        pytest.param(name, given, id=f"{name}-" + "-".join(str(v) for v in given.values()))
        for name in names
        for given in combinations(name)
    ]


def make(library, name, params, given):
    return getattr(library.optim, name)(params, **given)


every_optimizer = pytest.mark.parametrize("name", OPTIONS)


# ---- the same steps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "given"), cases())
def test_a_hundred_steps(name, given, dtype):
    finals, states = [], []
    for library in (ours, torch):
        params = make_params(library, dtype)
        optimizer = make(library, name, params, given)
        run(library, optimizer, params)
        finals.append(values(params))
        states.append(optimizer.state_dict())
    assert_same_values(*finals)
    assert_same_state(to_torch(states[0]), states[1])


def assert_same_state(one, two):
    assert list(one) == list(two)
    assert one["param_groups"] == two["param_groups"]
    assert [list(group) for group in one["param_groups"]] == [list(group) for group in two["param_groups"]]
    assert list(one["state"]) == list(two["state"])
    for number, of_param in two["state"].items():
        assert list(one["state"][number]) == list(of_param)
        for key, expected in of_param.items():
            assert one["state"][number][key].dtype == expected.dtype
            assert_same_values([one["state"][number][key].numpy()], [expected.numpy()], key)


@every_optimizer
def test_default_options_and_signature(name):
    def scenario(library):
        optimizer = make(library, name, make_params(library), {})
        signature = inspect.signature(getattr(library.optim, name).__init__)
        arguments = [(p.name, p.kind.name, p.default) for p in signature.parameters.values()]
        return arguments[2:], optimizer.defaults, repr(optimizer)

    check_same(scenario)


@every_optimizer
def test_parameter_groups(name):
    def scenario(library):
        params = make_params(library)
        extra = library.nn.Parameter(library.ones(2, dtype=library.float64))
        groups = [{"params": params[:1], "lr": 0.5, "weight_decay": 0.2}, {"params": iter(params[1:])}]
        optimizer = make(library, name, groups, {"lr": 0.01})
        run(library, optimizer, params, range(5))
        optimizer.add_param_group({"params": extra, "lr": 0.3})
        for step in range(5, 10):
            optimizer.zero_grad()
            set_gradients(library, [*params, extra], step)
            optimizer.step()
        shape = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups]
        numbers = [g["params"] for g in optimizer.state_dict()["param_groups"]]
        return values([*params, extra]), shape, numbers, sorted(optimizer.state_dict()["state"]), repr(optimizer)

    one, two = scenario(ours), scenario(torch)
    assert_same_values(one[0], two[0])
    assert one[1:] == two[1:]


@every_optimizer
@pytest.mark.parametrize("shape", [(), (1,)])
def test_learning_rate_as_a_tensor(name, shape):
    finals = []
    for library in (ours, torch):
        params = make_params(library)
        lr = library.full(shape, 0.25)
        optimizer = make(library, name, params, {"lr": lr, "weight_decay": 0.125})
        run(library, optimizer, params, range(10))
        lr.fill_(0.5)
        run(library, optimizer, params, range(10, 20))
        assert optimizer.param_groups[0]["lr"] is lr
        finals.append(values(params))
    for one, two in zip(*finals):  # PyTorch computes some factors of a tensor's in float32
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_betas_as_tensors(name):
    finals = []
    for library in (ours, torch):
        params = make_params(library)
        betas = (library.tensor(0.5), library.tensor([0.75]))
        run(library, make(library, name, params, {"betas": betas}), params, range(20))
        finals.append(values(params))
    for one, two in zip(*finals):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


@every_optimizer
def test_float16(name):
    finals = []
    for library in (ours, torch):
        params = [library.nn.Parameter(library.ones(4, dtype=library.float16))]
        optimizer = make(library, name, params, {"lr": 0.125, **({} if name in ("SGD", "Adadelta") else {"eps": 1e-3})})
        for step in range(5):
            set_gradients(library, params, step)
            optimizer.step()
        finals.append(values(params)[0])
    assert finals[0].dtype == np.float16
    np.testing.assert_allclose(finals[0].astype(float), finals[1].astype(float), atol=4e-3)


@every_optimizer
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite(name, special):
    def scenario(library):
        param = library.nn.Parameter(library.zeros(3))
        optimizer = make(library, name, [param], {})
        for _ in range(2):
            param.grad = library.tensor([special, 1.0, 0.0])
            optimizer.step()
        return np.isfinite(param.detach().numpy()).tolist()

    check_same(scenario)


@every_optimizer
def test_memory_layout_and_empty_parameters(name):
    rng = np.random.default_rng(0)
    start, grad = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    finals = []
    for library in (ours, torch):
        params = [
            library.nn.Parameter(library.from_numpy(start.T.copy()).T),
            library.nn.Parameter(library.zeros(0, 2)),
        ]
        optimizer = make(library, name, params, {})
        for _ in range(3):
            params[0].grad = library.from_numpy(grad.copy())
            params[1].grad = library.zeros(0, 2)
            optimizer.step()
        finals.append(values(params))
    assert_same_values(*finals)


# ---- how a step is taken ----------------------------------------------------------------------------------------


@every_optimizer
def test_a_step_writes_in_place_and_is_noticed(name):
    param = nn.Parameter(ours.ones(3))
    optimizer = make(ours, name, [param], {})
    memory = param.array
    loss = (param * param).sum()
    loss.backward(retain_graph=True)
    grad = param.grad.array.copy()
    version = param._version
    optimizer.step()
    assert param.array is memory and param._version == version + 1
    np.testing.assert_array_equal(param.grad.array, grad)
    assert param.grad_fn is None and param.requires_grad
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@every_optimizer
def test_closure(name):
    def scenario(library):
        params = make_params(library)
        optimizer = make(library, name, params, {})
        calls = []

        def closure():
            optimizer.zero_grad()
            loss = sum((p * p).sum() for p in params)
            loss.backward()
            calls.append(loss.item())
            return loss

        with library.no_grad():
            results = [optimizer.step(closure).item() for _ in range(3)]
        return results == calls, [round(c, 10) for c in calls], optimizer.step()

    check_same(scenario)


@every_optimizer
def test_zero_grad(name):
    def scenario(library):
        params = make_params(library)
        optimizer = make(library, name, params, {})
        set_gradients(library, params, 0)
        params[1].grad = None
        optimizer.zero_grad(set_to_none=False)
        zeros = [p.grad for p in params]
        optimizer.zero_grad()
        return zeros, [p.grad for p in params]

    check_same(scenario)


@every_optimizer
def test_no_gradient_no_step_no_state(name):
    def scenario(library):
        params = make_params(library)
        optimizer = make(library, name, params, {})
        before = values(params)
        optimizer.step()
        return len(optimizer.state), all((a == b).all() for a, b in zip(before, values(params)))

    check_same(scenario)


# ---- state_dict -------------------------------------------------------------------------------------------------

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


# ---- arguments --------------------------------------------------------------------------------------------------

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
    for option in ("foreach", "fused", "capturable", "differentiable")
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


# ---- the base class ---------------------------------------------------------------------------------------------


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
