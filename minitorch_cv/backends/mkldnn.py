"""torch.backends.mkldnn: not available."""

from __future__ import annotations

enabled = False


def is_available() -> bool:
    """False."""
    return False
