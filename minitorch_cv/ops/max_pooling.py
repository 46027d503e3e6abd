"""The largest element of each window: max_pool1d and 2d, adaptive_max_pool1d and 2d."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..autograd.operation import Array, Operation
from ..autograd.variable import Variable
from ..kernels import max_pooling as kernels
from ..kernels.places import Places
from .adaptive_size import adaptive_form
from .image_form import ImageForm
from .known import kind, known, settings
from .pooling_window import places_of, pooled_form, pooling_window

Integers = int | tuple[int, ...]


@dataclass(eq=False, repr=False)
class MaxPool2DWithIndices(Operation):
    """The largest element of each window, the first of equal ones, and on request where in its image it is."""

    form: ImageForm
    places: Places
    return_indices: bool

    def forward(self, x: Array) -> Any:
        form = self.form
        keep = self.needs_grad[0] or self.return_indices
        self.positions: Any
        out, self.positions = kernels.max_pool2d(form.to_images(x), self.places, keep)
        if not self.return_indices:
            return form.from_images(out)
        # Backward has the positions; indices are kept for PyTorch's error if they are changed in place.
        self.indices = form.from_images(kernels.image_indices(self.positions, self.places))
        return form.from_images(out), self.indices

    def backward(self, grad_out: Array, grad_indices: None = None) -> Array:
        grads = self.form.to_images(grad_out)
        return self.form.from_images(kernels.max_pool2d_backward(grads, self.positions, self.places))


class AdaptiveMaxPool2D(MaxPool2DWithIndices):
    """The same for windows that share the image evenly."""


def max_pool1d(
    input: Variable,
    kernel_size: Integers,
    stride: Integers | None = None,
    padding: Integers = 0,
    dilation: Integers = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of sequences; arguments, results and errors as max_pool2d.

    Args:     input: (N, C, L) or (C, L).
    Returns:  (N, C, ol) or (C, ol) with ol = (L + 2*padding - dilation*(k - 1) - 1)//stride + 1.
    """
    return _max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Variable,
    kernel_size: Integers,
    stride: Integers | None = None,
    padding: Integers = 0,
    dilation: Integers = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of images. NaN counts as the largest.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              stride: kernel_size by default.
              padding: on each side, with minus infinity; at most half of kernel_size.
              ceil_mode: whether a last window may hang over the edge.
              return_indices: also give the place of each maximum in its image, as y*W + x (int64).
    Returns:  (N, C, oh, ow) or (C, oh, ow) with oh = (H + 2*ph - dh*(kh - 1) - 1)//sh + 1, or a pair with the places.
    Raises:   RuntimeError: if no window fits, or for settings out of range.
    """
    return _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def adaptive_max_pool1d(input: Variable, output_size: Integers, return_indices: bool = False) -> Any:
    """The largest element of each of output_size parts of sequences; arguments and errors as adaptive_max_pool2d.

    Args:     input: (N, C, L) or (C, L).
    """
    return _adaptive("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Variable, output_size: Any, return_indices: bool = False) -> Any:
    """The largest element of each of oh*ow parts of images.

    Args:     input: (N, C, H, W) or (C, H, W), float32 or float64.
              output_size: (oh, ow), or one number for both; None keeps the input's size.
              return_indices: also give the place of each maximum in its image, as y*W + x (int64).
    Raises:   RuntimeError: for an input of another rank or without pixels, and for a negative size.
    """
    return _adaptive("adaptive_max_pool2d", 2, input, output_size, return_indices)


def _max_pool(
    op_name: str,
    spatial: int,
    input: Variable,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    def check() -> tuple[ImageForm, Places]:
        form = pooled_form(op_name, spatial, input)
        window = pooling_window(op_name, spatial, kernel_size, stride, padding, dilation)
        return form, places_of(op_name, form, window, input, ceil_mode)

    key = op_name, kind(input), settings(kernel_size, stride, padding, dilation, ceil_mode)
    return MaxPool2DWithIndices(*known(_KNOWN, key, check), return_indices)(input)


_KNOWN: dict[Any, tuple[ImageForm, Places]] = {}


def _adaptive(op_name: str, spatial: int, input: Variable, output_size: Any, return_indices: bool) -> Any:
    return AdaptiveMaxPool2D(*adaptive_form(op_name, spatial, input, output_size), return_indices)(input)
