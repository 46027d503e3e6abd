"""Random tensors: their distributions, dtypes, shapes, gradients and errors."""

import numpy as np
import pytest
import torch
from scipy import stats

import minitorch_cv as mt

COUNT = 4000
P_VALUE = 1e-4  # with the seeds below all tests pass; a wrong distribution gives 1e-20 and less


@pytest.fixture(autouse=True)
def seeded():
    mt.manual_seed(20)


def empty(dtype=None):
    return mt.empty(COUNT // 4, 4, dtype=dtype or mt.float32)


def check_distribution(sample, distribution):
    numbers = sample.double().numpy().ravel()
    assert stats.kstest(numbers, distribution.cdf).pvalue > P_VALUE


def check_frequencies(sample, probabilities):
    """Each of the values 0, 1, 2 ... comes up as often as it should."""
    counts = np.bincount(sample.long().numpy().ravel(), minlength=len(probabilities))
    assert len(counts) == len(probabilities)
    possible = np.array(probabilities) > 0
    assert not counts[~possible].any()
    expected = np.array(probabilities)[possible] * counts.sum()
    assert stats.chisquare(counts[possible], expected).pvalue > P_VALUE


CONTINUOUS = {
    "rand": (lambda d: mt.rand(COUNT, dtype=d), stats.uniform()),
    "rand_like": (lambda d: mt.rand_like(empty(d)), stats.uniform()),
    "uniform_": (lambda d: empty(d).uniform_(), stats.uniform()),
    "uniform_ in a range": (lambda d: empty(d).uniform_(-3, 5), stats.uniform(-3, 8)),
    "randn": (lambda d: mt.randn(COUNT, dtype=d), stats.norm()),
    "randn_like": (lambda d: mt.randn_like(empty(d)), stats.norm()),
    "normal_": (lambda d: empty(d).normal_(2, 3), stats.norm(2, 3)),
    "normal of numbers": (lambda d: mt.normal(2.0, 3.0, (COUNT,), dtype=d), stats.norm(2, 3)),
    "normal of tensors": (lambda d: mt.normal(empty(d).fill_(2), empty(d).fill_(3)), stats.norm(2, 3)),
    "normal of a tensor and a number": (lambda d: mt.normal(empty(d).fill_(2), 3.0), stats.norm(2, 3)),
    "normal of a number and a tensor": (lambda d: mt.normal(2.0, empty(d).fill_(3)), stats.norm(2, 3)),
    "log_normal_": (lambda d: empty(d).log_normal_(0.5, 0.75), stats.lognorm(0.75, scale=np.exp(0.5))),
    "exponential_": (lambda d: empty(d).exponential_(2.5), stats.expon(scale=1 / 2.5)),
    "cauchy_": (lambda d: empty(d).cauchy_(1, 2), stats.cauchy(1, 2)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous_distributions(name, dtype):
    draw, distribution = CONTINUOUS[name]
    sample = draw(getattr(mt, dtype))
    assert sample.dtype is getattr(mt, dtype) and sample.numel() == COUNT
    check_distribution(sample, distribution)


@pytest.mark.parametrize("name", ["rand", "uniform_ in a range", "randn", "normal_", "exponential_"])
def test_float16(name):
    draw, distribution = CONTINUOUS[name]
    sample = draw(mt.float16)
    assert sample.dtype is mt.float16 and sample.isfinite().all()
    assert abs(float(sample.float().mean()) - distribution.mean()) < 0.2


DISCRETE = {
    "randint": (lambda: mt.randint(5, (COUNT,)), [0.2] * 5),
    "randint in a range": (lambda: mt.randint(3, 6, (COUNT,)), [0, 0, 0, 1 / 3, 1 / 3, 1 / 3]),
    "randint as floats": (lambda: mt.randint(0, 3, size=(COUNT,), dtype=mt.float32), [1 / 3] * 3),
    "randint_like": (lambda: mt.randint_like(empty(), 4), [0.25] * 4),
    "randint_like in a range": (lambda: mt.randint_like(empty(mt.uint8), low=2, high=4), [0, 0, 0.5, 0.5]),
    "random_": (lambda: empty(mt.bool).random_(), [0.5, 0.5]),
    "random_ to": (lambda: empty(mt.int8).random_(3), [1 / 3] * 3),
    "random_ from to": (lambda: empty().random_(1, 3), [0, 0.5, 0.5]),
    "bernoulli_": (lambda: empty().bernoulli_(), [0.5, 0.5]),
    "bernoulli_ of a number": (lambda: empty(mt.int64).bernoulli_(0.3), [0.7, 0.3]),
    "bernoulli_ of a tensor": (lambda: empty().bernoulli_(mt.tensor([0.3])), [0.7, 0.3]),
    "bernoulli": (lambda: mt.bernoulli(empty().fill_(0.8)), [0.2, 0.8]),
    "bernoulli of a number": (lambda: empty().bernoulli(0.8), [0.2, 0.8]),
    "multinomial": (lambda: mt.multinomial(mt.tensor([1.0, 0.0, 3.0]), COUNT, True), [0.25, 0, 0.75]),
    "multinomial, rows": (lambda: mt.multinomial(mt.tensor([[1.0, 3.0], [2.0, 6.0]]), COUNT, True), [0.25, 0.75]),
    "multinomial, one of each": (
        lambda: mt.multinomial(mt.tensor([[1.0, 0.0, 3.0]]).expand(COUNT, 3), 1),
        [0.25, 0, 0.75],
    ),
    "first of randperm": (lambda: mt.stack([mt.randperm(4)[0] for _ in range(COUNT)]), [0.25] * 4),
    "last of randperm": (lambda: mt.stack([mt.randperm(4)[3] for _ in range(COUNT)]), [0.25] * 4),
    "geometric_": (lambda: empty().geometric_(0.5).clamp(max=5), [0, 0.5, 0.25, 0.125, 0.0625, 0.0625]),
    "poisson": (
        lambda: mt.poisson(empty().fill_(1.5)).clamp(max=4),
        [*stats.poisson(1.5).pmf(range(4)), stats.poisson(1.5).sf(3)],
    ),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_discrete_distributions(name):
    draw, probabilities = DISCRETE[name]
    check_frequencies(draw(), probabilities)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_upper_bound_is_excluded(dtype):
    drawn = mt.empty(200_000, dtype=getattr(mt, dtype)).uniform_(1, 1.0078125)
    assert drawn.min().item() >= 1 and drawn.max().item() < 1.0078125
    assert mt.empty(3, dtype=getattr(mt, dtype)).uniform_(2, 2).tolist() == [2.0] * 3


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_what_is_certain(p):
    assert (mt.bernoulli(empty().fill_(p)) == p).all() and (empty().bernoulli_(p) == p).all()


def test_randperm_is_a_permutation():
    for n in (0, 1, 2, 100):
        assert sorted(mt.randperm(n).tolist()) == list(range(n))


def test_without_replacement_nothing_comes_twice():
    drawn = mt.multinomial(mt.ones(50, 6), 6)
    assert all(sorted(row) == list(range(6)) for row in drawn.tolist())
    drawn = mt.multinomial(mt.tensor([1.0, 0.0, 2.0]), 3)
    assert drawn.tolist()[-1] == 1  # what has no probability comes last, as in PyTorch


@pytest.mark.parametrize("dtype, largest", [("uint8", 255), ("int8", 127), ("int64", 2**63 - 1), ("float32", 2**24)])
def test_random_without_bounds_covers_the_dtype(dtype, largest):
    drawn = mt.empty(5000, dtype=getattr(mt, dtype)).random_()
    assert drawn.min().item() >= 0 and drawn.max().item() <= largest
    assert drawn.max().item() > 0.99 * largest and drawn.min().item() < 0.01 * largest


def test_integers_over_the_whole_range():
    drawn = mt.randint(-(2**63), 2**63 - 1, (1000,))
    assert drawn.min().item() < -(2**62) and drawn.max().item() > 2**62


# ---- shapes, dtypes, memory, arguments ----------------------------------------------------------------------------

CALLS = """
rand(2, 3)
rand((2, 3))
rand([2, 3])
rand(())
rand(0)
rand(size=(2,))
rand(L.Size([2]))
rand(2, dtype=L.float64)
rand(2, requires_grad=True)
rand(2, device='cpu')
rand(2, layout=L.strided)
rand(2, out=L.zeros(2, dtype=L.float64))
rand(2, generator=L.Generator())
randn(2, 3)
randn(2, dtype=L.float16)
randn(2, out=L.zeros(2))
randint(3, (2,))
randint(1, 3, (2, 2))
randint(high=3, size=(2,))
randint(low=1, high=3, size=(2,))
randint(3, size=[2, 1])
randint(0, 2, (2,), dtype=L.bool)
randint(0, 2, (2,), dtype=L.float32, requires_grad=True)
randint(0, 2, (2,), generator=L.Generator(), out=L.zeros(2, dtype=L.int32))
randperm(4)
randperm(4, dtype=L.float32)
randperm(4, dtype=L.uint8)
randperm(4, generator=L.Generator())
randperm(0)
rand_like(L.ones(2, 3))
rand_like(L.ones(2, 3).t())
rand_like(L.ones(2, 3).t(), memory_format=L.contiguous_format)
rand_like(L.ones(2, dtype=L.int64), dtype=L.float32)
rand_like(L.ones(2, requires_grad=True))
rand_like(L.ones(2), requires_grad=True)
randn_like(L.ones(2, 3).t())
randint_like(L.ones(2, 3).t(), 5)
randint_like(L.ones(2), 2, 5)
randint_like(L.ones(2), 5, dtype=L.int64)
randint_like(L.ones(2), high=5)
normal(0., 1., (2,))
normal(0, 1, (2,))
normal(0., 1., (2,), dtype=L.float64)
normal(0., 1., size=(2,), requires_grad=True)
normal(L.zeros(3))
normal(L.zeros(3), 2.)
normal(L.zeros(3, 1), L.ones(2))
normal(0., L.ones(3))
normal(L.zeros(3), L.ones(3, dtype=L.float64))
normal(mean=L.zeros(3), std=L.arange(3.))
normal(L.zeros(3), L.ones(3), out=L.zeros(3))
bernoulli(L.ones(2))
bernoulli(L.ones(2, dtype=L.float64))
bernoulli(L.ones(3, dtype=L.int64), 0.5)
bernoulli(L.ones(2), out=L.zeros(2, dtype=L.int64))
poisson(L.tensor([0., 3.]))
poisson(L.tensor([3.], dtype=L.float64), generator=L.Generator())
multinomial(L.ones(3), 2)
multinomial(L.ones(2, 3), 2)
multinomial(L.ones(0, 3), 2)
multinomial(L.ones(2, 3, dtype=L.float16), 2)
multinomial(L.ones(3), 5, replacement=True)
multinomial(L.ones(3), 2, out=L.zeros(2, dtype=L.int64))
ones(2).multinomial(1)
ones(2).bernoulli()
ones(2, 3).t().normal_()
ones(2, dtype=L.int8).random_()
ones(2, dtype=L.int64).geometric_(0.5)
"""


@pytest.mark.parametrize("call", CALLS.strip().split("\n"))
def test_shapes_and_dtypes(call):
    seen = []
    for L in (mt, torch):
        made = eval(f"L.{call}", {"L": L})
        seen.append((tuple(made.shape), made.stride(), str(made.dtype), made.requires_grad, made.is_leaf))
    assert seen[0] == seen[1]


ERRORS = [
    ("rand(-1)", RuntimeError, "Trying to create tensor with negative dimension -1"),
    (
        "rand(2.0)",
        TypeError,
        r"rand\(\): argument 'size'.* must be tuple of ints, (not|but found element of type) float",
    ),
    ("rand()", TypeError, r"rand\(\)"),
    ("rand((2,), (3,))", TypeError, r"rand\(\)"),
    ("rand(2, dtype=L.int64)", NotImplementedError, "\"check_uniform_bounds\" not implemented for 'Long'"),
    ("rand(2, generator=3)", TypeError, r"rand\(\)"),
    ("randn(2, dtype=L.int64)", NotImplementedError, "\"normal_kernel_cpu\" not implemented for 'Long'"),
    ("rand_like([1.])", TypeError, r"rand_like\(\): argument 'input'.* must be Tensor, not list"),
    ("rand_like(L.ones(2, dtype=L.int32))", NotImplementedError, "\"check_uniform_bounds\" not implemented for 'Int'"),
    ("randn_like(3)", TypeError, r"randn_like\(\): argument 'input'.* must be Tensor, not int"),
    ("randint(3, 3, (2,))", RuntimeError, "random_ expects 'from' to be less than 'to', but got from=3 >= to=3"),
    ("randint(0, 3, 2)", TypeError, r"randint\(\)"),
    ("randint(0, 3)", TypeError, r"randint\(\): argument 'size'.* must be tuple of ints"),
    ("randint(0.5, 3, (2,))", TypeError, r"randint\(\) received an invalid combination of arguments"),
    ("randint(size=(2,))", TypeError, r"randint\(\) (received an invalid combination|missing 1 required)"),
    ("randint(0, 1, (2,), 4)", TypeError, r"randint\(\)"),
    ("randint(0, 300, (2,), dtype=L.uint8)", RuntimeError, "to - 1 is out of bounds for"),
    ("randint(-1, 3, (2,), dtype=L.uint8)", RuntimeError, "from is out of bounds for"),
    ("randint(0, 3, (2,), dtype=L.bool)", RuntimeError, "to - 1 is out of bounds for bool"),
    ("randint(0, 3, (2,), requires_grad=True)", RuntimeError, "Only Tensors of floating point"),
    ("randint(2**63 + 1, (2,))", ValueError, "Overflow when unpacking long long"),
    ("randint(-(2**63) - 1, 3, (2,))", ValueError, "Overflow when unpacking long long"),
    ("ones(2).random_(0, 2**70)", ValueError, "Overflow when unpacking long long"),
    ("randint_like(L.ones(2), 5, 5)", RuntimeError, "random_ expects 'from' to be less than 'to'"),
    ("randperm(-1)", RuntimeError, "negative"),
    ("randperm(2.5)", TypeError, r"randperm\(\): argument 'n'.* must be int, not float"),
    ("randperm(300, dtype=L.uint8)", RuntimeError, "cannot be converted to type uint8(_t)? without overflow"),
    ("normal(0., 1., 2)", TypeError, r"normal\(\)"),
    ("normal(0., 1.)", TypeError, r"normal\(\)"),
    ("normal('a', 1., (2,))", TypeError, r"normal\(\)"),
    ("normal(L.zeros(3), 1., (3,))", TypeError, r"normal\(\)"),
    ("normal(0., -1., (2,))", RuntimeError, "normal expects std >= 0.0, but found std -1"),
    ("normal(L.zeros(3), -1.)", RuntimeError, "normal expects std >= 0.0, but found std -1"),
    ("normal(L.zeros(3), -L.ones(3))", RuntimeError, "normal expects all elements of std >= 0.0"),
    (
        "normal(L.zeros(3), L.ones(2))",
        RuntimeError,
        r"The size of tensor a \(3\) must match the size of tensor b \(2\)",
    ),
    ("normal(L.zeros(3, dtype=L.int64))", NotImplementedError, "\"normal_kernel_cpu\" not implemented for 'Long'"),
    ("bernoulli(L.tensor([1., 2.]))", RuntimeError, "Expected p_in >= 0 && p_in <= 1 to be true, but got false"),
    ("bernoulli(L.tensor([float('nan')]))", RuntimeError, "Expected p_in >= 0 && p_in <= 1 to be true"),
    ("bernoulli(L.tensor([1, 0]))", NotImplementedError, "\"bernoulli_tensor_cpu_p_\" not implemented for 'Long'"),
    ("bernoulli(L.ones(3), 1.5)", RuntimeError, r"bernoulli_ expects p to be in \[0, 1\], but got p=1.5"),
    ("bernoulli(3)", TypeError, r"bernoulli\(\): argument 'input'.* must be Tensor, not int"),
    ("poisson(L.tensor([-1.]))", RuntimeError, "invalid Poisson rate, expected rate to be non-negative"),
    ("poisson(L.tensor([1]))", NotImplementedError, "\"poisson_cpu\" not implemented for 'Long'"),
    (
        "multinomial(L.tensor([1., -1.]), 1)",
        RuntimeError,
        "probability tensor contains either `inf`, `nan` or element < 0",
    ),
    ("multinomial(L.tensor([1., float('nan')]), 1)", RuntimeError, "probability tensor contains either `inf`, `nan`"),
    ("multinomial(L.tensor([1., float('inf')]), 1)", RuntimeError, "probability tensor contains either `inf`, `nan`"),
    ("multinomial(L.zeros(2), 1)", RuntimeError, r"invalid multinomial distribution \(sum of probabilities <= 0\)"),
    ("multinomial(L.tensor([[1., 1.], [0., 0.]]), 1, True)", RuntimeError, r"\(sum of probabilities <= 0\)"),
    (
        "multinomial(L.ones(2), 3)",
        RuntimeError,
        r"cannot sample n_sample > prob_dist.size\(-1\) samples without replacement",
    ),
    ("multinomial(L.ones(2), 0)", RuntimeError, "cannot sample n_sample <= 0 samples"),
    (
        "multinomial(L.ones(2, dtype=L.int64), 1)",
        RuntimeError,
        "multinomial only supports floating-point dtypes for input",
    ),
    ("multinomial(L.ones(1, 1, 1), 1)", RuntimeError, "prob_dist must be 1 or 2 dim"),
    (
        "ones(2).uniform_(1, 0)",
        RuntimeError,
        r"uniform_ expects to return a \[from, to\) range, but found from=1 > to=0",
    ),
    ("ones(2).uniform_('a')", TypeError, "uniform_"),
    ("ones(2, dtype=L.int64).uniform_()", NotImplementedError, "\"check_uniform_bounds\" not implemented for 'Long'"),
    ("ones(2).normal_(0, -1)", RuntimeError, "normal expects std >= 0.0, but found std -1"),
    ("ones(2, dtype=L.int64).normal_()", NotImplementedError, "\"normal_kernel_cpu\" not implemented for 'Long'"),
    ("ones(2).exponential_(0)", RuntimeError, "exponential_ expects lambda > 0.0, but found lambda=0"),
    (
        "ones(2, dtype=L.int64).exponential_()",
        RuntimeError,
        "Exponential distribution is a continuous probability dist",
    ),
    ("ones(2).log_normal_(1, 0)", RuntimeError, "log_normal_ expects std > 0.0, but found std=0"),
    ("ones(2, dtype=L.int64).log_normal_()", NotImplementedError, "\"log_normal_cpu\" not implemented for 'Long'"),
    ("ones(2).cauchy_(1, 0)", RuntimeError, "cauchy_ expects sigma > 0.0, but found sigma=0"),
    ("ones(2, dtype=L.int64).cauchy_()", RuntimeError, "Cauchy distribution is a continuous probability distribution"),
    ("ones(2).geometric_(1)", RuntimeError, r"geometric_ expects p to be in \(0, 1\), but got p=1"),
    ("ones(2).random_(5, 5)", RuntimeError, "random_ expects 'from' to be less than 'to', but got from=5 >= to=5"),
    ("ones(2).random_(0)", RuntimeError, "random_ expects 'from' to be less than 'to', but got from=0 >= to=0"),
    ("ones(2, dtype=L.uint8).random_(0, 257)", RuntimeError, "to - 1 is out of bounds for"),
    ("ones(2, dtype=L.uint8).random_(-1, 5)", RuntimeError, "from is out of bounds for"),
    ("ones(2).bernoulli_(2)", RuntimeError, r"bernoulli_ expects p to be in \[0, 1\], but got p=2"),
    ("ones(2).bernoulli_(L.tensor([.5, 3]))", RuntimeError, "Expected p_in >= 0 && p_in <= 1 to be true"),
    (
        "ones(2).bernoulli_(L.tensor([1, 0]))",
        NotImplementedError,
        "\"bernoulli_tensor_cpu_p_\" not implemented for 'Long'",
    ),
    ("ones(2).bernoulli_(L.ones(3))", RuntimeError, "broadcast|match"),
    ("ones(2).bernoulli_(L.ones(2, 2))", RuntimeError, "does not broadcast to|number of dimensions"),
    ("ones(2, requires_grad=True).uniform_()", RuntimeError, "a leaf Variable that requires grad is being used"),
]


@pytest.mark.parametrize("call, error, match", ERRORS, ids=[e[0] for e in ERRORS])
def test_errors(call, error, match):
    for L in (mt, torch):
        with pytest.raises(error, match=match):
            eval(f"L.{call}", {"L": L})


def test_normal_of_tensors_takes_no_dtype():
    for wrong in ({"dtype": mt.float64}, {"requires_grad": True}):
        with pytest.raises(TypeError, match="size, dtype and requires_grad go with a mean and std that are numbers"):
            mt.normal(mt.zeros(2), 1.0, **wrong)
    with pytest.raises(TypeError, match=r"argument 'mean' must be Number, not Tensor \(one of shape \[2\]"):
        mt.normal(mt.zeros(2), 1.0, (2,))


# ---- gradients ----------------------------------------------------------------------------------------------------

FILLS = [
    "uniform_()",
    "normal_()",
    "exponential_()",
    "log_normal_()",
    "cauchy_()",
    "geometric_(0.5)",
    "random_()",
    "bernoulli_()",
]


@pytest.mark.parametrize("fill", FILLS)
def test_fills_cut_the_gradient(fill):
    seen = []
    for L in (mt, torch):
        x = L.ones(3, requires_grad=True)
        y = x * 2
        eval(f"y.{fill}", {"y": y})
        y.sum().backward()
        seen.append((x.grad.tolist(), y.requires_grad, y._version, y.grad_fn.name().rstrip("0123456789")))
    assert seen[0] == seen[1]


def test_samples_have_a_gradient_of_zero():
    seen = []
    for L in (mt, torch):
        p, q, mean, std, rate = (L.full((3,), 0.5, requires_grad=True) for _ in range(5))
        target = q * 1
        results = [
            L.bernoulli(p),
            target.bernoulli_(p),
            L.normal(mean, std),
            L.normal(mean),
            L.normal(1.0, std),
            L.normal(mean.unsqueeze(1), std),
            L.poisson(rate),
        ]
        for result in results:
            result.sum().backward()
        seen.append(([v.grad.tolist() for v in (p, q, mean, std, rate)], [r.grad_fn.name() for r in results]))
    assert seen[0] == seen[1]


def test_indices_have_none():
    for L in (mt, torch):
        assert not L.multinomial(L.ones(3, requires_grad=True), 2).requires_grad
        assert not L.rand_like(L.ones(3, requires_grad=True)).requires_grad
