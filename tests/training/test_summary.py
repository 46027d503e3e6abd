"""The table of a model, against numbers counted by hand."""

import json

import pytest
import torch
import torchvision.models
from numba.core import config

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn import utils
from minitorch_cv.nn.utils import freeze, parametrizations
from minitorch_cv.training import summary
from minitorch_cv.vision.models import LeNet5, resnet18, squeezenet1_1


def test_lenet_as_counted_in_the_books():
    table = summary(LeNet5(), (1, 1, 28, 28))
    assert table.total_params == table.trainable_params == 61706
    by_layer = {"conv1": 28 * 28 * 6 * 25, "conv2": 10 * 10 * 16 * 6 * 25, "linear": 400 * 120 + 120 * 84 + 84 * 10}
    assert table.total_mult_adds == sum(by_layer.values())
    assert [row.kind for row in table.rows[:4]] == ["LeNet5", "Sequential", "Conv2d", "ReLU"]
    assert [row.depth for row in table.rows[:4]] == [0, 1, 2, 2]
    assert table.rows[0].output_shape == [1, 10] and table.rows[2].output_shape == [1, 6, 28, 28]
    assert [row.parameters for row in table.rows[:4]] == [None, None, 156, None]
    assert table.unused == []
    assert summary(LeNet5(), [5, 1, 28, 28]).total_mult_adds == 5 * table.total_mult_adds


def test_the_table_as_text():
    model = nn.Sequential(nn.Conv2d(3, 1200, 1, bias=False), nn.Flatten())
    assert str(summary(model, (1, 3, 1, 2))).splitlines() == [
        "Layer (type)   Output shape     Parameters  Trainable  Multiply-adds",
        "--------------------------------------------------------------------",
        "Sequential     [1, 2400]                --         --             --",
        "  0 (Conv2d)   [1, 1200, 1, 2]       3,600        yes          7,200",
        "  1 (Flatten)  [1, 2400]                --         --             --",
        "--------------------------------------------------------------------",
        "Parameters: 3,600 (trainable: 3,600, frozen: 0)",
        "Multiply-adds of convolutions and linear layers: 7,200",
        "Memory / MB: input 0.00 + forward and backward 0.02 + parameters 0.01 = 0.03",
    ]


def test_convolutions_in_all_forms():
    cases = [
        (nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), (2, 4, 7, 8), 2 * 6 * 4 * 5 * (2 * 3 * 2)),
        (nn.Conv2d(4, 4, 3, groups=4), (1, 4, 5, 5), 4 * 9 * 9),
        (nn.Conv1d(3, 5, 2), (1, 3, 10), 5 * 9 * 6),
        (nn.ConvTranspose2d(4, 6, 3, groups=2), (1, 4, 5, 5), 4 * 25 * 3 * 9),
        (nn.ConvTranspose1d(4, 6, 3), (1, 4, 5), 4 * 5 * 6 * 3),
        (nn.Linear(3, 4), (2, 5, 3), 2 * 5 * 4 * 3),
    ]
    for layer, size, expected in cases:
        assert summary(layer, size).total_mult_adds == expected, layer


class Shared(nn.Module):
    """Calls one layer twice, and has a second layer with the same weights."""

    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.tied = nn.Linear(4, 4, bias=False)
        self.tied.weight = self.block[0].weight
        self.idle = nn.Linear(7, 7)

    def forward(self, x):
        return self.tied(self.block(self.block(x)))


def test_shared_layers_and_tied_weights_are_counted_once():
    table = summary(Shared(), (1, 4))
    assert table.total_params == 20 + 56
    assert table.total_mult_adds == 3 * 16
    assert table.pass_bytes == 2 * 3 * 4 * 4 and table.param_bytes == 76 * 4
    linear = [row for row in table.rows if row.kind == "Linear"]
    assert [(row.name, row.parameters, row.shared) for row in linear] == [
        ("0", 20, False),
        ("0", 0, True),
        ("tied", 0, True),
    ]
    assert str(table).count("(shared)") == 2
    assert table.unused == ["idle"] and "Not used for this input: idle" in str(table)


@pytest.mark.parametrize("norm", [parametrizations.spectral_norm, utils.spectral_norm])
def test_what_computes_a_weight_belongs_to_its_layer(norm):
    plain = summary(nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU()), (1, 2, 5, 5))
    table = summary(nn.Sequential(norm(nn.Conv2d(2, 3, 3)), nn.ReLU()), (1, 2, 5, 5))
    assert [row.name for row in table.rows] == ["", "0", "1"] and table.unused == []
    assert [row.parameters for row in table.rows] == [row.parameters for row in plain.rows]
    assert (table.total_params, table.total_mult_adds, table.total_bytes) == (
        plain.total_params, plain.total_mult_adds, plain.total_bytes,
    )  # fmt: skip


def test_frozen_parameters():
    model = LeNet5(batch_norm=True)
    model.features.requires_grad_(False)
    model.features[1].weight.requires_grad_(True)
    table = summary(model, (1, 1, 28, 28))
    frozen = 150 + 6 + 2400 + 32
    assert table.trainable_params == table.total_params - frozen
    assert [row.trainable for row in table.rows[2:7]] == [False, "partly", None, None, False]
    assert f"frozen: {frozen:,})" in str(table)
    assert [line.split()[-2] for line in str(table).splitlines()[4:9]] == ["no", "partly", "--", "--", "no"]


def test_frozen_statistics():
    model = LeNet5(batch_norm=True)
    assert "statistics" not in str(summary(model, (1, 1, 28, 28)))
    freeze(model.features, bn="stats")
    table = summary(model, (1, 1, 28, 28))
    assert table.frozen_statistics == ["features.1", "features.5"]
    assert str(table).endswith("Frozen running statistics: features.1, features.5")


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for a network of this size")
def test_memory_of_resnet18_is_what_torchinfo_says():
    """torchinfo prints 0.60, 39.75, 46.76 and 87.11 MB for ResNet-18 and one image of 224x224."""
    table = summary(resnet18(), (1, 3, 224, 224))
    sizes = (table.input_bytes, table.pass_bytes, table.param_bytes, table.total_bytes)
    assert [f"{size / 1e6:.2f}" for size in sizes] == ["0.60", "39.75", "46.76", "87.11"]
    assert str(table).endswith("input 0.60 + forward and backward 39.75 + parameters 46.76 = 87.11")
    assert table.total_mult_adds == 1_814_073_344


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_against_hooks_in_torch(dtype):
    """Shapes, multiply-adds and bytes of nested modules, counted in the same network of torchvision."""
    theirs = torchvision.models.squeezenet1_1(num_classes=5).to(getattr(torch, dtype)).eval()
    found = []

    def note(module, inputs, output):
        holds = sum(p.numel() for p in module.parameters()) if not list(module.children()) else 0
        mult_adds = output.numel() * module.weight[0].numel() if isinstance(module, torch.nn.Conv2d) else 0
        kept_bytes = output.numel() * output.element_size() if holds else 0
        found.append((list(output.shape), holds or None, mult_adds, kept_bytes))

    for module in theirs.modules():
        module.register_forward_hook(note)
    theirs(torch.zeros(2, 3, 20, 23, dtype=getattr(torch, dtype)))
    table = summary(squeezenet1_1(num_classes=5).to(getattr(mt, dtype)), (2, 3, 20, 23))
    rows = [(row.output_shape, row.parameters, row.mult_adds, row.kept_bytes) for row in table.rows]
    assert sorted(rows, key=str) == sorted(found, key=str)
    item = torch.empty(0, dtype=getattr(torch, dtype)).element_size()
    assert table.input_bytes == 2 * 3 * 20 * 23 * item
    assert table.pass_bytes == 2 * sum(kept_bytes for *_, kept_bytes in found)
    assert table.param_bytes == sum(p.numel() for p in theirs.parameters()) * item


def test_as_numbers_and_texts_for_a_report():
    table = summary(nn.Sequential(nn.Sequential(nn.Linear(3, 2))), (4, 3))
    given = json.loads(json.dumps(table.as_dict()))
    assert given["rows"][2] == {
        "path": "0.0", "name": "0", "kind": "Linear", "depth": 2, "output_shape": [4, 2], "parameters": 8,
        "trainable": True, "mult_adds": 4 * 2 * 3, "kept_bytes": 4 * 2 * 4, "shared": False,
    }  # fmt: skip
    del given["rows"]
    assert given == {
        "total_params": 8, "trainable_params": 8, "total_mult_adds": 24, "unused": [], "frozen_statistics": [],
        "input_bytes": 48, "pass_bytes": 64, "param_bytes": 32, "total_bytes": 144,
    }  # fmt: skip


class Two(nn.Module):
    def forward(self, a, b):
        return {"sum": a + b, "both": (a, [b])}, "text"


def test_several_inputs_and_outputs():
    table = summary(Two(), [(1, 2), (1, 2)])
    assert table.input_bytes == 2 * 2 * 4 and table.pass_bytes == 0
    assert table.rows[0].output_shape == [{"sum": [1, 2], "both": [[1, 2], [[1, 2]]]}, "str"]


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5)).double()
    model[1].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    mt.manual_seed(0)
    drawn = mt.rand(1).item()
    mt.manual_seed(0)
    assert summary(model, (3, 2)).total_params == 10
    assert mt.rand(1).item() == drawn
    assert [module.training for module in model.modules()] == [True, True, False, True]
    for name, value in model.state_dict().items():
        assert value.tolist() == before[name].tolist() and value.dtype == before[name].dtype
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_model_that_fails_is_left_as_it_was_too():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 3))
    match = r"summary: the model failed on input of shape \[\[1, 2\]\]: .*Layers that ran: 0"
    with pytest.raises(RuntimeError, match=match) as found:
        summary(model, (1, 2))
    assert found.value.__cause__ is not None
    assert all(module.training and not module._forward_hooks for module in model.modules())
    with pytest.raises(RuntimeError, match="Layers that ran: none"):
        summary(model, (1, 3))
