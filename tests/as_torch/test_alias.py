"""as_torch(): what `import torch` brings, when, for how long; what is said of names that are missing."""

import importlib.util
import pickle
import subprocess
import sys

import pytest

import minitorch_cv
from tests.as_torch.hiding import hidden_torch


@pytest.fixture
def standing():
    """This library stands for PyTorch."""
    with hidden_torch(), minitorch_cv.as_torch() as standing:
        yield standing


def run(source, **names):
    """Run lines of Python; the names they made."""
    exec(source, names)
    return names


def test_forms_of_import(standing):
    found = run(
        "import torch, torchvision\n"
        "import torch.nn as nn, torch.nn.functional as F\n"
        "from torch import optim\n"
        "from torch.optim.lr_scheduler import StepLR\n"
        "import torchvision.transforms.functional as TF\n"
        "from torchvision import datasets, models as m\n"
    )
    assert found["nn"].Linear is found["torch"].nn.Linear is minitorch_cv.nn.Linear
    assert found["F"].relu is minitorch_cv.nn.functional.relu and found["optim"].SGD is minitorch_cv.optim.SGD
    assert found["StepLR"] is minitorch_cv.optim.lr_scheduler.StepLR
    assert found["m"].resnet18 is minitorch_cv.vision.models.resnet18
    assert found["datasets"].MNIST is minitorch_cv.vision.datasets.MNIST
    assert found["TF"].resize is minitorch_cv.vision.transforms.functional.resize


def test_star_imports(standing):
    found = run("from torch.nn import *\nfrom torch import *\nfrom torch.nn.functional import *")
    assert found["Linear"] is minitorch_cv.nn.Linear and found["randn"] is minitorch_cv.randn
    assert found["cross_entropy"] is minitorch_cv.nn.functional.cross_entropy
    assert "kernels" not in found and "_version" not in found


def test_a_function_that_has_the_name_of_its_module_stays_a_function(standing):
    found = run("import torch\nimport torch.autograd.gradcheck\nfrom torch.autograd.gradcheck import gradcheck")
    assert found["torch"].autograd.gradcheck is found["gradcheck"] is minitorch_cv.autograd.gradcheck
    assert callable(found["gradcheck"])


def test_versions_can_be_compared(standing):
    torch, torchvision = run("import torch, torchvision")["torch"], sys.modules["torchvision"]
    assert torch.__version__ == torch.version.__version__ == "2.13.0+minitorch_cv"
    assert torch.__version__ >= (2, 9) and torch.__version__ >= "2.9" and torch.__version__ < "10.0"
    assert tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2]) == (2, 13)
    assert torchvision.__version__ > "0.9.1"
    assert minitorch_cv.__version__ != torch.__version__


def test_attributes_are_written_through(standing):
    torch = run("import torch")["torch"]
    torch.backends.cudnn.benchmark = True
    assert minitorch_cv.backends.cudnn.benchmark is True
    torch.backends.cudnn.benchmark = False
    torch.mine = 1
    assert minitorch_cv.mine == 1
    del torch.mine
    assert not hasattr(torch, "mine") and not hasattr(minitorch_cv, "mine")


@pytest.mark.parametrize(
    "expression, message",
    [
        ("torch.relu6", r"^torch\.relu6: minitorch_cv, .* no such name; nearest: torch\.nn\.functional\.relu6$"),
        ("torch.zeross", r"^torch\.zeross: .*; nearest: torch\.zeros"),
        ("torch.nn.Con2d", r"^torch\.nn\.Con2d: .*; nearest: torch\.nn\.Conv2d"),
        ("torch.nn.LSTM", r"^torch\.nn\.LSTM: .*; this library is for images and has no recurrent layers$"),
        ("torch.utils.data.DataLoder", r"nearest: torch\.utils\.data\.DataLoader"),
        ("torch.accelerator.nothing", r"^torch\.accelerator\.nothing: this library runs on the CPU"),
        ("torch.distributed.all_reduce", r"^torch\.distributed\.all_reduce: training runs in one process here"),
        ("torch.jit.script", r"^torch\.jit\.script: models are not compiled"),
        ("torchvision.ops.roi_align", r"^torchvision\.ops\.roi_align: .* none that cut their regions out of maps"),
        ("torchvision.ops.box_ious", r"^torchvision\.ops\.box_ious: .*; nearest: torchvision\.ops\.box_iou"),
        ("torch.xyzzyplugh", r"^torch\.xyzzyplugh: minitorch_cv, which stands for PyTorch here, has no such name$"),
        ("torch.kernels", r"^torch\.kernels: .* has no such name"),
        ("torch.cuda.nvtx", r"^torch\.cuda\.nvtx: this library runs on the CPU"),
        ("torchvision.opps", r"^torchvision\.opps: .*, has no such name"),
        ("torchvision.transforms.RandomCroop", "nearest: torchvision.transforms.RandomCrop"),
        ("torch.__wrapped__", "has no attribute '__wrapped__'"),
        ("torch.nn.__wrapped__", "has no attribute '__wrapped__'"),
    ],
)
def test_missing_attributes(standing, expression, message):
    names = run("import torch, torch.nn.functional, torchvision.ops, torchvision.transforms")
    with pytest.raises(AttributeError, match=message):
        eval(expression, names)


def test_vars_shows_what_is_there(standing):
    """Scripts list networks and find optimisers in it by their names."""
    names = run(
        "import torch, torchvision.models as models\n"
        "networks = [name for name in models.__dict__ if name.islower() and callable(vars(models)[name])]\n"
        "optimizer = torch.optim.__dict__['SGD']"
    )
    assert {"alexnet", "resnet18", "vgg16_bn"} <= set(names["networks"])
    assert names["optimizer"] is minitorch_cv.optim.SGD
    with pytest.raises(TypeError, match="does not support item assignment"):
        vars(names["models"])["mine"] = None


@pytest.mark.parametrize(
    "statement, message",
    [
        ("import torch.distributed.rpc.api", r"^torch\.distributed\.rpc: .*; training runs in one process here"),
        (
            "from torch.utils.data.distributed import DistributedSampler",
            r"^torch\.utils\.data\.distributed: .*; training runs in one process",
        ),
        ("from torch.utils.tensorboard import SummaryWriter", r"^torch\.utils\.tensorboard: .* tensorboardX"),
        ("from torch.nn import LSTM, Linear", r"^torch\.nn\.LSTM: .* no recurrent layers"),
        ("from torch.nn import Con2d", r"^torch\.nn\.Con2d: .*; nearest: torch\.nn\.Conv2d"),
        ("from torchvision.models import resnet200", r"^torchvision\.models\.resnet200: .* nearest: .*resnet"),
        ("from torchvision.tv_tensors import Mask", r"^torchvision\.tv_tensors\.Mask: .* to masks by hand"),
        ("import torch.kernels", r"^torch\.kernels: .* no such name"),
    ],
)
def test_missing_imports(standing, statement, message):
    with pytest.raises(ImportError, match=message):
        run(statement)


def test_the_front_door_says_what_is_missing():
    with pytest.raises(AttributeError, match=r"torch\.zeross: .*; nearest: torch\.zeros"):
        minitorch_cv.zeross
    with pytest.raises(AttributeError, match="module 'minitorch_cv' has no attribute '__wrapped__'"):
        minitorch_cv.__wrapped__
    assert minitorch_cv.vision.utils.make_grid and "models" in dir(minitorch_cv.vision)


def test_a_real_torch_that_was_imported_is_an_error():
    import torch

    with pytest.raises(RuntimeError, match=r"as_torch: torch itself was imported before, from .*__init__\.py\. Call"):
        minitorch_cv.as_torch()
    assert importlib.import_module("torch") is torch


def test_it_ends():
    import torch

    with hidden_torch():
        with minitorch_cv.as_torch():
            ours = run("import torch, torchvision.models")["torch"]
            with minitorch_cv.as_torch() as inner:  # which was on before, and stays on
                inner.end()
            assert run("import torch")["torch"] is ours
        assert not {"torch", "torch.nn", "torchvision"} & set(sys.modules)
        assert importlib.util.find_spec("torch").origin == torch.__file__
    assert sys.modules["torch"] is torch


def test_pickles_of_classes(standing):
    torch = run("import torch")["torch"]
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
    copied = pickle.loads(pickle.dumps(model))
    assert type(copied) is minitorch_cv.nn.Sequential
    assert minitorch_cv.equal(copied[0].weight, model[0].weight)


def test_other_packages_may_look_at_the_modules(standing):
    import inspect

    import numpy as np

    torch = run("import torch")["torch"]
    assert inspect.ismodule(torch) and "Alias" not in dir(torch)
    assert inspect.getmodule(torch.nn.Linear).__name__ == "minitorch_cv.nn.linear"
    assert inspect.getsource(torch.nn.Linear).startswith("class Linear(Module):")
    assert np.asarray(torch.ones(2)).tolist() == [1.0, 1.0]


def test_it_is_only_when_asked():
    code = "import minitorch_cv, sys; assert not {'torch', 'torchvision'} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_classes_say_that_they_are_pytorchs_and_only_as_long(standing):
    """What a script prints of types; the names are those that PyTorch prints."""
    found = run("import torch\nfrom torch import nn")
    torch, nn = found["torch"], found["nn"]
    told = [torch.Tensor, torch.Size, torch.dtype, torch.device, nn.Parameter]
    assert [str(kind)[8:-2] for kind in told] == [
        *("torch.Tensor", "torch.Size", "torch.dtype", "torch.device", "torch.nn.parameter.Parameter")
    ]
    assert pickle.loads(pickle.dumps([torch.Size([2]), torch.device("cpu")])) == [torch.Size([2]), torch.device("cpu")]
    standing.end()
    assert str(minitorch_cv.Tensor) == "<class 'minitorch_cv.tensors.tensor.Tensor'>"


def test_private_names_that_scripts_import(standing):
    found = run(
        "from torch.nn.modules.loss import _Loss, _WeightedLoss\n"
        "from torch.nn.modules.utils import _pair\n"
        "from torch.nn.modules.conv import _ConvNd\n"
        "from torch.nn.parallel import DistributedDataParallel"
    )
    nn = minitorch_cv.nn
    assert issubclass(nn.MSELoss, found["_Loss"]) and issubclass(nn.NLLLoss, found["_WeightedLoss"])
    assert issubclass(nn.Conv2d, found["_ConvNd"]) and found["_pair"](3) == (3, 3) and found["_pair"]([1, 2]) == (1, 2)
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        found["DistributedDataParallel"](nn.Linear(1, 1))


def test_layers_are_known_to_onnx_and_their_source_and_hints_are_found(standing, tmp_path):
    import inspect
    import typing

    found = run("import torch\nfrom torch import nn")
    torch, nn = found["torch"], found["nn"]
    torch.onnx.export(nn.MaxPool1d(2), torch.ones(1, 2, 4), tmp_path / "pool.onnx")
    for name in nn.__all__:
        kind = getattr(nn, name)
        if inspect.isclass(kind) and kind is not nn.Parameter:
            typing.get_type_hints(kind)
            assert inspect.getsource(kind).startswith(("class ", "@"))
