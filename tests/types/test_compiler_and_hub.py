"""compile, compiler, hub, xpu, mps and the switches of cudnn: what there is not, said once or as an error."""

import os
import warnings

import pytest
import torch

import minitorch_cv as mt
from minitorch_cv import hub
from minitorch_cv.utils import hub_folder, say_once

MODEL = mt.nn.Linear(2, 2)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(say_once, "_said", set())


def test_compile_returns_the_model_and_says_so_once():
    with pytest.warns(UserWarning, match="torch.compile changes nothing in minitorch_cv") as caught:
        assert mt.compile(MODEL, mode="max-autotune", fullgraph=True, backend="inductor") is MODEL
    assert len(caught) == 1 and caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mt.compile(MODEL) is mt.compiler.compile(MODEL) is MODEL


def test_compile_as_a_decorator():
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @mt.compile(disable=True, dynamic=False)
        def f(x):
            return x + 1

        @mt.compiler.disable
        def g(x):
            return x + 2

        @mt.compiler.disable(recursive=False)
        def h(x):
            return x + 3

    assert (f(1), g(1), h(1)) == (2, 3, 4)
    with pytest.warns(UserWarning, match="changes nothing"):

        @mt.compile
        def k(x):
            return x + 4

    assert k(1) == 5


def test_compile_errors():
    with pytest.raises(TypeError, match="expected a module or a function, got int"):
        mt.compile(3)


def test_compiler():
    assert mt.compiler.is_compiling() is torch.compiler.is_compiling() is False
    assert mt.compiler.reset() is None


def test_no_other_devices():
    assert mt.xpu.is_available() is torch.xpu.is_available() is False
    assert mt.xpu.device_count() == mt.mps.device_count() == 0
    assert mt.mps.is_available() is False


def test_the_folder_of_downloads(monkeypatch, tmp_path):
    for variables in ({"TORCH_HOME": str(tmp_path)}, {"XDG_CACHE_HOME": str(tmp_path / "cache")}, {}):
        for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert hub.get_dir() == torch.hub.get_dir()
    monkeypatch.setattr(hub_folder, "_folder", None)
    hub.set_dir("~/weights")
    assert hub.get_dir() == os.path.expanduser("~/weights")


def test_models_of_the_hub():
    with pytest.raises(
        NotImplementedError, match=r"hub.load\('pytorch/vision', 'resnet18'\): .*models.resnet18\(weights"
    ):
        mt.hub.load("pytorch/vision:v0.10.0".partition(":")[0], "resnet18", pretrained=True)


def test_switches_of_cudnn_in_a_context():
    cudnn = mt.backends.cudnn
    before = cudnn.enabled, cudnn.benchmark  # a script may have set them in this process
    with cudnn.flags(enabled=not before[0], benchmark=not before[1]):
        assert (cudnn.enabled, cudnn.benchmark) == (not before[0], not before[1])
    assert (cudnn.enabled, cudnn.benchmark) == before


def test_a_modules_own_compile():
    model = mt.nn.Linear(2, 2)
    with pytest.warns(UserWarning, match="torch.compile changes nothing"):
        assert model.compile(mode="max-autotune") is None
