"""Cropping, mirroring and looking up in one pass, against NumPy image by image."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch_cv.kernels._threads import get_num_threads, set_num_threads
from minitorch_cv.kernels.augmentation import crop_and_look_up
from tests.checks import rng


def one_by_one(images, padding, mode, plan, table, fill, size, hole):
    """The same in NumPy's own words. `fill` are the grey values of padded pixels."""
    results = []
    for image, (top, left, mirrored, hole_top, hole_left) in zip(images, plan):
        around = [(padding, padding)] * 2
        planes = [
            np.pad(image[..., c], around, mode, **({"constant_values": fill[c]} if mode == "constant" else {}))
            for c in range(image.shape[2])
        ]
        crop = np.stack([table[c][plane] for c, plane in enumerate(planes)])
        crop = crop[:, top : top + size[0], left : left + size[1]]
        crop = crop[:, :, ::-1].copy() if mirrored else crop.copy()
        crop[:, max(hole_top, 0) : max(hole_top + hole, 0), max(hole_left, 0) : max(hole_left + hole, 0)] = 0
        results.append(crop)
    return np.stack(results)


def lines(length, padding, mode):
    """The table that says which line of the image a line of the padded image is."""
    return np.pad(np.arange(length), padding, mode, **({"constant_values": -1} if mode == "constant" else {}))


def drawn(n, h, w, c, size, padding, seed=0):
    """Images, a plan of crops and holes, a table, grey values to fill with."""
    random = rng(seed)
    images = random.integers(0, 256, (n, h, w, c), np.uint8)
    room = (h + 2 * padding - size[0], w + 2 * padding - size[1])
    plan = np.stack(
        [
            random.integers(0, room[0] + 1, n),
            random.integers(0, room[1] + 1, n),
            random.integers(0, 2, n),
            random.integers(-3, size[0] + 2, n),
            random.integers(-3, size[1] + 2, n),
        ],
        axis=1,
    )
    return images, plan, random.standard_normal((c, 256)), random.integers(0, 256, c)


def augmented(images, padding, mode, plan, table, fill, size, hole):
    """The kernel, called as one_by_one is."""
    rows, columns = (lines(length, padding, mode) for length in images.shape[1:3])
    filled = table[np.arange(len(table)), fill]
    return crop_and_look_up(images, rows, columns, plan, table, filled, size, hole)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
@pytest.mark.parametrize(
    "n, h, w, c, size, padding, hole",
    [
        (6, 8, 8, 3, (8, 8), 2, 0),
        (5, 7, 9, 1, (7, 9), 3, 4),
        (4, 5, 6, 4, (3, 8), 1, 2),
        (1, 4, 3, 3, (10, 1), 3, 20),
        (3, 6, 5, 3, (6, 5), 0, 1),
    ],
    ids=str,
)
def test_against_numpy(n, h, w, c, size, padding, hole, mode, dtype):
    images, plan, table, fill = drawn(n, h, w, c, size, padding)
    table = table.astype(dtype)
    before = images.copy()
    found = augmented(images, padding, mode, plan, table, fill, size, hole)
    assert found.dtype == dtype and found.shape == (n, c, *size)
    assert found.transpose(0, 2, 3, 1).flags.c_contiguous
    np.testing.assert_array_equal(found, one_by_one(images, padding, mode, plan, table, fill, size, hole))
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    "order",
    [lambda a: a[:, ::-1], np.asfortranarray, lambda a: np.repeat(a, 2, axis=2)[:, :, ::2], np.copy],
    ids=["backwards", "columns", "gaps", "read-only"],
)
def test_images_may_lie_anyhow(order):
    images, plan, table, fill = drawn(3, 6, 6, 3, (6, 6), 2)
    images = order(images)
    images.flags.writeable = False
    options = (2, "constant", plan, table, fill, (6, 6), 3)
    np.testing.assert_array_equal(augmented(images, *options), one_by_one(images, *options))


def test_no_images():
    images, plan, table, fill = drawn(0, 6, 6, 3, (6, 6), 2)
    assert augmented(images, 2, "constant", plan, table, fill, (6, 6), 0).shape == (0, 3, 6, 6)


@pytest.mark.parametrize("wrong", [(-1, 0), (0, -1), (5, 0), (0, 5)])
def test_a_crop_outside_of_the_padded_image_is_refused(wrong):
    images, plan, table, fill = drawn(3, 6, 6, 3, (6, 6), 2)
    plan[1, :2] = wrong
    with pytest.raises(IndexError, match=r"crops of 6 x 6 .* outside of padded images of 10 x 10"):
        augmented(images, 2, "constant", plan, table, fill, (6, 6), 0)


def test_results_do_not_depend_on_the_number_of_threads():
    images, plan, table, fill = drawn(40, 16, 16, 3, (16, 16), 2)
    before, results = get_num_threads(), []
    try:
        for threads in (1, 2, 4):
            set_num_threads(threads)
            results.append(augmented(images, 2, "reflect", plan, table, fill, (16, 16), 5))
    finally:
        set_num_threads(before)
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)
