"""Losses of numbers, of yes-or-no labels and of distributions, against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
import warnings
from functools import partial

import numpy as np
import pytest
import torch.nn.functional as TF

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from tests import reference_losses as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, rng, theirs_of, with_ties

NAN, INF = math.nan, math.inf
REDUCTIONS = ["none", "mean", "sum"]
REGRESSION = [
    ("mse_loss", {}, reference.mse),
    ("l1_loss", {}, reference.l1),
    ("smooth_l1_loss", {}, reference.smooth_l1),
    ("smooth_l1_loss", {"beta": 0.3}, partial(reference.smooth_l1, beta=0.3)),
    ("smooth_l1_loss", {"beta": 0}, reference.l1),
    ("huber_loss", {}, reference.huber),
    ("huber_loss", {"delta": 0.3}, partial(reference.huber, delta=0.3)),
]


def uniform(*shape: int, seed: int = 0) -> np.ndarray:
    """Probabilities away from 0 and 1."""
    return rng(seed).uniform(0.05, 0.95, shape)


def check(name: str, kwargs: dict, inputs: list, **options) -> None:
    """check_op of the function of that name in both libraries; ours raises no more warnings than theirs."""
    check_op(partial(getattr(F, name), **kwargs), partial(getattr(TF, name), **kwargs), inputs, **options)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name, kwargs, loop", REGRESSION)
def test_regression(name, kwargs, loop, reduction):
    kwargs = {**kwargs, "reduction": reduction}
    for shape in [(4, 3), (), (2, 3, 2)]:
        inputs = [normal(*shape), normal(*shape, seed=1)]
        check(name, kwargs, inputs, reference=partial(reference.elementwise, loop, reduction))
    check(name, kwargs, [with_ties(6, 4), with_ties(6, 4, seed=1) / 2], finite_differences=False)
    check(name, kwargs, [np.array([NAN, INF, -INF, 1e4, -1e4]), np.zeros(5)], finite_differences=False)
    check(name, kwargs, [np.zeros((0, 3)), np.zeros((0, 3))])


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_broadcasting_warns(name):
    x, t = normal(3, 4), normal(3, 1, seed=1)
    message = (
        r"Using a target size \(torch.Size\(\[3, 1\]\)\) that is different to the input size "
        r"\(torch.Size\(\[3, 4\]\)\). This will likely lead to incorrect results due to broadcasting. "
        "Please ensure they have the same size."
    )
    with pytest.warns(UserWarning, match=message) as caught:
        getattr(F, name)(ours_of(x), ours_of(t))
    assert [w.filename for w in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(name, {}, [x, t])
        check(name, {}, [t, x])


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_regression_weight(name, reduction):
    def run(library, x, t, w):
        return getattr(library, name)(x, t, weight=w, reduction=reduction)

    def loop(x, t, w):
        losses = reference.elementwise(getattr(reference, name.removesuffix("_loss")), "none", x, t) * w
        weighted_mean = reduction == "mean" and name != "huber_loss"
        return losses.sum() / w.sum() if weighted_mean else reference.reduce(losses, reduction)

    inputs = [normal(4, 3), normal(4, 3, seed=1), uniform(4, 3)]
    check_op(partial(run, F), partial(run, TF), inputs, reference=loop)
    check_op(partial(run, F), partial(run, TF), [*inputs[:2], np.arange(12).reshape(4, 3)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wide = [normal(4, 1), normal(4, 3, seed=1), uniform(4, 1)]
        check_op(partial(run, F), partial(run, TF), wide)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss"])
def test_regression_promotes(name):
    x = normal(3).astype(np.float32)
    for target in (np.arange(3), normal(3, seed=1)):
        results, grads = [], []
        for library, make in ((F, ours_of), (TF, theirs_of)):
            tensor = make(x, requires_grad=True)
            loss = getattr(library, name)(tensor, make(target))
            loss.backward()
            results.append(loss)
            grads.append(tensor.grad)
        assert_close(*results, 1e-6, "loss")
        assert_close(*grads, 1e-6, "gradient")
    integers, floats = np.arange(3), normal(3)
    theirs = getattr(TF, name)(theirs_of(integers), theirs_of(floats))
    assert_close(getattr(F, name)(ours_of(integers), ours_of(floats)), theirs, 1e-13, "integer input")


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy(reduction):
    name, kwargs = "binary_cross_entropy", {"reduction": reduction}
    inputs = [uniform(4, 3), uniform(4, 3, seed=1)]
    check(name, kwargs, inputs, reference=partial(reference.elementwise, reference.bce, reduction))
    for weight in (uniform(4, 3), uniform(3), np.array(2.0), np.arange(3)):
        check_op(
            lambda x, t, w: F.binary_cross_entropy(x, t, w, reduction=reduction),
            lambda x, t, w: TF.binary_cross_entropy(x, t, w, reduction=reduction),
            [*inputs, weight],
            grad_inputs=[0, 1],
            reference=partial(reference.elementwise, reference.bce, reduction),
        )
    check(name, kwargs, [np.zeros((0, 3)), np.zeros((0, 3))])


def test_binary_cross_entropy_cuts_logarithms_off():
    x, t = np.array([0.0, 0.0, 1.0, 1.0, 1e-38, 0.5]), np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
    loop = partial(reference.elementwise, reference.bce, "none")
    for dtypes, grad_inputs in ((("float32",), [0, 1]), (("float64",), [1])):
        # PyTorch's float64 gradient by input is capped at 1e-12 rounded to float32
        check("binary_cross_entropy", {"reduction": "none"}, [x, t], reference=loop, finite_differences=False,
              dtypes=dtypes, grad_inputs=grad_inputs)  # fmt: skip
    x = ours_of(x[:4], requires_grad=True)
    F.binary_cross_entropy(x, ours_of(t[:4]), reduction="sum").backward()
    np.testing.assert_allclose(x.grad.array, [-1e12, 0, 1e12, 0])


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_binary_cross_entropy_with_logits(reduction):
    name, kwargs = "binary_cross_entropy_with_logits", {"reduction": reduction}
    inputs = [normal(4, 3) * 3, uniform(4, 3, seed=1)]
    loop = partial(reference.elementwise, reference.bce_with_logits, reduction)
    check(name, kwargs, inputs, reference=loop)
    check(name, kwargs, [np.array([1e4, -1e4, 1e4, -1e4]), np.array([1.0, 1.0, 0.0, 0.0])], finite_differences=False)
    check(name, kwargs, [np.array([INF, -INF, NAN, INF]), np.array([1.0, 1.0, 0.0, 0.3])], finite_differences=False)
    check(name, kwargs, [np.zeros((0, 3)), np.zeros((0, 3))])
    for weight in (uniform(4, 3), uniform(3), np.array(2.0), np.arange(3)):
        for pos_weight in (None, uniform(3) * 4, np.arange(3)):
            check_op(
                lambda x, t, w, p: F.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=p),
                lambda x, t, w, p: TF.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=p),
                [*inputs, weight, pos_weight],
                grad_inputs=[0, 1],
                reference=lambda x, t, w, p: loop(x, t, w, np.array(1.0) if p is None else p),
            )


@pytest.mark.parametrize("dtypes", [("float32", "float64"), ("float64", "float32")])
def test_binary_cross_entropy_with_logits_has_the_targets_dtype(dtypes):
    x, t = normal(5).astype(dtypes[0]), uniform(5).astype(dtypes[1])
    theirs = TF.binary_cross_entropy_with_logits(theirs_of(x), theirs_of(t))
    assert_close(F.binary_cross_entropy_with_logits(ours_of(x), ours_of(t)), theirs, 1e-6, "loss")


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_soft_margin(reduction):
    signs = np.sign(normal(4, 3, seed=1))
    loop = partial(reference.elementwise, reference.soft_margin, reduction)
    for target in (signs, signs.astype(np.int64), signs[:1]):
        check("soft_margin_loss", {"reduction": reduction}, [normal(4, 3), target], grad_inputs=[0], reference=loop)
    x, t = np.array([1e4, 1e4, -1e4, NAN]), np.array([1.0, -1.0, 1.0, 1.0])
    check_op(  # where PyTorch overflows to infinity
        partial(F.soft_margin_loss, reduction=reduction),
        None,
        [x[:3], t[:3]],
        grad_inputs=[0],
        reference=loop,
        finite_differences=False,
    )
    check("soft_margin_loss", {"reduction": "none"}, [x[[0, 3]], t[[0, 3]]], grad_inputs=[0], finite_differences=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 3, 4)])
def test_multilabel_soft_margin(shape, reduction):
    x, t, w = normal(*shape) * 3, (normal(*shape, seed=1) > 0) * 1.0, uniform(shape[-1])
    kwargs = {"reduction": reduction}
    loop = reference.multilabel_soft_margin
    check("multilabel_soft_margin_loss", kwargs, [x, t], reference=partial(loop, **kwargs))
    check("multilabel_soft_margin_loss", kwargs, [x, t, w], reference=partial(loop, **kwargs))
    check("multilabel_soft_margin_loss", kwargs, [x, t.astype(np.int64)])
    check("multilabel_soft_margin_loss", kwargs, [np.full(shape, 1e4), t], finite_differences=False)
    check("multilabel_soft_margin_loss", kwargs, [np.full(shape, -1e4), t], finite_differences=False)


def test_multilabel_soft_margin_edges():
    check("multilabel_soft_margin_loss", {}, [normal(4, 3), uniform(3)])
    check("multilabel_soft_margin_loss", {}, [np.array([[INF, -INF, NAN]]), np.ones((1, 3))], finite_differences=False)
    for reduction in REDUCTIONS:
        check("multilabel_soft_margin_loss", {"reduction": reduction}, [np.zeros((0, 3)), np.zeros((0, 3))])
    check("multilabel_soft_margin_loss", {"reduction": "none"}, [np.zeros((2, 0)), np.zeros((2, 0))])


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.filterwarnings("ignore:reduction")
def test_kl_div(log_target, reduction):
    kwargs = {"reduction": reduction, "log_target": log_target}
    loss = reference.kl_of_logs if log_target else reference.kl

    def loop(x, t):
        if reduction == "batchmean":
            return reference.elementwise(loss, "sum", x, t) / x.shape[0]
        return reference.elementwise(loss, reduction, x, t)

    t = np.log(uniform(4, 3)) if log_target else uniform(4, 3)
    check("kl_div", kwargs, [normal(4, 3), t], reference=loop)
    check("kl_div", kwargs, [normal(4, 3), t[0]], reference=loop)
    check("kl_div", kwargs, [normal(3), t], reference=loop)
    check("kl_div", kwargs, [np.array(0.3), np.array(0.4)])
    check("kl_div", kwargs, [np.array([0.0, -INF, -INF, 1.0, NAN, 0.0]), np.array([0.0, 0.0, 0.4, -1.0, 1.0, NAN])],
          finite_differences=False)  # fmt: skip


def test_kl_div_warns_of_mean():
    x, t = normal(2, 3), uniform(2, 3)
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size, and aligns with the KL div math"):
        F.kl_div(ours_of(x), ours_of(t))
    with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
        ours = F.kl_div(ours_of(x), ours_of(t), size_average=False, reduction="batchmean")
    with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
        assert_close(ours, TF.kl_div(theirs_of(x), theirs_of(t), size_average=False, reduction="batchmean"), 1e-13, "")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("log_input", [True, False])
@pytest.mark.parametrize("full", [True, False])
def test_poisson_nll(log_input, full, reduction):
    kwargs = {"log_input": log_input, "full": full, "reduction": reduction}
    loop = partial(reference.elementwise, partial(reference.poisson, log_input=log_input, full=full), reduction)
    x, counts = uniform(4, 3) * 3, rng(1).integers(1, 6, (4, 3)).astype(float) + 0.5
    check("poisson_nll_loss", kwargs, [x, counts], reference=loop)
    check("poisson_nll_loss", kwargs, [x, counts[0]], reference=loop)
    check("poisson_nll_loss", kwargs, [x[0], counts], reference=loop)
    if not full:  # PyTorch takes the logarithm of integers in float32
        check("poisson_nll_loss", kwargs, [x, counts.astype(np.int64)])
    edges = [np.array([0.0, 1.0, 2.0, NAN]), np.array([1.0, 0.0, -1.0, 2.0])]
    check("poisson_nll_loss", kwargs, edges, finite_differences=False)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("full", [True, False])
def test_gaussian_nll(full, reduction):
    kwargs = {"full": full, "reduction": reduction}
    loop = partial(reference.elementwise, partial(reference.gaussian, full=full), reduction)
    x, t = normal(4, 3), normal(4, 3, seed=1)
    for var in (uniform(4, 3), uniform(4, 1), uniform(1, 3)):
        check("gaussian_nll_loss", kwargs, [x, t, var], reference=loop)
    check("gaussian_nll_loss", kwargs, [x, t, uniform(4)], reference=lambda x, t, v: loop(x, t, v[:, None]))
    check("gaussian_nll_loss", kwargs, [x, t[0], uniform(4, 3)], reference=loop)
    check("gaussian_nll_loss", kwargs, [x, t, 0.5], reference=lambda x, t, v: loop(x, t, np.array(v)))
    check("gaussian_nll_loss", {**kwargs, "eps": 0.5}, [x, t, np.full((4, 3), 0.25)], finite_differences=False)
    check("gaussian_nll_loss", kwargs, [x, t, np.zeros((4, 3))], finite_differences=False)


@pytest.mark.parametrize("arguments, reduction", [
    ({"size_average": False}, "sum"),
    ({"reduce": False}, "none"),
    ({"size_average": True, "reduction": "none"}, "mean"),
    ({"size_average": False, "reduce": False}, "none"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["l1_loss", "binary_cross_entropy", "kl_div", "poisson_nll_loss"])
def test_legacy_arguments(name, arguments, reduction):
    x, t = uniform(4, 3), uniform(4, 3, seed=1)
    message = f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead."
    with pytest.warns(UserWarning, match=message) as caught:
        ours = getattr(F, name)(ours_of(x), ours_of(t), **arguments)
    assert [w.filename for w in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_close(ours, getattr(TF, name)(theirs_of(x), theirs_of(t), **arguments), 1e-13, name)


def test_elementwise_mean_is_deprecated():
    with pytest.warns(UserWarning, match="reduction='elementwise_mean' is deprecated"):
        loss = F.mse_loss(ours_of(np.array([1.0, 3.0])), ours_of(np.zeros(2)), reduction="elementwise_mean")
    assert loss.item() == 5


def test_errors():
    x, t = ours_of(uniform(4, 3)), ours_of(uniform(4, 3, seed=1))
    narrow, integers = ours_of(uniform(4, 2)), ours_of(np.ones((4, 3), np.int64))
    single = ours_of(np.ones((4, 3), np.float32))
    weight = ours_of(uniform(4, 3), requires_grad=True)
    bce, logits = F.binary_cross_entropy, F.binary_cross_entropy_with_logits
    for name in ("mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss", "binary_cross_entropy", "soft_margin_loss",
                 "multilabel_soft_margin_loss", "kl_div", "poisson_nll_loss"):  # fmt: skip
        loss = getattr(F, name)
        check_error(ValueError, f"{name}: avg is not a valid value for reduction", loss, x, t, reduction="avg")
        check_error(TypeError, f"{name}.*: argument 'target' must be Tensor, not float", loss, x, 1.0, reduction="sum")
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        check_error(RuntimeError, f"{name}: 'input' is int64; supported", getattr(F, name), integers, integers)
        with pytest.warns(UserWarning, match="Using a target size"):
            check_error(RuntimeError, f"{name}: The size of tensor a", getattr(F, name), x, narrow)
    for name in ("mse_loss", "l1_loss", "huber_loss"):
        same_size = rf"{name}: Weights and input must have the same size, got \[4, 2\] and \[4, 3\]"
        check_error(ValueError, same_size, getattr(F, name), x, t, weight=narrow)
    check_error(RuntimeError, "does not support negative values for beta, got -1", F.smooth_l1_loss, x, t, beta=-1)
    check_error(RuntimeError, "does not support non-positive values for delta, got 0", F.huber_loss, x, t, delta=0)
    check_error(RuntimeError, "huber_loss: Found dtype Long but expected Double", F.huber_loss, x, integers)
    check_error(ValueError, r"Using a target size .*4, 2.* different to the input size .*4, 3", bce, x, narrow)
    check_error(RuntimeError, "Found dtype Long but expected Double", bce, x, integers)
    check_error(RuntimeError, "Found dtype Float but expected Double", bce, x, single)
    for bad in (1.5, -0.5, NAN):
        tensor = ours_of(np.array([bad]))
        fine = ours_of(np.array([0.5]))
        check_error(RuntimeError, f"elements of input should be between 0 and 1, got {bad}.*logits", bce, tensor, fine)
        check_error(RuntimeError, f"all elements of target should be between 0 and 1, got {bad}", bce, fine, tensor)
    check_error(RuntimeError, r"binary_cross_entropy: The size of tensor a \(2\) must match", bce, x, t, narrow)
    wide = ours_of(uniform(2, 4, 3))
    check_error(RuntimeError, r"shape \[4, 3\] doesn't match the broadcast shape \[2, 4, 3\]", bce, x, t, wide)
    check_error(RuntimeError, "not differentiable with respect to argument 'weight'", bce, x, t, weight)
    check_error(ValueError, r"Target size .*\[4, 2\].* must be the same as input size .*\[4, 3\]", logits, x, narrow)
    cast = "result type Double can't be cast to the desired output type Long"
    check_error(RuntimeError, cast, logits, x, integers)
    check_error(RuntimeError, "'target' is float16", logits, x, ours_of(np.ones((4, 3), np.float16)))
    check_error(RuntimeError, "respect to argument 'pos_weight'", logits, x, t, pos_weight=weight)
    check_error(RuntimeError, "The size of tensor a", logits, x, t, pos_weight=narrow)
    check_error(RuntimeError, "respect to argument 'target'", F.soft_margin_loss, x, weight)
    check_error(RuntimeError, "soft_margin_loss: The size of tensor a", F.soft_margin_loss, x, narrow)
    zero_d = ours_of(np.array(1.0))
    check_error(IndexError, "tensor has no dimensions", F.multilabel_soft_margin_loss, zero_d, zero_d)
    check_error(TypeError, "argument 'weight' must be Tensor", F.multilabel_soft_margin_loss, x, t, [1.0])
    check_error(TypeError, "argument 'weight' must be Tensor", bce, x, t, [1.0])
    check_error(TypeError, "argument 'weight' must be Tensor", F.mse_loss, x, t, weight=2.0)
    integral = "Integral inputs not supported: input is float64, target is int64"
    check_error(RuntimeError, integral, F.kl_div, x, integers, reduction="sum")
    gaussian = F.gaussian_nll_loss
    check_error(ValueError, "var has negative entry/entries, the least is -0.5", gaussian, x, t, -0.5)
    size = r"var is of incorrect size \[3\]; expected that of input, \[4, 3\]"
    check_error(ValueError, size, gaussian, x, t, ours_of(uniform(3)))
    check_error(ValueError, "var is of incorrect size", gaussian, x, t, narrow)
    check_error(ValueError, "avg is not a valid value", gaussian, x, t, t, reduction="avg")
    check_error(TypeError, "argument 'var' must be Tensor", gaussian, x, t, "1")
    with mt.no_grad():
        assert bce(x, t, weight).item() > 0  # without recording nothing asks for that gradient
