"""Images blurred, sharpened, and with noise, at random."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from ...nn.module import Module
from ...tensors.tensor import Tensor
from . import draws
from . import functional as F
from .arguments import pair_of_sizes
from .sometimes import Sometimes


class GaussianBlur(Module):
    """Blurred by a random amount.

    Args:     kernel_size: in pixels, odd: (horizontal, vertical), or one number for both.
              sigma: standard deviation in pixels: (least, most), or one number.
    Raises:   ValueError: for arguments that are not of this form.
    """

    def __init__(self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)) -> None:
        super().__init__()
        self.kernel_size = pair_of_sizes(kernel_size, "Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        if isinstance(sigma, numbers.Number):
            if sigma <= 0:  # type: ignore[operator]
                raise ValueError("If sigma is a single number, it must be positive.")
            sigma = (sigma, sigma)  # type: ignore[assignment]
        elif not isinstance(sigma, Sequence) or len(sigma) != 2:
            raise ValueError("sigma should be a single number or a list/tuple with length 2.")
        elif not 0 < sigma[0] <= sigma[1]:
            raise ValueError("sigma values should be positive and of the form (min, max).")
        self.sigma: Any = sigma

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """A standard deviation in the range."""
        return draws.uniform(sigma_min, sigma_max)

    def forward(self, img: Any) -> Any:
        """Blur."""
        sigma = self.get_params(self.sigma[0], self.sigma[1])
        return F.gaussian_blur(img, self.kernel_size, (sigma, sigma))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(kernel_size={self.kernel_size}, sigma={self.sigma})"


class RandomAdjustSharpness(Sometimes):
    """Sharpened or blurred, with probability p.

    Args:     sharpness_factor: 0 blurs, 1 changes nothing, 2 sharpens.
    """

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def transformed(self, img: Any) -> Any:
        """Sharpen."""
        return F.adjust_sharpness(img, self.sharpness_factor)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(sharpness_factor={self.sharpness_factor},p={self.p})"


class GaussianNoise(Module):
    """A tensor with normally distributed noise (torchvision.transforms.v2.GaussianNoise).

    Args:     mean, sigma: of the noise; 1 is white, for uint8 as well.
              clip: keep the result between black and white.
    """

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean = mean
        self.sigma = sigma
        self.clip = clip

    def forward(self, img: Tensor) -> Tensor:
        """Add noise."""
        return F.gaussian_noise(img, self.mean, self.sigma, self.clip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, sigma={self.sigma}, clip={self.clip})"
