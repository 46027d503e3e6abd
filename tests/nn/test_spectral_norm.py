"""Both forms of spectral_norm, against PyTorch: weights, gradients, directions, state_dicts."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn.utils import power_iteration
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of
from tests.nn.both import check_same, error_of
from tests.nn.checks import assert_same_state, check_module, copy_state

LAYERS = {
    "Conv2d": ((3, 4, (3, 2)), {}, (2, 3, 5, 4)),
    "Conv2d empty": ((2, 3, 2), {"bias": False}, (0, 2, 4, 3)),
    "Conv1d": ((3, 4, 3), {"groups": 1}, (2, 3, 7)),
    "Linear": ((5, 3), {}, (4, 5)),
    "ConvTranspose2d": ((3, 4, 3), {"stride": 2}, (2, 3, 4, 3)),
}
FORMS = {"hook": lambda library: library.nn.utils, "parametrization": lambda library: library.nn.utils.parametrizations}

every_layer = pytest.mark.parametrize("layer", LAYERS)
both_forms = pytest.mark.parametrize("form", FORMS)


def make(library, form, layer="Linear", **arguments):
    """A layer with spectral_norm, of the same weights at every call."""
    library.manual_seed(0)
    given, named, _ = LAYERS[layer]
    return FORMS[form](library).spectral_norm(getattr(library.nn, layer.split()[0])(*given, **named), **arguments)


def pair(form, layer="Linear", **arguments):
    """One of each library, with the same numbers."""
    one, two = make(ours, form, layer, **arguments), make(torch, form, layer, **arguments)
    copy_state(one, two)
    return one, two


@both_forms
@every_layer
@pytest.mark.parametrize("arguments", [{}, {"n_power_iterations": 3, "dim": 1, "eps": 1e-6}], ids=["", "settings"])
def test_layer(form, layer, arguments):
    shape = LAYERS[layer][2]
    check_module(make(ours, form, layer, **arguments), make(torch, form, layer, **arguments), [normal(*shape)])


@pytest.mark.parametrize("shape, dim", [((4, 3), 0), ((2, 3, 3, 2), 1), ((3, 1, 2), 2)])
def test_the_weight_and_its_gradient(shape, dim):
    u, v = (normal(n, seed=i) for i, n in enumerate((shape[dim], int(np.prod(shape)) // shape[dim])))

    def divided(library):
        directions = [library.tensor(d) for d in (u, v)]

        def function(weight):
            matrix = power_iteration.as_matrix(weight, dim)
            one, two = (d.to(weight.dtype) for d in directions)
            return weight / power_iteration.largest_singular_value(matrix, one, two)

        return function

    def reference(weight):
        rows = np.moveaxis(weight, dim, 0)
        total = 0.0
        for i, row in enumerate(rows):
            for j, number in enumerate(row.ravel()):
                total += u[i] * number * v[j]
        return weight / total

    check_op(divided(ours), divided(torch), [normal(*shape, seed=5)], reference=reference)


@both_forms
def test_largest_singular_value_is_one(form):
    layer = make(ours, form, "Conv2d", n_power_iterations=200)
    with ours.no_grad():
        layer(ours.zeros(1, 3, 4, 4))
    assert abs(np.linalg.svd(layer.weight.array.reshape(4, -1), compute_uv=False)[0] - 1) < 1e-5


@both_forms
def test_two_forwards_before_one_backward(form):
    """loss = D(real) - D(fake): power iteration writes to the directions in between."""
    one, two = pair(form)
    losses = []
    for net, make_tensor in ((one, ours_of), (two, theirs_of)):
        real, fake = (make_tensor(normal(4, 5, seed=i).astype(np.float32)) for i in (1, 2))
        loss = net(real).mean() - (net(fake) ** 2).mean()
        loss.backward()
        losses.append(loss)
    assert_close(losses[0].detach(), losses[1], 2e-6, "loss")
    for (name, a), (_, b) in zip(one.named_parameters(), two.named_parameters(), strict=True):
        assert_close(a.grad, b.grad, 1e-5, name)
    assert_same_state(one, two, 2e-6)


@both_forms
def test_training_with_an_optimiser(form):
    one, two = pair(form, "Conv2d")
    for net, library, make_tensor in ((one, ours, ours_of), (two, torch, theirs_of)):
        optimizer = library.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        for step in range(5):
            optimizer.zero_grad()
            (net(make_tensor(normal(2, 3, 5, 4, seed=step).astype(np.float32))) ** 2).mean().backward()
            optimizer.step()
    assert_same_state(one, two, 1e-5)


@both_forms
def test_evaluation_leaves_the_directions(form):
    one, two = pair(form)
    before = {name: value.array.copy() for name, value in one.state_dict().items()}
    x = normal(4, 5).astype(np.float32)
    results = [net.eval()(t) for net, t in ((one, ours_of(x)), (two, theirs_of(x)))]
    assert_close(results[0].detach(), results[1], 2e-6, "result")
    with ours.no_grad():
        assert_close(nn.Sequential(one)(ours_of(x)), results[1], 2e-6, "in a Sequential, without a graph")
    for name, value in one.state_dict().items():
        np.testing.assert_array_equal(value.array, before[name])


@both_forms
def test_save_load_and_copy(form):
    one = make(ours, form)
    x = ours_of(normal(4, 5).astype(np.float32))
    copied = copy.deepcopy(one)
    one(x).sum().backward()
    file = io.BytesIO()
    ours.save(one.state_dict(), file)
    file.seek(0)
    state = ours.load(file)
    other = make(ours, form)
    assert str(other.load_state_dict(state)) == "<All keys matched successfully>"
    np.testing.assert_array_equal(one.eval()(x).detach().array, other.eval()(x).detach().array)
    file.seek(0)
    theirs = make(torch, form)
    theirs.load_state_dict(torch.load(file))
    assert_same_state(one, theirs, 0)
    assert not np.array_equal(copied.eval()(x).detach().array, one(x).detach().array)  # it has not taken the step
    for name in one.state_dict():
        assert not np.shares_memory(copied.state_dict()[name].array, one.state_dict()[name].array)


def test_a_layer_with_a_computed_weight_cannot_be_copied():
    def scenario(library):
        layer = make(library, "hook")
        layer(library.zeros(1, 5))
        return error_of(lambda: copy.deepcopy(layer))[0]

    assert check_same(scenario) == "RuntimeError"


def test_metadata_and_state_from_before_v_was_in_it():
    one, two = (library.nn.utils.spectral_norm(library.nn.Linear(2, 6)) for library in (ours, torch))
    copy_state(one, two)
    assert one.state_dict()._metadata == two.state_dict()._metadata
    two.train()(theirs_of(normal(3, 2).astype(np.float32)))
    state = {**two.state_dict(), "weight": two.weight.detach()}
    del state["weight_v"]
    two.load_state_dict(state)
    one.load_state_dict({name: ours_of(value.numpy()) for name, value in state.items()})
    assert_same_state(one, two, 1e-5)
    check_error(RuntimeError, 'Missing key.*"weight_orig", "weight", "weight_u"', one.load_state_dict, {})
    one.load_state_dict({}, strict=False)


def test_v_of_a_wide_matrix():
    """There are many; PyTorch's, by the inverse of a singular matrix, is of rounding errors."""
    layer = make(ours, "hook", "Conv2d")
    with ours.no_grad():
        layer(ours.zeros(1, 3, 4, 4))
        weight = layer.weight.clone()
    state = {**layer.state_dict(), "weight": weight}
    del state["weight_v"]
    layer.load_state_dict({name: value.clone() for name, value in state.items()})
    layer.eval()(ours.zeros(1, 3, 4, 4))
    assert_close(layer.weight.detach(), weight, 1e-5, "weight")


@both_forms
def test_a_vector(form):
    if form == "hook":

        def scenario(library):
            layer = make(library, form, name="bias")
            return [list(layer.bias_u.shape), list(layer.bias_v.shape)]

        check_same(scenario)
    else:
        check_module(make(ours, form, name="bias"), make(torch, form, name="bias"), [normal(4, 5)])


def test_remove():
    one, two = pair("hook", "ConvTranspose2d")
    for net, library in ((one, ours), (two, torch)):
        net.train()(library.ones(1, 3, 4, 4)).sum().backward()
        library.nn.utils.remove_spectral_norm(net)
        assert list(net.state_dict()) == ["bias", "weight"] and not net._forward_pre_hooks
        library.nn.utils.spectral_norm(net)
        library.nn.utils.remove_spectral_norm(net)
    assert type(one.weight) is nn.Parameter and one.state_dict()._metadata[""] == {"version": 1}
    one(ours.ones(1, 3, 4, 4)).sum().backward()
    assert one.weight.grad is not None
    check_error(
        ValueError, "spectral_norm of 'weight' not found in ConvTranspose2d", nn.utils.remove_spectral_norm, one
    )


def test_removing_keeps_the_value():
    one, two = pair("hook", "Conv2d")
    for net, library in ((one, ours), (two, torch)):
        net.train()(library.ones(1, 3, 4, 4))
        library.nn.utils.remove_spectral_norm(net)
    assert_same_state(one, two, 2e-6)
    one, two = pair("parametrization", "Conv2d")
    for net, library in ((one, ours), (two, torch)):
        library.nn.utils.parametrize.remove_parametrizations(net.eval(), "weight")
    assert_same_state(one, two, 2e-6)
    assert type(one) is nn.Conv2d


@both_forms
def test_no_iterations(form):
    text = "n_power_iterations to be positive.*got n_power_iterations=0"
    check_error(ValueError, text, make, ours, form, n_power_iterations=0)


def test_errors_of_the_hook():
    norm = nn.utils.spectral_norm
    text = "Cannot register two spectral_norm hooks on the same parameter weight"
    check_error(RuntimeError, text, norm, make(ours, "hook"))
    check_error(KeyError, "wrong", norm, nn.Linear(2, 3), "wrong")
    check_error(ValueError, "parameter `bias` is None", norm, nn.Linear(2, 3, bias=False), "bias")
    check_error(ValueError, "can't have uninitialized parameters", norm, nn.LazyLinear(3))


def test_errors_of_the_parametrization():
    norm = nn.utils.parametrizations.spectral_norm
    check_error(ValueError, "no parameter or buffer with name 'wrong'", norm, nn.Linear(2, 3), "wrong")
    check_error(IndexError, r"expected to be in range of \[-2, 1\] but got 2", norm, nn.Linear(2, 3), dim=2)
