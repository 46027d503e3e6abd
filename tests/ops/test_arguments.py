"""What operations do with their arguments before they compute."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from minitorch_cv.autograd.broadcast import is_expandable, is_expanded, unbroadcast
from minitorch_cv.ops import arguments


@pytest.mark.parametrize("value", [[1.0], (1.0,), np.ones(1), 1, 2.5])
def test_check_tensor_says_how_to_make_one(value):
    with pytest.raises(
        TypeError, match=r"op\(\): argument 'x' must be Tensor, not \w+ \(wrap it: torch.tensor\(...\)\)"
    ):
        arguments.check_tensor("op", value, "x")


def test_check_tensor_of_what_cannot_become_one():
    with pytest.raises(TypeError, match=r"op\(\): argument 'input' must be Tensor, not NoneType$"):
        arguments.check_tensor("op", None)
    arguments.check_tensor("op", mt.ones(1))


@pytest.mark.parametrize("dtype", ["float16", "int64", "bool"])
def test_check_floating(dtype):
    with pytest.raises(
        RuntimeError, match=rf"op: 'input' is {dtype}; supported are float32 and float64. Convert it with"
    ):
        arguments.check_floating("op", mt.ones(1, dtype=getattr(mt, dtype)))
    arguments.check_floating("op", mt.ones(1))
    arguments.check_floating("op", mt.ones(1, dtype=mt.float64))


def test_check_same_dtype():
    x, w = mt.ones(1), mt.ones(1, dtype=mt.float64)
    arguments.check_same_dtype("op", x=x, bias=None, y=x)
    with pytest.raises(
        RuntimeError, match="op: expected all tensors to have the same dtype, but x is float32, w is float64"
    ):
        arguments.check_same_dtype("op", x=x, w=w, bias=None)


@pytest.mark.parametrize("ndim", range(4))
def test_normalize_dim(ndim):
    size = max(ndim, 1)
    for dim in range(-size, size):
        assert (
            arguments.normalize_dim("op", dim, ndim) == arguments.normalize_dim("op", np.int64(dim), ndim) == dim % size
        )
    for dim in (size, -size - 1):
        match = rf"op: Dimension out of range \(expected to be in range of \[{-size}, {size - 1}\], but got {dim}\)"
        with pytest.raises(IndexError, match=match):
            arguments.normalize_dim("op", dim, ndim)


@pytest.mark.parametrize("dim", [1.0, "1", None, True])
def test_dims_are_integers(dim):
    with pytest.raises(TypeError, match=r"op\(\): argument 'dim' must be int, not \w+"):
        arguments.normalize_dim("op", dim, 2)


@pytest.mark.parametrize(
    "dim, ndim, expected",
    [
        (None, 3, (0, 1, 2)),
        ((), 2, (0, 1)),
        (1, 3, (1,)),
        ((-1, 0), 3, (2, 0)),
        ([0], 2, (0,)),
        (0, 0, ()),
        (None, 0, ()),
    ],
)
def test_normalize_dims(dim, ndim, expected):
    assert arguments.normalize_dims("op", dim, ndim) == expected


def test_a_dim_named_twice():
    with pytest.raises(RuntimeError, match="op: dim 1 appears multiple times in the list of dims"):
        arguments.normalize_dims("op", (1, -1), 2)


def test_pairs():
    assert arguments.pair("op", "stride", 3) == arguments.pair("op", "stride", (3,)) == (3, 3)
    assert arguments.pair("op", "stride", [1, np.int64(2)]) == (1, 2)
    assert arguments.tuple_of(3, "op", "stride", 1) == (1, 1, 1)
    for wrong in (1.5, "ab", (1, 2.0), None, True):
        with pytest.raises(TypeError, match=r"op\(\): argument 'stride' must be int or tuple of ints, got"):
            arguments.pair("op", "stride", wrong)
    with pytest.raises(
        RuntimeError, match=r"op: expected stride to be a single integer value or a list of 2 values.*\[1, 2, 3\]"
    ):
        arguments.pair("op", "stride", (1, 2, 3))


shapes = st.lists(st.lists(st.sampled_from([0, 1, 1, 2, 3]), max_size=4).map(tuple), min_size=1, max_size=3)


@settings(max_examples=300, deadline=None)
@given(given_shapes=shapes)
def test_broadcast_shape(given_shapes):
    try:
        expected = tuple(torch.broadcast_shapes(*given_shapes))
    except RuntimeError:
        with pytest.raises(
            RuntimeError, match=r"op: The size of tensor a \(\d\) must match the size of tensor b \(\d\) at"
        ):
            arguments.broadcast_shape("op", *given_shapes)
    else:
        assert arguments.broadcast_shape("op", *given_shapes) == expected


def test_unbroadcast_is_the_gradient_of_broadcasting():
    for shape in itertools.product((1, 2), (1, 3), (1, 4)):
        for operand in (shape, tuple(1 if i % 2 else n for i, n in enumerate(shape)), shape[1:], shape[2:], ()):
            x = torch.zeros(operand, dtype=torch.float64, requires_grad=True)
            grad = torch.arange(float(np.prod(shape)), dtype=torch.float64).reshape(shape)
            x.expand(shape).backward(grad)
            np.testing.assert_array_equal(unbroadcast(grad.numpy(), operand), x.grad.numpy())
            assert is_expandable(operand, shape)
    assert not is_expandable((2, 3), (3,)) and not is_expandable((2,), (3,))


def test_is_expanded():
    x = np.ones((2, 1))
    assert (
        is_expanded(np.broadcast_to(x, (2, 3))) and not is_expanded(np.broadcast_to(x, (2, 1))) and not is_expanded(x)
    )
    assert not is_expanded(np.ones((0, 3)))


@pytest.mark.parametrize(
    "value, expected", [(1, True), (1.5, True), (True, True), (np.float32(1), True), (np.int8(1), True)]
)
def test_is_number(value, expected):
    assert arguments.is_number(value) is expected


@pytest.mark.parametrize("value", ["1", None, 1j, np.complex64(1), np.str_("a"), [1]])
def test_is_no_number(value):
    assert not arguments.is_number(value)
    with pytest.raises(TypeError, match=r"op\(\): argument 'p' must be Number, not"):
        arguments.as_number("op", "p", value)


def test_numbers_too_big():
    for number in (1 << 64, -(1 << 63) - 1):
        with pytest.raises((OverflowError, RuntimeError), match=r"too big to convert|without overflow|Overflow"):
            mt.ones(1) + number
    assert (mt.ones(1) * 1e300).tolist() == (torch.ones(1) * 1e300).tolist() == [float("inf")]
    assert (mt.ones(1, dtype=mt.float16) * 1e6).tolist() == [float("inf")]


# Numbers that PyTorch's functions take from tensors without dimensions, and from NumPy's scalars. X is a matrix.
WITH_NUMBERS = """
    X.add(X, alpha=N) | X.clone().add_(X, alpha=N) | torch.sub(X, X, alpha=N) | torch.rsub(X, X, alpha=N)
    X.addcmul(X, X, value=N) | X.clone().addcdiv_(X, X + 9, value=N) | torch.addmm(X, X, X, beta=N, alpha=N)
    torch.lerp(X, X + 1, N) | X.clone().lerp_(X, N) | X.index_add(0, I, X, alpha=N) | X.index_fill(0, I, N)
    torch.histc(X, 3, -N, N) | torch.cdist(X, X, p=N) | X.norm(N) | X.var(correction=N)
    torch.logit(X.sigmoid(), N / 9)
    torch.isclose(X, X + 1, rtol=N) | torch.allclose(X, X + 1, atol=N) | torch.nan_to_num(X / 0, N, N, N)
    torch.full((2,), N) | torch.full_like(X, N) | X.new_full((2,), N) | torch.linspace(N, 3, 4)
    torch.arange(0, N, 0.25)
    torch.logspace(0, N, 3, base=2 * N) | torch.normal(N, 0.0, (2,)) | torch.empty(3).uniform_(N, N)
    torch.empty(3).normal_(N, 0) | torch.zeros(3).bernoulli_(2 * N) | F.dropout(X, N - N)
    F.pad(X, (1, 1), value=N) | F.leaky_relu(X, N) | F.elu(X, N) | F.celu(X, N) | F.hardtanh(X, -N, N)
    F.threshold(X, N, N)
    F.softplus(X, N, N) | F.hardshrink(X, N) | F.softshrink(X, N) | F.normalize(X, p=N, eps=N)
    F.cosine_similarity(X, X, eps=N) | F.pairwise_distance(X, X + 1, p=2 * N, eps=N)
    F.layer_norm(X, (3,), eps=N) | F.rms_norm(X, (3,), eps=N) | F.group_norm(X, 3, eps=N)
    F.batch_norm(X, M, V, training=False, eps=N) | F.batch_norm(X, M, V, training=True, momentum=N, eps=N)
    F.instance_norm(X[None], M, V, eps=N, momentum=N)
    F.cross_entropy(X, I, label_smoothing=N) | F.smooth_l1_loss(X, X + 1, beta=N)
    F.huber_loss(X, X + 2, delta=N) | F.triplet_margin_loss(X, X, X + 1, margin=N)
    F.margin_ranking_loss(X, X, X, margin=N) | F.hinge_embedding_loss(X, X.sign(), margin=N)
    F.cosine_embedding_loss(X, X, X[0].sign(), margin=N) | F.multi_margin_loss(X, I, margin=N)
    F.poisson_nll_loss(X.abs(), X.abs(), log_input=False, eps=N) | F.gaussian_nll_loss(X, X, X * X, eps=N)
    nn.init.uniform_(X.clone(), N, N) | nn.init.normal_(X.clone(), N, 0) | nn.init.constant_(X.clone(), N)
"""


@pytest.mark.parametrize("kind", ["torch.tensor(0.5)", "np.float32(0.5)", "np.float64(0.5)"])
def test_numbers_in_tensors_and_of_numpy(kind):
    for source in [piece.strip() for line in WITH_NUMBERS.split("\n") for piece in line.split("|") if piece.strip()]:
        found = []
        for library in (torch, mt):
            x = library.tensor([[0.5, -1.0, 2.0], [3.0, -0.25, 1.0], [-2.0, 1.5, 0.75]])
            names = {"torch": library, "nn": library.nn, "F": library.nn.functional, "X": x, "np": np}
            names |= {"I": library.tensor([0, 2, 1]), "M": library.zeros(3), "V": library.ones(3)}
            names["N"] = eval(kind, names)
            found.append(np.asarray(eval(source, names)))
        np.testing.assert_allclose(found[1], found[0], rtol=1e-5, atol=1e-6, err_msg=source)


def test_integers_in_tensors():
    x, labels = mt.tensor([[0.5, -1.0], [3.0, 0.25]]), mt.tensor([0, 1])
    assert F.cross_entropy(x, labels, ignore_index=mt.tensor(1)) == F.cross_entropy(x[:1], labels[:1])
    assert F.nll_loss(x, labels, ignore_index=mt.tensor(1)) == -0.5
    assert mt.ones(9).random_(mt.tensor(1)).sum() == 0
    with pytest.raises(TypeError, match=r"cross_entropy\(\): argument 'ignore_index' must be int, not float"):
        F.cross_entropy(x, labels, ignore_index=1.0)


def test_a_tensor_that_is_no_number():
    x = mt.ones(2)
    with pytest.raises(
        TypeError, match=r"add\(\): argument 'alpha' must be Number, not Tensor \(one of shape \[2\]; value"
    ):
        mt.add(x, x, alpha=x)
    with pytest.raises(TypeError, match=r"not Parameter \(one that requires a gradient; value.item\(\) is the number"):
        mt.add(x, x, alpha=mt.nn.Parameter(mt.tensor(1.0)))
    with pytest.raises(TypeError, match=r"layer_norm\(\): argument 'eps' must be float, not str"):
        F.layer_norm(x, (2,), eps="1")
