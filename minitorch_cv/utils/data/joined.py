"""A batch that its dataset has joined already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...tensors.tensor import Tensor


class JoinedBatch(Sequence):
    """The samples of a batch, held as one tensor for each of their parts: what `__getitems__` may return.

    `default_collate` gives `columns` as they are, at no cost. For any other function this is a sequence of samples,
    tuples of rows of the columns.

    Args:     columns: of the same size in the first dimension.

    >>> import minitorch_cv as mt
    >>> batch = JoinedBatch([mt.zeros(2, 3), mt.tensor([7, 8])])
    >>> batch[1]
    (tensor([0., 0., 0.]), tensor(8))
    """

    def __init__(self, columns: list[Tensor]) -> None:
        self.columns = columns

    def __getitem__(self, index: Any) -> Any:
        """A sample; of a slice a list of them."""
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        if not -len(self) <= index < len(self):
            raise IndexError(f"sample {index} of a batch of {len(self)}")
        return tuple(column[index] for column in self.columns)

    def __len__(self) -> int:
        return len(self.columns[0])
