"""Anomaly mode names the forward operation and shows the line of it."""

import warnings

import pytest

import minitorch_cv as mt

from .both import LIBRARIES, in_both, tensor

both = pytest.mark.parametrize("L", LIBRARIES.values(), ids=LIBRARIES)


def nan_in_backward(L):
    """0 / 0 in the backward of a square root."""
    return (L.sqrt(tensor(L, [0.0, 4.0], True) * 1) * 0).sum()  # the line to find


@both
def test_it_names_the_operation_and_shows_the_line(L):
    with pytest.warns(UserWarning) as caught:
        with L.autograd.set_detect_anomaly(True):
            result = nan_in_backward(L)
            with pytest.raises(RuntimeError, match="Function 'SqrtBackward0' returned nan values in its 0th output"):
                result.backward()
    (message,) = [str(w.message) for w in caught]
    assert "Error detected in SqrtBackward0. Traceback of forward call that caused the error:" in message
    assert "(L.sqrt(tensor(L, [0.0, 4.0], True) * 1) * 0).sum()  # the line to find" in message
    assert "in nan_in_backward" in message


@both
def test_without_it_nan_passes(L):
    x = tensor(L, [0.0], True)
    (L.sqrt(x) * 0).sum().backward()
    assert x.grad.isnan().all()


@both
def test_switched_on_only_for_backward(L):
    result = nan_in_backward(L)
    with pytest.warns(UserWarning, match="Error detected in SqrtBackward0. No forward pass information available"):
        with L.autograd.set_detect_anomaly(True), pytest.raises(RuntimeError, match="returned nan values"):
            result.backward()


@both
def test_an_exception_in_backward_is_explained(L):
    class Failing(L.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            raise ValueError("inside")

    with pytest.warns(UserWarning, match="Error detected in FailingBackward. Traceback of forward call") as caught:
        with L.autograd.set_detect_anomaly(True), pytest.raises(ValueError, match="inside"):
            Failing.apply(tensor(L, [1.0], True)).backward()
    assert "test_an_exception_in_backward_is_explained" in str(caught[0].message)


@both
def test_nan_from_a_function_of_ones_own(L):
    class Wrong(L.autograd.Function):
        @staticmethod
        def forward(ctx, x, w):
            return x * w

        @staticmethod
        def backward(ctx, g):
            return g, g * float("nan")

    with pytest.warns(UserWarning, match="Error detected in WrongBackward"):
        with L.autograd.set_detect_anomaly(True):
            with pytest.raises(RuntimeError, match="'WrongBackward' returned nan values in its 1th output"):
                Wrong.apply(tensor(L, [1.0], True), tensor(L, [1.0], True)).backward()


@in_both
def test_check_nan_can_be_left_out(L):
    with L.autograd.set_detect_anomaly(True, check_nan=False):
        state = [L.is_anomaly_enabled(), L.is_anomaly_check_nan_enabled()]
        x = tensor(L, [4.0], True)
        (x * float("nan")).backward()
    return [state, x.grad.isnan(), L.is_anomaly_enabled(), L.is_anomaly_check_nan_enabled()]


@in_both
def test_as_a_call_and_nested(L):
    L.autograd.set_detect_anomaly(True)
    seen = [L.is_anomaly_enabled()]
    with L.autograd.set_detect_anomaly(False):
        seen.append(L.is_anomaly_enabled())
    seen.append(L.is_anomaly_enabled())
    L.set_anomaly_enabled(False)
    return [*seen, L.is_anomaly_enabled()]


@both
def test_detect_anomaly_says_that_it_is_slow(L):
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled. This mode will increase the runtime"):
        mode = L.autograd.detect_anomaly()
    before = L.is_anomaly_enabled()
    with mode:
        inside = L.is_anomaly_enabled()
    assert [before, inside, L.is_anomaly_enabled()] == [False, True, False]


def test_nothing_is_said_when_all_is_well():
    x = mt.tensor([4.0], requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mt.autograd.set_detect_anomaly(True):
            (mt.sqrt(x) * x.argmax()).backward()
    assert x.grad.tolist() == [0.0]
