"""compare_torch: every model of vision.models is found the same; faults put into one layer are found by its name."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
import torchvision
from numba.core import config

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop import compare_torch
from minitorch_cv.interop.samples import sample_for
from minitorch_cv.kernels import batch_norm as batch_norm_kernels
from minitorch_cv.nn import batchnorm, evaluation
from minitorch_cv.ops.activation_piecewise import Relu
from minitorch_cv.ops.batch_norm_relu import BatchNormRelu
from minitorch_cv.ops.convolution import Convolution
from minitorch_cv.ops.linear import Linear
from minitorch_cv.optim import SGD
from minitorch_cv.vision import models
from tests.checks import check_error, normal
from tests.interop.cases import MODELS

needs_jit = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for a whole network")
IN_TORCHVISION = set(models.list_models(module=models)) & set(torchvision.models.list_models())

BOTH_MODES = {"alexnet", "resnet18", "resnet20", "squeezenet1_1", "vgg11_bn", "resnet9"}  # the others are made alike


DEEP = {"resnet101", "resnet152"}  # with weights that repeat themselves rounding grows beyond the bounds in them


@needs_jit
@pytest.mark.parametrize("name", MODELS)
def test_model(name, request):
    """Against torchvision's where it has the model, else against to_torch's."""
    mt.manual_seed(0)
    fill = (lambda model: model) if name in DEEP else request.getfixturevalue("quick_weights")
    model = fill(models.get_model(name, num_classes=7))
    theirs = torchvision.models.get_model(name, num_classes=7) if name in IN_TORCHVISION else None
    images = normal(2, *sample_for(model).shape[1:]).astype(np.float32)
    modes = ["train", "eval"] if name in BOTH_MODES else ["train"]
    found = compare_torch(model, theirs, (images, np.array([0, 6])), modes=modes)
    assert found.ok, str(found)
    layers = {name for name, module in model.named_modules() if list(module.parameters(recurse=False))}
    assert layers <= {row.layer for row in found.rows}


def network():
    mt.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(4, 3, 3), nn.LeakyReLU(0.1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(27, 3),
    )  # fmt: skip


BATCH = normal(4, 2, 10, 10).astype(np.float32), np.array([0, 2, 1, 1])


@pytest.mark.parametrize("dtype", [mt.float32, mt.float64])
def test_the_same(dtype, capsys):
    found = compare_torch(network().to(dtype), None, (BATCH[0].astype(dtype.numpy), BATCH[1]), verbose=True)
    assert found.ok and found.first is None and found.departing == []
    printed = capsys.readouterr().out
    assert "the same as PyTorch: 9 layers" in printed and "note: dropout was switched off" in printed
    assert printed.startswith("  Mode   Layer") and "<>" not in printed
    assert len(found.table().splitlines()) == len(found.rows) + 1
    again = ", layers together"
    quantities = {row.quantity for row in found.rows if row.layer == "1"}
    twice = {"running_mean", "running_var", "num_batches_tracked", "gradient of weight", "gradient of bias"}
    assert quantities == twice | {quantity + again for quantity in twice} | {
        "input", "output", "gradient of output", "gradient of input", "update of weight", "update of bias",
    }  # fmt: skip
    twice = {"result", "gradient of result", "loss"}
    assert {row.quantity for row in found.rows if not row.layer} == twice | {quantity + again for quantity in twice} | {
        "gradient of input", "result without a graph",
    }  # fmt: skip


def test_a_wrong_gradient_of_the_weights(monkeypatch):
    """In the second convolution only: the first has two channels."""
    right = Convolution.backward

    def wrong(self, grad_out):
        grad_x, grad_weight, grad_bias = right(self, grad_out)
        return grad_x, grad_weight * (1.001 if grad_weight.shape[1] == 4 else 1), grad_bias

    monkeypatch.setattr(Convolution, "backward", wrong)
    found = compare_torch(network(), None, BATCH)
    assert (found.first.layer, found.first.kind, found.first.quantity) == ("4", "Conv2d", "gradient of weight")
    assert found.first.departure == pytest.approx(1e-3, rel=0.01)
    assert {(row.layer, row.quantity) for row in found.departing} == {("4", "gradient of weight")}
    assert str(found).startswith("the first to depart is Conv2d '4', gradient of weight, train mode: departs by 1.0")
    assert "<>  train  4 (Conv2d)" in found.table()


def test_a_relu_that_passes_gradients_at_wrong_places(monkeypatch):
    monkeypatch.setattr(Relu, "backward", lambda self, grad_out: grad_out * (self.y >= 0))
    found = compare_torch(network(), None, BATCH)
    assert (found.first.layer, found.first.kind, found.first.quantity) == ("2", "ReLU", "gradient of input")
    assert {row.layer for row in found.departing} == {"2"}  # its error does not reach the layers before it


def test_a_running_variance_that_is_biased(monkeypatch):
    """Divided by n and not by n - 1: the output is right."""
    model = network()
    forward = type(model[1]).forward

    def biased(self, input):
        before = self.running_var.clone()
        result = forward(self, input)
        if self.training:
            n = input.numel() / input.shape[1]
            self.running_var.copy_(0.9 * before + (self.running_var - 0.9 * before) * (n - 1) / n)
        return result

    monkeypatch.setattr(type(model[1]), "forward", biased)
    found = compare_torch(model, None, BATCH)
    assert (found.first.layer, found.first.kind, found.first.quantity) == ("1", "BatchNorm2d", "running_var")
    assert found.first.mode == "train" and compare_torch(model, None, BATCH, modes=["eval"]).ok


def test_a_wrong_forward(monkeypatch):
    right = Linear.forward
    monkeypatch.setattr(Linear, "forward", lambda self, *arrays: right(self, *arrays) + np.float32(0.01))
    found = compare_torch(network(), None, BATCH)
    assert (found.first.layer, found.first.quantity) == ("8", "output")
    assert {row.quantity for row in found.departing} == {"output"} and "\n1 of " in str(found)


@pytest.mark.parametrize("part", ["forward", "backward"])
def test_what_is_wrong_only_where_layers_run_together(part, monkeypatch):
    """By a hundredth, in the operation that batch norm and ReLU make together."""
    right = getattr(BatchNormRelu, part)

    def wrong(self, *arrays):
        results = right(self, *arrays)
        if not self.relu:
            return results
        return results * 1.01 if part == "forward" else (results[0] * 1.01, *results[1:])

    monkeypatch.setattr(BatchNormRelu, part, wrong)
    found = compare_torch(network(), None, BATCH)
    expected = ("", "result, layers together") if part == "forward" else ("0", "gradient of weight, layers together")
    assert (found.first.mode, found.first.layer, found.first.quantity) == ("train", *expected)
    assert "note: each layer by itself is the same: the fault is where neighbours run as one operation" in str(found)


def test_a_wrong_statistic_where_layers_run_together(monkeypatch):
    right = batchnorm.batch_norm_relu

    def wrong(input, residual, running_mean, running_var, *given):
        result = right(input, residual, running_mean, running_var, *given)
        running_var.array[...] *= 1.01
        return result

    monkeypatch.setattr(batchnorm, "batch_norm_relu", wrong)
    found = compare_torch(network(), None, BATCH, modes=["train"])
    assert [(row.layer, row.quantity) for row in found.departing] == [("1", "running_var, layers together")]


def test_a_plain_background():
    """Equal numbers in a max pooling's window: whichever it takes, the rest is the same."""
    images = np.zeros((4, 2, 32, 32), np.float32)
    images[:, :, 12:20, 10:23] = normal(4, 2, 8, 13)
    build = nn.Sequential(
        nn.Conv2d(2, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(32, 3),
    )  # fmt: skip
    found = compare_torch(build, None, (images, BATCH[1]))
    assert found.ok, str(found)


def test_a_torch_model_that_does_not_run_in_float64():
    """The bounds are then fixed ones; and it may keep a tensor of its last forward, of which there is no deep copy."""

    class Shifted(torch.nn.Sequential):
        def forward(self, x):
            self.kept = super().forward(x)
            return torch.nn.functional.linear(self.kept, torch.eye(3))

    class OursShifted(nn.Sequential):
        def forward(self, x):
            return nn.functional.linear(super().forward(x), mt.eye(3))

    layers = [("0", nn.Linear(6, 5)), ("1", nn.ReLU()), ("2", nn.Linear(5, 3))]
    ours = OursShifted(OrderedDict(layers))
    theirs = Shifted(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3))
    found = compare_torch(ours, theirs, (normal(4, 6).astype(np.float32), BATCH[1]))
    assert found.ok, str(found)
    assert any("did not run in float64" in note for note in found.notes)
    assert all(p.dtype == torch.float32 and p.grad is None for p in theirs.parameters())


def test_a_buffer_that_is_bound_anew():
    """As students write batch norm: each run begins with the statistics that there were."""

    def define(library):
        class Norm(library.nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = library.nn.Parameter(library.ones(3))
                self.register_buffer("average", library.zeros(3))

            def forward(self, x):
                mean = x.mean(0)
                self.average = 0.9 * self.average + 0.1 * mean.detach()
                return (x - mean) * self.weight

        return Norm()

    found = compare_torch(define(mt), define(torch), normal(5, 3).astype(np.float32))
    assert found.ok, str(found)
    assert any(row.quantity == "average, layers together" for row in found.rows)


def test_what_is_wrong_only_without_a_graph(monkeypatch):
    right = evaluation.evaluate_linear
    monkeypatch.setattr(evaluation, "evaluate_linear", lambda *given: right(*given) * 1.01)
    found = compare_torch(network(), None, BATCH)
    assert len(found.departing) == 1
    assert (found.first.mode, found.first.quantity) == ("eval", "result without a graph")


def test_a_wrong_optimiser(monkeypatch):
    monkeypatch.setattr(SGD, "kernel", None)
    monkeypatch.setattr(SGD, "fused_state", lambda self, param, group: None)
    monkeypatch.setattr(SGD, "_with_momentum", staticmethod(lambda buffer, grad, group, first: grad))
    found = compare_torch(network(), None, BATCH)
    assert found.first.quantity.startswith("update of") and found.first.layer == "0"
    assert all(row.quantity.startswith("update") for row in found.departing)


def test_a_wrong_formula_between_layers():
    """It is seen in what reaches the next layer, and in the gradient that comes back to the one before."""

    class Ours(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 2)

        def forward(self, x):
            return self.last(mt.tanh(self.first(x)) * 1.01)

    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

        def forward(self, x):
            return self.last(torch.tanh(self.first(x)))

    found = compare_torch(Ours(), Theirs(), normal(5, 3).astype(np.float32))
    assert (found.first.layer, found.first.quantity) == ("last", "input")
    assert ("first", "gradient of output") in {(row.layer, row.quantity) for row in found.departing}


def test_another_loss_and_optimiser():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    batch = normal(5, 3).astype(np.float32), normal(5, 2, seed=1).astype(np.float32)
    found = compare_torch(
        model, None, batch,
        loss=lambda F, outputs, targets: F.smooth_l1_loss(outputs, targets, beta=0.5),
        optimizer=lambda optim, params: optim.AdamW(params, lr=0.01),
    )  # fmt: skip
    assert found.ok
    assert compare_torch(model, None, batch).ok  # the squared distance
    assert not compare_torch(model, None, batch, loss=lambda F, o, t: o.sum() * (2 if F is nn.functional else 1)).ok


def test_both_models_are_left_as_they_were():
    model, theirs = network(), torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(True), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(4, 3, 3), torch.nn.LeakyReLU(0.1), torch.nn.Flatten(), torch.nn.Dropout(0.5),
        torch.nn.Linear(27, 3),
    )  # fmt: skip
    model[0].weight.requires_grad_(False)
    model[4].eval()
    theirs[4].eval()
    before = {name: value.array.copy() for name, value in model.state_dict().items()}
    assert compare_torch(model, theirs, BATCH).ok
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.array, before[name])
        np.testing.assert_array_equal(theirs.state_dict()[name].numpy(), before[name])
    assert [m.training for m in model.modules()] == [m.training for m in theirs.modules()]
    assert model[7].p == theirs[7].p == 0.5
    assert all(p.grad is None for p in (*model.parameters(), *theirs.parameters()))
    assert not any(m._forward_hooks for m in (*model.modules(), *theirs.modules()))
    assert theirs[0].weight.requires_grad is False


def test_weights_of_other_names():
    class Named(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.entry, self.inner = torch.nn.Linear(3, 4), torch.nn.Sequential(torch.nn.Linear(4, 2))

        def forward(self, x):
            return self.inner(self.entry(x).relu())

    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    found = compare_torch(model, Named(), normal(5, 3).astype(np.float32))
    assert found.ok and {row.layer for row in found.rows} == {"", "0", "2"}
    assert "note: the weights have other names in torch_model and were taken in order" in str(found)
    assert "note: not compared by themselves, as only one of the models calls them: 1" in str(found)


def test_weights_that_do_not_fit():
    ours = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Linear(5, 2, bias=False))
    match = r"1.bias \[2\]: torch_model has none; 0.weight: \[4, 3\], torch_model's \[5, 3\]; .*Build both"
    check_error(ValueError, match, compare_torch, ours, theirs, normal(5, 3).astype(np.float32))
    theirs = torch.nn.Sequential(*theirs, torch.nn.PReLU())
    check_error(ValueError, r"2.weight \[1\]: only in torch_model", compare_torch, ours, theirs, normal(5, 3))


def test_results_of_other_shapes_and_nan():
    class Sliced(torch.nn.Linear):
        def forward(self, x):
            return super().forward(x)[:, :1]

    x = normal(5, 3).astype(np.float32)
    found = compare_torch(nn.Linear(3, 2), Sliced(3, 2), x)
    assert found.first.departure == np.inf
    assert str(found.first) == "the model (Linear), output, train mode: shape [5, 2], PyTorch's [5, 1]"
    assert compare_torch(nn.Linear(3, 2), torch.nn.Linear(3, 2), x * np.nan).ok  # NaN where PyTorch has it
    model = nn.Sequential(nn.Linear(3, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.Linear, "forward", lambda self, x: x.matmul(self.weight.t()) + self.bias + float("nan"))
        assert compare_torch(model, torch.nn.Sequential(torch.nn.Linear(3, 2)), x).first.departure == np.inf


def test_several_inputs_and_outputs():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.scale = nn.Embedding(5, 3), nn.RReLU()

        def forward(self, words, x):
            return self.words(words).sum(1), self.scale(x)

    x = torch.from_numpy(normal(4, 3).astype(np.float32))
    found = compare_torch(Both(), None, ([mt.tensor([[1, 2], [0, 4], [3, 3], [1, 1]]), x], None))
    assert found.ok and {"result", "result 2"} <= {row.quantity for row in found.rows}


def test_a_batch_of_a_data_loader():
    dataset = mt.utils.data.TensorDataset(mt.from_numpy(BATCH[0]), mt.from_numpy(BATCH[1]))
    batch = next(iter(mt.utils.data.DataLoader(dataset, batch_size=4)))
    assert isinstance(batch, list) and compare_torch(network(), None, batch, modes=("eval",)).ok


def test_frozen_batch_norms_stay_frozen_in_the_twin():
    model = network()
    nn.utils.freeze(model[1])
    found = compare_torch(model, None, BATCH)
    assert found.ok, str(found)
    assert {row.mode for row in found.rows if row.layer == "1"} == {"train", "eval"}


def test_arguments_that_do_not_fit():
    check_error(ValueError, "compare_torch: give a batch", compare_torch, network())
    theirs = torch.nn.Linear(2, 2)
    check_error(
        TypeError, "model is a torch.nn.modules.linear.Linear; expected", compare_torch, theirs, network(), BATCH
    )
    match = "modes is .'test',., expected one or both of 'train' and 'eval'"
    check_error(ValueError, match, compare_torch, network(), None, BATCH, modes=("test",))


def test_a_tolerance_of_ones_own():
    found = compare_torch(network(), None, BATCH, tolerance=1e-12)
    assert not found.ok and {row.tolerance for row in found.rows} == {1e-12, 0.0}


def test_the_kernels_of_batch_norm(monkeypatch):
    """The gradient of a float32 batch norm's factor, which vector kernels compute."""
    right = batch_norm_kernels.Norm.gated_sums

    def wrong(self, *args, **kwargs):
        bias, weight, passed = right(self, *args, **kwargs)
        return bias, weight * np.float32(1.01), passed

    monkeypatch.setattr(batch_norm_kernels.Norm, "gated_sums", wrong)
    found = compare_torch(network(), None, BATCH, modes=["train"])
    assert found.first.layer == "1" and found.first.quantity == "gradient of weight"


def test_a_layer_after_which_the_shapes_no_longer_fit(capsys):
    """The layer is named, and that our model could not go on."""
    ours = nn.Sequential(nn.Conv2d(2, 3, 3, stride=2), nn.Flatten(), nn.Linear(3 * 6 * 6, 5))
    theirs = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.Flatten(), torch.nn.Linear(3 * 6 * 6, 5))
    found = compare_torch(ours, theirs, (normal(2, 2, 8, 8).astype(np.float32), np.arange(2)))
    assert not found.ok and found.departing[0].layer == "0" and found.departing[0].quantity == "output"
    told = capsys.readouterr().out
    assert "the first to depart is Conv2d '0', output" in told
    assert "our model stopped in train mode after that: RuntimeError: linear: input has" in told


@needs_jit
def test_gradients_that_jump_where_relu_is_near_zero():
    """In this network and batch one number before a ReLU is nearer to zero than any library's rounding."""
    mt.manual_seed(1)
    model = models.ResNet9()
    assert compare_torch(model, None, (mt.randn(8, 3, 32, 32), mt.arange(8)), modes=["train"]).ok


def test_a_fault_between_layers_is_seen_in_the_input_of_the_next(capsys):
    def net(library, factor):
        class Net(library.nn.Module):
            def __init__(self):
                super().__init__()
                self.c1, self.c2 = (library.nn.Conv2d(2, 2, 3, padding=1) for _ in range(2))
                self.fc = library.nn.Linear(2 * 4 * 4, 3)

            def forward(self, x):
                x = self.c1(x)
                return self.fc(library.relu(self.c2(x) * factor + x).flatten(1))

        return Net()

    batch = (normal(2, 2, 4, 4).astype(np.float32), np.arange(2))
    found = compare_torch(net(mt, 1.1), net(torch, 1.0), batch)
    assert (found.first.layer, found.first.quantity) == ("fc", "input")
    assert "the first to depart is Linear 'fc', input" in capsys.readouterr().out
    assert compare_torch(net(mt, 1.0), net(torch, 1.0), batch).ok
