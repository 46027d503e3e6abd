"""local_response_norm: each element divided by a power of its neighbours' mean square, neighbours in channel."""

from __future__ import annotations

from dataclasses import dataclass

from ..autograd.operation import Array, Operation
from ..autograd.variable import V
from .arguments import check_floating, tuple_of


@dataclass(eq=False, repr=False)
class LocalResponseNorm(Operation):
    """x / d**beta with d = k + alpha * (the mean of x**2 over a window of `size` channels, zeros beyond the ends)."""

    torch_name = "DivBackward0"
    size: int
    alpha: float
    beta: float
    k: float

    def forward(self, x: Array) -> Array:
        self.x = x
        self.d = self.k + self.alpha / self.size * _window_sums(x * x, self.size // 2, (self.size - 1) // 2)
        return x / self.d**self.beta

    def backward(self, grad_out: Array) -> Array:
        # x[c] is in the windows of the channels c - (size-1)//2 ... c + size//2
        of_d = _window_sums(grad_out * self.x * self.d ** (-self.beta - 1), (self.size - 1) // 2, self.size // 2)
        return grad_out / self.d**self.beta - self.x * of_d * (2 * self.alpha * self.beta / self.size)


def _window_sums(x: Array, before: int, after: int) -> Array:
    """The sum over channels c - before ... c + after, as far as there are."""
    channels = x.shape[1]
    out = x.copy(order="K")
    for step in range(1, min(before, channels - 1) + 1):
        out[:, step:] += x[:, :-step]
    for step in range(1, min(after, channels - 1) + 1):
        out[:, :-step] += x[:, step:]
    return out


def local_response_norm(input: V, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> V:
    """Divide each element by (k + alpha * mean square over `size` neighbouring channels) ** beta.

    Args:     input: (N, C, ...) with at least 3 dimensions, float32 or float64.
              size: how many channels, the element's own among them; zeros are taken beyond the first and last.
    Raises:   ValueError: for fewer dimensions. RuntimeError: for a size below 1.
    Source:   Krizhevsky et al. 2012 (AlexNet), where alpha is not divided by size.
    """
    check_floating("local_response_norm", input)
    if input.array.ndim < 3:
        raise ValueError(
            f"local_response_norm: Expected 3D or higher dimensionality input (got {input.array.ndim} dimensions)"
        )
    (size,) = tuple_of(1, "local_response_norm", "size", size)
    if size < 1:
        raise RuntimeError(f"local_response_norm: size should be greater than zero, but got {size}")
    return LocalResponseNorm(size, alpha, beta, k)(input)
