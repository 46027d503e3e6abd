"""Cross-entropy and negative log-likelihood against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch.nn.functional as TF

import minitorch_cv as mt
import minitorch_cv.nn.functional as F
from tests import reference_losses as reference
from tests.checks import assert_close, check_error, check_op, normal, ours_of, rng, theirs_of

NAN, INF = math.nan, math.inf
REDUCTIONS = ["none", "mean", "sum"]
SHAPES = [(5,), (4, 3), (1, 2), (3, 4, 2), (2, 3, 4, 5), (2, 3, 2, 1, 2), (3, 1)]
LOSSES = ["cross_entropy", "nll_loss"]


def labels_for(shape: tuple, ignored: bool = False) -> np.ndarray:
    """Labels of every position; with `ignored` the second and every third after it is -100."""
    positions = () if len(shape) == 1 else (shape[0], *shape[2:])
    labels = rng(3).integers(0, shape[min(len(shape) - 1, 1)], positions)
    if ignored:
        labels = labels.copy()
        labels.reshape(-1)[1::3] = -100
    return labels


def weight_for(shape: tuple) -> np.ndarray:
    return rng(4).uniform(0.1, 2.0, shape[min(len(shape) - 1, 1)])


def check(
    name: str, inputs: list, grad_inputs: list | None = None, loop: bool = True, smooth: bool = True, **kwargs
) -> None:
    """check_op of the function of that name; inputs are input, target and perhaps weight."""
    options = {"finite_differences": loop and smooth, "grad_inputs": grad_inputs}
    if loop:
        options["reference"] = partial(getattr(reference, name.removesuffix("_loss")), **kwargs)
    check_op(partial(getattr(F, name), **kwargs), partial(getattr(TF, name), **kwargs), inputs, **options)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", LOSSES)
def test_class_indices(name, shape, reduction):
    x = normal(*shape) * 3 if name == "cross_entropy" else -np.abs(normal(*shape) * 3)
    for ignored in (False, True):
        labels = labels_for(shape, ignored and len(shape) > 1)
        check(name, [x, labels], reduction=reduction)
        check(name, [x, labels, weight_for(shape)], grad_inputs=[0], reduction=reduction)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("label_smoothing", [0.1, 1.0])
def test_label_smoothing(shape, label_smoothing, reduction):
    kwargs = {"label_smoothing": label_smoothing, "reduction": reduction}
    x, labels = normal(*shape) * 3, labels_for(shape, len(shape) > 1)
    check("cross_entropy", [x, labels], **kwargs)
    check("cross_entropy", [x, labels, weight_for(shape)], grad_inputs=[0], **kwargs)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_class_probabilities(shape, label_smoothing, reduction):
    kwargs = {"label_smoothing": label_smoothing, "reduction": reduction}
    x, target = normal(*shape) * 3, rng(5).uniform(0, 1, shape)
    check("cross_entropy", [x, target], **kwargs)
    check("cross_entropy", [x, target], grad_inputs=[1], **kwargs)
    check("cross_entropy", [x, target, weight_for(shape)], **kwargs)
    check("cross_entropy", [x, target, weight_for(shape)], grad_inputs=[2], **kwargs)


def test_class_probabilities_promote():
    x, target, weight = normal(4, 3), rng(5).uniform(0, 1, (4, 3)), weight_for((4, 3))
    for dtypes in (
        ("float32", "float64", "float32"),
        ("float64", "float32", "float32"),
        ("float32",) * 2 + ("float64",),
    ):
        arrays = [a.astype(d) for a, d in zip((x, target, weight), dtypes)]
        theirs = TF.cross_entropy(*map(theirs_of, arrays))
        assert_close(F.cross_entropy(*map(ours_of, arrays)), theirs, 1e-6, str(dtypes))


@pytest.mark.parametrize("name", LOSSES)
def test_ignore_index(name):
    x, labels = normal(6, 3), np.array([0, 1, 2, 1, 1, 0])
    for ignore_index in (0, 1, -1, 255):
        some = np.where(labels == 1, ignore_index, labels) if not 0 <= ignore_index < 3 else labels
        check(name, [x, some], ignore_index=ignore_index)
    check(name, [x, labels.astype(np.uint8)], ignore_index=1)
    check(name, [x, np.where(labels == 1, 255, labels).astype(np.uint8)], ignore_index=255)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_all_ignored(name, reduction):
    for shape in [(3, 4), (2, 3, 2)]:
        labels = np.full_like(labels_for(shape), -100)
        check(name, [normal(*shape), labels], loop=False, reduction=reduction)
        check(name, [normal(*shape), labels, weight_for(shape)], [0], loop=False, reduction=reduction)
    if name == "cross_entropy":
        check(name, [normal(3, 4), np.full(3, -100)], loop=False, reduction=reduction, label_smoothing=0.1)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_empty_batch(name, reduction):
    check(name, [np.zeros((0, 3)), np.zeros(0, np.int64)], loop=False, reduction=reduction)
    check(name, [np.zeros((0, 3, 2, 2)), np.zeros((0, 2, 2), np.int64)], loop=False, reduction=reduction)
    if name == "cross_entropy":
        check(name, [np.zeros((0, 3)), np.zeros((0, 3))], loop=False, reduction=reduction)
        check(name, [np.zeros((2, 0)), np.zeros((2, 0))], loop=False, reduction=reduction)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_extreme_logits(label_smoothing):
    rows = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 0], [1e4, 1e4, 1e4], [-1e4, -1e4, -1e4], [1e4, 0, -1e4]])
    labels = np.array([0, 0, 1, 2, 2])
    for target in (labels, np.eye(3)[labels]):
        for reduction in REDUCTIONS:
            kwargs = {"label_smoothing": label_smoothing, "reduction": reduction}
            check("cross_entropy", [rows, target], smooth=False, **kwargs)
    assert np.isfinite(F.cross_entropy(ours_of(rows), ours_of(labels)).array)


@pytest.mark.parametrize("name", LOSSES)
def test_nan_and_infinity(name):
    rows = np.array([[NAN, 1, 2], [-INF, 1, 0], [2, -INF, 3], [INF, 1, 2], [NAN, 0, 0], [1, 2, 3]])
    labels = np.array([1, 0, 2, 0, -100, 2])
    for reduction in REDUCTIONS:
        check(name, [rows, labels], loop=False, reduction=reduction)
        check(name, [rows, labels, np.array([0.0, 1.0, 2.0])], [0], loop=False, reduction=reduction)
    if name == "cross_entropy":
        check(name, [rows, labels], loop=False, reduction="none", label_smoothing=0.1)
        check(name, [rows, np.eye(3)[np.abs(labels) % 3]], loop=False, reduction="none")


@pytest.mark.parametrize("name", LOSSES)
def test_weights_that_are_all_zero(name):
    check(name, [normal(2, 2), np.array([0, 0]), np.array([0.0, 1.0])], [0], loop=False)


@pytest.mark.parametrize("name", LOSSES)
def test_one_label_in_a_dimension(name):
    x, label = normal(4), np.array([2])
    for reduction in REDUCTIONS:
        loop = partial(getattr(reference, name.removesuffix("_loss")), reduction=reduction)
        ours = partial(getattr(F, name), reduction=reduction)
        check_op(ours, None, [x, label], reference=loop)  # PyTorch's backward raises here
        theirs = getattr(TF, name)(theirs_of(x), theirs_of(label), reduction=reduction)
        assert_close(ours(ours_of(x), ours_of(label)), theirs, 1e-13, reduction)


@pytest.mark.parametrize("name", LOSSES)
def test_legacy_arguments(name):
    x, labels = normal(4, 3), labels_for((4, 3))
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        ours = getattr(F, name)(ours_of(x), ours_of(labels), size_average=False)
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        assert_close(ours, getattr(TF, name)(theirs_of(x), theirs_of(labels), size_average=False), 1e-13, name)


def test_cross_entropy_is_nll_loss_of_log_softmax():
    x, labels = ours_of(normal(7, 4), True), ours_of(labels_for((7, 4)))
    F.cross_entropy(x, labels).backward()
    grad = x.grad.array.copy()
    x.grad = None
    F.nll_loss(F.log_softmax(x, 1), labels).backward()
    np.testing.assert_allclose(x.grad.array, grad, atol=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_a_changed_target_is_noticed(name):
    x, labels = ours_of(normal(4, 3), True), ours_of(labels_for((4, 3)))
    loss = getattr(F, name)(x, labels)
    labels.add_(0)
    check_error(RuntimeError, "modified by an inplace operation", loss.backward)


@pytest.mark.parametrize("name", LOSSES)
def test_second_backward(name):
    loss = getattr(F, name)(ours_of(normal(4, 3), True), ours_of(labels_for((4, 3))))
    loss.backward(retain_graph=True)
    loss.backward()
    check_error(RuntimeError, "backward through the graph a second time", loss.backward)


@pytest.mark.parametrize("name", LOSSES)
def test_label_errors(name):
    loss = getattr(F, name)
    x, image = ours_of(normal(3, 4)), ours_of(normal(2, 3, 4, 5))
    row = ours_of(normal(4))

    def labels(*values, dtype=np.int64):
        return ours_of(np.array(values, dtype))

    for bad in (10, 4, -1):
        message = f"Target {bad} is out of bounds. {name}: expected 0 <= target < 4"
        check_error(IndexError, message, loss, x, labels(0, 1, bad))
        check_error(IndexError, message, loss, row, ours_of(np.array(bad)))
    check_error(IndexError, r"Target 7 .*< 3.*input \[2, 3, 4, 5\]", loss, image, ours_of(np.full((2, 4, 5), 7)))
    check_error(IndexError, "Target 0 is out of bounds", loss, ours_of(np.zeros((1, 0))), labels(0))
    for dtype, found in ((np.float64, "Double"), (np.int32, "Int"), (bool, "Bool"), (np.int8, "Char")):
        message = (
            f"expected target dtype to be Long or Byte, but got {found} .*expected scalar type Long but found {found}"
        )
        check_error(RuntimeError, message, loss, x, labels(0, 1, 2, dtype=dtype))
    batch = rf"{name}: Expected input batch_size \(3\) to match target batch_size \(2\): input \[3, 4\], target \[2\]"
    check_error(ValueError, batch, loss, x, labels(0, 1))
    check_error(ValueError, r"target batch_size \(0\)", loss, x, ours_of(np.array(1)))
    check_error(
        ValueError, r"batch_size \(2\) to match target batch_size \(3\)", loss, image, ours_of(np.ones((3, 4, 5), int))
    )
    multi = "0D or 1D target tensor expected, multi-target not supported"
    check_error(RuntimeError, multi, loss, x, ours_of(np.ones((3, 2), int)))
    check_error(RuntimeError, multi, loss, row, ours_of(np.ones((1, 1), int)))
    check_error(ValueError, "For 1D input, 1D target must have size 1, but got target size: 2", loss, row, labels(1, 2))
    size = r"Expected target size \[2, 4, 5\], got \[2, 4, 6\]"
    check_error(RuntimeError, size, loss, image, ours_of(np.ones((2, 4, 6), int)))
    check_error(
        RuntimeError, r"Expected target size \[2, 4, 5\], got \[2, 4\]", loss, image, ours_of(np.ones((2, 4), int))
    )
    good = labels(0, 1, 2)
    for shape in ((3,), (4, 1), ()):
        defined = f"defined either for all 4 classes or no classes but got weight tensor of shape: {list(shape)}"
        check_error(
            RuntimeError, defined.replace("[", r"\[").replace("]", r"\]"), loss, x, good, ours_of(np.ones(shape))
        )
    single = ours_of(np.ones(4, np.float32))
    check_error(RuntimeError, "expected scalar type Double but found Float for weight", loss, x, good, single)
    check_error(RuntimeError, "with respect to argument 'weight'", loss, x, good, ours_of(np.ones(4), True))
    with mt.no_grad():
        loss(x, good, ours_of(np.ones(4), True))
    check_error(TypeError, "argument 'weight' must be Tensor, not list", loss, x, good, [1.0] * 4)
    check_error(TypeError, "argument 'target' must be Tensor, not list", loss, x, [0, 1, 2])
    check_error(ValueError, f"{name}: avg is not a valid value for reduction", loss, x, good, reduction="avg")
    check_error(RuntimeError, f"{name}: 'input' is int64; supported are float32 and float64", loss, good, good)


def test_errors_of_nll_loss():
    x, zero_d = ours_of(normal(3, 4)), ours_of(np.array(1.0))
    check_error(ValueError, r"Expected 1 or more dimensions \(got 0\)", F.nll_loss, zero_d, ours_of(np.array(1)))
    check_error(RuntimeError, "multi-target not supported", F.nll_loss, x, ours_of(np.ones((3, 4), int)))


def test_errors_of_cross_entropy():
    x, probabilities, zero_d = ours_of(normal(3, 4)), ours_of(np.ones((3, 4))), ours_of(np.array(1.0))
    integers = ours_of(np.ones((3, 4), int))
    check_error(RuntimeError, "Expected floating point type .*, got Long", F.cross_entropy, x, integers)
    check_error(IndexError, "Dimension specified as 1 but tensor has no dimensions", F.cross_entropy, zero_d, zero_d)
    unsupported = "ignore_index is not supported for floating point target"
    check_error(RuntimeError, unsupported, F.cross_entropy, x, probabilities, ignore_index=2)
    shape = r"all 4 classes or no classes but got weight tensor of shape: \[3\]"
    check_error(RuntimeError, shape, F.cross_entropy, x, probabilities, ours_of(np.ones(3)))
    for bad in (1.5, -0.1, NAN):
        message = f"label_smoothing must be between 0.0 and 1.0. Got: {bad}"
        check_error(RuntimeError, message, F.cross_entropy, x, probabilities, label_smoothing=bad)
    check_error(TypeError, "'label_smoothing' must be float", F.cross_entropy, x, probabilities, label_smoothing="1")
