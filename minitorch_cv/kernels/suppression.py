"""Non-maximum suppression: of boxes that overlap, the one with the highest score.

- `suppressed(boxes, order, groups, threshold)` -> bool (N,), the boxes that overlap one before them in order

boxes (N, 4) as x1, y1, x2, y2, float32 or float64; order, groups (N,) int64.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.layout import Array


def suppressed(boxes: Array, order: Array, groups: Array, threshold: float) -> Array:
    """Which boxes overlap one of their group that comes before them, and is not suppressed itself, by more than that.

    The overlap is the intersection over the union, in the boxes' dtype; 0/0, of boxes without area, is none.

    Args:     order: the boxes from the first, which is never suppressed, to the last.
    """
    dropped = np.zeros(len(boxes), np.bool_)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    zero = boxes.dtype.type(0)  # Numba would compare float32 with a 0 of its own in float64, and go on in it
    _mark(layout.contiguous(boxes), areas, layout.contiguous(order), groups, np.float64(threshold), zero, dropped)
    return dropped


@kernel
def _mark(boxes, areas, order, groups, threshold, zero, dropped):
    for rank in range(len(order)):
        i = order[rank]
        if dropped[i]:
            continue
        for later in range(rank + 1, len(order)):
            j = order[later]
            if dropped[j] or groups[j] != groups[i]:
                continue
            w = min(boxes[i, 2], boxes[j, 2]) - max(boxes[i, 0], boxes[j, 0])
            h = min(boxes[i, 3], boxes[j, 3]) - max(boxes[i, 1], boxes[j, 1])
            both = max(w, zero) * max(h, zero)
            if both / (areas[i] + areas[j] - both) > threshold:
                dropped[j] = True
