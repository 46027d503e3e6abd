"""gradcheck passes right gradients, and says of wrong ones which they are and what they look like."""

import warnings
from functools import partial

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from minitorch_cv.autograd import GradcheckError, gradcheck, gradgradcheck

from .both import in_both, raises_in_both, tensor


def random(*shape, seed=0):
    """A float64 tensor of normal numbers that requires a gradient."""
    return tensor(mt, np.random.default_rng(seed).standard_normal(shape), True)


def own(forward, backward):
    """A function of tensors with a backward(grad, *inputs) of its own."""

    def keep(ctx, *inputs):
        ctx.inputs = inputs
        return forward(*inputs)

    members = {
        "forward": staticmethod(keep),
        "backward": staticmethod(lambda ctx, *grads: backward(*grads, *ctx.inputs)),
    }
    return type("Own", (mt.autograd.Function,), members).apply


# ---- right gradients ----------------------------------------------------------------------------------------------


@in_both
def test_right_gradients_pass(L):
    x, y = tensor(L, [[1.0, 2.0], [3.0, 4.0]], True), tensor(L, [[0.5, 1.5]], True)
    check = L.autograd.gradcheck
    return [
        check(lambda x, y: x * y, (x, y)),
        check(lambda x, y: x * y, [x, y.detach()]),
        check(lambda x, n: x * n, (x, 3.0)),
        check(lambda x, i: x[i], (x, tensor(L, [0, 0], dtype="int64"))),
        check(lambda x: (x * 2, x.sum()), x),
        check(lambda x: [x.exp()], (x,)),
        check(lambda x: x, x),
        check(lambda x: (x * 2).long(), x),
        check(lambda x: (x * 2, x.argmax()), x),
        check(lambda x: x.t() * 2, x.t().detach().requires_grad_()),
        check(lambda x: x * 2, L.zeros(0, 2, dtype=L.float64, requires_grad=True)),
        check(lambda x: x.detach() * 0, x),
    ]


def test_inputs_and_grads_are_left_as_they_were():
    x = random(2, 3)
    before = x.array.copy()
    assert gradcheck(lambda x: x * x, x)
    np.testing.assert_array_equal(x.array, before)
    assert x.grad is None


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid", "sin", "sum", "sqrt", "softmax", "logsumexp"])
def test_operations_of_the_library_pass(name):
    x = tensor(mt, np.random.default_rng(1).uniform(0.5, 2.0, (2, 3)), True)
    arguments = (1,) if name in ("softmax", "logsumexp") else ()
    assert gradcheck(lambda x: getattr(x, name)(*arguments), x)


# ---- wrong gradients: where, and what they look like --------------------------------------------------------------


def test_the_message_names_input_element_values_and_deviation():
    def backward(grad, x, w):
        wrong = grad * x
        wrong[1, 2] = wrong[1, 2] + 10 * grad[1, 2]
        return grad * w, wrong

    message = (
        r"Jacobian mismatch for output 0 with respect to input 1, of shape \[2, 3\]: the largest deviation, 10, is at "
        r"element \(1, 2\) of the input, for element \(1, 2\) of the output: analytical 15, numerical 5 \(1 of 36 "
    )
    x, w = tensor(mt, np.arange(6.0).reshape(2, 3), True), random(2, 3)
    with pytest.raises(GradcheckError, match=message) as caught:
        gradcheck(own(lambda x, w: x * w, backward), (x, w))
    assert "What it looks like" not in str(caught.value)
    assert not gradcheck(own(lambda x, w: x * w, backward), (x, w), raise_exception=False)


def matmul_backward(grad_w):
    """The product of (4, 3) and (3, n), with a gradient of the second made by grad_w(grad, x)."""
    return own(lambda x, w: x @ w, lambda grad, x, w: (grad @ w.t(), grad_w(grad, x).reshape(w.shape)))


def added(grad_b):
    """(4, 3) plus (3,), with a gradient of the second made by grad_b(grad)."""
    return own(lambda x, b: x + b, lambda grad, x, b: (grad, grad_b(grad)))


def scaled(grad_x, forward=lambda x: x * 2):
    return own(forward, lambda grad, x: grad_x(grad, x))


WEIGHTS = np.arange(1.0, 19.0).reshape(2, 3, 3)


def weighted(grad_x):
    """An input times fixed weights, with a gradient grad_x(grad * weights)."""
    weights = tensor(mt, WEIGHTS)
    return own(lambda x: x * weights, lambda grad, x: grad_x(grad * weights))


@pytest.mark.parametrize(
    "looks_like, func, shapes",
    [
        ("backward gave no gradient .None. for this input", scaled(lambda g, x: None), [(2,)]),
        ("backward gave no gradient .None. for this input", added(lambda g: None), [(4, 3), (3,)]),
        ("the gradient is zero everywhere", scaled(lambda g, x: g * 0), [(2,)]),
        ("the sign is flipped", scaled(lambda g, x: -2 * g), [(2, 3)]),
        ("off by a constant factor: it is 1.5 times the expected one", scaled(lambda g, x: 3 * g), [(2, 3)]),
        ("off by a constant factor: it is 0.5 times", scaled(lambda g, x: g * x, lambda x: x * x), [(2,)]),
        ("transposed: rows and columns are exchanged", matmul_backward(lambda g, x: g.t() @ x), [(4, 3), (3, 3)]),
        ("transposed: rows and columns are exchanged", matmul_backward(lambda g, x: g.t() @ x), [(4, 3), (3, 2)]),
        (r"transposed: its dimensions \(0, 2, 1\) stand", weighted(lambda g: g.transpose(1, 2)), [(2, 3, 3)]),
        ("flipped along dimension 1, 2 .convolution and", weighted(lambda g: g.flip(1, 2)), [(2, 3, 3)]),
        ("flipped along dimension 2", weighted(lambda g: g.flip(2)), [(2, 3, 3)]),
        (
            "only row 0 of the output's 4 contributes: missing the sum over the batch",
            added(lambda g: g[0]),
            [(4, 3), (3,)],
        ),
        ("only row 3 of the output's 4 contributes", added(lambda g: g[3]), [(4, 3), (3,)]),
        (
            "it is 0.25 times the expected one, which is 1/4, the size of the batch: a mean where a sum belongs",
            added(lambda g: g.mean(0)),
            [(4, 3), (3,)],
        ),
        (
            "it is 4 times the expected one, which is the size of the batch: a sum where a mean belongs",
            scaled(lambda g, x: g.expand(4, 3), lambda x: x.mean(0)),
            [(4, 3)],
        ),
        (
            "it is 3 times the expected one, which is the size of a dimension: a sum where a mean belongs",
            scaled(lambda g, x: g.unsqueeze(1).expand(4, 3), lambda x: x.mean(1)),
            [(4, 3)],
        ),
        (
            "off by a constant factor: it is 5 times the expected one$",
            added(lambda g: g.sum(0) * 5),
            [(4, 3), (3,)],
        ),
    ],
)
def test_what_it_looks_like(looks_like, func, shapes):
    inputs = [random(*shape, seed=i) for i, shape in enumerate(shapes)]
    with pytest.raises(
        GradcheckError, match=r"Jacobian mismatch[\s\S]*What it looks like: .*" + looks_like.rstrip("$")
    ):
        gradcheck(func, inputs)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_gradients_that_are_not_finite(value):
    with pytest.raises(GradcheckError, match=f"the largest deviation, inf, .*analytical {value}, numerical 2"):
        gradcheck(scaled(lambda g, x: g * value + g), tensor(mt, [1.0], True))


def test_many_dimensions_are_not_searched():
    with pytest.raises(GradcheckError, match="Jacobian mismatch") as caught:
        gradcheck(scaled(lambda g, x: g.flip(0) * 2), random(2, 1, 2, 2, 2, 2))
    assert "What it looks like" not in str(caught.value)


@pytest.mark.parametrize(
    "match, scenario",
    [
        ("Jacobian mismatch for output 0 with respect to input 0", lambda L, x: x.clamp(min=2.0) + x.detach()),
        ("Numerical gradient for function expected to be zero", lambda L, x: x.detach() * 2),
        ("Numerical gradient for function expected to be zero", lambda L, x: (x.detach() * 0, x.data * 2)),
    ],
)
def test_errors_of_both_libraries(match, scenario):
    for L, error in ((mt, GradcheckError), (torch, torch.autograd.gradcheck.__globals__["GradcheckError"])):
        with pytest.raises(error, match=match):
            L.autograd.gradcheck(partial(scenario, L), tensor(L, [1.0, 3.0], True))


# ---- kinks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values, func, message",
    [
        (
            [[1.0, -1.0], [2.0, 0.0]],
            lambda x: x.relu(),
            r"kink at element \(1, 1\) of input 0, for element \(1, 1\) of output 0: the slope is 0 to the left and 1",
        ),
        (
            [3.0, 3.0, 1.0],
            lambda x: x.max(),
            r"kink at element \(0,\) .*slope is 0 to the left and 1.*, and 1 more like it",
        ),
        ([0.0, 2.0], lambda x: x.abs(), r"kink at element \(0,\) .*the slope is -1 to the left and 1 to the right"),
    ],
)
def test_kinks_are_named_and_accepted(values, func, message):
    with pytest.warns(UserWarning, match=message) as caught:
        assert gradcheck(func, tensor(mt, values, True))
    assert caught[0].filename == __file__


def test_a_gradient_that_is_not_between_the_slopes_at_a_kink_fails():
    relu = own(lambda x: x.relu(), lambda grad, x: grad * mt.where(x > 0, 1.0, mt.where(x < 0, 0.0, 7.0)))
    with pytest.warns(UserWarning, match="kink"), pytest.raises(GradcheckError, match=r"analytical 7, numerical 0\.5"):
        gradcheck(relu, tensor(mt, [1.0, 0.0, -1.0], True))


def test_curves_are_no_kinks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradcheck(lambda x: x**3 * 10 + x.exp(), tensor(mt, [-2.0, 0.0, 3.0], True))


# ---- inputs -------------------------------------------------------------------------------------------------------


@raises_in_both(ValueError, "gradcheck expects at least one input tensor to require gradient, but none of them have")
def test_an_input_has_to_require_grad(L):
    L.autograd.gradcheck(lambda x: x * 2, (tensor(L, [1.0]), 3.0))


@raises_in_both(
    RuntimeError, "The 0th input has a dimension with stride 0. gradcheck only supports inputs that are non-over"
)
def test_overlapping_inputs(L):
    L.autograd.gradcheck(lambda x: x * 2, tensor(L, [1.0]).expand(3).requires_grad_())


def test_float32_is_refused_unless_forced():
    x = mt.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(
        ValueError, match=r"input 0 is float32, which has 7 digits.*Use .double\(\).*force_float32=True"
    ):
        gradcheck(lambda x: x * x, x)
    assert gradcheck(lambda x: x * x, x, force_float32=True, eps=1e-2, atol=1e-2, rtol=1e-2)
    with pytest.raises(GradcheckError, match="sign is flipped"):
        gradcheck(scaled(lambda g, x: g * -2), x, force_float32=True, eps=1e-2, atol=1e-2, rtol=1e-2)
    with pytest.raises(ValueError, match="input 0 is float16; differences need float64"):
        gradcheck(lambda x: x * x, x.detach().half().requires_grad_(), force_float32=True)


@pytest.mark.parametrize("result", [3, None, {"a": 1}])
def test_func_gives_tensors(result):
    with pytest.raises(TypeError, match="gradcheck: func must return a Tensor or a tuple of Tensors, got"):
        gradcheck(lambda x: result, random(2))


# ---- functions that behave badly ----------------------------------------------------------------------------------


def test_a_function_that_is_not_deterministic():
    with pytest.raises(
        GradcheckError, match=r"func is not deterministic.*output 0 differs by up to .*dropout: .eval\(\)"
    ):
        gradcheck(lambda x: x * mt.rand(3, dtype=mt.float64), random(3))

    def seeded(x):
        mt.manual_seed(0)
        return x * mt.rand(3, dtype=mt.float64)

    assert gradcheck(seeded, random(3))


def test_a_backward_that_is_not_deterministic():
    noisy = scaled(lambda g, x: g * (2 + 1e-7 * mt.rand(2, dtype=mt.float64)))
    with pytest.raises(GradcheckError, match=r"Backward is not reentrant.*The tolerance for nondeterminism was 0\.0"):
        gradcheck(noisy, random(2))
    assert gradcheck(noisy, random(2), nondet_tol=1e-6)

    calls = []

    def sometimes(g, x):
        calls.append(1)
        return None if len(calls) > 1 else g * 0

    with pytest.raises(GradcheckError, match="Backward is not reentrant"):
        gradcheck(scaled(sometimes, lambda x: x * 0), random(1))


def test_a_backward_that_ignores_the_gradient():
    with pytest.raises(
        GradcheckError, match="backward not multiplied by grad_output: with gradients of the outputs that"
    ):
        gradcheck(scaled(lambda g, x: g * 0 + 2), random(1))


def test_a_backward_that_cannot_do_without_a_gradient():
    class Own(mt.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    message = "Expected backward function to handle undefined output grads.*raised TypeError"
    with pytest.raises(GradcheckError, match=message):
        gradcheck(Own.apply, random(2))
    assert gradcheck(Own.apply, random(2), check_undefined_grad=False)


@raises_in_both(RuntimeError, "a leaf Variable that requires grad is being used in an in-place operation")
def test_a_function_that_writes_to_its_input(L):
    L.autograd.gradcheck(lambda x: x.mul_(2), tensor(L, [1.0], True))


# ---- what is not supported ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option",
    [
        "check_grad_dtypes",
        "check_batched_grad",
        "check_batched_forward_grad",
        "check_forward_ad",
        "fast_mode",
        "masked",
    ],
)
def test_options_that_are_not_supported(option):
    with pytest.raises(NotImplementedError, match=f"gradcheck: {option}=True is not supported"):
        gradcheck(lambda x: x, random(1), **{option: True})


def test_nothing_to_check():
    with pytest.raises(ValueError, match="Expected at least one of check_forward_ad or check_backward_ad to be True"):
        gradcheck(lambda x: x, random(1), check_backward_ad=False)


def test_gradgradcheck_is_refused():
    with pytest.raises(
        NotImplementedError, match="gradgradcheck: gradients of gradients are out of this library's scope"
    ):
        gradgradcheck(lambda x: x * x, random(1))


def test_the_error_can_be_imported_as_pytorchs():
    from minitorch_cv.autograd.gradcheck import GradcheckError as imported

    assert imported is GradcheckError and issubclass(imported, RuntimeError)
