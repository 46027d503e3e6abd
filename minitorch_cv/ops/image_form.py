"""ImageForm: how tensors with one or two spatial dimensions, with or without a batch, meet kernels for (N, C, H, W)."""

from __future__ import annotations

from dataclasses import dataclass

from ..autograd.operation import Array
from ..kernels.window import Pair, Window


@dataclass(frozen=True)
class ImageForm:
    """The form of a tensor that a window slides over.

    Attributes:
        spatial: 1 for (N, C, L), which is taken for images one pixel high, or 2 for (N, C, H, W).
        batched: False if N is missing.
    """

    spatial: int
    batched: bool

    def to_images(self, x: Array) -> Array:
        """A view of `x` as (N, C, H, W)."""
        return self.filters(x if self.batched else x[None])

    def from_images(self, y: Array) -> Array:
        """The reverse: a view of the (N, C, H, W) array `y` in this form."""
        y = y if self.spatial == 2 else y[..., 0, :]
        return y if self.batched else y[0]

    def filters(self, weight: Array) -> Array:
        """A view of a convolution's weight, whose first dimension is always there, as (O, I, kh, kw)."""
        return weight if self.spatial == 2 else weight[..., None, :]

    def image_size(self, shape: tuple[int, ...]) -> Pair:
        """(H, W) from a shape that ends with the spatial dimensions."""
        return (1 if self.spatial == 1 else shape[-2], shape[-1])


def window_over(
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int | Pair, ...],
    dilation: tuple[int, ...] = (1, 1),
) -> Window:
    """A window from settings for one or two spatial dimensions; padding as (near, far), or one number for both."""
    if len(size) == 2:
        return Window(size, stride, padding, dilation)  # type: ignore[arg-type]
    return Window((1, size[0]), (1, stride[0]), (0, padding[0]), (1, dilation[0]))  # type: ignore[arg-type]
