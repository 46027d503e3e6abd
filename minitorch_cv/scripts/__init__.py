"""Scripts written for PyTorch, run unmodified: `import torch` brings this library, in one process, when asked."""

from .alias import as_torch
from .missing import missing_name
from .notebooks import load_ipython_extension, unload_ipython_extension
from .run import run_module, run_script

__all__ = ["as_torch", "load_ipython_extension", "missing_name", "run_module", "run_script", "unload_ipython_extension"]
