"""torch.amp: mixed precision. Everything is computed in the tensors' own dtypes; scaling works as PyTorch's."""

from .autocast_mode import autocast, is_autocast_available
from .grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "is_autocast_available"]
