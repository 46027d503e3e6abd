"""The layers with the settings that they are tested with, and modules with a forward of their own."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch_cv as mt
from minitorch_cv import nn
from minitorch_cv.nn import functional as F
from minitorch_cv.vision import models
from tests.checks import normal

MODELS = models.list_models(module=models)

IMAGES, SEQUENCES, FEATURES = (2, 4, 7, 6), (2, 4, 9), (2, 6)

CASES = {
    "CELU": [((1.3,), IMAGES)],
    "ELU": [((0.7,), IMAGES)],
    "GELU": [(("none",), IMAGES), (("tanh",), IMAGES)],
    "GLU": [((1,), IMAGES)],
    "Hardshrink": [((0.4,), IMAGES)],
    "Hardsigmoid": [((), IMAGES)],
    "Hardswish": [((), IMAGES)],
    "Hardtanh": [((-0.5, 0.8), IMAGES)],
    "LeakyReLU": [((0.2,), IMAGES)],
    "LogSigmoid": [((), IMAGES)],
    "LogSoftmax": [((1,), FEATURES), ((-1,), IMAGES)],
    "Mish": [((), IMAGES)],
    "PReLU": [((), IMAGES), ((4,), IMAGES), ((6,), FEATURES)],
    "RReLU": [((0.1, 0.4), IMAGES)],
    "ReLU": [((), IMAGES), ((True,), IMAGES)],
    "ReLU6": [((), IMAGES)],
    "SELU": [((), IMAGES)],
    "SiLU": [((), IMAGES)],
    "Sigmoid": [((), IMAGES)],
    "Softmax": [((1,), IMAGES)],
    "Softmax2d": [((), IMAGES)],
    "Softmin": [((1,), FEATURES)],
    "Softplus": [((), IMAGES), ((2.0, 1.0), IMAGES)],
    "Softshrink": [((0.4,), IMAGES)],
    "Softsign": [((), IMAGES)],
    "Tanh": [((), IMAGES)],
    "Tanhshrink": [((), IMAGES)],
    "Threshold": [((0.3, -2.0), IMAGES)],
    "BatchNorm1d": [((6,), FEATURES), ((4,), SEQUENCES)],
    "BatchNorm2d": [((4,), IMAGES), ((4, 1e-3, 0.1, False), IMAGES)],
    "BatchNorm3d": [((3,), (2, 3, 4, 5, 2))],
    "GroupNorm": [((2, 4), IMAGES), ((2, 6), FEATURES)],
    "InstanceNorm1d": [((4,), SEQUENCES), ((4, 1e-5, 0.1, True, True), SEQUENCES)],
    "InstanceNorm2d": [((4, 1e-3, 0.1, True), IMAGES)],
    "LayerNorm": [((6,), FEATURES), (((7, 6), 1e-3), IMAGES)],
    "LocalResponseNorm": [((3, 0.5, 0.6, 2.0), IMAGES), ((2, 0.5), SEQUENCES)],
    "RMSNorm": [((6,), FEATURES), (((7, 6), 1e-2), IMAGES)],
    "ConstantPad1d": [(((2, 1), 1.5), SEQUENCES)],
    "ConstantPad2d": [(((2, 1, 0, 3), -1.5), IMAGES), (((-1, 1, 2, -2), 3.0), IMAGES)],
    "ZeroPad1d": [((2,), SEQUENCES)],
    "ZeroPad2d": [((1,), IMAGES)],
    "CircularPad1d": [(((2, 1),), SEQUENCES)],
    "CircularPad2d": [(((2, 1, 0, 3),), IMAGES)],
    "ReflectionPad1d": [(((2, 1),), SEQUENCES)],
    "ReflectionPad2d": [(((2, 1, 0, 3),), IMAGES)],
    "ReplicationPad1d": [(((2, 1),), SEQUENCES)],
    "ReplicationPad2d": [(((2, 1, -1, 3),), IMAGES)],
    "MaxPool1d": [((3, 2, 1), SEQUENCES), ((2, 2, 0, 2, False, True), SEQUENCES)],
    "MaxPool2d": [((3, 2, 1), IMAGES), (((3, 2), (2, 3), 0, 1, False, True), IMAGES), ((2, 3, 1, 2), IMAGES)],
    "AvgPool1d": [((3, 2, 1), SEQUENCES), ((4, 3, 1, True, False), SEQUENCES)],
    "AvgPool2d": [
        ((2,), IMAGES),
        ((3, 2, 1, True), IMAGES),
        ((3, 2, 1, True, False), IMAGES),
        ((3, 2, 1, False, True, 5), IMAGES),
    ],
    "LPPool1d": [((2, 3, 2), SEQUENCES)],
    "LPPool2d": [((2, (3, 2)), IMAGES), ((3.0, 2, 3, True), IMAGES), ((float("inf"), 2), IMAGES)],
    "AdaptiveAvgPool1d": [((3,), SEQUENCES), ((4,), SEQUENCES)],
    "AdaptiveAvgPool2d": [((1,), IMAGES), (((7, 3),), IMAGES), (((3, None),), IMAGES), (((9, 4),), IMAGES)],
    "AdaptiveMaxPool1d": [((1,), SEQUENCES)],
    "AdaptiveMaxPool2d": [((1,), IMAGES), (((7, 3),), IMAGES), (((3, 4),), IMAGES)],
    "Linear": [((6, 5), FEATURES), ((6, 5, False), IMAGES), ((6, 5), IMAGES)],
    "Conv1d": [((4, 6, 3, 2, 1, 2, 2), SEQUENCES), ((4, 6, 4, 1, "same"), SEQUENCES)],
    "Conv2d": [
        ((4, 6, (3, 2), (2, 1), (1, 0), 1, 2), IMAGES),
        ((4, 6, 3, 1, "same", 2, 1, False), IMAGES),
        ((4, 6, 3, 1, "valid"), IMAGES),
        *[((4, 2, 3, 1, (1, 2), 1, 1, True, mode), IMAGES) for mode in ("reflect", "replicate", "circular")],
    ],
    "ConvTranspose1d": [((4, 6, 3, 2, 1, 1), SEQUENCES)],
    "ConvTranspose2d": [((4, 6, (3, 2), 2, (1, 0), (1, 0), 2, False), IMAGES)],
    "Blur": [((3, 2, 1), IMAGES), (((2, 3), 1, "same"), IMAGES), ((3, 1, "valid"), IMAGES)],
    "Unfold": [(((3, 2), 1, (1, 0), 2), IMAGES)],
    "Fold": [(((5, 6), (2, 3)), (2, 12, 16))],
    "AlphaDropout": [((0.5,), IMAGES)],
    "Dropout": [((0.5,), IMAGES)],
    "Dropout1d": [((0.5,), SEQUENCES)],
    "Dropout2d": [((0.5,), IMAGES)],
    "Dropout3d": [((0.5,), (2, 3, 4, 5, 2))],
    "FeatureAlphaDropout": [((0.5,), IMAGES)],
    "ChannelShuffle": [((2,), IMAGES)],
    "Flatten": [((), IMAGES), ((2,), IMAGES), ((0, 1), IMAGES)],
    "Identity": [((), IMAGES)],
    "PixelShuffle": [((2,), IMAGES)],
    "PixelUnshuffle": [((2,), (2, 3, 4, 6))],
    "Unflatten": [((1, (2, 2)), IMAGES), ((1, (3, -1)), FEATURES)],
    "Upsample": [
        ((None, 2), IMAGES),
        (((9, 5),), IMAGES),
        ((None, 1.7, "bilinear"), IMAGES),
        (((10, 9), None, "bilinear", True), IMAGES),
        (((10, 9), None, "bilinear"), IMAGES),
        ((None, (2.0, 3.0), "nearest-exact"), IMAGES),
        ((None, 2.0, "linear"), SEQUENCES),
        ((13, None, "nearest"), (2, 3, 9, 11)),
        ((13, None, "bilinear"), (2, 3, 9, 11)),
        ((26, None, "nearest-exact"), (2, 3, 9, 11)),
        ((4, None, "nearest"), (2, 3, 14, 14)),
        (((1, 1), None, "bilinear"), IMAGES),
        (((3, 2), None, "area"), IMAGES),
    ],
    "UpsamplingBilinear2d": [((None, 2), IMAGES)],
    "UpsamplingNearest2d": [(((3, 11),), IMAGES)],
}
PARAMETERS = [
    pytest.param(kind, arguments, shape, id=f"{kind}-{i}")
    for kind, cases in CASES.items()
    for i, (arguments, shape) in enumerate(cases)
]


def trained(module):
    """Parameters and statistics that are not those a layer begins with."""
    for i, tensor in enumerate([*module.parameters(), *module.buffers()]):
        if tensor.is_floating_point():
            tensor.array[...] = np.abs(normal(*tensor.shape, seed=i)) + 0.1 if i % 2 else normal(*tensor.shape, seed=i)
    for buffer in (b for name, b in module.named_buffers() if name.endswith("running_var")):
        buffer.array[...] = np.abs(normal(*buffer.shape)) + 0.5
    return module


class Pair(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, a, b):
        return self.layer(a, b)


class Functional(nn.Module):
    """What forwards do between layers."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(mt.from_numpy(normal(4, 3, 3, 3).astype(np.float32)))
        self.matrix = nn.Parameter(mt.from_numpy(normal(5, 4 * 9).astype(np.float32)))
        self.register_buffer("shift", mt.tensor([0.5]))

    def forward(self, x):
        x = F.conv2d(x, self.weight, stride=(1, 2), padding=1)  # (N, 4, 12, 6)
        x = F.max_pool2d(F.relu(x), (3, 2), (2, 1), 1)  # (N, 4, 6, 7)
        x = x + F.avg_pool2d(x, 3, 1, 1) * 0.5 - self.shift
        x = mt.cat([x[:, ::2], x[:, 1:2], x[:, 3].unsqueeze(1)], 1)
        x = F.pad(x, (1, 0, -1, 0), value=2.0).permute(0, 1, 3, 2)  # (N, 4, 8, 5)
        x = F.avg_pool2d(F.leaky_relu(x, 0.2), 2, ceil_mode=True, count_include_pad=False)  # (N, 4, 4, 3)
        x = F.hardtanh(x[:, :, -3:], -1.5, 2.5).reshape(x.shape[0], -1)
        y = F.linear(x, self.matrix)
        y = mt.stack([mt.tanh(y), mt.sigmoid(-y), 1 - y / 4], 1)
        y = y.mean(1) + (y**2).sum(1, keepdim=True)[:, 0] + mt.sqrt(mt.exp(y.abs())).mean((1,))
        return F.log_softmax(y, 1), F.softmax(y[:, None, 1:], -1).log(), mt.sub(y, y.clone(), alpha=2)


class Between(nn.Module):
    """A function of what a layer gives, as a forward of one's own has them between its layers."""

    def __init__(self, function) -> None:
        super().__init__()
        self.layer = nn.Conv2d(4, 4, 3, padding=1)
        self.function = function

    def forward(self, x):
        return self.function(self.layer(x))


FUNCTIONS = {
    "gelu": lambda x: F.gelu(x),
    "gelu, tanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": lambda x: F.silu(x),
    "mish": lambda x: F.mish(x),
    "softplus": lambda x: F.softplus(x, 2.0, 1.0),
    "hardswish": lambda x: F.hardswish(x),
    "logsigmoid": lambda x: F.logsigmoid(x),
    "glu": lambda x: F.glu(x, 1),
    "clamp": lambda x: x.clamp(0, 1) + x.clamp(min=-0.5) * x.clamp(max=0.5),
    "maximum, minimum": lambda x: mt.maximum(x, x * 2) - mt.minimum(x, -x),
    "amax, amin": lambda x: x.amax((2, 3)) - x.amin((2, 3)),
    "logsumexp": lambda x: mt.logsumexp(x, 1),
    "1 / x": lambda x: 1 / (1 + mt.exp(-x)),
    "erf, sin, cos": lambda x: mt.erf(x) + mt.sin(x) * mt.cos(x),
    "attention": lambda x: F.softmax(x.flatten(2) @ x.flatten(2).transpose(1, 2) / 8**0.5, dim=-1) @ x.flatten(2),
    "elu, selu, celu": lambda x: F.elu(x, 0.5) + F.selu(x) * F.celu(x, 0.7),
    "prelu": lambda x: F.prelu(x, mt.tensor([0.2])) + F.prelu(x, mt.tensor([0.1, 0.2, 0.3, 0.4])),
    "hardsigmoid, softsign, tanhshrink": lambda x: F.hardsigmoid(x) + F.softsign(x) * F.tanhshrink(x),
    "threshold": lambda x: F.threshold(x, 0.1, -2.0),
    "square, rsqrt, sign": lambda x: mt.square(x) + mt.rsqrt(x * x + 1) * mt.sign(x),
    "log1p, expm1": lambda x: mt.log1p(x * x) + mt.expm1(x) + 1e6 * mt.log1p(1e-6 * x * x) + 1e4 * mt.expm1(1e-4 * x),
    "remainder, fmod": lambda x: x % 2 + mt.fmod(x, 2),
    "addcmul, lerp": lambda x: mt.addcmul(x, x, x + 1, value=0.5) + mt.lerp(x, x * x, 0.3),
    "addmm": lambda x: mt.addmm(mt.ones(4), x.flatten(1)[:, :4], mt.ones(4, 4), beta=0.5, alpha=2),
    "masked_fill, where": lambda x: mt.where(
        mt.ones(6, 8).tril() == 0, x, x.masked_fill(mt.ones(8).cumsum(0) > 3, -1e9)
    ),
    "other dtypes": lambda x: x.double().float(),
    "var, std": lambda x: x.var((2, 3)) + x.std((2, 3), correction=0) + x.var((1, 2, 3), keepdim=True)[..., 0, 0],
    "norm": lambda x: F.normalize(x, dim=1) + x.norm(dim=1, keepdim=True),
    "norms of other orders": lambda x: x.norm(3, dim=1) + x.norm(float("inf"), dim=1) - x.norm(1, dim=1),
    "cosine_similarity": lambda x: F.cosine_similarity(x, x * x + 1, dim=1),
    "prod": lambda x: x.prod(1),
    "max, min": lambda x: x.max(1)[0] - x.min(1, keepdim=True).values[:, 0],
    "einsum": lambda x: mt.einsum("bchw,bdhw->bcd", x, x),
    "cumsum, flip, roll": lambda x: x.cumsum(1) + x.flip(3) * mt.roll(x, (1, -2), (2, 3)),
    "chunk, unbind": lambda x: mt.cat(x.chunk(2, 1)[::-1], 1) + x.unbind(1)[0].unsqueeze(1),
    "split": lambda x: x.split([1, 3], 1)[1] + x.split(4, 1)[0][:, :3],
    "expand": lambda x: x.mean((2, 3), keepdim=True).expand(-1, -1, 6, 8) + x.mean(1, keepdim=True).expand_as(x),
    "repeat": lambda x: x.repeat(1, 2, 1, 1),
    "indices": lambda x: x[:, [2, 0]] + x.index_select(1, mt.tensor([1, 1])),
    "indices, a table": lambda x: x[:, :, mt.tensor([[0, 1], [2, 3]])],
    "Tensor.unfold": lambda x: x.unfold(2, 3, 2),
    "unfold, fold": lambda x: F.fold(F.unfold(x, 3, padding=1), (6, 8), 3, padding=1),
    "shuffles": lambda x: F.channel_shuffle(x, 2) + F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2),
    "pad, own elements": lambda x: F.pad(x, (1, 2, 0, 1), mode="reflect") + F.pad(x, (1, 2, 0, 1), mode="circular"),
    "interpolate": lambda x: F.interpolate(x, scale_factor=2) + F.interpolate(x, (12, 16), mode="nearest-exact"),
    "interpolate, bilinear": lambda x: (
        F.interpolate(x, (7, 5), mode="bilinear") + F.interpolate(x, (7, 5), mode="bilinear", align_corners=True)
    ),
    "interpolate, bicubic": lambda x: (
        F.interpolate(x, (7, 5), mode="bicubic")
        + F.interpolate(x, (7, 5), mode="bilinear", antialias=True)
        + F.interpolate(x, (7, 5), mode="lanczos", antialias=True)
    ),
    "grid_sample": lambda x: (
        F.grid_sample(x, F.affine_grid(x[:, :2, 0, :3] * 0.2 + 0.3, (len(x), 3, 4, 5), False), align_corners=False)
        + F.grid_sample(x, x[:, :2, :4, :5].permute(0, 2, 3, 1), "bicubic", "reflection", True)
    ),
    "interpolate, linear and area": lambda x: (
        F.interpolate(x.flatten(2), size=4, mode="linear") + F.interpolate(x, (1, 4), mode="area")[:, :, 0]
    ),
    "layer_norm": lambda x: F.layer_norm(x, x.shape[1:]) + F.layer_norm(x, (8,), mt.arange(8.0), mt.ones(8)),
    "rms_norm": lambda x: F.rms_norm(x, (8,), mt.arange(8.0)),
    "group_norm": lambda x: F.group_norm(x, 2, mt.arange(4.0), mt.ones(4)) + F.instance_norm(x),
    "batch_norm": lambda x: F.relu(F.batch_norm(x, mt.zeros(4), mt.ones(4) * 2, mt.ones(4) * 3, mt.ones(4))),
    "local_response_norm": lambda x: F.local_response_norm(x, 3),
    "blur2d": lambda x: F.blur2d(x, mt.ones(3, 2) / 6, stride=2, padding=1),
    "conv_transpose2d": lambda x: F.conv_transpose2d(x, mt.ones(4, 3, 3, 2) / 9, mt.ones(6), (2, 3), (1, 0), (1, 2), 2),
    "conv_transpose1d": lambda x: F.conv_transpose1d(x.flatten(2), mt.ones(4, 3, 4) / 9, stride=3, padding=1),
    "adaptive_avg_pool2d": lambda x: F.adaptive_avg_pool2d(x, (1, 3)) + F.adaptive_avg_pool2d(x, 1),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x, (2, 3)),
}


class ClassToken(nn.Module):
    """A parameter beside the patches of every image, as a vision transformer has it."""

    def __init__(self, beside) -> None:
        super().__init__()
        self.layer = nn.Conv2d(4, 5, 2, 2)
        self.token = nn.Parameter(mt.from_numpy(normal(1, 1, 5).astype(np.float32)))
        self.position = nn.Parameter(mt.from_numpy(normal(1, 30, 5).astype(np.float32)))
        self.beside = beside

    def forward(self, x):
        patches = self.layer(x).flatten(2).transpose(1, 2)
        x = mt.cat([self.beside(self.token, patches), patches], 1)
        return x + self.position[:, : x.shape[1]]


TOKENS = {
    "expand": lambda token, x: token.expand(x.shape[0], -1, -1),
    "repeat": lambda token, x: token.repeat(len(x), 1, 1),
    "repeat with a new dimension": lambda token, x: token[0, 0].repeat(len(x), 2, 1),
}


class VisionTransformer(nn.Module):
    """Patches, a token beside them, attention by turns with linear layers; the heads' shares as a second result."""

    def __init__(self, norm_first, causal) -> None:
        super().__init__()
        self.patches = nn.Conv2d(4, 6, 2, 2)
        self.token = nn.Parameter(mt.from_numpy(normal(1, 1, 6).astype(np.float32)))
        layer = nn.TransformerEncoderLayer(6, 2, 8, batch_first=True, norm_first=norm_first, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(6))
        self.attention = nn.MultiheadAttention(6, 3, batch_first=True, add_zero_attn=True)
        self.head = nn.Linear(6, 5)
        self.register_buffer("mask", mt.full((13, 13), -mt.inf).triu(1) if causal else None)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = self.encoder(mt.cat([self.token.expand(len(x), -1, -1), x], 1), self.mask)
        mixed, shares = self.attention(x, x, x)
        return self.head(mixed[:, 0]), shares


TRANSFORMERS = {"norms last": (False, False), "norms first": (True, False), "causal": (True, True)}
