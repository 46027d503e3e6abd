"""A check of what goes into a network whose linear layers fit images of one size only."""

from __future__ import annotations

from ...tensors.tensor import Tensor


def check_images(name: str, images: Tensor, channels: int, size: int) -> None:
    """Raise a RuntimeError if images are not (N, channels, size, size); `name` is the network's."""
    if images.ndim != 4 or tuple(images.shape[1:]) != (channels, size, size):
        raise RuntimeError(
            f"{name}: got images of shape {list(images.shape)}, expected [N, {channels}, {size}, {size}]; "
            f"resize them with transforms.Resize(({size}, {size})), or set in_channels"
        )
