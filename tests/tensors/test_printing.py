"""Tensors print as PyTorch's, to the character."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import minitorch_cv as mt
from minitorch_cv.tensors.printing import get_printoptions, printoptions

FLOATS = ["float16", "float32", "float64"]
DTYPES = [*FLOATS, "int8", "int16", "int32", "int64", "uint8", "bool"]


@pytest.fixture(autouse=True)
def default_options():
    yield
    for L in (mt, torch):
        L.set_printoptions(profile="default")


def assert_same(array, requires_grad=False):
    ours, theirs = mt.Tensor.wrap(array.copy()), torch.from_numpy(array.copy())
    if requires_grad and array.dtype.kind == "f":
        ours.requires_grad_()
        theirs.requires_grad_()
    assert repr(ours) == repr(theirs)
    assert str(ours) == str(theirs)


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape", [(), (0,), (1,), (7,), (40,), (2, 3), (3, 0), (0, 3), (2, 3, 2), (1, 2, 1, 3), (30, 40)]
)
def test_dtypes_and_shapes(shape, dtype, requires_grad):
    values = np.asarray(np.random.default_rng(0).standard_normal(shape) * 100)
    assert_same(np.asarray(values > 0) if dtype == "bool" else values.astype(dtype), requires_grad)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 2.0, 3.0],
        [1.0, 2.5],
        [0.0, -0.0],
        [1e-5, 1.0],
        [1e-4, 1e-5],
        [1e8, 1.0],
        [1e9],
        [1e8],
        [123456789.0],
        [1e30, 1.0],
        [1000.0, 0.5],
        [1001.0, 1.0],
        [1000.5, 1.0],
        [NAN, 1.0],
        [INF, -INF, 2.0],
        [NAN, INF, 0.5],
        [NAN, INF],
        [1e10, NAN],
        [-1.0, 10.0, -100.0],
        [0.1 + 0.2, 1 / 3],
        [99999.99],
        [1e-40],
        [65504.0],
        [0.99999],
        [2.5, INF, 1e-6],
    ],
)
@pytest.mark.parametrize("dtype", FLOATS)
def test_numbers(values, dtype):
    with np.errstate(over="ignore"):
        array = np.array(values).astype(dtype)
    assert_same(array)
    assert_same(array.reshape(-1, 1))
    assert_same(array[:1].reshape(()))


@settings(max_examples=200, deadline=None)
@given(
    array=st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.int8, np.uint8, np.bool_]).flatmap(
        lambda d: arrays.arrays(d, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6))
    ),
    options=st.fixed_dictionaries(
        {
            "precision": st.integers(0, 8),
            "threshold": st.integers(1, 60),
            "edgeitems": st.integers(0, 4),
            "linewidth": st.integers(10, 130),
            "sci_mode": st.sampled_from([None, True, False]),
        }
    ),
)
def test_any_array_under_any_options(array, options):
    for L in (mt, torch):
        L.set_printoptions(**options)
    assert_same(array)
    for L in (mt, torch):
        L.set_printoptions(profile="default")
    assert_same(array, requires_grad=True)


@settings(max_examples=100, deadline=None)
@given(
    exponents=st.lists(st.integers(-12, 12), min_size=1, max_size=8),
    dtype=st.sampled_from(["float32", "float64"]),
    round_them=st.booleans(),
)
def test_numbers_of_any_size(exponents, dtype, round_them):
    values = np.array([1.2345678 * 10.0**e for e in exponents])
    assert_same((np.round(values) if round_them else values).astype(dtype))


@pytest.mark.parametrize(
    "shape", [(1000,), (1001,), (2000,), (40, 40), (3, 400), (11, 11, 11), (2, 2, 2, 200), (1, 1, 1500)]
)
def test_summaries(shape):
    assert_same(np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 7)
    assert_same(np.arange(np.prod(shape)).reshape(shape))


def test_a_summary_formats_only_what_it_shows():
    values = np.ones(2000, np.float32)
    values[1000] = 1e-9
    assert_same(values)
    values[1] = 1e-9
    assert_same(values)


@pytest.mark.parametrize(
    "make",
    [
        lambda L, x: x * 2,
        lambda L, x: x.sum(),
        lambda L, x: x.view(3, 1)[0],
        lambda L, x: (x * 1).mul_(2),
        lambda L, x: (lambda y: (y[0].mul_(2), y)[1])(x * 1),
        lambda L, x: x.detach(),
        lambda L, x: x.double() * 2,
        lambda L, x: (x * 2).expand(20, 3),
        lambda L, x: L.nn.Parameter(x.detach()),
        lambda L, x: L.nn.Parameter(x.detach(), requires_grad=False),
        lambda L, x: [x, x.long()],
        lambda L, x: {"x": x},
        lambda L, x: x.max(0),
    ],
)
def test_histories(make):
    ours, theirs = (make(L, L.tensor([1.5, -2.0, 3.0], requires_grad=True)) for L in (mt, torch))
    assert repr(ours) == repr(theirs)


def test_a_history_that_cannot_be_made_anew():
    shown = []
    for L in (mt, torch):
        y = L.ones(2, requires_grad=True) * 1
        with L.no_grad():
            view = y.view(2)
        y.mul_(2)
        shown.append(repr(view))
    assert shown[0] == shown[1] == "tensor([2., 2.], grad_fn=<Invalid>)"


def test_subclasses_print_their_name():
    class Named(mt.Tensor):
        pass

    assert repr(Named([1.0])) == "Named([1.])"
    assert mt.ones(1).__repr__(tensor_contents="...") == "tensor(...)"


@pytest.mark.parametrize("default", ["float64", "float16"])
def test_the_default_dtype_is_not_named(default):
    for L in (mt, torch):
        L.set_default_dtype(getattr(L, default))
    try:
        for dtype in DTYPES:
            assert_same(np.ones(2, dtype))
            assert_same(np.ones(0, dtype))
    finally:
        for L in (mt, torch):
            L.set_default_dtype(L.float32)


# ---- options ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"threshold": 5},
        {"edgeitems": 1, "threshold": 5},
        {"edgeitems": 0, "threshold": 5},
        {"linewidth": 20},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
        {"profile": "full", "precision": 1},
        {"profile": "default"},
    ],
)
def test_set_printoptions(options):
    arrays = [np.arange(12.0).reshape(3, 4) / 3, np.array([1e-9, 1.0]), np.arange(1500)]
    for L in (mt, torch):
        L.set_printoptions(**options)
    assert get_printoptions() == torch._tensor_str.get_printoptions()
    for array in arrays:
        assert_same(array)


def test_printoptions_for_a_while():
    x = mt.tensor([1.23456])
    with printoptions(precision=2, sci_mode=True):
        assert repr(x) == "tensor([1.23e+00])"
    assert repr(x) == "tensor([1.2346])"


def test_no_such_profile():
    with pytest.raises(ValueError, match="profile must be one of default, short, full, got 'long'"):
        mt.set_printoptions(profile="long")


# ---- format -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, spec",
    [
        (lambda L: L.tensor(2.5), ".2f"),
        (lambda L: L.tensor(2.5), ""),
        (lambda L: L.tensor(2.5, requires_grad=True), ".3e"),
        (lambda L: L.tensor(2.5, requires_grad=True) * 2, ""),
        (lambda L: L.tensor(7), "05d"),
        (lambda L: L.tensor(True), ""),
        (lambda L: L.ones(2), ""),
        (lambda L: L.ones(1), ""),
        (lambda L: L.nn.Parameter(L.tensor(1.5)), ""),
    ],
)
def test_format(make, spec):
    ours, theirs = (format(make(L), spec) for L in (mt, torch))
    assert ours == theirs


@pytest.mark.parametrize("make", [lambda L: L.ones(1), lambda L: L.ones(2, 2)])
def test_only_0_d_tensors_take_a_format(make):
    for L in (mt, torch):
        with pytest.raises(TypeError, match=r"unsupported format string passed to Tensor.__format__"):
            format(make(L), ".2f")
