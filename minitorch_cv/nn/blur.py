"""Blur: a fixed filter for every channel."""

from __future__ import annotations

from typing import Any

from ..ops.arguments import pair
from ..tensors.tensor import Tensor
from ..types.device import check_device
from . import functional as F
from .blur_kernels import get_blur_kernel
from .module import Module

IntOrPair = int | tuple[int, int]


class Blur(Module):
    """Filters every channel of images (N, C, H, W) or (C, H, W) with one fixed kernel; see nn.functional.blur2d.

    With a stride it makes images smaller without turning fine patterns into coarse ones (aliasing).

    Args:     kernel: its size, from which a filter is made, or the filter itself, (kh, kw).
              stride: a number, or (vertical, horizontal).
              padding: zeros on each side; a number, a pair, 'same' or 'valid'.
              kind, sigma, dtype: of the filter that is made, 'binomial' by default; see nn.functional.get_blur_kernel.
    Attributes: kernel: a buffer, (kh, kw).
    Raises:   ValueError: if kind, sigma or dtype are given along with a filter; as get_blur_kernel.
    Source:   Zhang 2019.
    """

    kernel: Tensor

    def __init__(
        self,
        kernel: IntOrPair | Tensor,
        stride: IntOrPair = 1,
        padding: IntOrPair | str = 0,
        kind: str | None = None,
        sigma: float | tuple[float, float] | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_device(device)
        if not isinstance(kernel, Tensor):
            kernel = get_blur_kernel(kernel, "binomial" if kind is None else kind, sigma, dtype)
        elif not (kind is sigma is dtype is None):
            raise ValueError("Blur: kind, sigma and dtype describe a filter to be made, but kernel is one already")
        elif kernel.ndim != 2:
            raise ValueError(f"Blur: expected a kernel of shape (kh, kw), but got {list(kernel.shape)}")
        self.stride = pair("Blur", "stride", stride)
        self.padding = padding if isinstance(padding, str) else pair("Blur", "padding", padding)
        self.register_buffer("kernel", kernel.detach().clone())

    def forward(self, input: Tensor) -> Tensor:
        """The images, filtered."""
        return F.blur2d(input, self.kernel, self.stride, self.padding)

    def extra_repr(self) -> str:
        """Size of the filter, stride and padding."""
        return f"kernel_size={tuple(self.kernel.shape)}, stride={self.stride}, padding={self.padding}"
