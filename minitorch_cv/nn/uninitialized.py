"""Parameters and buffers whose shape is not known yet: those of lazy layers, before they have seen an input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.memory_order import pin
from ..autograd.variable import Variable
from ..tensors.creation import empty
from ..tensors.tensor import Tensor
from ..types.dtype import dtype as DType
from .parameter import Buffer, Parameter

_SLOT = Variable.__dict__["array"]  # where a tensor's array lies; here it is hidden from everyone who asks for it


class Uninitialized(Tensor):
    """What both have in common: no array, but a dtype that it will have."""

    kind: str  # what is said of it
    cls_to_become: type[Tensor]

    def _begin(self, requires_grad: bool, device: Any, dtype: Any) -> None:
        self._like = empty(0, device=device, dtype=dtype)
        self._fill(np.empty(0, np.float32))
        self._requires_grad = requires_grad

    @property
    def array(self) -> np.ndarray:  # type: ignore[override]
        """Not there yet.

        Raises:   ValueError: always.
        """
        raise ValueError(
            f"Attempted to use an uninitialized {self.kind}. This error happens when you are using a lazy module. Call "
            "it with a dummy batch to initialize the parameters before using them"
        )

    @array.setter
    def array(self, value: np.ndarray) -> None:
        _SLOT.__set__(self, value)

    @property
    def shape(self) -> Any:
        """Not known yet.

        Raises:   RuntimeError: always.
        """
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` "
            "to initialize the parameters before accessing their attributes."
        )

    @property
    def dtype(self) -> DType:  # type: ignore[override]
        """What it will have."""
        return self._like.dtype

    def convert(self, fn: Callable[[Tensor], Tensor]) -> None:
        """Have, from now on, the dtype that a function gives a tensor."""
        self._like = fn(self._like)

    def materialize(self, shape: tuple[int, ...], device: Any = None, dtype: Any = None) -> None:
        """Become a parameter, or buffer, of this shape without defined content; optimisers and modules keep it.

        Args:     dtype: None for that of before.
        """
        made = empty(shape, device=device, dtype=self.dtype if dtype is None else dtype)
        wanted = self._requires_grad
        del self._like
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        self._fill(made.array)
        pin(self)
        self._requires_grad = wanted

    def __repr__(self) -> str:  # type: ignore[override]
        return f"<{type(self).__name__}>"


class UninitializedParameter(Uninitialized, Parameter):
    """A parameter whose shape is not known yet; `materialize(shape)` makes it one.

    Args:     dtype: that it will have; None for the default.
    """

    kind = "parameter"
    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        self._begin(requires_grad, device, dtype)


class UninitializedBuffer(Uninitialized, Buffer):
    """A buffer whose shape is not known yet; `materialize(shape)` makes it one."""

    kind = "buffer"
    cls_to_become = Tensor

    def __init__(
        self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> None:
        self._begin(requires_grad, device, dtype)
        self.persistent = persistent
