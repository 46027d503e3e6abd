"""A training saved by one library goes on in the other: model, optimiser and scheduler, through a file."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as ours
from tests.checks import normal
from tests.optim.options import FULL, every_optimizer, make
from tests.optim.schedules import every_scheduler, make_optimizer
from tests.optim.trajectories import assert_same_values, make_params, run, values

both_ways = pytest.mark.parametrize("first, second", [(ours, torch), (torch, ours)], ids=["from ours", "from torch"])


@both_ways
@every_optimizer
def test_optimizers(tmp_path, name, first, second):
    params = make_params(first)
    optimizer = make(first, name, params, FULL[name])
    run(first, optimizer, params, range(10))
    first.save({"params": params, "optimizer": optimizer.state_dict()}, tmp_path / "x.pth")
    state = second.load(tmp_path / "x.pth")
    resumed = state["params"]
    assert all(isinstance(p, second.nn.Parameter) for p in resumed)
    fresh = make(second, name, resumed, {})
    fresh.load_state_dict(state["optimizer"])
    run(first, optimizer, params, range(10, 20))
    run(second, fresh, resumed, range(10, 20))
    assert_same_values(values(params), values(resumed))


def rates(optimizer):
    return [[float(group[name]) for name in ("lr", "momentum") if name in group] for group in optimizer.param_groups]


@both_ways
@every_scheduler
def test_schedulers(tmp_path, make, first, second):
    optimizer = make_optimizer(first)
    scheduler = make(first.optim.lr_scheduler, optimizer)
    for _ in range(12):
        optimizer.step()
        scheduler.step()
    first.save([optimizer.state_dict(), scheduler.state_dict()], tmp_path / "x.pth")
    resumed = make_optimizer(second)
    fresh = make(second.optim.lr_scheduler, resumed)
    for part, state in zip((resumed, fresh), second.load(tmp_path / "x.pth")):
        part.load_state_dict(state)
    for _ in range(25):
        for which, other in ((optimizer, scheduler), (resumed, fresh)):
            which.step()
            other.step()
        np.testing.assert_allclose(rates(resumed), rates(optimizer), rtol=1e-12)


@both_ways
def test_plateau(tmp_path, first, second):
    optimizer = make_optimizer(first)
    scheduler = first.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1)
    for loss in (3.0, 2.0, 2.5):
        scheduler.step(loss)
    first.save([optimizer.state_dict(), scheduler.state_dict()], tmp_path / "x.pth")
    resumed = make_optimizer(second)
    fresh = second.optim.lr_scheduler.ReduceLROnPlateau(resumed)
    for part, state in zip((resumed, fresh), second.load(tmp_path / "x.pth")):
        part.load_state_dict(state)
    for loss in (2.5, 2.5, 2.5):
        scheduler.step(loss)
        fresh.step(loss)
        np.testing.assert_allclose(rates(resumed), rates(optimizer), rtol=1e-12)


def network(library):
    nn = library.nn
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 4, 2))


@both_ways
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_models(tmp_path, first, second, kind):
    def result(library, model):
        return model.eval()(library.from_numpy(x)).detach().numpy()

    x = normal(2, 3, 4, 4).astype(np.float32)
    model = network(first)
    model(first.from_numpy(x))  # running statistics
    path = tmp_path / f"x.{kind}"
    if kind == "pth" or first is ours:
        first.save(model.state_dict(), path)
    else:
        pytest.importorskip("safetensors.torch").save_file(model.state_dict(), path)
    loaded = network(second)
    if kind == "pth" or second is ours:
        state = second.load(path)
    else:
        state = pytest.importorskip("safetensors.torch").load_file(path)
    loaded.load_state_dict(state)
    np.testing.assert_allclose(result(second, loaded), result(first, model), atol=1e-5)
    if kind == "pth":
        assert state._metadata == model.state_dict()._metadata
