"""Operations on boxes against torchvision's, and against the sums of their pixels."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torchvision.ops

import minitorch_cv as mt
from minitorch_cv.vision import ops
from tests.checks import check_error, check_op, normal, ours_of, rng, theirs_of

FORMATS = ["xyxy", "xywh", "cxcywh"]
OVERLAPS = ["box_iou", "generalized_box_iou", "distance_box_iou"]


def boxes_of(*shape, seed=0):
    """Random boxes (..., 4) as corners, some of which overlap."""
    numbers = rng(seed)
    corners, sides = numbers.uniform(-4, 6, (*shape, 2)), numbers.uniform(0.5, 7, (*shape, 2))
    return np.concatenate([corners, corners + sides], -1)


def arguments(function):
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", [name for name in ops.__all__ if name.islower()])
def test_functions_take_torchvisions_arguments(name):
    assert arguments(getattr(ops, name)) == arguments(getattr(torchvision.ops, name))


@pytest.mark.parametrize("name", [name for name in ops.__all__ if not name.islower()])
def test_classes_take_torchvisions_arguments(name):
    ours, theirs = arguments(getattr(ops, name)), arguments(getattr(torchvision.ops, name))
    assert [a[:2] for a in ours] == [a[:2] for a in theirs]
    for (_, _, one), (_, _, two) in zip(ours, theirs, strict=True):
        assert one == two or one.__name__ == two.__name__


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (0,), ()])
def test_box_area(fmt, shape):
    check_op(
        lambda b: ops.box_area(b, fmt), lambda b: torchvision.ops.box_area(b, fmt), [boxes_of(*shape)],
        reference=(lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])) if fmt == "xyxy" else None,
    )  # fmt: skip


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float16"])
def test_other_dtypes_are_taken_as_larger_ones(dtype):
    """No product overflows."""
    boxes = np.array([[0, 0, 200, 120], [10, 5, 110, 100]]).astype(dtype)
    for function in (
        lambda library, b: library.box_area(b),
        lambda library, b: library.generalized_box_iou_loss(b, b.flip(0)),
        *([] if dtype == "float16" else [lambda library, b: library.box_iou(b, b)]),
    ):
        ours, theirs = function(ops, ours_of(boxes)), function(torchvision.ops, theirs_of(boxes))
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


@pytest.mark.parametrize("in_fmt", FORMATS)
@pytest.mark.parametrize("out_fmt", FORMATS)
def test_box_convert(in_fmt, out_fmt):
    for shape in ((5,), (2, 0), ()):
        check_op(
            lambda b: ops.box_convert(b, in_fmt, out_fmt),
            lambda b: torchvision.ops.box_convert(b, in_fmt, out_fmt),
            [boxes_of(*shape)],
        )
    boxes = ours_of(boxes_of(5))
    there = ops.box_convert(boxes, in_fmt, out_fmt)
    assert there is not boxes
    np.testing.assert_allclose(ops.box_convert(there, out_fmt, in_fmt).array, boxes.array, rtol=1e-12)
    whole = np.array([[1, 2, 6, 7]])
    ours = ops.box_convert(ours_of(whole), in_fmt, out_fmt)
    theirs = torchvision.ops.box_convert(theirs_of(whole), in_fmt, out_fmt)
    assert ours.tolist() == theirs.tolist() and str(ours.dtype) == str(theirs.dtype)


@pytest.mark.parametrize("name", OVERLAPS)
@pytest.mark.parametrize("shapes", [((4,), (3,)), ((2, 1), (2, 5)), ((0,), (3,)), ((3,), (0,)), ((), (3,))])
def test_overlap(name, shapes):
    one, two = boxes_of(*shapes[0]), boxes_of(*shapes[1], seed=1)
    check_op(
        getattr(ops, name), getattr(torchvision.ops, name), [one, two],
        reference=by_loops if name == "box_iou" and one.ndim == 2 else None,
    )  # fmt: skip


def by_loops(boxes1, boxes2):
    """box_iou, two boxes at a time."""
    found = np.zeros((len(boxes1), len(boxes2)))
    for i, (x1, y1, x2, y2) in enumerate(boxes1):
        for j, (x3, y3, x4, y4) in enumerate(boxes2):
            both = max(min(x2, x4) - max(x1, x3), 0) * max(min(y2, y4) - max(y1, y3), 0)
            found[i, j] = both / ((x2 - x1) * (y2 - y1) + (x4 - x3) * (y4 - y3) - both)
    return found


@pytest.mark.parametrize("fmt", FORMATS)
def test_box_iou_of_other_formats(fmt):
    one, two = (np.abs(boxes_of(n, seed=n)) + 0.1 for n in (4, 3))
    check_op(lambda a, b: ops.box_iou(a, b, fmt), lambda a, b: torchvision.ops.box_iou(a, b, fmt), [one, two])


@pytest.mark.parametrize("name", OVERLAPS)
def test_boxes_that_are_equal_touch_or_have_no_area(name):
    boxes = np.array([[0.0, 0, 2, 2], [0, 0, 2, 2], [2, 0, 4, 2], [1, 1, 1, 1], [3, 3, 1, 1]])
    check_op(getattr(ops, name), getattr(torchvision.ops, name), [boxes, boxes], grad=True, finite_differences=False)


def test_clip_boxes_to_image():
    for shape in ((6,), (2, 3), (0,)):
        check_op(
            lambda b: ops.clip_boxes_to_image(b, (5, 3)),
            lambda b: torchvision.ops.clip_boxes_to_image(b, (5, 3)),
            [boxes_of(*shape)],
        )
    check_op(
        lambda b: ops.clip_boxes_to_image(b, (5, 3)), lambda b: torchvision.ops.clip_boxes_to_image(b, (5, 3)),
        [np.array([[-2, 1, 9, 4]])], grad=False,
    )  # fmt: skip


def test_remove_small_boxes():
    boxes = np.array([[0.0, 0, 3, 2], [0, 0, 1.9, 9], [5, 5, 5, 5], [1, 1, 3, 3], [4, 4, 2, 2]])
    for arrays in (boxes, np.zeros((0, 4)), np.concatenate([boxes, boxes[:, :1]], 1)):
        check_op(
            lambda b: ops.remove_small_boxes(b, 2), lambda b: torchvision.ops.remove_small_boxes(b, 2),
            [arrays], grad=False,
        )  # fmt: skip


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float64])
def test_masks_to_boxes(dtype):
    masks = np.zeros((5, 6, 7), dtype)
    masks[0, 2:4, 1:6] = 1
    masks[1, 5, 6] = 1
    masks[2, 0, 0] = masks[2, 3, 4] = 1
    masks[4] = 1
    for found in (masks, masks[:0], masks[:, :0], masks[:, 2:3]):
        ours, theirs = ops.masks_to_boxes(ours_of(found)), torchvision.ops.masks_to_boxes(theirs_of(found))
        assert ours.dtype is mt.float32 and ours.tolist() == theirs.tolist() and ours.shape == theirs.shape
    assert ops.masks_to_boxes(ours_of(masks))[0].tolist() == [1, 2, 5, 3]


@pytest.mark.parametrize("name", ["generalized_box_iou_loss", "distance_box_iou_loss"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_losses(name, reduction):
    ours, theirs = getattr(ops, name), getattr(torchvision.ops, name)
    for shape in ((6,), (0,), ()):
        one, two = boxes_of(*shape), boxes_of(*shape, seed=1)
        check_op(lambda a, b: ours(a, b, reduction, 1e-3), lambda a, b: theirs(a, b, reduction, 1e-3), [one, two])
    for shape in ((1,), ()):  # one box against many
        one, two = boxes_of(5), boxes_of(*shape, seed=1)
        check_op(lambda a, b: ours(a, b, reduction), lambda a, b: theirs(a, b, reduction), [one, two])
    same = (
        np.array([[0.0, 0, 2, 2], [0, 0, 2, 2], [1, 1, 1, 1]]),
        np.array([[0.0, 0, 2, 2], [2, 0, 4, 2], [1, 1, 1, 1]]),
    )
    check_op(lambda a, b: ours(a, b, reduction), lambda a, b: theirs(a, b, reduction), same, finite_differences=False)


@pytest.mark.parametrize("alpha, gamma", [(0.25, 2), (0.6, 0), (-1, 1.5), (0, 1)])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_sigmoid_focal_loss(alpha, gamma, reduction):
    targets = (normal(4, 3, seed=1) > 0).astype(np.float64)

    def reference(x, t):
        p = 1 / (1 + np.exp(-np.where(t == 1, x, -x)))
        losses = -((1 - p) ** gamma) * np.log(p) * (1 if alpha < 0 else np.where(t == 1, alpha, 1 - alpha))
        return {"none": losses, "mean": losses.mean(), "sum": losses.sum()}[reduction]

    check_op(
        lambda x, t: ops.sigmoid_focal_loss(x, t, alpha, gamma, reduction),
        lambda x, t: torchvision.ops.sigmoid_focal_loss(x, t, alpha, gamma, reduction),
        [normal(4, 3) * 3, targets], reference=reference, grad_inputs=[0],
    )  # fmt: skip


def test_sigmoid_focal_loss_of_other_shapes_and_of_soft_labels():
    for shape in ((), (0, 3), (2, 1, 3)):
        check_op(ops.sigmoid_focal_loss, torchvision.ops.sigmoid_focal_loss, [normal(*shape), np.ones(shape) * 0.3])


CORNERS = mt.ones(3, 4)
SHAPE = r"expected {} \(..., 4\), four numbers for each box in the last dimension, got \[3, {}\]"


@pytest.mark.parametrize(
    "error, match, call",
    [
        (ValueError, f"box_area: {SHAPE.format('boxes', 3)}", lambda: ops.box_area(mt.ones(3, 3))),
        (ValueError, "area for given format xyx; .* xyxy, xywh, cxcywh", lambda: ops.box_area(CORNERS, "xyx")),
        (TypeError, r"box_area\(\): argument 'boxes' must be Tensor, not list", lambda: ops.box_area([[1, 2, 3, 4]])),
        (ValueError, f"box_iou: {SHAPE.format('boxes2', 5)}", lambda: ops.box_iou(CORNERS, mt.ones(3, 5))),
        (IndexError, r"box_iou: expected boxes2 \(..., N, 4\), got one box", lambda: ops.box_iou(CORNERS, mt.ones(4))),
        (IndexError, "got one box: give it as boxes2", lambda: ops.distance_box_iou(CORNERS, mt.ones(4))),
        (ValueError, "Unsupported format 'x'. box_iou supports", lambda: ops.box_iou(CORNERS, CORNERS, "x")),
        (ValueError, "distance_box_iou: expected boxes1", lambda: ops.distance_box_iou(mt.ones(3, 5), CORNERS)),
        (
            NotImplementedError,
            r"box_iou: rotated boxes \(xywhr\) are not supported; supported are xyxy, xywh, cxcywh",
            lambda: ops.box_iou(mt.ones(3, 5), mt.ones(3, 5), "xywhr"),
        ),
        (
            NotImplementedError,
            r"box_convert: rotated boxes \(xyxyxyxy\)",
            lambda: ops.box_convert(CORNERS, "xyxy", "xyxyxyxy"),
        ),
        (
            ValueError,
            "Conversions for given in_fmt xyxy and out_fmt yxyx; box_convert supports xyxy",
            lambda: ops.box_convert(CORNERS, "xyxy", "yxyx"),
        ),
        (ValueError, "box_convert: expected boxes", lambda: ops.box_convert(mt.ones(3, 5), "xyxy", "xywh")),
        (ValueError, "clip_boxes_to_image: expected", lambda: ops.clip_boxes_to_image(mt.ones(3, 6), (2, 2))),
        (ValueError, "remove_small_boxes: expected", lambda: ops.remove_small_boxes(mt.ones(()), 1)),
        (ValueError, r"masks \(N, H, W\), got \[3, 4\]", lambda: ops.masks_to_boxes(CORNERS)),
        (
            RuntimeError,
            r"expected as many boxes1 as boxes2, or one, got \[3, 4\] and \[2, 4\]",
            lambda: ops.generalized_box_iou_loss(CORNERS, CORNERS[:2]),
        ),
        (ValueError, "arg 'reduction': 'max'. Supp", lambda: ops.distance_box_iou_loss(CORNERS, CORNERS, "max")),
        (ValueError, "'reduction': 'max'", lambda: ops.sigmoid_focal_loss(CORNERS, CORNERS, reduction="max")),
        (ValueError, "Invalid alpha value: 2. alpha must be", lambda: ops.sigmoid_focal_loss(CORNERS, CORNERS, 2)),
        (
            ValueError,
            r"Target size .* must be the same as input size",
            lambda: ops.sigmoid_focal_loss(CORNERS, CORNERS[:1]),
        ),
    ],
)
def test_errors(error, match, call):
    check_error(error, match, call)


def test_nothing_that_torchvision_lacks():
    assert set(ops.__all__) < set(torchvision.ops.__all__)
