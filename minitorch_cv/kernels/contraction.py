"""Products of several arrays summed over shared indices, as matrix products.

- `contract(arrays, labels, kept)` -> the product of all arrays, summed over the labels that are not in `kept`

A label is any hashable name of a dimension, the same in all arrays that share it. No label comes twice in one array.
The dimensions of one label have one size, or size 1, which is repeated.
"""

from collections.abc import Hashable, Iterable, Sequence
from math import prod

import numpy as np

from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.matrix_product import matrix_product
from minitorch_cv.kernels.summation import accurate_sum

Labels = tuple[Hashable, ...]


def contract(arrays: Sequence[Array], labels: Sequence[Labels], kept: Labels) -> Array:
    """The product of all arrays, summed over the labels that are not in `kept`.

    The result's dimensions are in the order of `kept`. Pairs are taken from left to right. The
    result may be a view of an array that stands alone.
    """
    sizes = _sizes(arrays, labels)
    result, found = arrays[0], labels[0]
    for position in range(1, len(arrays)):
        later = {label for following in labels[position + 1 :] for label in following}
        needed = later.union(kept)
        result, found = _contract_pair(result, found, arrays[position], labels[position], needed, sizes)
    result, found = _sum_out(result, found, set(kept))
    return result.transpose([found.index(label) for label in kept])


def _sizes(arrays: Sequence[Array], labels: Sequence[Labels]) -> dict[Hashable, int]:
    sizes: dict[Hashable, int] = {}
    for array, names in zip(arrays, labels):
        for label, size in zip(names, array.shape):
            if sizes.get(label, 1) == 1:
                sizes[label] = size
    return sizes


def _sum_out(a: Array, labels: Labels, needed: Iterable) -> tuple[Array, Labels]:
    """Sum over the dimensions that nobody needs."""
    gone = tuple(axis for axis, label in enumerate(labels) if label not in needed)
    if not gone:
        return a, labels
    total = accurate_sum(a, gone) if a.dtype.kind == "f" else np.add.reduce(a, axis=gone, dtype=a.dtype)
    return np.asarray(total), tuple(label for label in labels if label in needed)


def _contract_pair(
    a: Array, labels_a: Labels, b: Array, labels_b: Labels, needed: set, sizes: dict
) -> tuple[Array, Labels]:
    """The product of two arrays, summed over what nobody else needs, by one batch of matrix products.

    A label is in both and needed (batch), in both and not (summed), in a only (rows) or in b only (columns).
    """
    a, labels_a = _sum_out(a, labels_a, needed.union(labels_b))
    b, labels_b = _sum_out(b, labels_b, needed.union(labels_a))
    shared = [label for label in labels_a if label in labels_b]
    batch = [label for label in shared if label in needed]
    summed = [label for label in shared if label not in needed]
    rows = [label for label in labels_a if label not in shared]
    columns = [label for label in labels_b if label not in shared]
    product = matrix_product(
        _as_matrices(a, labels_a, (batch, rows, summed), sizes),
        _as_matrices(b, labels_b, (batch, summed, columns), sizes),
    )
    found = (*batch, *rows, *columns)
    return product.reshape([sizes[label] for label in found]), found


def _as_matrices(a: Array, labels: Labels, groups: tuple[list, list, list], sizes: dict) -> Array:
    """A batch of matrices: the labels of each of the three groups become one dimension."""
    order = [label for group in groups for label in group]
    spread = np.broadcast_to(a.transpose([labels.index(label) for label in order]), [sizes[label] for label in order])
    return spread.reshape([prod(sizes[label] for label in group) for group in groups])
