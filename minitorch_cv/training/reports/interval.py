"""How sure a share is that was counted on a limited number of samples."""

from __future__ import annotations

import math

_NORMAL_975 = 1.959963984540054  # the quantile of the normal distribution that leaves 2.5 % above it


def interval(share: float, samples: int) -> tuple[float, float]:
    """The 95 % interval of a share that was counted on so many samples.

    Args:     share: in [0, 1].
    Source:   Wilson 1927.
    """
    z2 = _NORMAL_975**2
    middle = (share + z2 / (2 * samples)) / (1 + z2 / samples)
    half = _NORMAL_975 * math.sqrt(share * (1 - share) / samples + z2 / (4 * samples**2)) / (1 + z2 / samples)
    return max(0.0, middle - half), min(1.0, middle + half)
