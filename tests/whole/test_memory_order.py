"""Results do not depend on whether the memory of images is channels last: random numbers, writes, batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.nn import functional as F
from minitorch_cv.utils.data import DataLoader, TensorDataset, default_collate
from minitorch_cv.vision import transforms as T
from tests.checks import channels_last, normal

IMAGES = normal(2, 3, 4, 5)
RATES = np.abs(IMAGES) / (1 + np.abs(IMAGES))

# ---- random numbers: drawn in the order of the dimensions ------------------------------------------------------------

DRAWS = {
    "uniform_": lambda x: x.uniform_(),
    "normal_": lambda x: x.normal_(1, 2),
    "log_normal_": lambda x: x.log_normal_(),
    "exponential_": lambda x: x.exponential_(),
    "cauchy_": lambda x: x.cauchy_(),
    "geometric_": lambda x: x.geometric_(0.3),
    "random_": lambda x: x.random_(100),
    "bernoulli_": lambda x: x.bernoulli_(0.4),
    "bernoulli_ of a tensor": lambda x: x.bernoulli_(x),
    "bernoulli": lambda x: x.bernoulli(),
    "bernoulli of p": lambda x: mt.bernoulli(x, 0.3),
    "poisson": lambda x: mt.poisson(x),
    "normal of means": lambda x: mt.normal(x, 1.0),
    "normal of stds": lambda x: mt.normal(0.0, x),
    "normal of both": lambda x: mt.normal(x, x),
    "rand_like": lambda x: mt.rand_like(x),
    "randn_like": lambda x: mt.randn_like(x),
    "randint_like": lambda x: mt.randint_like(x, 9),
    "dropout": lambda x: F.dropout(x, 0.4),
    "dropout in place": lambda x: F.dropout(x, 0.4, inplace=True),
    "dropout2d": lambda x: F.dropout2d(x, 0.4),
    "alpha_dropout": lambda x: F.alpha_dropout(x, 0.4, training=True),
    "feature_alpha_dropout": lambda x: F.feature_alpha_dropout(x, 0.4, training=True),
    "rrelu": lambda x: F.rrelu(x - 0.5, training=True),
    "gumbel_softmax": lambda x: F.gumbel_softmax(x, dim=1),
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_random_numbers(name, dtype):
    results, grads = [], []
    for order in (np.ascontiguousarray, channels_last):
        leaf = mt.Tensor.wrap(order(RATES.astype(dtype))).requires_grad_()
        mt.manual_seed(3)
        result = DRAWS[name](leaf * 1)
        results.append(result.detach().numpy())
        if result.requires_grad:
            result.backward(mt.from_numpy(order(IMAGES.astype(dtype))))
            grads.append(leaf.grad.numpy())
    np.testing.assert_array_equal(results[0], results[1])
    assert np.unique(results[0]).size > 1
    if grads:
        np.testing.assert_array_equal(grads[0], grads[1])


# ---- against PyTorch -------------------------------------------------------------------------------------------------

STATEMENTS = """
r = repr(x)
r = x.tolist()
r = x[x > 0]
x[x > 0] = L.arange(float((x > 0).sum()), dtype=x.dtype)
x[x > 0] *= 2
r = L.masked_select(x, x < 0)
x.masked_scatter_(x > 0, L.arange(120., dtype=x.dtype))
x.masked_fill_(x > 0, 3)
r = x.nonzero()
r = L.where(x > 0.5)
r = x.sort(1)
r = x.flatten().sort()
r = x.argsort(3, descending=True)
r = x.topk(2, 1)
r = x.argmax(), x.argmin(), x.argmax(1), x.argmin(2)
r = x.max(1), x.min(2), x.max(), x.amax((0, 2))
r = x.kthvalue(2, 3), x.median(), x.median(2)
r = x.round().unique(return_inverse=True, return_counts=True)
r = x.take(L.tensor([0, 17, 59, 119]))
r = x.gather(1, L.zeros(2, 1, 4, 5, dtype=L.int64))
x.scatter_(1, L.ones(2, 1, 4, 5, dtype=L.int64), 7.0)
x.index_fill_(2, L.tensor([0, 2]), 5.0)
x.index_add_(1, L.tensor([0, 2]), x[:, :2].clone())
x.copy_(L.arange(120., dtype=x.dtype).reshape(2, 3, 4, 5))
r = L.zeros(2, 3, 4, 5).copy_(x)
x[0] = x[1]
x[:, 1] = L.arange(40., dtype=x.dtype).reshape(2, 4, 5)
x[L.tensor([1, 0]), :, L.tensor([3, 1])] = 0
r = x[L.tensor([1, 0]), :, L.tensor([3, 1])], x[[1, 1, 0]], x[:, [2, 0]], x[..., [4, 0]]
x.apply_(lambda v: v * 2 + 1)
x.map_(x.flip(3), lambda a, b: a - b)
r = x.unfold(2, 2, 1), x.unfold(3, 3, 2)
r = L.nn.functional.unfold(x, 2)
r = x.permute(0, 2, 3, 1), x.transpose(1, 3), x.movedim(1, 3), x.mT
r = x.split(2, 1), x.chunk(2, 2), x.unbind(1), x.select(1, 1), x.narrow(2, 1, 2), x.diagonal(0, 2, 3)
r = x.flatten(1), x.flatten(2), x.reshape(-1), x.view(2, -1), x.unflatten(3, (5, 1)), x.ravel()
r = x.cumsum(1), x.cumprod(2), x.flip(1), x.roll((1, 2), (1, 3)), x.roll(5), x.rot90(1, (2, 3)), x.repeat(1, 2, 1, 1)
r = x.repeat_interleave(2, 1), x.repeat_interleave(2), x.tril(), x.tile((2, 1))
r = x.long().flatten().abs().bincount()
r = L.cat([x, x.contiguous()], 1), L.cat([x, x], 0), L.stack([x, x], 2), L.hstack([x, x]), L.dstack([x, x])
r = x + L.arange(120., dtype=x.dtype).reshape(2, 3, 4, 5), L.arange(5., dtype=x.dtype) * x, x * x[0], x[1] - x
r = L.einsum('nchw,ncij->hwij', x, x).round(decimals=6), (x @ x.mT).round(decimals=6)
r = L.equal(x, x.contiguous()), x.eq(x.contiguous()).all(), L.allclose(x, x.contiguous())
r = L.nn.functional.one_hot(x.argmax(1), 3), L.nn.functional.pixel_shuffle(x.repeat(1, 4, 1, 1), 2)
r = L.nn.functional.pad(x, (1, 2, 0, 1)), L.nn.functional.pad(x, (1, 2, 2, 1), mode='reflect')
r = L.nn.functional.interpolate(x, scale_factor=2), L.nn.functional.interpolate(x, size=(2, 7))
r = x.long(), x.float(), x.bool(), x.half()
"""


@pytest.mark.parametrize("statement", STATEMENTS.strip().split("\n"))
def test_selections_and_writes(statement):
    outcomes = []
    for library in (mt, torch):
        made = torch.from_numpy(IMAGES.copy()) if library is torch else mt.Tensor.wrap(channels_last(IMAGES))
        names = {"L": library, "x": made}
        exec(statement, names)
        outcomes.append(_plain((names.get("r"), names["x"])))
    assert outcomes[0] == outcomes[1]


def _plain(value):
    if isinstance(value, (mt.Tensor, torch.Tensor)):
        return str(value.dtype), value.tolist()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def test_a_state_dict_of_either_order():
    nets = {
        lib: lib.nn.Sequential(lib.nn.Conv2d(3, 4, 2), lib.nn.Flatten(), lib.nn.Linear(48, 2)) for lib in (mt, torch)
    }
    state = {key: value.detach().numpy() for key, value in nets[torch].state_dict().items()}
    nets[mt].load_state_dict({key: mt.Tensor.wrap(channels_last(value)) for key, value in state.items()})
    x = IMAGES.astype("float32")
    for order in (np.ascontiguousarray, channels_last):
        found = nets[mt](mt.Tensor.wrap(order(x))).detach().numpy()
        np.testing.assert_allclose(found, nets[torch](torch.from_numpy(x)).detach().numpy(), rtol=0, atol=1e-6)
        nets[mt].to(memory_format=mt.channels_last)
    for key, value in nets[mt].state_dict().items():
        np.testing.assert_array_equal(value.numpy(), state[key])


# ---- batches ---------------------------------------------------------------------------------------------------------

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), np.uint8)


def lies_channels_last(x: mt.Tensor) -> bool:
    """Whether the memory of (..., C, H, W) runs in the order ..., H, W, C."""
    return bool(np.moveaxis(x.array, -3, -1).flags.c_contiguous)


@pytest.mark.parametrize(
    "transform",
    [
        T.ToTensor(),
        T.Compose([T.ToTensor(), T.Normalize((0.5, 0.4, 0.3), (0.2, 0.3, 0.4))]),
        T.Compose([T.ToTensor(), T.Normalize((0.5, 0.4, 0.3), (0.2, 0.3, 0.4), inplace=True)]),
        T.Compose([T.ToTensor(), T.Normalize(0.5, 0.2)]),
    ],
)
def test_images_stay_as_they_were_decoded(transform):
    pictures = [Image.fromarray(p) for p in PIXELS]
    samples = [transform(p) for p in pictures]
    assert all(lies_channels_last(s) for s in samples)
    batch = default_collate(samples)
    assert batch.shape == (6, 3, 4, 5) and batch.is_contiguous(memory_format=mt.channels_last)
    expected = PIXELS.transpose(0, 3, 1, 2).astype("float32") / 255
    if isinstance(transform, T.Compose):
        norm = transform.transforms[1]
        mean, std = (np.array(v, "float32").reshape(-1, 1, 1) for v in (norm.mean, norm.std))
        expected = (expected - mean) / std
    np.testing.assert_allclose(batch.view(6, -1).numpy(), expected.reshape(6, -1), rtol=1e-6, atol=1e-7)


def test_to_tensor_reads_and_does_not_keep_a_users_array():
    for pixels in (PIXELS[0], PIXELS[0].astype("float32"), PIXELS[0].astype("int16")):
        made = T.ToTensor()(pixels)
        assert lies_channels_last(made) and not np.may_share_memory(made.array, pixels)
        np.testing.assert_array_equal(made.view(3, -1).numpy(), made.array.reshape(3, -1))


def test_a_dataset_of_tensors_keeps_its_order_of_memory():
    images = channels_last(PIXELS.transpose(0, 3, 1, 2).astype("float32"))
    data = TensorDataset(mt.Tensor.wrap(images), mt.arange(6))
    (batch, _), *_ = DataLoader(data, batch_size=4)
    assert batch.is_contiguous(memory_format=mt.channels_last)
    np.testing.assert_array_equal(batch.array, images[:4])
    for chosen in (data[1:5][0], data[[4, 0, 2]][0], data[mt.tensor([4, 0, 2])][0]):
        assert chosen.is_contiguous(memory_format=mt.channels_last)
    np.testing.assert_array_equal(data[[4, 0, 2]][0].array, images[[4, 0, 2]])


@pytest.mark.parametrize(
    "keeps",
    [
        lambda x: x + 1,
        lambda x: 2 * x - x / 3,
        lambda x: x * mt.ones(3, 1, 1),
        lambda x: F.relu(x),
        lambda x: F.leaky_relu(x),
        lambda x: F.gelu(x),
        lambda x: F.silu(x),
        lambda x: F.hardswish(x),
        lambda x: F.elu(x),
        lambda x: x.sigmoid(),
        lambda x: x.tanh(),
        lambda x: x.clamp(-1, 1),
        lambda x: mt.maximum(x, -x),
        lambda x: mt.where(x > 0, x, -x),
        lambda x: x.masked_fill(x > 0, 0.0),
        lambda x: F.pad(x, (1, 1, 1, 1)),
        lambda x: F.pad(x, (1, 1, 1, 1), mode="replicate"),
        lambda x: F.interpolate(x, scale_factor=2),
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
        lambda x: mt.cat([x, x], 1),
        lambda x: x[[1, 0]],
        lambda x: x[1:],
        lambda x: x.flip(3),
        lambda x: x.clone(),
        lambda x: x.double(),
        lambda x: x.mean(1, keepdim=True).expand(2, 3, 4, 5) * x,
        lambda x: F.local_response_norm(x, 3),
        lambda x: mt.zeros_like(x),
        lambda x: mt.rand_like(x),
    ],
)
def test_nothing_converts_on_the_way(keeps):
    x = mt.Tensor.wrap(channels_last(IMAGES.astype("float32"))).requires_grad_()
    result = keeps(x)
    assert lies_channels_last(result)
    if result.requires_grad:
        result.backward(mt.ones_like(result))
        assert lies_channels_last(x.grad)
