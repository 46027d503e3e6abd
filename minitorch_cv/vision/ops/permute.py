"""Another order of dimensions, as a layer (torchvision.ops.misc)."""

from __future__ import annotations

from collections.abc import Sequence

from ... import nn
from ...tensors.tensor import Tensor


class Permute(nn.Module):
    """A view of the input with its dimensions in another order.

    Args:     dims: for each dimension of the result, which one of the input it is.
    """

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        """The input permuted."""
        return x.permute(tuple(self.dims))
