"""nn.init: distributions, exact values, and PyTorch's errors."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch
from scipy import stats

import minitorch_cv as ours
from minitorch_cv import nn
from minitorch_cv.nn import init
from tests.nn.both import check_same, error_of, warnings_of

SHAPES = [(300, 200), (40, 30, 7), (20, 30, 7, 9)]
SIGNIFICANCE = 1e-3  # with fixed seeds a test either always passes or never


def generator(seed=0):
    return ours.Generator().manual_seed(seed)


def fans(shape):
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def drawn(name, shape=(300, 200), dtype=ours.float32, **given):
    tensor = ours.empty(*shape, dtype=dtype)
    result = getattr(init, name)(tensor, generator=generator(), **given)
    assert result is tensor and tensor.dtype is dtype
    return tensor.numpy().astype(np.float64).ravel()


def assert_distributed(sample, distribution):
    assert stats.kstest(sample, distribution.cdf).pvalue > SIGNIFICANCE
    assert abs(sample.mean() - distribution.mean()) < 5 * distribution.std() / math.sqrt(sample.size)
    assert abs(sample.std() / distribution.std() - 1) < 0.02


def uniform(bound):
    return stats.uniform(-bound, 2 * bound)


# ---- distributions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [ours.float32, ours.float64], ids=str)
def test_uniform_and_normal(dtype):
    assert_distributed(drawn("uniform_", dtype=dtype), stats.uniform(0, 1))
    assert_distributed(drawn("uniform_", dtype=dtype, a=-3.0, b=5.0), stats.uniform(-3, 8))
    assert_distributed(drawn("normal_", dtype=dtype), stats.norm(0, 1))
    assert_distributed(drawn("normal_", dtype=dtype, mean=4.0, std=0.5), stats.norm(4, 0.5))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("gain", [1.0, 3.0])
def test_xavier(shape, gain):
    std = gain * math.sqrt(2 / sum(fans(shape)))
    assert_distributed(drawn("xavier_uniform_", shape, gain=gain), uniform(math.sqrt(3) * std))
    assert_distributed(drawn("xavier_normal_", shape, gain=gain), stats.norm(0, std))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "FAN_IN"])
@pytest.mark.parametrize(("nonlinearity", "a"), [("relu", 0), ("leaky_relu", 0.3), ("tanh", 0), ("linear", 0)])
def test_kaiming(shape, mode, nonlinearity, a):
    fan = fans(shape)[mode.lower() == "fan_out"]
    std = torch.nn.init.calculate_gain(nonlinearity, a) / math.sqrt(fan)
    given = {"a": a, "mode": mode, "nonlinearity": nonlinearity}
    assert_distributed(drawn("kaiming_uniform_", shape, **given), uniform(math.sqrt(3) * std))
    assert_distributed(drawn("kaiming_normal_", shape, **given), stats.norm(0, std))


@pytest.mark.parametrize(
    ("mean", "std", "a", "b"),
    [(0.0, 1.0, -2.0, 2.0), (0.0, 0.02, -2.0, 2.0), (1.0, 2.0, 0.0, 1.5), (0.0, 1.0, 1.0, 3.0), (2.0, 1.0, -1.0, 1.0)],
)
@pytest.mark.parametrize("dtype", [ours.float32, ours.float64], ids=str)
def test_truncated_normal(mean, std, a, b, dtype):
    sample = drawn("trunc_normal_", dtype=dtype, mean=mean, std=std, a=a, b=b)
    assert sample.min() >= a and sample.max() <= b
    assert_distributed(sample, stats.truncnorm((a - mean) / std, (b - mean) / std, mean, std))


def test_truncated_normal_in_float16_stays_inside():
    sample = drawn("trunc_normal_", dtype=ours.float16, std=0.1, a=-0.1, b=0.05)
    low, high = np.float16(-0.1), np.float16(0.05)
    assert sample.min() >= low and sample.max() <= high


def test_truncated_normal_far_from_its_bounds():
    kinds = check_same(lambda lib: [k for k, _ in warnings_of(lambda: lib.nn.init.trunc_normal_(lib.empty(3), 9.0))])
    assert kinds == ["UserWarning"]
    with pytest.warns(UserWarning, match=r"mean is more than 2 std from \[a, b\]"):
        sample = drawn("trunc_normal_", mean=-6.0, std=1.0, a=-1.0, b=1.0)
    assert_distributed(sample, stats.truncnorm(5, 7, -6, 1))


def test_truncated_normal_ends_for_nan():
    for arguments in ((math.nan, 1.0), (0.0, math.nan)):
        init.trunc_normal_(ours.empty(5), *arguments)


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (math.nan, 1.0), (0.0, math.nan)])
def test_truncated_normal_between_bounds_that_are_none(bounds):
    def scenario(library):
        return error_of(lambda: library.nn.init.trunc_normal_(library.empty(5), 0.0, 1.0, *bounds))[0]

    assert check_same(scenario) == "RuntimeError"
    with pytest.raises(RuntimeError, match="uniform_"):
        init.trunc_normal_(ours.empty(5), 0.0, 1.0, *bounds)


@pytest.mark.parametrize("shape", [(7, 7), (10, 4), (4, 10), (6, 3, 2, 2), (2, 3, 4)])
@pytest.mark.parametrize("gain", [1, 2.5])
@pytest.mark.parametrize("dtype", [ours.float32, ours.float64], ids=str)
def test_orthogonal(shape, gain, dtype):
    tensor = ours.empty(*shape, dtype=dtype)
    assert init.orthogonal_(tensor, gain, generator()) is tensor
    matrix = tensor.numpy().reshape(shape[0], -1).astype(np.float64) / gain
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-6 if dtype is ours.float32 else 1e-13)


def test_orthogonal_matrices_are_uniform():
    """An element of a uniformly drawn orthogonal 3x3 matrix is uniform on [-1, 1] (Archimedes)."""
    source = generator()
    elements = [init.orthogonal_(ours.empty(3, 3), generator=source).numpy()[i % 3, i % 2] for i in range(2000)]
    assert_distributed(np.array(elements), stats.uniform(-1, 2))


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.75, 1.0])
def test_sparse(sparsity):
    tensor = init.sparse_(ours.empty(200, 150), sparsity, std=0.5, generator=generator()).numpy()
    zeros = math.ceil(sparsity * 200)
    assert ((tensor == 0).sum(axis=0) == zeros).all()
    if 0 < zeros < 200:
        assert_distributed(tensor[tensor != 0], stats.norm(0, 0.5))
        by_row = (tensor == 0).mean(axis=1)
        assert abs(by_row - zeros / 200).max() < 0.2  # columns have their zeros in different rows


# ---- the same numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (1, 1), (0, 2)])
def test_eye_constant_ones_zeros(shape):
    def scenario(library):
        tensor = library.full(shape, 7.0)
        results = [library.nn.init.eye_(tensor).clone(), library.nn.init.constant_(tensor, 0.3).clone()]
        return [*results, library.nn.init.ones_(tensor).clone(), library.nn.init.zeros_(tensor) is tensor, tensor]

    check_same(scenario)


@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("shape", [(6, 2, 3), (6, 3, 3, 4), (6, 4, 2, 3, 1), (6, 1, 1, 5), (0, 2, 3)])
def test_dirac(shape, groups):
    check_same(lambda library: library.nn.init.dirac_(library.full(shape, 7.0), groups))


@pytest.mark.parametrize(
    "arguments",
    [
        ("linear",),
        ("conv1d",),
        ("conv2d",),
        ("conv3d",),
        ("conv_transpose1d",),
        ("conv_transpose2d",),
        ("conv_transpose3d",),
        ("sigmoid",),
        ("tanh",),
        ("relu",),
        ("leaky_relu",),
        ("leaky_relu", 0.2),
        ("leaky_relu", 1),
        ("selu",),
    ],
)
def test_gain(arguments):
    check_same(lambda library: library.nn.init.calculate_gain(*arguments))


def test_drawing_is_that_of_the_tensor_methods():
    """The same seed gives the same numbers, with a generator or with manual_seed."""
    a = init.normal_(ours.empty(4, 3), 1.0, 2.0, generator(5))
    b = ours.empty(4, 3).normal_(1.0, 2.0, generator=generator(5))
    ours.manual_seed(5)
    c = init.normal_(ours.empty(4, 3), 1.0, 2.0)
    assert a.tolist() == b.tolist() == c.tolist()


RANDOM = {
    "uniform_": (),
    "normal_": (),
    "trunc_normal_": (),
    "xavier_uniform_": (),
    "xavier_normal_": (),
    "kaiming_uniform_": (),
    "kaiming_normal_": (),
    "orthogonal_": (),
    "sparse_": (0.5,),
}


@pytest.mark.parametrize("name", RANDOM)
def test_generator_decides(name):
    fill = getattr(init, name)
    one, two, three = (fill(ours.empty(6, 5), *RANDOM[name], generator=generator(seed)).tolist() for seed in (1, 1, 2))
    assert one == two != three
    ours.manual_seed(1)
    four = fill(ours.empty(6, 5), *RANDOM[name]).tolist()
    ours.manual_seed(1)
    assert four == fill(ours.empty(6, 5), *RANDOM[name]).tolist()


# ---- what is written to -----------------------------------------------------------------------------------------

FILLS = {**RANDOM, "constant_": (0.5,), "ones_": (), "zeros_": (), "eye_": ()}


@pytest.mark.parametrize("name", FILLS)
def test_parameters_are_filled_in_place_without_history(name):
    param = nn.Parameter(ours.full((4, 3), 7.0))
    memory, version = param.array, param._version
    loss = (param * param).sum()
    assert getattr(init, name)(param, *FILLS[name]) is param
    assert param.array is memory and param.grad_fn is None and param.requires_grad and param._version > version
    assert 7.0 not in param.tolist()[0]
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("name", FILLS)
def test_views_of_any_layout(name):
    base = ours.full((3, 8), 7.0)
    getattr(init, name)(base[:, ::2].t(), *FILLS[name])
    assert (base.numpy()[:, 1::2] == 7).all() and not (base.numpy()[:, ::2] == 7).any()


# ---- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda lib: lib.nn.init.eye_(lib.empty(3)),
        lambda lib: lib.nn.init.sparse_(lib.empty(3), 0.1),
        lambda lib: lib.nn.init.orthogonal_(lib.empty(3)),
        lambda lib: lib.nn.init.dirac_(lib.empty(3, 3)),
        lambda lib: lib.nn.init.dirac_(lib.empty(3, 3, 3), 2),
        lambda lib: lib.nn.init.kaiming_normal_(lib.empty(3, 3), mode="fan"),
        lambda lib: lib.nn.init.kaiming_uniform_(lib.empty(3, 3), nonlinearity="gelu"),
        lambda lib: lib.nn.init.calculate_gain("swish"),
        lambda lib: lib.nn.init.calculate_gain("leaky_relu", "a"),
        lambda lib: lib.nn.init.calculate_gain("leaky_relu", True),
    ],
)
def test_errors_as_in_torch(call):
    check_same(lambda library: error_of(lambda: call(library)))


@pytest.mark.parametrize("name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"])
def test_fans_need_two_dimensions(name):
    check_same(lambda library: error_of(lambda: getattr(library.nn.init, name)(library.empty(3)))[0])
    match = r"Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, but got shape \[3\]"
    with pytest.raises(ValueError, match=match):
        getattr(init, name)(ours.empty(3))


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_kaiming_of_nothing(name):
    def scenario(library):
        return warnings_of(lambda: getattr(library.nn.init, name)(library.empty(0, 3)))

    assert check_same(scenario) == [["UserWarning", "Initializing zero-element tensors is a no-op"]]


@pytest.mark.parametrize("name", [n for n in FILLS if not n.startswith("kaiming")])
def test_the_others_of_nothing(name):
    for shape in ((0, 3), (3, 0), (0, 0)):
        tensor = ours.empty(*shape)
        assert getattr(init, name)(tensor, *FILLS[name]) is tensor


def test_tensors_that_cannot_be_written_to():
    array = np.ones((2, 3))
    array.flags.writeable = False
    with pytest.raises(RuntimeError, match="eye_: the tensor shows a NumPy array that is read-only"):
        init.eye_(ours.Tensor.wrap(array))


# ---- names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in torch.nn.init.__all__ if not n.endswith("_") and n != "calculate_gain"])
def test_deprecated_names(name):
    given = {"constant": (2.0,), "sparse": (0.5,)}.get(name, ())
    shape = (2, 2, 3) if name == "dirac" else (2, 2)
    theirs = warnings_of(lambda: getattr(torch.nn.init, name)(torch.empty(shape), *given))
    assert warnings_of(lambda: getattr(init, name)(ours.empty(*shape), *given)) == theirs
    assert getattr(init, name).__name__ == name and f"Deprecated name of {name}_" in getattr(init, name).__doc__


@pytest.mark.parametrize("name", [n for n in torch.nn.init.__all__ if n.endswith("_") or n == "calculate_gain"])
def test_signatures(name):
    def scenario(library):
        signature = inspect.signature(getattr(library.nn.init, name))
        return [(p.name, p.kind.name, p.default) for p in signature.parameters.values()]

    check_same(scenario)


@pytest.mark.parametrize("shape", [(3, 4), (6, 2, 5, 3)])
def test_fans(shape):
    """Not public, and in many scripts."""
    for library in (ours, torch):
        fans = library.nn.init._calculate_fan_in_and_fan_out(library.ones(shape))
        assert fans == ((4, 3) if len(shape) == 2 else (30, 90))
