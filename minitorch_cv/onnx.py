"""torch.onnx: `export`, which writes models as ONNX files. See interop/onnx_export."""

from __future__ import annotations

from enum import IntEnum
from typing import Any


class TrainingMode(IntEnum):
    """In which mode a model is written; supported is EVAL."""

    EVAL = 0
    PRESERVE = 1
    TRAINING = 2


def __getattr__(name: str) -> Any:
    """`export`, imported when it is first asked for: few scripts do."""
    if name == "export":
        from .interop.onnx_export import export

        return export
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; there are export and TrainingMode")
