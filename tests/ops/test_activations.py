"""Activations against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from tests import reference_activations as reference
from tests.checks import as_array, assert_close, check_error, check_op, normal, ours_of, theirs_of

# name, arguments, kinks
ACTIVATIONS = [
    ("relu", {}, [0]),
    ("relu6", {}, [0, 6]),
    ("threshold", {"threshold": 0.3, "value": -2.5}, [0.3]),
    ("hardtanh", {}, [-1, 1]),
    ("hardtanh", {"min_val": -0.25, "max_val": 2.0}, [-0.25, 2]),
    ("hardtanh", {"min_val": 0.5, "max_val": 0.5}, [0.5]),
    ("leaky_relu", {}, [0]),
    ("leaky_relu", {"negative_slope": 0.3}, [0]),
    ("leaky_relu", {"negative_slope": -0.3}, [0]),
    ("rrelu", {}, [0]),
    ("rrelu", {"lower": 0.2, "upper": 0.2, "training": True}, [0]),
    ("hardsigmoid", {}, [-3, 3]),
    ("hardswish", {}, [-3, 3]),
    ("hardshrink", {}, [-0.5, 0.5]),
    ("hardshrink", {"lambd": 0.9}, [-0.9, 0.9]),
    ("softshrink", {}, [-0.5, 0.5]),
    ("softshrink", {"lambd": 0.0}, [0]),
    ("elu", {}, [0]),
    ("elu", {"alpha": 0.4}, [0]),
    ("elu", {"alpha": -0.4}, [0]),
    ("selu", {}, [0]),
    ("celu", {}, [0]),
    ("celu", {"alpha": 0.5}, [0]),
    ("gelu", {}, []),
    ("gelu", {"approximate": "tanh"}, []),
    ("silu", {}, []),
    ("mish", {}, []),
    ("softplus", {}, [20.0]),
    ("softplus", {"beta": 2.0, "threshold": 3.0}, [1.5]),
    ("softplus", {"beta": -1.5}, []),
    ("logsigmoid", {}, []),
    ("softsign", {}, [0]),
    ("tanhshrink", {}, []),
]
INPLACE = {
    "relu",
    "relu6",
    "threshold",
    "hardtanh",
    "leaky_relu",
    "rrelu",
    "hardsigmoid",
    "hardswish",
    "elu",
    "selu",
} | {
    "celu",
    "silu",
    "mish",
}
NAN, INF = math.nan, math.inf
FINITE_SHAPES = [(7, 5), (2, 3, 4, 5), (), (0, 3), (1,)]


def check(name: str, kwargs: dict, inputs: list, **options) -> None:
    """check_op of the function of that name in both libraries."""
    ours, theirs = both(name, kwargs)
    if name == "hardsigmoid":  # PyTorch's float64 gradient is 1/6 rounded to float32
        check_op(ours, theirs, inputs, **options, dtypes=("float32",))
        check_op(ours, None, inputs, **options, dtypes=("float64",))
    else:
        check_op(ours, theirs, inputs, **options)


def both(name: str, kwargs: dict) -> tuple:
    """The function of both libraries with its arguments."""
    return partial(getattr(F, name), **kwargs), partial(getattr(TF, name), **kwargs)


def loop_of(name: str, kwargs: dict) -> partial:
    """The loop reference with the same arguments."""
    if name == "relu6":
        return partial(reference.elementwise, partial(reference.hardtanh, low=0.0, high=6.0))
    if name == "hardtanh":
        bounds = (kwargs.get("min_val", -1.0), kwargs.get("max_val", 1.0))
        return partial(reference.elementwise, lambda x: reference.hardtanh(x, *bounds))
    if name == "rrelu":
        slope = (kwargs.get("lower", 1 / 8) + kwargs.get("upper", 1 / 3)) / 2
        return partial(reference.elementwise, lambda x: reference.leaky_relu(x, slope))
    function = reference.gelu_tanh if kwargs.get("approximate") == "tanh" else getattr(reference, name)
    values = [v for v in kwargs.values() if not isinstance(v, str)]
    return partial(reference.elementwise, lambda x: function(x, *values))


@pytest.mark.parametrize("name, kwargs, kinks", ACTIVATIONS)
def test_activation(name, kwargs, kinks):
    for shape in FINITE_SHAPES:
        check(name, kwargs, [normal(*shape) * 3], reference=loop_of(name, kwargs))


@pytest.mark.parametrize("name, kwargs, kinks", ACTIVATIONS)
def test_at_kinks_and_extremes(name, kwargs, kinks):
    points = np.array([*kinks, 0.0, -0.0, 19.9, 30.0, -30.0, 1e4, -1e4])
    check(name, kwargs, [points], finite_differences=False)


@pytest.mark.parametrize("name, kwargs, kinks", ACTIVATIONS)
def test_nan_and_infinity(name, kwargs, kinks):
    # PyTorch's float32 gelu gives NaN or infinity at infinity, depending on the tensor's size
    options = {"dtypes": ("float64",)} if name == "gelu" else {}
    check(name, kwargs, [np.array([NAN, INF, -INF, 1.0])], finite_differences=False, **options)


# PyTorch composes softsign and tanhshrink of two operations, and an infinite gradient minus itself is NaN
@pytest.mark.parametrize("name, kwargs", [a[:2] for a in ACTIVATIONS if a[0] not in ("softsign", "tanhshrink")])
def test_nan_and_infinite_gradients(name, kwargs):
    grads = []
    points = np.array([-2.0, -0.1, 0.0, 0.4, 8.0]).repeat(2)
    for function, make in zip(both(name, kwargs), (ours_of, theirs_of)):
        x = make(points, requires_grad=True)
        function(x).backward(make(np.tile([NAN, INF], 5)))
        grads.append(x.grad)
    assert_close(*grads, 1e-12, "gradient")


@pytest.mark.parametrize("name, kwargs", [(name, kwargs) for name, kwargs, _ in ACTIVATIONS if name in INPLACE])
def test_inplace(name, kwargs):
    def run(function, x):
        before = x * 2
        after = function(before, inplace=True)
        assert after is before
        return after

    ours, theirs = both(name, kwargs)
    negative = kwargs.get("negative_slope", 1) < 0 or kwargs.get("alpha", 1) < 0  # PyTorch has no gradient for these
    same = not negative and name != "hardsigmoid"
    check_op(partial(run, ours), partial(run, theirs) if same else None, [normal(4, 3) * 3])
    with mt.no_grad():
        x = ours_of(normal(4, 3))
        memory, expected = x.array, ours(ours_of(normal(4, 3))).array
        assert ours(x, inplace=True).array is memory
    np.testing.assert_array_equal(memory, expected)


@pytest.mark.parametrize(
    "name, args",
    [
        ("relu_", ()),
        ("threshold_", (0.2, 3.0)),
        ("hardtanh_", (-0.5, 0.75)),
        ("leaky_relu_", (0.2,)),
        ("rrelu_", (0.2, 0.4)),
        ("elu_", (0.7,)),
        ("selu_", ()),
        ("celu_", (0.25,)),
    ],
)
def test_underscore_functions(name, args):
    check_op(lambda x: getattr(F, name)(x * 1, *args), lambda x: getattr(TF, name)(x * 1, *args), [normal(3, 4)])


def test_inplace_on_a_leaf_is_an_error():
    check_error(RuntimeError, "a leaf Variable that requires grad", F.relu, ours_of(normal(2), True), inplace=True)


def test_relu_notices_a_change_of_its_result():
    x = ours_of(normal(3), True)
    y = F.relu(x)
    y += 1
    check_error(RuntimeError, "modified by an inplace operation.*ReluBackward0", y.backward, ours_of(np.ones(3)))


@pytest.mark.parametrize("name, kwargs", [("relu", {}), ("relu6", {}), ("hardtanh", {}), ("threshold", {})])
def test_integers(name, kwargs):
    kwargs = {"threshold": 1, "value": 20} if name == "threshold" else kwargs
    ours, theirs = both(name, kwargs)
    for dtype in (np.int64, np.int32, np.int16, np.int8):
        check_op(ours, theirs, [np.array([-3, -1, 0, 1, 2, 9], dtype)], grad=False, dtypes=("float64",))
    for function in (F.relu, F.relu6):
        numbers = np.array([0, 3, 200], np.uint8)
        assert_close(function(ours_of(numbers)), getattr(TF, function.__name__)(theirs_of(numbers)), 0, "uint8")


@pytest.mark.parametrize("name", ["softsign", "tanhshrink"])
def test_integers_become_floats(name):
    ours, theirs = both(name, {})
    check_op(ours, theirs, [np.array([-3, 0, 2])], grad=False, dtypes=("float64",))


def test_rrelu_draws_slopes():
    mt.manual_seed(0)
    x = ours_of(np.full(20000, -1.0, np.float32), True)
    y = F.rrelu(x, 0.1, 0.5, training=True)
    y.backward(ours_of(np.ones(20000, np.float32)))
    slopes = -y.array
    assert slopes.dtype == np.float32
    assert slopes.min() >= 0.1 and slopes.max() <= 0.5
    assert abs(slopes.mean() - 0.3) < 0.005 and abs(slopes.std() - 0.4 / math.sqrt(12)) < 0.005
    np.testing.assert_array_equal(x.grad.array, slopes)
    positive = ours_of(np.array([0.5, NAN]), True)
    y = F.rrelu(positive, training=True)
    y.backward(ours_of(np.ones(2)))
    np.testing.assert_array_equal(positive.grad.array, [1.0, 1.0])


@pytest.mark.parametrize(
    "shape, slopes",
    [((3, 4), 1), ((3, 4), 4), ((2, 3, 4, 5), 3), ((2, 3, 4, 5), 1), ((5,), 1), ((2, 1, 3), 1), ((0, 2), 2)],
)
def test_prelu(shape, slopes):
    inputs = [normal(*shape), normal(slopes, seed=1)]
    check_op(F.prelu, TF.prelu, inputs, reference=reference.prelu)
    check_op(F.prelu, TF.prelu, [np.zeros(shape), inputs[1]], finite_differences=False)


@pytest.mark.parametrize("wanted", [0, 1])
def test_prelu_with_one_gradient(wanted):
    check_op(F.prelu, TF.prelu, [normal(3, 4), normal(4, seed=1)], grad_inputs=[wanted])


def test_methods():
    weight = ours_of(np.array([0.25]))
    for name, args in (("relu", ()), ("prelu", (weight,)), ("hardshrink", (0.7,)), ("relu_", ())):
        ours = getattr(ours_of(normal(3, 4)), name)(*args)
        theirs = getattr(theirs_of(normal(3, 4)), name)(*(theirs_of(a.array) if a is weight else a for a in args))
        assert_close(ours, theirs, 1e-13, name)
    x = ours_of(normal(3))
    assert x.relu_() is x


def test_prelu_without_dimensions():
    check_op(F.prelu, TF.prelu, [np.array(-2.0), np.array([0.3])])
    check_op(F.prelu, TF.prelu, [np.array(-2.0), np.array(0.3)])
    check_op(F.prelu, TF.prelu, [normal(3), np.array(0.3)])


@pytest.mark.parametrize("dim", [-1, 0, 1])
def test_glu(dim):
    check_op(
        partial(F.glu, dim=dim), partial(TF.glu, dim=dim), [normal(4, 6)], reference=partial(reference.glu, dim=dim)
    )


def test_glu_nan():
    check_op(F.glu, TF.glu, [np.array([-INF, 1.0, NAN, INF, 2.0, 1.0])], finite_differences=False)


@pytest.mark.parametrize("shape, dim", [((3, 4), 1), ((3, 4), 0), ((2, 3, 4), -2), ((), 0), ((), -1), ((5,), 0)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax(name, shape, dim):
    ours, theirs = both(name, {"dim": dim})
    loop = {
        "softmax": partial(reference.softmax, dim=dim),
        "log_softmax": partial(reference.log_softmax, dim=dim),
        "softmin": lambda x: reference.softmax(-x, dim),
    }[name]
    check_op(ours, theirs, [normal(*shape) * 4], reference=loop)
    check_op(ours, theirs, [normal(*shape) * 1e4], finite_differences=False)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_nothing(name, shape):
    for dim in (0, 1):
        check_op(*both(name, {"dim": dim}), [np.zeros(shape)])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_nan_and_infinity(name):
    rows = np.array([[NAN, 1, 2], [INF, 0, 1], [-INF, 0, 1], [-INF, -INF, -INF], [INF, INF, 0], [1e4, -1e4, 0]])
    check_op(*both(name, {"dim": 1}), [rows], finite_differences=False)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 2), (2, 3, 2, 2)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax_guesses_its_dimension(name, shape):
    x = normal(*shape)
    message = (
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument."
    )
    with pytest.warns(UserWarning, match=message):
        ours = getattr(F, name)(ours_of(x))
    with pytest.warns(UserWarning, match=message):
        assert_close(ours, getattr(TF, name)(theirs_of(x)), 1e-13, name)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax_dtype(name):
    numbers = np.array([1, 0, 5])
    for x in (numbers, numbers.astype(np.float32)):
        ours = getattr(F, name)(ours_of(x), 0, dtype=mt.float64)
        assert_close(ours, getattr(TF, name)(theirs_of(x), 0, dtype=torch.float64), 1e-13, name)


def test_top_level_softmax_takes_dtype_third():
    x = normal(2, 3).astype(np.float32)
    for name in ("softmax", "log_softmax"):
        theirs = getattr(torch, name)(theirs_of(x), 1, torch.float64)
        assert_close(getattr(mt, name)(ours_of(x), 1, mt.float64), theirs, 1e-13, name)
        assert_close(getattr(ours_of(x), name)(1, mt.float64), theirs, 1e-13, name)


def test_gumbel_softmax():
    mt.manual_seed(0)
    probabilities = np.array([0.5, 0.3, 0.2])
    logits = ours_of(np.tile(np.log(probabilities), (20000, 1)), True)
    soft = F.gumbel_softmax(logits, tau=0.5)
    np.testing.assert_allclose(soft.array.sum(1), 1)
    hard = F.gumbel_softmax(logits, hard=True)
    assert set(np.unique(hard.array)) == {0.0, 1.0}
    np.testing.assert_array_equal(hard.array.sum(1), 1)
    np.testing.assert_allclose(hard.array.mean(0), probabilities, atol=0.015)
    hard.backward(ours_of(normal(20000, 3)))
    assert np.abs(logits.grad.array).max() > 0.1
    np.testing.assert_allclose(logits.grad.array.sum(1), 0, atol=1e-12)  # softmax does not see what all logits share
    assert F.gumbel_softmax(ours_of(np.array(1.0)), hard=True).array == 1.0
    with pytest.warns(UserWarning, match="`eps` parameter is deprecated and has no effect."):
        F.gumbel_softmax(logits, eps=1e-3)


def test_gumbel_softmax_gradient_is_that_of_softmax():
    x = normal(4, 3)

    def soft(t):
        mt.manual_seed(3)
        return F.gumbel_softmax(t, tau=0.7, dim=0)

    check_op(soft, None, [x], dtypes=("float64",))
    grads = []
    for hard in (False, True):
        mt.manual_seed(3)
        t = ours_of(x, True)
        F.gumbel_softmax(t, tau=0.7, hard=hard).backward(ours_of(normal(4, 3, seed=1)))
        grads.append(as_array(t.grad))
    np.testing.assert_array_equal(*grads)


def test_errors():
    x, integers, flags = ours_of(normal(2, 3)), ours_of(np.array([1, 2])), ours_of(np.array([True]))
    half = ours_of(np.ones(2, np.float16))
    floats_only = [
        "leaky_relu",
        "elu",
        "selu",
        "celu",
        "gelu",
        "silu",
        "mish",
        "softplus",
        "logsigmoid",
        "glu",
        "rrelu",
    ]
    for name in [*floats_only, "hardshrink", "softshrink", "hardswish", "hardsigmoid", "gumbel_softmax"]:
        check_error(RuntimeError, f"{name}: .* is int64; supported are float32 and float64", getattr(F, name), integers)
    check_error(RuntimeError, "softmax: 'input' is int64; supported are", F.softmax, integers, 0)
    check_error(RuntimeError, "log_softmax: 'input' is int64; supported are", F.log_softmax, integers, 0)
    check_error(RuntimeError, "relu: 'input' is float16; supported are", F.relu, half)
    check_error(TypeError, r"relu\(\): argument 'input' must be Tensor, not list", F.relu, [1.0])
    check_error(TypeError, r"softmax\(\): argument 'input' must be Tensor, not list", F.softmax, [1.0])
    check_error(RuntimeError, "Boolean inputs not supported for relu", F.relu, flags)
    check_error(TypeError, r"elu\(\): argument 'alpha' must be Number, not str", F.elu, x, "1")
    check_error(
        ValueError, "hardtanh: min_val cannot be greater than max_val, got 0.5 and 0.2", F.hardtanh, x, 0.5, 0.2
    )
    check_error(RuntimeError, "unsigned type with negative limits", F.hardtanh, ours_of(np.array([1], np.uint8)))
    check_error(RuntimeError, "Lower bound should be less than or equal to the upper bound", F.rrelu, x, 0.5, 0.2)
    check_error(RuntimeError, "lambda must be greater or equal to 0, but found to be -0.5", F.softshrink, x, -0.5)
    check_error(RuntimeError, "alpha cannot be 0 for CELU", F.celu, x, 0.0)
    check_error(RuntimeError, "approximate argument must be either none or tanh, got 'x'", F.gelu, x, approximate="x")
    check_error(RuntimeError, "Halving dimension must be even, but dimension 1 is size 3", F.glu, x)
    check_error(RuntimeError, "glu does not support scalars", F.glu, ours_of(np.array(1.0)))
    check_error(IndexError, r"glu: Dimension out of range .*\[-2, 1\], but got 2", F.glu, x, 2)
    check_error(IndexError, r"softmax: Dimension out of range .*\[-2, 1\], but got 2", F.softmax, x, 2)
    check_error(RuntimeError, "Found parameter numbers = 4 and channel size = 3", F.prelu, x, ours_of(normal(4)))
    check_error(
        RuntimeError,
        "Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2",
        F.prelu,
        x,
        ours_of(normal(1, 3)),
    )
    check_error(RuntimeError, "Type promoting not supported. Got Double and Float", F.prelu, x, x.float())
    check_error(RuntimeError, "Not allow zero-dim input", F.prelu, ours_of(np.array(1.0)), ours_of(normal(2)))
    check_error(TypeError, "argument 'weight' must be Tensor, not float", F.prelu, x, 0.25)
