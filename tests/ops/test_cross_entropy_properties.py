"""What must hold for cross-entropy whatever the shapes, labels and settings."""

from __future__ import annotations

import numpy as np
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch_cv.nn.functional as F
from tests.checks import assert_close, ours_of, rng, theirs_of


@st.composite
def batches(draw) -> tuple:
    """Logits (N, C, d1, ...), labels of which some are -100, and a weight for each class or None."""
    n, classes = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    others = draw(st.lists(st.integers(1, 3), max_size=3))
    scale = draw(st.sampled_from([0.1, 1.0, 100.0]))
    generator = rng(draw(st.integers(0, 1000)))
    labels = generator.integers(0, classes, (n, *others))
    labels = np.where(generator.random(labels.shape) < draw(st.sampled_from([0.0, 0.3])), -100, labels)
    weight = generator.uniform(0.1, 2, classes) if draw(st.booleans()) else None
    return generator.standard_normal((n, classes, *others)) * scale, labels, weight


SMOOTHING = st.sampled_from([0.0, 0.1, 1.0])
REDUCTION = st.sampled_from(["none", "mean", "sum"])


@given(batches(), SMOOTHING, REDUCTION)
@settings(max_examples=60, deadline=None)
def test_like_pytorch(batch, label_smoothing, reduction):
    x, labels, weight = batch
    kwargs = {"label_smoothing": label_smoothing, "reduction": reduction}
    losses, grads = [], []
    for library, make in ((F, ours_of), (TF, theirs_of)):
        logits = make(x, requires_grad=True)
        loss = library.cross_entropy(logits, make(labels), None if weight is None else make(weight), **kwargs)
        loss.sum().backward()
        losses.append(loss)
        grads.append(logits.grad)
    assert_close(*losses, 1e-13, "loss")
    assert_close(*grads, 1e-12, "gradient")


@given(batches(), SMOOTHING)
@settings(max_examples=30, deadline=None)
def test_a_constant_added_to_all_logits_changes_nothing(batch, label_smoothing):
    x, labels, _ = batch
    before = F.cross_entropy(ours_of(x), ours_of(labels), label_smoothing=label_smoothing)
    after = F.cross_entropy(ours_of(x + 1024.0), ours_of(labels), label_smoothing=label_smoothing)
    np.testing.assert_allclose(after.array, before.array, rtol=1e-9, atol=1e-9)


@given(batches(), SMOOTHING, REDUCTION)
@settings(max_examples=30, deadline=None)
def test_the_gradient_sums_to_zero_over_the_classes(batch, label_smoothing, reduction):
    x, labels, weight = batch
    labels = np.where(labels == -100, 0, labels)
    logits = ours_of(x, requires_grad=True)
    chosen = None if weight is None else ours_of(weight)
    loss = F.cross_entropy(logits, ours_of(labels), chosen, reduction=reduction, label_smoothing=label_smoothing)
    loss.sum().backward()
    np.testing.assert_allclose(logits.grad.array.sum(axis=1), 0, atol=1e-12)


@given(batches(), SMOOTHING, st.sampled_from(["none", "sum"]))
@settings(max_examples=30, deadline=None)
def test_labels_are_probabilities_of_one_class(batch, label_smoothing, reduction):
    x, labels, weight = batch
    labels = np.where(labels == -100, 0, labels)
    one_hot = np.moveaxis(np.eye(x.shape[1])[labels], -1, 1)
    chosen = None if weight is None else ours_of(weight)
    kwargs = {"reduction": reduction, "label_smoothing": label_smoothing}
    by_index = F.cross_entropy(ours_of(x), ours_of(labels), chosen, **kwargs)
    by_probability = F.cross_entropy(ours_of(x), ours_of(one_hot), chosen, **kwargs)
    np.testing.assert_allclose(by_probability.array, by_index.array, rtol=1e-12, atol=1e-12)
