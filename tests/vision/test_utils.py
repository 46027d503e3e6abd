"""Grids, image files, boxes and masks against torchvision.utils."""

from __future__ import annotations

import inspect
import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageFont
from torchvision import utils as tv

import minitorch_cv as mt
from minitorch_cv.vision import utils
from tests.checks import normal, rng

BATCH = normal(7, 3, 5, 4).astype(np.float32)
PICTURE = rng(1).integers(0, 256, (3, 40, 50), np.uint8)
BOXES = np.array([[2, 3, 20, 30], [10, 12, 45, 39], [5, 5, 5, 5]])
MASKS = rng(2).random((2, 40, 50)) < 0.3


def ours(array):
    """A tensor of this library."""
    return mt.from_numpy(array.copy())


def theirs(array):
    """A tensor of PyTorch's."""
    return torch.from_numpy(array.copy())


def assert_same(found, expected):
    """The same numbers in the same dtype."""
    assert str(found.dtype) == str(expected.dtype)
    np.testing.assert_array_equal(found.numpy(), expected.numpy())


@pytest.mark.parametrize("name", ["make_grid", "save_image", "draw_bounding_boxes", "draw_segmentation_masks"])
def test_signatures(name):
    found, expected = (inspect.signature(getattr(module, name)).parameters.values() for module in (utils, tv))
    assert [(p.name, p.default, p.kind) for p in found] == [(p.name, p.default, p.kind) for p in expected]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"nrow": 3},
        {"nrow": 1, "padding": 0},
        {"nrow": 100, "padding": 5, "pad_value": 0.5},
        {"normalize": True},
        {"normalize": True, "scale_each": True},
        {"normalize": True, "value_range": (-1, 1)},
        {"normalize": True, "value_range": (-0.5, 0.5), "scale_each": True, "pad_value": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "images",
    [BATCH, BATCH[:, :1], BATCH[:1], BATCH[0], BATCH[0, :1], BATCH[0, 0], BATCH[:, :2]],
    ids=lambda a: str(a.shape),
)
def test_grid(images, options):
    mine = ours(images)
    assert_same(utils.make_grid(mine, **options), tv.make_grid(theirs(images), **options))
    np.testing.assert_array_equal(mine.numpy(), images)


def test_grid_of_lists_integers_and_channels_last():
    assert_same(utils.make_grid([ours(a) for a in BATCH]), tv.make_grid([theirs(a) for a in BATCH]))
    assert_same(
        utils.make_grid(ours(PICTURE)[None].repeat(3, 1, 1, 1)), tv.make_grid(theirs(PICTURE).repeat(3, 1, 1, 1))
    )
    last = mt.from_numpy(np.ascontiguousarray(BATCH.transpose(0, 2, 3, 1))).permute(0, 3, 1, 2)
    assert_same(utils.make_grid(last, normalize=True), tv.make_grid(theirs(BATCH), normalize=True))
    constant = np.ones((2, 1, 3, 3), np.float32)
    assert_same(utils.make_grid(ours(constant), normalize=True), tv.make_grid(theirs(constant), normalize=True))


def test_grid_has_no_graph():
    assert not utils.make_grid(ours(BATCH).requires_grad_(), normalize=True).requires_grad


def test_grid_errors():
    for module, of in ((utils, ours), (tv, theirs)):
        with pytest.raises(TypeError, match=r"tensor or list of tensors expected, got <class 'numpy\.ndarray'>"):
            module.make_grid(BATCH)
        with pytest.raises(TypeError, match="got a list containing <class 'int'>"):
            module.make_grid([of(BATCH[0]), 3])
        with pytest.raises(TypeError, match="value_range has to be a tuple"):
            module.make_grid(of(BATCH), normalize=True, value_range=[0, 1])
    with pytest.raises(ValueError, match=r"make_grid: expected images .* got \(1, 7, 3, 5, 4\)"):
        utils.make_grid(ours(BATCH[None]))


@pytest.mark.parametrize("options", [{}, {"nrow": 2, "padding": 1}, {"normalize": True}], ids=str)
def test_saved_images(options, tmp_path):
    for module, of in ((utils, ours), (tv, theirs)):
        module.save_image(of(BATCH), tmp_path / f"{module.__name__}.png", **options)
    with (
        Image.open(tmp_path / f"{utils.__name__}.png") as found,
        Image.open(tmp_path / f"{tv.__name__}.png") as expected,
    ):
        np.testing.assert_array_equal(np.array(found), np.array(expected))


def test_saving_into_a_file_object(tmp_path):
    buffer = io.BytesIO()
    utils.save_image(ours(BATCH), buffer, format="PNG")
    assert Image.open(buffer).size == (6 * 7 + 2, 5 + 4)
    with pytest.raises(ValueError, match="unknown file extension"):
        utils.save_image(ours(BATCH), tmp_path / "picture.nothing")
    assert not list(tmp_path.iterdir())


BOX_OPTIONS = [
    {},
    {"colors": "red", "width": 3},
    {"colors": ["#ff00ff", (1, 2, 3), "blue", "white"]},
    {"colors": (10, 20, 30), "fill": True},
    {"labels": ["a", "bcd", "e"], "fill": True},
    {"labels": ["a", "bcd", "e"], "label_colors": "green", "colors": "red"},
    {"labels": ["a", "bcd", "e"], "fill_labels": True},
    {"labels": ["a", "bcd", "e"], "fill_labels": True, "label_colors": ["red", "blue", "lime"]},
    {"labels": ["a", "bcd", "e"], "fill_labels": True, "label_background_colors": "yellow", "width": 2},
]


@pytest.mark.parametrize("image", [PICTURE, PICTURE[:1], (PICTURE / 255).astype(np.float32)], ids=["RGB", "L", "float"])
@pytest.mark.parametrize("options", BOX_OPTIONS, ids=str)
def test_boxes(options, image):
    mine = ours(image)
    found = utils.draw_bounding_boxes(mine, ours(BOXES), **options)
    assert_same(found, tv.draw_bounding_boxes(theirs(image), theirs(BOXES), **options))
    np.testing.assert_array_equal(mine.numpy(), image)
    floats = BOXES + 0.7
    found = utils.draw_bounding_boxes(mine, ours(floats), **options)
    assert_same(found, tv.draw_bounding_boxes(theirs(image), theirs(floats), **options))


def test_boxes_with_a_font():
    font = ImageFont.load_default(12)
    path = getattr(font, "path", None)
    if not isinstance(path, str):
        import matplotlib

        path = f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf"
    options = {"labels": ["a", "bcd", "e"], "font": path}
    for size in (None, 17):
        found = utils.draw_bounding_boxes(ours(PICTURE), ours(BOXES), font_size=size, **options)
        assert_same(found, tv.draw_bounding_boxes(theirs(PICTURE), theirs(BOXES), font_size=size, **options))


def test_box_warnings():
    for module, of in ((utils, ours), (tv, theirs)):
        with pytest.warns(UserWarning, match="boxes doesn't contain any box"):
            image = of(PICTURE)
            assert module.draw_bounding_boxes(image, of(np.zeros((0, 4)))) is image
        with pytest.warns(UserWarning, match="'font_size' will be ignored"):
            module.draw_bounding_boxes(of(PICTURE), of(BOXES), font_size=12)


BOX_ERRORS = [
    (PICTURE.astype(np.int64), BOXES, {}, ValueError, "image dtype must be uint8 or float"),
    (PICTURE[None], BOXES, {}, ValueError, "Pass individual images, not batches"),
    (PICTURE[:2], BOXES, {}, ValueError, "Only grayscale and RGB images are supported"),
    (PICTURE, BOXES[:, ::-1].copy(), {}, ValueError, r"Boxes need to be in \(xmin, ymin, xmax, ymax\) format"),
    (PICTURE, BOXES, {"labels": ["a"]}, ValueError, r"Number of boxes \(3\) and labels \(1\) mismatch"),
    (PICTURE, BOXES, {"colors": ["red"]}, ValueError, "but got 1 < 3"),
    (PICTURE, BOXES, {"colors": (1, 2)}, ValueError, "colors should be an RGB triplet"),
    (PICTURE, BOXES, {"colors": 7}, ValueError, "colors must be a tuple or a string, or a list thereof, but got 7"),
]


@pytest.mark.parametrize("image, boxes, options, error, message", BOX_ERRORS, ids=[case[-1] for case in BOX_ERRORS])
def test_box_errors(image, boxes, options, error, message):
    for module, of in ((utils, ours), (tv, theirs)):
        with pytest.raises(error, match=message):
            module.draw_bounding_boxes(of(image), of(boxes), **options)


def test_other_box_errors():
    for module, of in ((utils, ours), (tv, theirs)):
        with pytest.raises(TypeError, match=r"Tensor expected, got <class 'numpy\.ndarray'>"):
            module.draw_bounding_boxes(PICTURE, of(BOXES))
    with pytest.raises(ValueError, match=r"expected boxes \(N, 4\), got \(3, 3\)"):
        utils.draw_bounding_boxes(ours(PICTURE), ours(BOXES[:, :3]))


@pytest.mark.parametrize("image", [PICTURE, (PICTURE / 255).astype(np.float32)], ids=["uint8", "float"])
@pytest.mark.parametrize("options", [{}, {"alpha": 0.3, "colors": "red"}, {"colors": ["blue", (1, 2, 3)]}], ids=str)
@pytest.mark.parametrize("masks", [MASKS, MASKS[0]], ids=["many", "one"])
def test_masks(masks, options, image):
    found = utils.draw_segmentation_masks(ours(image), ours(masks), **options)
    expected = tv.draw_segmentation_masks(theirs(image), theirs(masks), **options)
    assert str(found.dtype) == str(expected.dtype)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-6)


def test_mask_errors_and_warning():
    for module, of in ((utils, ours), (tv, theirs)):
        for image, masks, message in (
            (PICTURE[:1], MASKS, "RGB"),
            (PICTURE, MASKS[None], r"masks must be of shape \(H, W\) or \(batch_size, H, W\)"),
            (PICTURE, MASKS.astype(np.uint8), "masks must be of dtype bool"),
            (PICTURE, MASKS[:, 1:], "must have the same height and width"),
        ):
            with pytest.raises(ValueError, match=message):
                module.draw_segmentation_masks(of(image), of(masks))
        with pytest.warns(UserWarning, match="masks doesn't contain any mask"):
            module.draw_segmentation_masks(of(PICTURE), of(MASKS[:0]))
