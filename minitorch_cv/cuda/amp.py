"""torch.cuda.amp, the older names of torch.amp: disabled, with PyTorch's warnings."""

from __future__ import annotations

import warnings

from .. import amp
from ..types.dtype import dtype as dtype_class
from ..types.dtype import float16

__all__ = ["GradScaler", "autocast"]


def _deprecated(old: str, new: str) -> None:
    warnings.warn(f"`torch.cuda.amp.{old}(args...)` is deprecated. Please use `{new}` instead.", FutureWarning, 3)


class autocast(amp.autocast):
    """`torch.amp.autocast('cuda', ...)`, which is disabled with a warning: there is no GPU."""

    def __init__(self, enabled: bool = True, dtype: dtype_class = float16, cache_enabled: bool = True) -> None:
        _deprecated("autocast", "torch.amp.autocast('cuda', args...)")
        super().__init__("cuda", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """`torch.amp.GradScaler('cuda', ...)`, which is disabled with a warning: there is no GPU."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _deprecated("GradScaler", "torch.amp.GradScaler('cuda', args...)")
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
