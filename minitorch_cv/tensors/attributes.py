"""What a Tensor tells about itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.memory_order import exposed, memory_of, part_of, pin
from ..autograd.variable import Variable
from ..kernels.owner import owner_of
from ..ops.arguments import normalize_dim
from ..types import memory_format as mf
from ..types.device import CPU, device
from ..types.memory_format import layout, strided
from .storage import UntypedStorage


class AttributeMethods(Variable):
    """Shape, memory, device, and the like."""

    __slots__ = ()

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        if dim is None:
            return self.shape
        if self.array.ndim == 0:
            raise IndexError(f"size: Dimension specified as {dim} but tensor has no dimensions")
        return self.array.shape[normalize_dim("size", dim, self.array.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements together."""
        return self.array.nbytes

    def stride(self, dim: int | None = None) -> Any:
        """Steps in memory, in elements, from one index to the next: of all dimensions, or of one."""
        array = self.array
        if array.size == 0:  # NumPy gives 0 throughout
            array = np.empty([max(n, 1) for n in array.shape], array.dtype)
        steps = tuple([s // array.itemsize for s in array.strides])
        return steps if dim is None else steps[normalize_dim("stride", dim, array.ndim)]

    def is_contiguous(self, memory_format: Any = mf.contiguous_format) -> bool:
        """Whether memory has no gaps and runs in the order of the dimensions, or N, H, W, C for channels_last."""
        if memory_format is mf.contiguous_format:
            return self.array.flags.c_contiguous
        mf.check_memory_format("is_contiguous", memory_format)
        if memory_format is mf.channels_last:
            return mf.is_channels_last(self.array)
        raise RuntimeError(f"is_contiguous: memory format {memory_format!r} is not supported; it names no order")

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.array.ctypes.data

    @property
    def device(self) -> device:
        """The CPU."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """False: this library runs on the CPU."""
        return False

    @property
    def is_sparse(self) -> bool:
        """False: there are no sparse tensors here."""
        return False

    is_xpu = is_mps = is_meta = is_mkldnn = is_quantized = is_nested = is_sparse

    @property
    def is_cpu(self) -> bool:
        """True: this library runs on the CPU."""
        return True

    def is_pinned(self) -> bool:
        """False: memory is pinned for other devices only."""
        return False

    def is_shared(self) -> bool:
        """False: memory is shared between threads, not processes."""
        return False

    @property
    def layout(self) -> layout:
        """Dense memory: torch.strided."""
        return strided

    def get_device(self) -> int:
        """-1, the CPU."""
        return -1

    def is_floating_point(self) -> bool:
        """Whether the dtype is float16, float32 or float64."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """False: there are no complex tensors here."""
        return False

    def is_signed(self) -> bool:
        """Whether the dtype can hold negative numbers."""
        return self.array.dtype.kind in "fi"

    def is_same_size(self, other: Variable) -> bool:
        """Whether both have the same shape."""
        return self.array.shape == other.array.shape

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __hash__(self) -> int:
        return id(self)

    @property
    def data(self) -> Any:
        """The same memory, without history and with a version of its own: writes to it go unnoticed by backward."""
        made = self.wrap(exposed(self))
        made._whole = part_of(self)
        pin(made)
        return made

    @data.setter
    def data(self, new: Variable) -> None:
        if not isinstance(new, Variable):
            raise TypeError(f"data: Variable data has to be a tensor, but got {type(new).__name__}")
        if self._requires_grad and new.array.dtype.kind != "f":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point")
        if (new.array.shape, new.array.dtype) != (self.array.shape, self.array.dtype):
            self._accumulator = None  # graphs that are still alive lead to an end of the old shape and dtype
        self.array, self._whole = exposed(new), part_of(new)
        pin(self)

    def detach(self) -> Any:
        """The same memory without the history; a write to it is noticed by backward."""
        return self.detached()

    def detach_(self) -> Any:
        """Forget the history, in place."""
        if self._base is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self.set_history(None, 0)
        return self

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Set requires_grad; returns self."""
        self.requires_grad = requires_grad
        return self

    def untyped_storage(self) -> UntypedStorage:
        """The memory, which this shares with its views."""
        array = exposed(self)
        memory = memory_of(self)
        return UntypedStorage(memory if memory.flags.forc else owner_of(array))

    def storage_offset(self) -> int:
        """Elements between the start of the memory and the first element."""
        return (self.array.ctypes.data - memory_of(self).ctypes.data) // self.array.itemsize
