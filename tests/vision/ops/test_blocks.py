"""Blocks of layers against torchvision's: results, gradients, state, printed form, errors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchvision.ops

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.interop import to_torch
from minitorch_cv.vision import ops
from minitorch_cv.vision.models import resnet18
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of
from tests.interop.exported import check_export
from tests.vision.models.checks import check_model, state_shapes

IMAGES, EMPTY = (2, 4, 7, 6), (0, 4, 7, 6)
# How each is made, of either library's layers, and what it takes.
BLOCKS = {
    "conv, norm, activation": (lambda ops, nn: ops.Conv2dNormActivation(4, 6), IMAGES),
    "dilated in groups": (
        lambda ops, nn: ops.Conv2dNormActivation(4, 6, 5, 2, groups=2, activation_layer=nn.ReLU6, dilation=2),
        IMAGES,
    ),
    "of two sizes": (
        lambda ops, nn: ops.Conv2dNormActivation(4, 3, (3, 1), (2, 1), dilation=(1, 2), activation_layer=None),
        IMAGES,
    ),
    "without norm": (
        lambda ops, nn: ops.Conv2dNormActivation(
            4, 3, padding="same", norm_layer=None, activation_layer=nn.SiLU, inplace=None
        ),
        IMAGES,
    ),
    "with bias": (lambda ops, nn: ops.Conv2dNormActivation(4, 3, 1, bias=True, inplace=False), IMAGES),
    "SqueezeExcitation": (lambda ops, nn: ops.SqueezeExcitation(4, 2), IMAGES),
    "its activations": (lambda ops, nn: ops.SqueezeExcitation(4, 3, nn.SiLU, nn.Tanh), IMAGES),
    "MLP": (lambda ops, nn: ops.MLP(6, [5, 3]), (2, 4, 6)),
    "MLP with norms": (
        lambda ops, nn: ops.MLP(6, [5, 7, 3], nn.BatchNorm1d, nn.LeakyReLU, inplace=True, bias=False, dropout=0.3),
        (5, 6),
    ),
    "MLP of one layer": (lambda ops, nn: ops.MLP(6, [3], activation_layer=None), (5, 6)),
    "Permute": (lambda ops, nn: nn.Sequential(nn.Conv2d(4, 3, 1), ops.Permute([0, 2, -1, 1])), IMAGES),
    "StochasticDepth": (lambda ops, nn: nn.Sequential(nn.Conv2d(4, 3, 1), ops.StochasticDepth(0.0, "row")), IMAGES),
    "FrozenBatchNorm2d": (lambda ops, nn: nn.Sequential(nn.Conv2d(4, 3, 1), ops.FrozenBatchNorm2d(3, 1e-3)), IMAGES),
}


def made(name):
    """The block of this library, torchvision's, and the shape of their input; with statistics of training."""
    make, shape = BLOCKS[name]
    mt.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = make(ops, nn), make(torchvision.ops, torch.nn)
    for key, buffer in theirs.named_buffers():
        if buffer.is_floating_point():
            buffer.copy_(torch.rand_like(buffer) + 0.5 * ("var" in key))
    return ours, theirs, shape


@pytest.mark.parametrize("name", BLOCKS)
def test_results_gradients_and_printed_form(name):
    ours, theirs, shape = made(name)
    assert state_shapes(ours) == state_shapes(theirs) and repr(ours) == repr(theirs)
    check_model(ours, theirs, shape)
    ours.eval(), theirs.eval()
    x = np.zeros((0, *shape[1:]), np.float32)
    assert ours(ours_of(x)).shape == theirs(theirs_of(x)).shape


@pytest.mark.parametrize("name", BLOCKS)
def test_export_and_to_torch(name, tmp_path):
    ours, _, shape = made(name)
    ours.eval()
    check_export(ours, tmp_path / "block.onnx", shape)
    x = normal(*shape).astype(np.float32)
    there = to_torch(ours, mt.zeros(shape))
    assert_close(ours(ours_of(x)), there(theirs_of(x)), 1e-5, name)
    assert list(there.state_dict()) == list(ours.state_dict())


def test_a_frozen_norm_takes_the_state_of_a_batch_norm():
    """Of a whole network too, whose statistics and factors then stay as they are."""
    trained = resnet18(num_classes=3)
    with mt.no_grad():
        for _, buffer in trained.named_buffers():
            if buffer.is_floating_point():
                buffer.uniform_(0.5, 2)
    frozen = resnet18(num_classes=3, norm_layer=ops.FrozenBatchNorm2d)
    state = dict(trained.state_dict())
    frozen.load_state_dict(state)
    assert "bn1.num_batches_tracked" in state
    assert not [name for name, _ in frozen.named_parameters() if "bn" in name]
    norm, plain = frozen.layer1[0].bn1, trained.layer1[0].bn1.eval()
    x = mt.tensor(normal(2, 64, 5, 4).astype(np.float32))
    assert_close(norm(x), plain(x).detach(), 1e-5, "frozen")
    match = r"Missing key\(s\) in state_dict: \"running_mean\""
    check_error(
        RuntimeError, match, norm.load_state_dict, {k: v for k, v in norm.state_dict().items() if "mean" not in k}
    )


@pytest.mark.parametrize(
    "mode, shape", [("batch", (8, 3, 2)), ("row", (64, 3)), ("row", (64,)), ("row", (0, 3)), ("batch", ())]
)
def test_stochastic_depth(mode, shape):
    """The factors are the same within a sample, or in all; the gradient is the factors."""
    for seed in range(4):
        mt.manual_seed(seed)
        x = mt.tensor(np.abs(normal(*shape)) + 0.1, requires_grad=True)
        y = ops.stochastic_depth(x, 0.25, mode)
        y.sum().backward()
        factors = x.grad.numpy()
        np.testing.assert_allclose(y.detach().numpy(), x.detach().numpy() * factors, rtol=1e-12)
        assert set(factors.ravel()) <= {0.0, 1 / 0.75}
        for rows in factors if mode == "row" else [factors]:
            assert len(np.unique(rows)) == 1


def test_depth_of_float16():
    mt.manual_seed(0)
    found = ops.stochastic_depth(mt.ones(200, 2).half(), 0.5, "row")
    assert found.dtype is mt.float16 and set(found.flatten().tolist()) == {0.0, 2.0}
    theirs = torchvision.ops.stochastic_depth(torch.ones(200, 2).half(), 0.5, "row")
    assert theirs.dtype is torch.float16 and set(theirs.flatten().tolist()) == {0.0, 2.0}


@pytest.mark.parametrize("kernel_size, dilation", [((3,), 1), (3, (2,)), ((3, 5), 2), (3, (1, 2)), ([5], [2])])
def test_padding_that_keeps_the_size(kernel_size, dilation):
    block = ops.Conv2dNormActivation(2, 3, kernel_size=kernel_size, dilation=dilation)
    assert block(mt.zeros(1, 2, 9, 11)).shape == (1, 3, 9, 11)


def test_a_kernel_of_three_sizes():
    check_error(RuntimeError, "Conv2d: expected kernel_size", ops.Conv2dNormActivation, 2, 3, (3, 3, 3))


def test_how_often_depth_is_left_out():
    mt.manual_seed(0)
    layer = ops.StochasticDepth(0.3, "row")
    share = (layer(mt.ones(20_000, 1)) == 0).double().mean().item()
    assert share == pytest.approx(0.3, abs=0.02)
    batches = [bool((ops.stochastic_depth(mt.ones(2, 2), 0.3, "batch") == 0).all()) for _ in range(500)]
    assert np.mean(batches) == pytest.approx(0.3, abs=0.08)


def test_depth_that_stays_or_goes():
    x = ours_of(normal(3, 2))
    for p, training in ((0.0, True), (0.7, False)):
        assert ops.stochastic_depth(x, p, "row", training) is x
    check_op(
        lambda x: ops.stochastic_depth(x, 1.0, "row"),
        lambda x: torchvision.ops.stochastic_depth(x, 1.0, "row"),
        [normal(3, 2)],
    )


@pytest.mark.parametrize(
    "error, match, call",
    [
        (
            ValueError,
            "drop probability has to be between 0 and 1, but got 2",
            ("stochastic_depth", mt.ones(1), 2, "row"),
        ),
        (
            ValueError,
            "mode has to be either 'batch' or 'row', but got all",
            ("stochastic_depth", mt.ones(1), 0.5, "all"),
        ),
        (
            RuntimeError,
            "stochastic_depth: expected floats, got torch.int64",
            ("stochastic_depth", mt.ones(1).long(), 0.5, "row"),
        ),
        (IndexError, "MLP: hidden_channels is empty", ("MLP", 3, [])),
        (TypeError, "MLP: activation_layer is None", ("MLP", 3, [4, 5], None, None)),
    ],
)
def test_errors(error, match, call):
    name, *settings = call
    check_error(error, match, getattr(ops, name), *settings)
