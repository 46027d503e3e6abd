"""Tensor's methods that make new tensors of its dtype, which need not be in its shape."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..autograd.variable import Variable
from ..ops.slicing import BasicIndex
from ..types import memory_format as mf
from .factory_arguments import check_common, check_dtype, check_size, set_requires_grad
from .filling import fill_number
from .from_data import array_of
from .legacy import check_legacy_dtype, check_legacy_keywords, legacy_array


class NewMethods(Variable):
    """new_tensor, new_zeros, new_ones, new_full, new_empty, and the old new."""

    __slots__ = ()

    def new(self, *args: Any, **kwargs: Any) -> Any:
        """A tensor of this tensor's dtype, as the old constructors make it: of sizes, of a sequence, or of a tensor."""
        check_legacy_keywords(kwargs)
        if len(args) == 1 and isinstance(args[0], Variable):
            check_legacy_dtype("new", args[0], self.dtype)
            return BasicIndex((), "AliasBackward0")(args[0])
        return self.wrap(legacy_array(args, self.dtype))

    def new_tensor(
        self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
    ) -> Any:
        """A tensor with a copy of data, by default of this tensor's dtype."""
        check_common("new_tensor", device, pin_memory=pin_memory)
        if isinstance(data, Variable):
            warnings.warn(
                "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
                "sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor).",
                UserWarning,
                stacklevel=2,
            )
        array = array_of("new_tensor", data, check_dtype("new_tensor", dtype, self.dtype))
        return set_requires_grad("new_tensor", self.wrap(array), requires_grad)

    def new_zeros(
        self,
        *size: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        layout: Any = mf.strided,
        pin_memory: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Zeros, by default of this tensor's dtype."""
        shape = self._new_shape("new_zeros", size, kwargs, device, layout, pin_memory)
        array = np.zeros(shape, check_dtype("new_zeros", dtype, self.dtype).numpy)
        return set_requires_grad("new_zeros", self.wrap(array), requires_grad)

    def new_ones(
        self,
        *size: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        layout: Any = mf.strided,
        pin_memory: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Ones, by default of this tensor's dtype."""
        shape = self._new_shape("new_ones", size, kwargs, device, layout, pin_memory)
        array = np.ones(shape, check_dtype("new_ones", dtype, self.dtype).numpy)
        return set_requires_grad("new_ones", self.wrap(array), requires_grad)

    def new_empty(
        self,
        *size: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        layout: Any = mf.strided,
        pin_memory: bool = False,
        **kwargs: Any,
    ) -> Any:
        """A tensor without defined content, by default of this tensor's dtype."""
        shape = self._new_shape("new_empty", size, kwargs, device, layout, pin_memory)
        array = np.empty(shape, check_dtype("new_empty", dtype, self.dtype).numpy)
        return set_requires_grad("new_empty", self.wrap(array), requires_grad)

    def new_full(
        self,
        size: tuple[int, ...],
        fill_value: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        layout: Any = mf.strided,
        pin_memory: bool = False,
    ) -> Any:
        """One number, by default of this tensor's dtype."""
        shape = self._new_shape("new_full", (), {"size": size}, device, layout, pin_memory)
        array = np.full(shape, fill_number("new_full", fill_value, check_dtype("new_full", dtype, self.dtype)))
        return set_requires_grad("new_full", self.wrap(array), requires_grad)

    def _new_shape(
        self, op_name: str, size: tuple, keywords: dict[str, Any], device: Any, layout: Any, pin_memory: bool
    ) -> tuple[int, ...]:
        check_common(op_name, device, layout, pin_memory)
        return check_size(op_name, size, keywords)
