"""The memory of large tensors, which the library keeps and uses again when tensors die (torch.cuda's names).

minitorch_cv.backends.memory.empty_cache()    # after the training of a large model, before something else
minitorch_cv.backends.memory.memory_stats()["allocated_bytes.all.current"]
"""

from ..kernels.memory import empty_cache, memory_stats

__all__ = ["empty_cache", "memory_stats"]
