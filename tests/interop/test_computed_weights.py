"""Layers with spectral_norm, weight_norm and parametrizations go to torch and to ONNX."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop import compare_torch, to_torch
from minitorch_cv.nn.utils import parametrizations, parametrize
from tests.checks import as_array, assert_close, check_error, normal, ours_of, theirs_of
from tests.interop.exported import check_export

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated in favor of:FutureWarning")

NORMS = {
    "spectral_norm hook": lambda layer: nn.utils.spectral_norm(layer, n_power_iterations=2),
    "spectral_norm": lambda layer: parametrizations.spectral_norm(layer, eps=1e-6),
    "weight_norm hook": lambda layer: nn.utils.weight_norm(layer, dim=None),
    "weight_norm": lambda layer: parametrizations.weight_norm(layer, dim=1),
    "of a vector": lambda layer: parametrizations.spectral_norm(layer, "bias", dim=0),
    "several": lambda layer: parametrizations.weight_norm(parametrizations.spectral_norm(layer), "bias"),
}
every_norm = pytest.mark.parametrize("norm", NORMS.values(), ids=list(NORMS))


class Net(nn.Module):
    """A forward of its own, which is traced."""

    def __init__(self, norm):
        super().__init__()
        self.conv = norm(nn.Conv2d(2, 3, 3, padding=1))
        self.up = norm(nn.ConvTranspose2d(3, 4, 2))

    def forward(self, x):
        return self.up(self.conv(x).relu() + 1)


def both(norm):
    """A tree of layers and a forward of one's own, with the shapes of their inputs."""
    tree = nn.Sequential(norm(nn.Conv2d(2, 3, 3)), nn.ReLU(), nn.Flatten(), norm(nn.Linear(12, 2)))
    return [(tree, (2, 2, 4, 4)), (Net(norm), (2, 2, 5, 4))]


@every_norm
def test_to_torch(norm):
    for ours, shape in both(norm):
        ours.double()
        x = normal(*shape)
        theirs = to_torch(ours, mt.zeros(*shape).double())
        assert [n for n, _ in theirs.named_parameters()] == [n for n, _ in ours.named_parameters()]
        for mode in (False, True):  # in training with the steps of power iteration
            results = [net.train(mode)(t) for net, t in ((ours, ours_of(x)), (theirs, theirs_of(x)))]
            assert_close(results[0].detach(), results[1], 1e-10, "result")
        assert list(ours.state_dict()) == list(theirs.state_dict())
        for name, value in ours.state_dict().items():
            assert_close(value, theirs.state_dict()[name], 1e-10, name)


@every_norm
def test_onnx(norm, tmp_path):
    for number, (ours, shape) in enumerate(both(norm)):
        before = {name: as_array(value).copy() for name, value in ours.state_dict().items()}
        check_export(ours.train(), tmp_path / f"{number}.onnx", shape)
        for name, value in ours.state_dict().items():
            np.testing.assert_array_equal(value.array, before[name])


@every_norm
def test_compare_torch(norm):
    """The bias before a batch norm has the gradient zero but for rounding."""
    ours = nn.Sequential(norm(nn.Conv2d(2, 3, 3)), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), norm(nn.Linear(12, 2)))
    found = compare_torch(ours, to_torch(ours), ours_of(normal(4, 2, 4, 4).astype(np.float32)))
    assert found.ok and {"0", "4"} <= {row.layer for row in found.rows}


class Own(nn.Module):
    """A weight of its own, used in a forward of its own."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(mt.rand(3, 4))

    def forward(self, x):
        return nn.functional.linear(x, self.weight)


@pytest.mark.parametrize("utils, remedy", [(nn.utils, "remove_spectral_norm"), (parametrizations, "remove_param")])
def test_spectral_norm_of_a_forward_of_ones_own(utils, remedy):
    """Steps that are written down use the directions, but do not train them; a weight_norm has none."""
    for wrap in (lambda m: m, nn.Sequential):
        match = rf"'weight' of '.*', which has a forward of its own, is computed by spectral_norm.*{remedy}"
        check_error(NotImplementedError, match, to_torch, wrap(utils.spectral_norm(Own())), mt.zeros(1, 4))
    ours, x = utils.weight_norm(Own()), normal(2, 4).astype(np.float32)
    assert_close(ours(ours_of(x)).detach(), to_torch(ours, mt.zeros(1, 4))(theirs_of(x)).detach(), 1e-6, "result")


def test_a_parametrization_of_ones_own(tmp_path):
    """A file holds the numbers; a torch module would have to compute them."""
    layer = parametrize.register_parametrization(nn.Linear(3, 2), "weight", nn.Softplus())
    check_error(NotImplementedError, r"'weight' of layer '0' is computed by Softplus.*remove_parametrizations",
                to_torch, nn.Sequential(layer))  # fmt: skip
    check_export(nn.Sequential(nn.ReLU(), layer), tmp_path / "own.onnx", (2, 3))
    theirs = to_torch(nn.Sequential(parametrize.remove_parametrizations(layer, "weight")))
    assert type(theirs[0]) is torch.nn.Linear and bool((theirs[0].weight > 0).all())
