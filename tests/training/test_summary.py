"""The table of a model, against numbers counted by hand."""

import pytest

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.training import summary
from minitorch_cv.vision.models import LeNet5


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
        "Layer (type)   Output shape     Parameters  Multiply-adds",
        "---------------------------------------------------------",
        "Sequential     [1, 2400]                --             --",
        "  0 (Conv2d)   [1, 1200, 1, 2]       3,600          7,200",
        "  1 (Flatten)  [1, 2400]                --             --",
        "---------------------------------------------------------",
        "Parameters: 3,600 (trainable: 3,600)",
        "Multiply-adds of convolutions and linear layers: 7,200",
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
    linear = [row for row in table.rows if row.kind == "Linear"]
    assert [(row.name, row.parameters, row.shared) for row in linear] == [
        ("0", 20, False),
        ("0", 0, True),
        ("tied", 0, True),
    ]
    assert str(table).count("(shared)") == 2
    assert table.unused == ["idle"] and "Not used for this input: idle" in str(table)


def test_frozen_parameters():
    model = LeNet5()
    model.features.requires_grad_(False)
    assert summary(model, (1, 1, 28, 28)).trainable_params == 61706 - 156 - 2416


class Two(nn.Module):
    def forward(self, a, b):
        return {"sum": a + b, "both": (a, [b])}, "text"


def test_several_inputs_and_outputs():
    table = summary(Two(), [(1, 2), (1, 2)])
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
