"""Among PyTorch's users: a model held against its twin in torch, as a torch module, as an ONNX file."""

from .comparison import Comparison, compare_torch
from .onnx_export import export as export_onnx
from .to_torch import to_torch

__all__ = ["Comparison", "compare_torch", "export_onnx", "to_torch"]
