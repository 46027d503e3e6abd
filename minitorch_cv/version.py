"""torch.version: the library's version; there is no CUDA, HIP or XPU."""

from ._version import __version__

cuda: str | None = None
hip: str | None = None
xpu: str | None = None

__all__ = ["__version__", "cuda", "hip", "xpu"]
