"""Augmentation of a batch of 8-bit images in one pass: crop with padding, mirror, look up, cut out.

- `crop_and_look_up(images, rows, columns, plan, table, fill, size, hole)` -> (N, C, h, w), channels last in memory

Every number of the result is one of a table's 256, found by the pixel's own: dividing by 255 and normalising costs one
load, and the result is bit for bit what the table was computed with. Padding is a table too: `rows` and `columns` say
for each line of the padded image which line of the image it is, -1 for one that is filled.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array

TOP, LEFT, MIRRORED, HOLE_TOP, HOLE_LEFT = range(5)  # columns of a plan
_COST = 4  # a number that is looked up takes as long as so many that are only read and written


def crop_and_look_up(
    images: Array,
    rows: Array,
    columns: Array,
    plan: Array,
    table: Array,
    fill: Array,
    size: tuple[int, int],
    hole: int = 0,
) -> Array:
    """A crop of each padded image, mirrored or not, its numbers replaced, with a square cut out.

    Args:     images: (N, H, W, C) uint8.
              rows, columns: int64, the row (column) of the image that each one of the padded image is; -1: filled.
              plan: (N, 5) int64: where the crop begins in the padded image, whether it is mirrored, left to right, and
                  where the hole begins in the result. The crop must lie in the padded image; the hole need not lie in
                  the result.
              table: (C, 256), the numbers that pixels become.
              fill: (C,) of table's dtype, the numbers of filled pixels.
              size: (h, w) of the crop.
              hole: height and width of the square that becomes 0; 0 for none.
    Raises:   IndexError: if a crop reaches out of the padded image.
    """
    n, c = len(images), images.shape[3]
    h, w = size
    starts, room = plan[:, [TOP, LEFT]], (len(rows) - h, len(columns) - w)
    if np.any((starts < 0) | (starts > room)):
        raise IndexError(
            f"crop_and_look_up: crops of {h} x {w} begin at up to {starts.max(axis=0).tolist()}, outside of padded "
            f"images of {len(rows)} x {len(columns)}"
        )
    out = layout.empty_image(n, c, h, w, table.dtype)
    over_range(
        _crop_and_look_up, n, h * w * c * _COST, layout.contiguous(images), layout.contiguous(rows),
        layout.contiguous(columns), layout.contiguous(plan), layout.contiguous(table), layout.contiguous(fill), hole,
        out.transpose(0, 2, 3, 1),
    )  # fmt: skip
    return out


@kernel
def _crop_and_look_up(team, size, first, last, images, rows, columns, plan, table, fill, hole, out):
    """Images first <= i < last."""
    if share(team, size, first, last):
        return
    height, width, channels = out.shape[1:]
    nothing = fill[0] - fill[0]
    for i in range(first, last):
        left, step = plan[i, LEFT], 1
        if plan[i, MIRRORED]:
            left, step = left + width - 1, -1
        hole_top, hole_left = plan[i, HOLE_TOP], plan[i, HOLE_LEFT]
        for y in range(height):
            row = rows[plan[i, TOP] + y]
            for x in range(width):
                column = columns[left + step * x]
                if row < 0 or column < 0:
                    for c in range(channels):
                        out[i, y, x, c] = fill[c]
                else:
                    for c in range(channels):
                        out[i, y, x, c] = table[c, images[i, row, column, c]]
            if hole_top <= y < hole_top + hole:
                for x in range(max(hole_left, 0), min(hole_left + hole, width)):
                    for c in range(channels):
                        out[i, y, x, c] = nothing
