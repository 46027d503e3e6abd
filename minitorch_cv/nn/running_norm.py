"""RunningNorm: what BatchNorm and InstanceNorm share, namely running statistics."""

from __future__ import annotations

from typing import Any, TypeVar

from ..tensors.creation import ones, zeros
from ..tensors.tensor import Tensor
from ..types.dtype import int64
from .affine import Affine

R = TypeVar("R", bound="RunningNorm")


class RunningNorm(Affine):
    """Base of layers that normalise channels and remember the mean and variance that they have seen.

    Attributes: running_mean, running_var: (num_features,), or None if they are not tracked.
                num_batches_tracked: how many batches they were learnt from; int64, 0-d.
    """

    _version = 2  # since which a state_dict has num_batches_tracked

    _ndims: tuple[int, ...]  # that an input may have
    stats_frozen = False  # set by nn.utils.freeze: it stays in evaluation mode whatever its model is told

    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        self._add_affine(num_features, affine, bias, device, dtype)
        kept = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, device=device, dtype=dtype) if kept else None)
        self.register_buffer("running_var", ones(num_features, device=device, dtype=dtype) if kept else None)
        self.register_buffer("num_batches_tracked", zeros((), device=device, dtype=int64) if kept else None)
        self.reset_parameters()

    def train(self: R, mode: bool = True) -> R:
        """Switch to training behaviour, unless the statistics are frozen (nn.utils.freeze)."""
        return super().train(mode and not self.stats_frozen)

    def _channel_dim(self, input: Tensor) -> int:
        """Which dimension of an input has the channels.

        Raises:   ValueError: for other numbers of dimensions.
        """
        if input.ndim not in self._ndims:
            wanted = " or ".join(f"{n}D" for n in self._ndims)
            raise ValueError(f"{type(self).__name__}: expected {wanted} input (got {input.ndim}D input)")
        return 1

    def reset_running_stats(self) -> None:
        """Forget what was seen: mean 0, variance 1, no batches."""
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Forget what was seen, and set the factors to 1 and the summands to 0."""
        self.reset_running_stats()
        super().reset_parameters()

    def extra_repr(self) -> str:
        """Number of channels and settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        *args: Any,
    ) -> None:
        version = local_metadata.get("version")
        if (version is None or version < 2) and self.num_batches_tracked is not None:
            state_dict.setdefault(f"{prefix}num_batches_tracked", self.num_batches_tracked)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)
