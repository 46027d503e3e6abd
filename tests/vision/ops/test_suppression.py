"""Non-maximum suppression against a loop: torchvision's own is compiled, and not part of the torch of the tests."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torchvision

import minitorch_cv as mt
from minitorch_cv.vision import ops
from tests.checks import check_error, check_op, rng

THRESHOLDS = [0.0, 0.3, 0.5, 1.0]


def reference(boxes, scores, threshold, idxs=None):
    """As torchvision's C++ goes through them: from the highest score on, each drops those behind it."""
    order = sorted(range(len(boxes)), key=lambda i: -scores[i])  # which keeps the order of equal ones
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    dropped, kept = set(), []
    for rank, i in enumerate(order):
        if i in dropped:
            continue
        kept.append(i)
        for j in order[rank + 1 :]:
            w = max(min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0]), 0)
            h = max(min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1]), 0)
            union = areas[i] + areas[j] - w * h
            if (idxs is None or idxs[i] == idxs[j]) and union != 0 and w * h / union > threshold:
                dropped.add(j)
    return np.array(kept, np.int64)


def boxes_and_scores(count, whole, seed=0):
    """Random boxes that overlap; whole numbers with ties of scores and of overlaps, or any."""
    numbers = rng(seed)
    corners, sides = numbers.uniform(0, 20, (count, 2)), numbers.uniform(1, 12, (count, 2))
    scores = numbers.uniform(0, 1, count)
    if whole:
        corners, sides, scores = np.floor(corners), np.floor(sides), np.round(scores, 1)
    return np.concatenate([corners, corners + sides], 1), scores


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_nms(threshold, whole):
    for count in (0, 1, 2, 60):
        check_op(
            lambda b, s: ops.nms(b, s, threshold), None, boxes_and_scores(count, whole),
            reference=lambda b, s: reference(b, s, threshold), grad=False,
        )  # fmt: skip


@pytest.mark.parametrize("whole", [False, True])
def test_batched_nms(whole):
    boxes, scores = boxes_and_scores(60, whole)
    for idxs in (rng(1).integers(-3, 4, 60), rng(1).integers(0, 2, 60).astype(np.float64), np.zeros(60, np.int32)):
        check_op(
            lambda b, s, i: ops.batched_nms(b, s, i, 0.4), None, [boxes - 10, scores, idxs],
            reference=lambda b, s, i: reference(b, s, 0.4, i), grad=False,
        )  # fmt: skip


@pytest.mark.parametrize("shape, dtype", [((0, 4), "float32"), ((0,), "float32"), ((0, 4), "int64")])
def test_batched_nms_without_boxes(shape, dtype):
    for library, functions in ((mt, ops), (torch, torchvision.ops)):
        none = library.zeros(0)
        found = functions.batched_nms(library.zeros(*shape, dtype=getattr(library, dtype)), none, none, 0.5)
        assert found.tolist() == [] and str(found.dtype) == "torch.int64" and tuple(found.shape) == (0,)


def test_boxes_without_area_and_scores_that_tie():
    boxes = mt.tensor([[1.0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 2, 2]])
    assert ops.nms(boxes, mt.ones(5), 0.5).tolist() == [0, 1, 2, 3]  # 0/0 is no overlap, and 0.5 not more than 0.5
    assert ops.nms(boxes, mt.ones(5), 0.49).tolist() == [0, 1, 2]
    assert ops.nms(boxes, mt.tensor([0, mt.nan, 0.1, mt.inf, 0.2]), 0.49).tolist() == [1, 3, 0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_overlap_that_equals_the_threshold_is_not_more(dtype):
    """In the dtype of the boxes, as torchvision's; a processor that fuses multiply-adds may round some otherwise."""
    fell = 0
    for seed in range(200):
        numbers = rng(seed)
        corners = numbers.uniform(0, 1, (2, 2))
        boxes = mt.tensor(np.concatenate([corners, corners + numbers.uniform(1, 4, (2, 2))], 1).astype(dtype))
        overlap = ops.box_iou(boxes[:1], boxes[1:]).item()
        fell += len(ops.nms(boxes, boxes[:, 0], overlap)) == 1
        assert len(ops.nms(boxes, boxes[:, 0], overlap * (1 - 1e-6))) == 1
    assert fell <= 20


def test_no_gradient_and_no_change_of_the_inputs():
    boxes, scores = (mt.tensor(a, requires_grad=True) for a in boxes_and_scores(5, False))
    kept = ops.nms(boxes, scores, 0.5)
    assert kept.dtype is mt.int64 and not kept.requires_grad


B, S = mt.zeros(3, 4), mt.zeros(3)


@pytest.mark.parametrize(
    "match, call",
    [
        (r"nms: expected boxes \(N, 4\), got \[3, 5\]", lambda: ops.nms(mt.zeros(3, 5), S, 0.5)),
        (r"nms: expected boxes \(N, 4\), got \[4\]", lambda: ops.nms(mt.zeros(4), S, 0.5)),
        (
            r"nms: expected scores \(3,\), one for each of the boxes \[3, 4\], got \[2\]",
            lambda: ops.nms(B, S[:2], 0.5),
        ),
        (r"nms: expected scores \(3,\).* got \[3, 1\]", lambda: ops.nms(B, S[:, None], 0.5)),
        (r"batched_nms: expected idxs \(3,\).* got \[1\]", lambda: ops.batched_nms(B, S, mt.zeros(1), 0.5)),
        ("nms: 'boxes' is int64; supported are float32 and float64", lambda: ops.nms(B.long(), S, 0.5)),
        ("nms: expected all tensors to have the same dtype", lambda: ops.nms(B, S.double(), 0.5)),
    ],
)
def test_errors(match, call):
    check_error(RuntimeError, match, call)


def test_arguments_that_are_no_tensors():
    check_error(TypeError, r"nms\(\): argument 'scores' must be Tensor, not list", ops.nms, B, [1.0, 2, 3], 0.5)
    check_error(TypeError, "argument 'idxs' must be Tensor, not list", ops.batched_nms, B, S, [1, 2, 3], 0.5)
