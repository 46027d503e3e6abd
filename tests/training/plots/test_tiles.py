"""contact_sheet, and the forms of images that all pictures take."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from minitorch_cv.tensors.tensor import Tensor
from minitorch_cv.training.plots import contact_sheet
from minitorch_cv.training.plots.tiles import contact_sheet_figure, wrapped
from tests.training.plots.figures import images, shown_images, texts

RGB = images(2)  # (2, 6, 8, 3)


@pytest.mark.parametrize(
    "given",
    [
        RGB,
        RGB.transpose(0, 3, 1, 2),
        Tensor.wrap(RGB),
        Tensor.wrap(RGB.transpose(0, 3, 1, 2)),
        list(RGB),
        [Tensor.wrap(image.transpose(2, 0, 1)) for image in RGB],
        [Image.fromarray(image) for image in RGB],
        [Image.fromarray(image).convert("RGBA") for image in RGB],
    ],
)
def test_images_of_all_forms(given):
    found = shown_images(contact_sheet_figure(given, ["a", "b"], 8, ""))
    np.testing.assert_array_equal(found, RGB)


@pytest.mark.parametrize(
    "given", [RGB[..., 0], RGB[..., :1], RGB[:, None, :, :, 0], [Image.fromarray(image[..., 0]) for image in RGB]]
)
def test_grey_images(given):
    figure = contact_sheet_figure(given, None, 8, "")
    np.testing.assert_array_equal(shown_images(figure), RGB[..., 0])
    assert figure.axes[0].images[0].get_clim() == (0, 255)


def test_floats_are_between_0_and_1():
    floats = (RGB / 255).astype(np.float64)
    floats[0, 0, 0] = 1.0005  # as resampling leaves it
    figure = contact_sheet_figure(floats, None, 8, "")
    np.testing.assert_allclose(shown_images(figure), np.minimum(floats, 1).astype(np.float32))
    grey = contact_sheet_figure(floats[..., 0] * 0.5, None, 8, "")
    assert grey.axes[0].images[0].get_clim() == (0, 1), "a dark image stays dark"


def test_an_image_three_pixels_wide_is_read_as_its_library_would():
    both = np.zeros((1, 3, 5, 3), np.uint8)
    assert shown_images(contact_sheet_figure(both, None, 8, ""))[0].shape == (3, 5, 3)
    assert shown_images(contact_sheet_figure(Tensor.wrap(both), None, 8, ""))[0].shape == (5, 3, 3)


def test_captions_and_sizes_that_differ(tmp_path):
    mixed = [RGB[0], np.zeros((40, 5), np.uint8)]
    figure = contact_sheet_figure(mixed, ["a caption of several words", "b"], 3, "Sheet")
    assert {"Sheet", "b"} <= set(texts(figure))
    assert "a caption of several words" in " ".join(texts(figure))
    assert contact_sheet(mixed, ["a", "b"], tmp_path / "sheet.png").stat().st_size > 1000


def test_captions_are_cut_where_there_is_no_room():
    assert wrapped("one two three four five six", 5, 2) == ["one", "tw…ix"]
    assert wrapped("basketball_court", 9) == ["bask…ourt"]
    assert wrapped("", 9) == []


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (np.zeros((0, 4, 4, 3), np.uint8), "there are no images"),
        ([], "there are no images"),
        (np.zeros((4, 4), np.uint8), r"images of shape \(4, 4\); expected .*\(for a single image: images\[None\]\)"),
        (np.zeros((2, 4, 4, 2), np.uint8), r"an image of shape \(4, 4, 2\); expected 1 or 3 channels, first or last"),
        ([np.zeros(4, np.uint8)], r"an image of shape \(4,\); expected \(H, W, C\), \(C, H, W\) or \(H, W\)"),
        ([np.zeros((0, 4), np.uint8)], r"an image of shape \(0, 4\) has no pixels"),
        (np.zeros((1, 4, 4), np.int64), r"images of dtype int64; expected uint8, or floats in \[0, 1\]"),
        (np.full((1, 4, 4), -1.5), r"values from -1.5 to -1.5; expected floats in \[0, 1\]. Of a normalised image"),
        (np.full((1, 4, 4), np.nan), "values from nan to nan"),
    ],
)
def test_images_that_are_refused(tmp_path, given, match):
    with pytest.raises(ValueError, match=f"contact_sheet: .*{match}"):
        contact_sheet(given, None, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_other_bad_input(tmp_path):
    with pytest.raises(ValueError, match="contact_sheet: 2 images, 1 captions; expected as many of each"):
        contact_sheet(RGB, ["a"], tmp_path / "a.png")
    with pytest.raises(ValueError, match="contact_sheet: 0 columns; expected 1 to 20"):
        contact_sheet(RGB, None, tmp_path / "a.png", columns=0)
