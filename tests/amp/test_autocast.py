"""autocast: it casts nothing, says so once, and takes what PyTorch's takes."""

import warnings

import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.utils import say_once

X = mt.ones(2, 2)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(say_once, "_said", set())


def messages(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [(w.category, str(w.message)) for w in caught]


def test_it_casts_nothing_and_says_so_once():
    with pytest.warns(UserWarning, match="autocast changes nothing in minitorch_cv") as caught:
        with mt.autocast("cpu") as entered:
            assert (X @ X).dtype is mt.float32 and entered.device == "cpu"
            assert not mt.is_autocast_enabled() and not mt.is_autocast_enabled("cpu")
    assert caught[0].filename == __file__
    assert messages(lambda: mt.autocast("cpu", dtype=mt.float16)) == []


def test_bfloat16_may_be_named_and_casts_nothing():
    """`dtype = torch.float16 if cuda else torch.bfloat16` is how scripts for either device choose."""
    with mt.autocast("cpu", dtype=mt.bfloat16):
        assert (X @ X).dtype is mt.float32
    for word in ("itemsize", "is_floating_point", "is_complex", "is_signed"):
        assert getattr(mt.bfloat16, word) == getattr(torch.bfloat16, word)
    for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
        assert getattr(mt.finfo(mt.bfloat16), field) == getattr(torch.finfo(torch.bfloat16), field)
    for other in ("float16", "float32", "float64", "int64", "bool", "bfloat16"):
        ours, theirs = (library.promote_types(getattr(library, other), library.bfloat16) for library in (mt, torch))
        assert repr(ours) == repr(theirs)
    with pytest.raises(TypeError, match="only floating-point types are supported as the default type"):
        mt.set_default_dtype(mt.bfloat16)
    assert repr(mt.bfloat16) == repr(torch.bfloat16) and mt.bfloat16 != mt.float16
    for call in (
        lambda: X.to(mt.bfloat16),
        lambda: mt.zeros(1, dtype=mt.bfloat16),
        lambda: mt.nn.Linear(1, 1).to(mt.bfloat16),
    ):
        with pytest.raises(NotImplementedError, match=r"torch\.bfloat16: NumPy has no such .* use float32"):
            call()


def test_disabled_is_silent():
    assert messages(lambda: [mt.autocast(d, enabled=False) for d in ("cpu", "cuda")]) == []


def test_as_a_decorator():
    @mt.autocast("cpu", enabled=False)
    def product(x):
        """Product."""
        return x @ x

    assert product(X).sum().item() == 8 and product.__name__ == "product"


def test_a_gpu_is_missing():
    assert messages(lambda: mt.autocast("cuda")) == [(UserWarning, "CUDA is not available. Disabling autocast.")]
    assert "CUDA is not available" in messages(lambda: torch.autocast("cuda"))[0][1]
    found = messages(lambda: mt.cuda.amp.autocast(True, mt.float16))
    assert [category for category, _ in found] == [FutureWarning, UserWarning]
    assert found[0] == messages(lambda: torch.cuda.amp.autocast())[0]


def test_another_dtype_disables():
    ours = messages(lambda: mt.autocast("cpu", dtype=mt.float64))
    theirs = messages(lambda: torch.autocast("cpu", dtype=torch.float64))
    assert ours[0][1].splitlines()[0] == theirs[0][1].splitlines()[0] and "got torch.float64" in ours[0][1]


@pytest.mark.parametrize("library", [mt, torch])
def test_errors(library):
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`, got: `<class 'int'>`"):
        library.autocast(3)
    with pytest.raises(TypeError, match=r"autocast\(\)\(func\) requires a callable, but got Tensor"):
        library.autocast("cpu", enabled=False)(library.ones(1))
    assert library.amp.is_autocast_available("cpu")


def test_a_wrong_device_or_dtype():
    with pytest.raises(
        RuntimeError, match="User specified an unsupported autocast device_type 'tpu'; there are cpu, cuda"
    ):
        mt.autocast("tpu")
    with pytest.raises(TypeError, match="dtype must be a dtype or None, got 'half'"):
        mt.autocast("cpu", dtype="half")
