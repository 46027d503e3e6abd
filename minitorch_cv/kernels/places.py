"""Which pixels of an image each window of a pooling layer sees.

- `sliding_places(window, image_size, output_size)`, `adaptive_places(image_size, output_size)` -> `Places`
"""

import functools
from dataclasses import dataclass

import numpy as np

from minitorch_cv.kernels.incidence import Fours, Incidence, fours, incidence
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window


@dataclass(frozen=True, eq=False)
class Places:
    """The pixels of each window that lie inside the image.

    Attributes:
        rows: (oh, 2) int64: windows of output row y see image rows rows[y, 0], rows[y, 0] + step ... below rows[y, 1].
        columns: (ow, 2), likewise.
        steps: (dh, dw).
        image_size: (H, W).
        stride: from one window to the next along a row, where that is always the same.
    """

    rows: Array
    columns: Array
    steps: Pair
    image_size: Pair
    stride: int

    @property
    def output_size(self) -> Pair:
        """(oh, ow)."""
        return len(self.rows), len(self.columns)

    @functools.cached_property
    def most_points(self) -> Pair:
        """(kh, kw) of the largest window, the points outside the image not counted."""
        kh, kw = (
            int((-((spans[:, 0] - spans[:, 1]) // step)).max(initial=0))
            for spans, step in zip((self.rows, self.columns), self.steps, strict=True)
        )
        return kh, kw

    @property
    def counts(self) -> Array:
        """(oh, ow): how many pixels each window has inside the image; for windows without dilation."""
        heights, widths = self.rows[:, 1] - self.rows[:, 0], self.columns[:, 1] - self.columns[:, 0]
        return np.outer(heights, widths)

    @functools.cached_property
    def pixels_of_windows(self) -> tuple[Incidence, Incidence]:
        """For the windows' rows and columns: the pixels they see, points counted from the first inside the image."""
        rows, columns = (
            _pixels_of_windows(spans, step, most)
            for spans, step, most in zip((self.rows, self.columns), self.steps, self.most_points, strict=True)
        )
        return rows, columns

    @functools.cached_property
    def windows_of_pixels(self) -> tuple[Incidence, Incidence]:
        """For the image's rows and columns: the windows that see them."""
        rows, columns = (
            part.reversed(length) for part, length in zip(self.pixels_of_windows, self.image_size, strict=True)
        )
        return rows, columns

    @functools.lru_cache(maxsize=256)  # noqa: B019  # places live as long as the caches below
    def window_fours(self, c: int) -> Fours:
        """How to walk along a row of windows."""
        return fours(self.pixels_of_windows[1], 1, self.stride, c)

    @functools.lru_cache(maxsize=256)  # noqa: B019
    def pixel_fours(self, c: int) -> Fours:
        """How to walk along a row of pixels."""
        return fours(self.windows_of_pixels[1], self.stride, 1, c)


def _pixels_of_windows(spans: Array, step: int, most: int) -> Incidence:
    point = np.broadcast_to(np.arange(most), (len(spans), most))
    pixel = spans[:, :1] + point * step
    return incidence(pixel, point, pixel < spans[:, 1:])


@functools.lru_cache(maxsize=64)
def sliding_places(window: Window, image_size: Pair, output_size: Pair) -> Places:
    """The places of a window that slides over images of (H, W), `output_size` (oh, ow) times."""
    rows, columns = (
        _spans(np.arange(count) * stride - near, dilation, size, length)
        for count, stride, (near, _), dilation, size, length in zip(
            output_size, window.stride, window.padding_by_side, window.dilation, window.size, image_size, strict=True
        )
    )
    return Places(rows, columns, window.dilation, image_size, window.stride[1])


def _spans(begin: Array, dilation: int, size: int, length: int) -> Array:
    end = np.minimum(begin + dilation * (size - 1) + 1, length)
    outside = np.maximum(-begin, 0)
    inside = begin + -(-outside // dilation) * dilation  # the first point that is not before the image
    return np.stack([inside, np.maximum(end, inside)], axis=1).astype(np.int64)


@functools.lru_cache(maxsize=64)
def adaptive_places(image_size: Pair, output_size: Pair) -> Places:
    """Cut images of (H, W) into oh * ow parts of nearly equal size; where that does not come out even they overlap."""
    rows, columns = (
        np.stack([index * length // count, -(-(index + 1) * length // count)], axis=1)
        if count
        else np.zeros((0, 2), np.int64)
        for index, length, count in zip(map(np.arange, output_size), image_size, output_size, strict=True)
    )
    stride = max(image_size[1] // max(output_size[1], 1), 1)
    return Places(rows.astype(np.int64), columns.astype(np.int64), (1, 1), image_size, stride)
