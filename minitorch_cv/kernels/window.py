"""The window that convolution, pooling, blur and unfold slide over an image.

`Window(size, stride, padding, dilation)`, each (vertical, horizontal); `same_padding(size, dilation)`.
"""

import functools
from dataclasses import dataclass

import numpy as np

from minitorch_cv.kernels.layout import Array

Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A window of `size` points, `dilation` apart, moved by `stride` over an image with `padding` around it.

    Attributes:
        size: (kh, kw).
        stride: (sh, sw).
        padding: (ph, pw), or ((top, bottom), (left, right)).
        dilation: (dh, dw).
    """

    size: Pair
    stride: Pair = (1, 1)
    padding: Pair | tuple[Pair, Pair] = (0, 0)
    dilation: Pair = (1, 1)

    def __hash__(self) -> int:
        return self._hash  # plans are kept by window, and looked up in every call of a kernel

    @functools.cached_property
    def _hash(self) -> int:
        return hash((self.size, self.stride, self.padding, self.dilation))

    @functools.cached_property
    def padding_by_side(self) -> tuple[Pair, Pair]:
        """((top, bottom), (left, right))."""
        vertical, horizontal = self.padding
        return (
            vertical if isinstance(vertical, tuple) else (vertical, vertical),
            horizontal if isinstance(horizontal, tuple) else (horizontal, horizontal),
        )

    @functools.cached_property
    def is_pixel(self) -> bool:
        """True for a 1x1 window that visits every pixel once: the windows are the pixels."""
        return self.size == self.stride == (1, 1) and self.padding_by_side == ((0, 0), (0, 0))

    @functools.cached_property
    def numbers(self) -> tuple[int, ...]:
        """(kh, kw, sh, sw, top, left, dh, dw), the way kernels take a window."""
        (top, _), (left, _) = self.padding_by_side
        return (*self.size, *self.stride, top, left, *self.dilation)

    def output_size(self, image_size: Pair, ceil_mode: bool = False) -> Pair:
        """(oh, ow): how many windows fit into an image of (h, w); zero or less if not even one does.

        With `ceil_mode` a last window may hang over the far edge, provided that it begins inside the image or its
        near padding.
        """
        return _output_size(self, image_size, ceil_mode)

    def columns_inside(self, width: int, ow: int) -> Array:
        """(kw, 2): point q of the windows first <= z < last of a row of `ow` windows lies inside the image's width."""
        (_, kw), (_, sw), (_, (left, _)), (_, dw) = self.size, self.stride, self.padding_by_side, self.dilation
        spans = np.empty((kw, 2), np.int64)
        for q in range(kw):
            column = q * dw - left  # under point q of the first window
            first = min(max(-(column // sw), 0), ow)
            spans[q] = first, min(max((width - 1 - column) // sw + 1, first), ow)
        return spans


@functools.lru_cache(maxsize=1024)  # asked for several times in every call of a convolution
def _output_size(window: Window, image_size: Pair, ceil_mode: bool) -> Pair:
    oh, ow = (
        _count(length, near, far, dilation * (size - 1) + 1, stride, ceil_mode)
        for length, (near, far), dilation, size, stride in zip(
            image_size, window.padding_by_side, window.dilation, window.size, window.stride, strict=True
        )
    )
    return oh, ow


def _count(length: int, near: int, far: int, extent: int, stride: int, ceil_mode: bool) -> int:
    overhang = stride - 1 if ceil_mode else 0
    count = (length + near + far - extent + overhang) // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= length + near else count


def same_padding(size: Pair, dilation: Pair = (1, 1)) -> tuple[Pair, Pair]:
    """Padding that makes a stride-1 output as large as the image; an odd pixel goes to the far side, as in torch."""
    vertical, horizontal = (d * (k - 1) for k, d in zip(size, dilation, strict=True))
    return (vertical // 2, vertical - vertical // 2), (horizontal // 2, horizontal - horizontal // 2)
