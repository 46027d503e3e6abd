"""Every optimiser with every combination of its options takes PyTorch's steps."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from tests.nn.both import check_same
from tests.optim.options import cases, every_optimizer, make
from tests.optim.trajectories import assert_same_values, make_params, run, set_gradients, to_torch, values


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


# ---- how a step is taken ------------------------------------------------------------------------------------------


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
def test_parameters_that_cannot_be_written_to(name):
    array = np.ones(3, np.float32)
    array.flags.writeable = False
    param = nn.Parameter(ours.Tensor.wrap(array))
    param.grad = ours.ones(3)
    with pytest.raises(RuntimeError, match=rf"{name}\.step: the tensor shows a NumPy array that is read-only"):
        make(ours, name, [param], {}).step()


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


def test_a_parameter_that_has_become_read_only_is_refused():
    parameter = nn.Parameter(ours.ones(3))
    optimizer = ours.optim.SGD([parameter], lr=0.1)
    parameter.grad = ours.ones(3)
    optimizer.step()
    before = parameter.array.copy()
    parameter.array.flags.writeable = False
    with pytest.raises(RuntimeError, match=r"SGD\.step: the tensor shows a NumPy array that is read-only"):
        optimizer.step()
    assert (parameter.array == before).all()
