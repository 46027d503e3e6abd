"""Arrays in, arrays out: compiled loops that know no Tensor and no graph."""

from ._jit import compile_seconds
from ._threads import get_num_threads, set_num_threads

__all__ = ["compile_seconds", "get_num_threads", "set_num_threads"]
