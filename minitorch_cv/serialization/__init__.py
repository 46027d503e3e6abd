"""Files: PyTorch's formats, written and read without PyTorch, and safetensors."""

from .read import load
from .safetensors_format import load_file, read_metadata, save_file
from .write import save

__all__ = ["load", "load_file", "read_metadata", "save", "save_file"]
