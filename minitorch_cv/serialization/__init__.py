"""Files: PyTorch's zip format, written and read without PyTorch."""

from .read import load
from .write import save

__all__ = ["load", "save"]
