"""Pictures of `training.plots` for a page: drawn into a temporary folder, and taken from there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .markup import Markup, picture


def drawn(draw: Callable[[Path], Any], alt: str) -> Markup:
    """A picture that `draw` writes to the path it is given.

    Args:     alt: what the picture tells, for those who cannot see it.
    """
    with tempfile.TemporaryDirectory(prefix="minitorch_cv-") as folder:
        path = Path(folder) / "picture.png"
        draw(path)
        return picture(path.read_bytes(), alt)
