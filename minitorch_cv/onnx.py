"""torch.onnx: `export`, which writes models as ONNX files. See interop/onnx_export."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """`export`, imported when it is first asked for: few scripts do."""
    if name == "export":
        from .interop.onnx_export import export

        return export
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; there is export")
