"""2-d convolution (cross-correlation: the kernel is not flipped) and its gradients: which kernel computes them.

- `conv2d(x, weight, bias, window, groups, low, kept)` -> (N, O, oh, ow)
- `conv2d_backward_input(grad_out, weight, image_size, window, groups)` -> (N, C, H, W)
- `conv2d_backward_weight(grad_out, x, window, groups)` -> (O, C/groups, kh, kw)
- `algorithm(name)`: a context in which one kernel is preferred

x: (N, C, H, W), weight: (O, C/groups, kh, kw), bias: (O,) or None, grad_out: (N, O, oh, ow), all float32 or float64;
`window.size` is (kh, kw). A transposed convolution is `conv2d_backward_input` with its output's size as `image_size`;
its gradients are `conv2d` and `conv2d_backward_weight`. The gradient of the bias is in bias.py.
"""

import contextlib
import threading
from collections.abc import Iterator

import numpy as np

from minitorch_cv.kernels.depthwise import depthwise, depthwise_backward_input, depthwise_backward_weight
from minitorch_cv.kernels.direct import direct, direct_backward_input
from minitorch_cv.kernels.direct_weight import direct_backward_weight
from minitorch_cv.kernels.im2col_convolution import im2col_backward_input, im2col_backward_weight, im2col_conv2d
from minitorch_cv.kernels.keeping import Kept
from minitorch_cv.kernels.layout import Array
from minitorch_cv.kernels.window import Pair, Window
from minitorch_cv.kernels.winograd import (
    supports,
    winograd,
    winograd_backward_input,
    winograd_backward_weight,
    worthwhile,
)

ALGORITHMS = ("auto", "im2col", "direct", "winograd")


class _Preference(threading.local):
    name = "auto"


_preference = _Preference()


@contextlib.contextmanager
def algorithm(name: str) -> Iterator[None]:
    """Prefer one of ALGORITHMS in this thread; where it cannot compute a convolution, `direct` does, then `im2col`."""
    if name not in ALGORITHMS:
        raise ValueError(f"algorithm: expected one of {', '.join(map(repr, ALGORITHMS))}, got {name!r}")
    usual = _preference.name
    _preference.name = name
    try:
        yield
    finally:
        _preference.name = usual


def _choose(
    dtype: np.dtype,
    groups: int,
    window: Window,
    n: int,
    channels: int,
    filters: int,
    out_size: Pair,
    kept: bool = False,
) -> str:
    """The kernel for a convolution.

    float64 is for checking gradients, and groups that are neither one nor the channels are rare in courses: both take
    the plain kernel. Where Winograd pays is said in winograd.py.
    """
    preferred = _preference.name
    if dtype != np.float32 or groups != 1 or preferred == "im2col":
        return "im2col"
    if not supports(window) or preferred == "direct":
        return "direct"
    if preferred == "winograd" or worthwhile(n, channels, filters, *out_size, window.size[0], kept):
        return "winograd"
    return "direct"


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    window: Window,
    groups: int = 1,
    low: float = -np.inf,
    kept: Kept | None = None,
) -> Array:
    """out[n, o, y, x] = bias[o] + the sum of weight[o] * (the window of x[n] at y, x), but not less than `low`.

    Args:     low: minus infinity, or 0 for what a ReLU makes of it; NaN stays NaN.
              kept: the same dictionary for the same weight and bias, with the same numbers in them (keeping.py).
    """
    if _is_depthwise(weight, groups):
        return depthwise(x, weight, window, bias, low, kept)
    out_size = window.output_size((x.shape[2], x.shape[3]))
    match _choose(x.dtype, groups, window, len(x), weight.shape[1], weight.shape[0], out_size, kept is not None):
        case "winograd":
            return winograd(x, weight, bias, window, low, kept)
        case "direct":
            return direct(x, weight, bias, window, low, kept)
        case _:
            out = im2col_conv2d(x, weight, bias, window, groups)
            return out if low == -np.inf else np.maximum(out, out.dtype.type(low), out=out)


def conv2d_backward_input(grad_out: Array, weight: Array, image_size: Pair, window: Window, groups: int = 1) -> Array:
    """The gradient of `conv2d` with respect to x, images of `image_size` (H, W)."""
    if _is_depthwise(weight, groups):
        return depthwise_backward_input(grad_out, weight, groups, image_size, window)
    match _choose(grad_out.dtype, groups, window, len(grad_out), weight.shape[1], weight.shape[0], grad_out.shape[2:]):
        case "winograd":
            return winograd_backward_input(grad_out, weight, image_size, window)
        case "direct":
            return direct_backward_input(grad_out, weight, image_size, window)
        case _:
            return im2col_backward_input(grad_out, weight, image_size, window, groups)


def conv2d_backward_weight(grad_out: Array, x: Array, window: Window, groups: int = 1) -> Array:
    """The gradient of `conv2d` with respect to weight: the sum over all windows of grad_out * window."""
    if x.shape[1] == groups > 1:
        return depthwise_backward_weight(grad_out, x, window)
    match _choose(x.dtype, groups, window, len(x), x.shape[1], grad_out.shape[1], grad_out.shape[2:]):
        case "winograd":
            return winograd_backward_weight(grad_out, x, window)
        case "direct":
            return direct_backward_weight(grad_out, x, window)
        case _:
            return im2col_backward_weight(grad_out, x, window, groups)


def _is_depthwise(weight: Array, groups: int) -> bool:
    # With one group there is one input channel for all outputs, which the product handles better.
    return groups > 1 and weight.shape[1] == 1
