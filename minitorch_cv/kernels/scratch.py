"""Working memory of a kernel: small, passing, one for each thread, so that no task allocates.

Functions: `scratch(slot, elements)`.
"""

import threading

import numpy as np

_buffers = threading.local()


def scratch(slot: int, elements: int) -> np.ndarray:
    """A float32 array of at least `elements` numbers, with anything in it.

    It is this thread's own until it asks for the same slot again; a task that needs several buffers numbers them. Keep
    them small enough for a core's cache: they are kept as long as the thread lives.
    """
    buffers: dict[int, np.ndarray] = _buffers.__dict__
    buffer = buffers.get(slot)
    if buffer is None or len(buffer) < elements:
        buffer = buffers[slot] = np.empty(elements, np.float32)
    return buffer
