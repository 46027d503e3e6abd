"""UntypedStorage: the memory behind a tensor and all its views, as bytes."""

from __future__ import annotations

import numpy as np

from ..types.device import CPU, device


class UntypedStorage:
    """The whole of the memory of which a tensor shows a part (torch.UntypedStorage): look, but do not write.

    Args:     owner: the array that holds the memory.
    """

    def __init__(self, owner: np.ndarray) -> None:
        self._owner = owner

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """False: this library runs on the CPU."""
        return False

    def data_ptr(self) -> int:
        """The address of the first byte: the same for all tensors that share this memory."""
        return self._owner.ctypes.data

    def nbytes(self) -> int:
        """The number of bytes."""
        return self._owner.nbytes

    def size(self) -> int:
        """The number of bytes."""
        return self._owner.nbytes

    def tolist(self) -> list[int]:
        """The bytes."""
        return list(self._owner.tobytes(order="K"))

    def __len__(self) -> int:
        return self._owner.nbytes
