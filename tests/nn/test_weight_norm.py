"""Both forms of weight_norm, against PyTorch."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn.utils.weight_norm import norm_except_dim, scaled
from tests.checks import check_error, check_op, normal, ours_of, theirs_of
from tests.nn.both import check_same, error_of, warnings_of
from tests.nn.checks import assert_same_state, check_module, copy_state

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated in favor of:FutureWarning")

LAYERS = {
    "Conv2d": ((3, 4, (3, 2)), (2, 3, 5, 4)),
    "Conv1d": ((3, 4, 3), (0, 3, 7)),
    "Linear": ((5, 3), (4, 5)),
    "ConvTranspose2d": ((3, 4, 3), (2, 3, 4, 3)),
}
FORMS = {"hook": lambda library: library.nn.utils, "parametrization": lambda library: library.nn.utils.parametrizations}

both_forms = pytest.mark.parametrize("form", FORMS)


def make(library, form, kind="Linear", **arguments):
    return FORMS[form](library).weight_norm(getattr(library.nn, kind)(*LAYERS[kind][0]), **arguments)


@both_forms
@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("dim", [0, 1, None, -2])
def test_layer(form, kind, dim):
    check_module(make(ours, form, kind, dim=dim), make(torch, form, kind, dim=dim), [normal(*LAYERS[kind][1])])


def loops(g, v, dim):
    """g * v / |v|, slice by slice."""
    slices = (
        [(...,)] if dim == -1 else [(slice(None),) * (dim % v.ndim) + (slice(i, i + 1),) for i in range(v.shape[dim])]
    )
    result = np.zeros_like(v)
    for where in slices:
        total = 0.0
        for number in v[where].ravel():
            total += number * number
        result[where] = g[where] * v[where] / np.sqrt(total)
    return result


@pytest.mark.parametrize("shape, dim", [((3, 4), 0), ((3, 4), 1), ((3, 2, 1, 4), 1), ((3, 2, 4), -1), ((5,), 0)])
def test_weight(shape, dim):
    g = normal(*(1 if dim not in (-1, i) else n for i, n in enumerate(shape)), seed=3) if dim != -1 else normal(seed=3)
    check_op(
        lambda g, v: scaled(g, v, dim),
        lambda g, v: torch._weight_norm(v, g, dim),
        [np.asarray(g), normal(*shape)],
        reference=lambda g, v: loops(g, v, dim),
    )
    check_op(lambda v: norm_except_dim(v, dim), lambda v: torch.norm_except_dim(v, 2, dim), [normal(*shape)])


@both_forms
def test_save_and_load(form):
    one = make(ours, form, "Conv2d")
    file = io.BytesIO()
    ours.save(one.state_dict(), file)
    file.seek(0)
    other, theirs = make(ours, form, "Conv2d"), make(torch, form, "Conv2d")
    state = ours.load(file)
    other.load_state_dict(state)
    file.seek(0)
    theirs.load_state_dict(torch.load(file))
    assert_same_state(other, theirs, 0)
    x = normal(2, 3, 5, 4).astype(np.float32)
    np.testing.assert_allclose(other(ours_of(x)).detach().array, theirs(theirs_of(x)).detach(), atol=1e-6)


def test_a_state_of_the_older_form_loads():
    old, new = make(ours, "hook"), make(ours, "parametrization")
    net = nn.Sequential(new)
    net.load_state_dict(nn.Sequential(old).state_dict())
    np.testing.assert_allclose(net[0].weight.detach().array, old.weight.detach().array, rtol=1e-6)
    theirs = torch.nn.Sequential(make(torch, "parametrization"))
    copy_state(net, theirs)  # the newer names
    assert_same_state(net, theirs, 0)


def test_a_layer_of_the_older_form_cannot_be_copied():
    def scenario(library):
        return error_of(lambda: copy.deepcopy(make(library, "hook")))[0]

    assert check_same(scenario) == "RuntimeError"
    copied = copy.deepcopy(make(ours, "parametrization"))
    copied(ours.ones(2, 5)).sum().backward()
    assert copied.parametrizations.weight.original0.grad is not None


def test_remove():
    one, two = make(ours, "hook", "Conv2d"), make(torch, "hook", "Conv2d")
    copy_state(one, two)
    for net, library in ((one, ours), (two, torch)):
        with library.no_grad():
            net.weight_g.mul_(2)
        library.nn.utils.remove_weight_norm(net)
    assert_same_state(one, two, 2e-6)
    assert not one._forward_pre_hooks and type(one.weight) is nn.Parameter
    check_error(ValueError, "weight_norm of 'weight' not found in Conv2d", nn.utils.remove_weight_norm, one)


def test_the_older_form_warns():
    assert check_same(lambda library: warnings_of(lambda: make(library, "hook")))


def test_errors():
    norm = nn.utils.weight_norm
    check_error(RuntimeError, "two weight_norm hooks on the same parameter weight", norm, make(ours, "hook"))
    check_error(AttributeError, "no attribute 'wrong'", norm, nn.Linear(2, 3), "wrong")
    check_error(ValueError, "can't have uninitialized parameters", norm, nn.LazyLinear(3))
    none = lambda library: error_of(lambda: library.nn.utils.weight_norm(library.nn.Linear(2, 3, bias=False), "bias"))
    assert check_same(lambda library: none(library)[0]) == "TypeError"
    check_error(TypeError, "weight_norm: expected bias of Linear to be a Tensor, got None", norm,
                nn.Linear(2, 3, bias=False), "bias")  # fmt: skip
    check_error(IndexError, "Dimension out of range", norm, nn.Linear(2, 3), dim=2)
    check_error(ValueError, "does not have a parameter, a buffer", nn.utils.parametrizations.weight_norm,
                nn.Linear(2, 3), "wrong")  # fmt: skip
    layer = nn.Linear(2, 3)
    check_error(IndexError, "Dimension out of range", nn.utils.parametrizations.weight_norm, layer, dim=5)
    assert list(layer.state_dict()) == ["weight", "bias"]  # it is as it was
