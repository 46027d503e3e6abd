"""grid_sample and affine_grid against PyTorch, loops and finite differences."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF
from hypothesis import given, settings
from hypothesis import strategies as st

from minitorch_cv.nn import functional as F
from tests.checks import assert_close, check_error, check_op, normal, ours_of, theirs_of
from tests.reference_images import keys_cubic

MODES = ["bilinear", "nearest", "bicubic"]
PADDING = ["zeros", "border", "reflection"]


def reflected(place, low, high):
    """Between two mirrors, one step at a time."""
    if low == high:
        return low
    while not low <= place <= high:
        place = 2 * low - place if place < low else 2 * high - place
    return place


def sampled(x, grid, mode, padding_mode, align):
    """Place by place, as the documentation of PyTorch says it."""
    n, c, h, w = x.shape

    def inside(place, count):
        if padding_mode == "reflection":
            place = reflected(place, 0 if align else -0.5, count - 1 if align else count - 0.5)
        return min(max(place, 0), count - 1) if padding_mode != "zeros" else place

    def pixel(image, row, column):
        if mode == "bicubic":
            row, column = round(inside(row, h)), round(inside(column, w))
        return image[:, row, column] if 0 <= row < h and 0 <= column < w else np.zeros(c)

    out = np.zeros((n, c, *grid.shape[1:3]))
    for i, y, z in np.ndindex(n, *grid.shape[1:3]):
        places = []
        for place, count in zip(grid[i, y, z], (w, h)):
            place = (place + 1) / 2 * (count - 1) if align else ((place + 1) * count - 1) / 2
            places.append(place if mode == "bicubic" else inside(place, count))
        column, row = places
        if mode == "nearest":
            out[i, :, y, z] = pixel(x[i], round(row), round(column))
            continue
        steps = (0, 1) if mode == "bilinear" else (-1, 0, 1, 2)
        weigh = (lambda d: max(1 - abs(d), 0)) if mode == "bilinear" else (lambda d: keys_cubic(d, -0.75))
        for a in steps:
            for b in steps:
                one, two = math.floor(row) + a, math.floor(column) + b
                out[i, :, y, z] += pixel(x[i], one, two) * weigh(row - one) * weigh(column - two)
    return out


def grid_of(*shape, seed=1):
    """Places inside and outside of images, none on a pixel's edge, where gradients jump."""
    return normal(*shape, 2, seed=seed) * 0.9 + 0.013


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("padding_mode", PADDING)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape, out", [((2, 3, 4, 5), (3, 4)), ((1, 2, 1, 3), (2, 2)), ((2, 1, 6, 4), (1, 5))])
def test_grid_sample(shape, out, mode, padding_mode, align):
    kwargs = {"mode": mode, "padding_mode": padding_mode, "align_corners": align}
    check_op(
        lambda x, grid: F.grid_sample(x, grid, **kwargs),
        lambda x, grid: TF.grid_sample(x, grid, **kwargs),
        [normal(*shape), grid_of(shape[0], *out)],
        reference=lambda x, grid: sampled(x, grid, mode, padding_mode, align),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(MODES),
    st.sampled_from(PADDING),
    st.booleans(),
    st.sampled_from(["float32", "float64"]),
    *(st.integers(1, 7) for _ in range(2)),
    st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=12),
)
def test_any_place(mode, padding_mode, align, dtype, h, w, places):
    x = normal(1, 2, h, w).astype(dtype)
    grid = np.array(places[: len(places) // 2 * 2], dtype).reshape(1, 1, -1, 2)
    kwargs = {"mode": mode, "padding_mode": padding_mode, "align_corners": align}
    ours, theirs = ours_of(x), theirs_of(x)
    tolerance = {"float32": 1e-4, "float64": 1e-11}[dtype]  # far away a place has few digits left
    assert_close(
        F.grid_sample(ours, ours_of(grid), **kwargs), TF.grid_sample(theirs, theirs_of(grid), **kwargs), tolerance, ""
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [np.nan, np.inf, -np.inf, 1e30])
def test_places_that_are_none(mode, place):
    """Nothing is there."""
    grid = np.full((1, 1, 1, 2), place)
    found = F.grid_sample(ours_of(normal(1, 2, 3, 4)), ours_of(grid), mode=mode, align_corners=False)
    assert not found.array.any()


def test_grad_fn_and_corners():
    x, grid = normal(1, 1, 3, 3), grid_of(1, 2, 2)
    messages = []
    for library, make in ((F, ours_of), (TF, theirs_of)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            y = library.grid_sample(make(x, True), make(grid))
            library.affine_grid(make(normal(1, 2, 3)), (1, 1, 2, 2))
        if library is F:
            assert [one.filename for one in caught] == [__file__, __file__]
        messages.append((y.grad_fn.name(), *(str(one.message) for one in caught)))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("mode", MODES)
def test_one_grid_for_all_images(mode):
    """Expanded: its gradient is the sum of all images'."""
    check_op(
        lambda x, grid: F.grid_sample(x, grid.expand(3, -1, -1, -1), mode, align_corners=False),
        lambda x, grid: TF.grid_sample(x, grid.expand(3, -1, -1, -1), mode, align_corners=False),
        [normal(3, 2, 4, 5), grid_of(1, 3, 4)],
        reference=lambda x, grid: sampled(x, np.repeat(grid, 3, axis=0), mode, "zeros", False),
    )


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (1, 1, 1, 6), (3, 2, 2, 1)])
def test_affine_grid(size, align):
    def theirs(theta):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of grids of one pixel
            return TF.affine_grid(theta, size, align_corners=align)

    def loops(theta):
        n, _, h, w = size
        out = np.zeros((n, h, w, 2))
        for i, row, column in np.ndindex(n, h, w):
            place = [0.0, 0.0, 1.0]
            for d, (at, count) in enumerate(((column, w), (row, h))):
                if count > 1:
                    place[d] = 2 * at / (count - 1) - 1 if align else (2 * at + 1) / count - 1
            out[i, row, column] = theta[i] @ place
        return out

    check_op(lambda theta: F.affine_grid(theta, size, align), theirs, [normal(size[0], 2, 3)], reference=loops)


def test_a_spatial_transformer_learns():
    """The gradient goes through the grid to the map: an image is turned back."""
    image = np.zeros((1, 1, 9, 9))
    image[..., 2:5, 3:8] = 1
    turned = F.grid_sample(
        ours_of(image), F.affine_grid(ours_of(np.array([[[0.9, -0.3, 0.1], [0.3, 0.9, 0]]])), image.shape, False),
        align_corners=False,
    )  # fmt: skip
    results = []
    for library, make, mean in ((F, ours_of, lambda t: t.mean()), (TF, theirs_of, torch.mean)):
        theta = make(np.array([[[1.0, 0, 0], [0, 1, 0]]]), True)
        grid = library.affine_grid(theta, (1, 1, 9, 9), align_corners=False)
        found = library.grid_sample(make(image), grid, align_corners=False)
        loss = mean((found - make(turned.array)) ** 2)
        loss.backward()
        results.append(theta.grad)
    assert np.abs(results[1].numpy()).max() > 0.01
    assert_close(results[0], results[1], 1e-12, "gradient of theta")


X, GRID = ours_of(normal(2, 3, 4, 4)), ours_of(grid_of(2, 5, 5))


@pytest.mark.parametrize(
    "error, match, x, grid, kwargs",
    [
        (
            ValueError,
            "mode to be one of 'bilinear', 'nearest', 'bicubic', but got: 'linear'",
            X,
            GRID,
            {"mode": "linear"},
        ),
        (ValueError, "expected padding_mode to be one of .* but got: 'same'", X, GRID, {"padding_mode": "same"}),
        (RuntimeError, r"have size 2 in last dimension, but got \[2, 5, 5, 3\]", X, ours_of(normal(2, 5, 5, 3)), {}),
        (RuntimeError, r"same batch size, but got input with sizes \[2, 3, 4, 4\]", X, ours_of(grid_of(1, 5, 5)), {}),
        (RuntimeError, "expected 4D input and grid with same number of dimensions", X, ours_of(grid_of(2, 5)), {}),
        (
            RuntimeError,
            r"input has sizes \[2, 3, 0, 4\] with dimension 2 being empty",
            ours_of(np.zeros((2, 3, 0, 4))),
            GRID,
            {},
        ),
        (
            RuntimeError,
            "input is float64 and grid float32, expected the same dtype",
            X,
            ours_of(GRID.array.astype(np.float32)),
            {},
        ),
        (RuntimeError, "grid_sample: 'input' is int64", ours_of(np.ones((2, 3, 4, 4), int)), GRID, {}),
        (
            NotImplementedError,
            r"volumes \(N, C, D, H, W\) are not supported",
            ours_of(normal(1, 1, 2, 2, 2)),
            ours_of(normal(1, 2, 2, 2, 3)),
            {},
        ),
        (TypeError, r"grid_sample\(\): argument 'grid' must be Tensor", X, 1.0, {}),
    ],
)
def test_errors(error, match, x, grid, kwargs):
    check_error(error, match, F.grid_sample, x, grid, **{"align_corners": False} | kwargs)


@pytest.mark.parametrize(
    "error, match, theta, size",
    [
        (ValueError, r"of shape Nx2x3 for size \(2, 1, 3, 3\). Got \(2, 2, 2\)", normal(2, 2, 2), (2, 1, 3, 3)),
        (ValueError, r"of shape Nx2x3 for size \(1, 1, 3, 3\). Got \(2, 2, 3\)", normal(2, 2, 3), (1, 1, 3, 3)),
        (ValueError, r"Expected non-zero, positive output size. Got \(2, 1, 0, 3\)", normal(2, 2, 3), (2, 1, 0, 3)),
        (ValueError, "theta to have floating point type, but got torch.int64", np.ones((1, 2, 3), int), (1, 1, 2, 2)),
        (NotImplementedError, "only supports 4D sizes", normal(1, 3, 4), (1, 1, 2, 2, 2)),
    ],
)
def test_errors_of_affine_grid(error, match, theta, size):
    check_error(error, match, F.affine_grid, ours_of(theta), size, False)
