"""What optimisers check of their arguments."""

from __future__ import annotations

from ..tensors.tensor import Tensor


def check_lr(lr: float | Tensor) -> None:
    """Raise ValueError unless lr is a number, or a tensor of one element, that is not negative."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_not_negative("learning rate", lr)


def check_not_negative(name: str, value: float | Tensor) -> None:
    """Raise ValueError for a negative number or NaN."""
    if not value >= 0.0:  # type: ignore[operator]
        raise ValueError(f"Invalid {name}: {value}")


def check_betas(betas: tuple[float | Tensor, float | Tensor]) -> None:
    """Raise ValueError unless both decay rates are in [0, 1)."""
    for i, beta in enumerate(betas):
        if not (beta >= 0.0 and beta < 1.0):  # type: ignore[operator]
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
