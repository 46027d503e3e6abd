"""Class indices.

- `outside_labels(labels, classes, ignore_index)` -> how many are neither ignore_index nor in range(classes)

labels: integers, any shape.
"""

import numpy as np

from minitorch_cv.kernels import layout
from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels.layout import Array


def outside_labels(labels: Array, classes: int, ignore_index: int) -> int:
    """How many labels name no class."""
    return int(_count(layout.contiguous(labels.astype(np.int64, copy=False)).reshape(-1), classes, ignore_index))


@kernel
def _count(labels, classes, ignore_index):
    count = 0
    for label in labels:
        if (label < 0 or label >= classes) and label != ignore_index:
            count += 1
    return count
