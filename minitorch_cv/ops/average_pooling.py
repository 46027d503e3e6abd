"""The mean of each window: avg_pool1d and 2d, adaptive_avg_pool1d and 2d."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from ..kernels import average_pooling as kernels
from ..kernels.places import Places
from ..kernels.window import Window
from .adaptive_size import adaptive_form
from .image_form import ImageForm
from .known import kind, known, settings
from .pooling_window import places_of, pooled_form, pooling_window

Integers = int | tuple[int, ...]


@dataclass(eq=False, repr=False)
class AvgPool2D(Operation):
    """The sum of each window divided by the divisor (oh, ow) that goes with it."""

    form: ImageForm
    places: Places
    divisor: Array

    def forward(self, x: Array) -> Array:
        self.divisor = self.divisor.astype(x.dtype)
        return self.form.from_images(kernels.avg_pool2d(self.form.to_images(x), self.places, self.divisor))

    def backward(self, grad_out: Array) -> Array:
        grads = self.form.to_images(grad_out)
        return self.form.from_images(kernels.avg_pool2d_backward(grads, self.places, self.divisor))


class AdaptiveAvgPool2D(AvgPool2D):
    """The same for windows that share the image evenly."""


def avg_pool1d(
    input: V,
    kernel_size: Integers,
    stride: Integers | None = None,
    padding: Integers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> V:
    """The mean of each window of sequences; arguments and errors as avg_pool2d.

    Args:     input: (N, C, L) or (C, L).
    Returns:  (N, C, ol) or (C, ol) with ol = (L + 2*padding - k)//stride + 1.
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: V,
    kernel_size: Integers,
    stride: Integers | None = None,
    padding: Integers = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> V:
    """The mean of each window of images.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              stride: kernel_size by default.
              padding: zeros on each side; at most half of kernel_size.
              ceil_mode: whether a last window may hang over the edge; what hangs over the padding too is not counted.
              count_include_pad: whether the padding's zeros count in the mean.
              divisor_override: divide the sums by this instead.
    Returns:  (N, C, oh, ow) or (C, oh, ow) with oh = (H + 2*ph - kh)//sh + 1.
    Raises:   RuntimeError: if no window fits, or for settings out of range.
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def adaptive_avg_pool1d(input: V, output_size: Integers) -> V:
    """The mean of each of output_size parts of sequences; arguments and errors as adaptive_avg_pool2d.

    Args:     input: (N, C, L) or (C, L).
    """
    return _adaptive("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: V, output_size: Any) -> V:
    """The mean of each of oh*ow parts of images.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              output_size: (oh, ow), or one number for both; None keeps the input's size.
    Raises:   RuntimeError: for an input of another rank or without pixels, and for a negative size.
    """
    return _adaptive("adaptive_avg_pool2d", 2, input, output_size)


def _avg_pool(
    op_name: str,
    spatial: int,
    input: V,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> V:
    def check() -> tuple[ImageForm, Places, Array]:
        form = pooled_form(op_name, spatial, input)
        window = pooling_window(op_name, spatial, kernel_size, stride, padding)
        if divisor_override == 0:
            raise RuntimeError(f"{op_name}: divisor must be not zero")
        places = places_of(op_name, form, window, input, ceil_mode)
        if divisor_override is not None:
            return form, places, np.full(places.output_size, divisor_override)
        return form, places, _counts_with_padding(window, places) if count_include_pad else places.counts

    options = settings(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return AvgPool2D(*known(_KNOWN, (op_name, kind(input), options), check))(input)


_KNOWN: dict[Any, tuple[ImageForm, Places, Array]] = {}


def _counts_with_padding(window: Window, places: Places) -> Array:
    """(oh, ow): how many pixels each window has, the padding's included, but not what lies beyond that."""
    lengths = []
    for count, k, s, (near, far), n in zip(
        places.output_size, window.size, window.stride, window.padding_by_side, places.image_size
    ):
        begin = np.arange(count) * s - near
        lengths.append(np.minimum(begin + k, n + far) - begin)
    return np.outer(*lengths)


def _adaptive(op_name: str, spatial: int, input: V, output_size: Any) -> V:
    def check() -> tuple[ImageForm, Places, Array]:
        form, places = adaptive_form(op_name, spatial, input, output_size)
        return form, places, places.counts

    return AdaptiveAvgPool2D(*known(_KNOWN, (op_name, kind(input), settings(output_size)), check))(input)
