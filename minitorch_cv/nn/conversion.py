"""Converting a module: to another dtype, or to the CPU, where it already is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeVar

from ..autograd.grad_mode import no_grad
from ..tensors.conversion import parse_to
from ..tensors.creation import empty_like
from ..tensors.tensor import Tensor
from ..types import memory_format as mf
from .traversal import TraversalMethods
from .uninitialized import Uninitialized

M = TypeVar("M", bound="ConversionMethods")


class ConversionMethods(TraversalMethods):
    """The methods of Module that convert all its tensors. Parameters stay the same objects, so optimisers keep them."""

    def _apply(self: M, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> M:
        for module in self.children() if recurse else ():
            module._apply(fn)
        for param in self._parameters.values():
            if param is None:
                continue
            if isinstance(param, Uninitialized):
                param.convert(fn)
                continue
            with no_grad():
                param.data = fn(param)
                if param.grad is not None:
                    param.grad.data = fn(param.grad)
        for name, buffer in self._buffers.items():
            if isinstance(buffer, Uninitialized):
                buffer.convert(fn)
            elif buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self: M, *args: Any, **kwargs: Any) -> M:
        """Convert floating-point parameters and buffers, in place; integer ones keep their dtype.

        Args:     args, kwargs: a dtype, a device, a device and a dtype, or a tensor to be like; by name,
                    `memory_format`, for what has four dimensions.
        Raises:   TypeError: for a dtype that is not floating-point. RuntimeError: for any device but the CPU.
        """
        memory_format = kwargs.pop("memory_format", None) or mf.preserve_format
        mf.check_memory_format("to", memory_format)
        target, _ = parse_to(*args, **kwargs)
        if target is not None and not target.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got desired dtype={target}")

        def convert(t: Tensor) -> Tensor:
            kept = memory_format if t.ndim in (4, 5) else mf.preserve_format
            return t.to(target if t.is_floating_point() else None, memory_format=kept)

        return self._apply(convert)

    def to_empty(self: M, *, device: Any, recurse: bool = True) -> M:
        """Give parameters and buffers new memory without defined content, in place.

        Args:     device: the CPU, or None.
                  recurse: those of the modules below too.
        Raises:   RuntimeError: for any device but the CPU. ValueError: if a shape is not known yet.
        """
        for name, tensor in itertools.chain(
            self.named_parameters(recurse=recurse), self.named_buffers(recurse=recurse)
        ):
            if isinstance(tensor, Uninitialized):
                raise ValueError(
                    f"to_empty: attempted to use an uninitialized {tensor.kind}, {name}: its shape is not known yet. "
                    "Call the module with a dummy batch first"
                )
        return self._apply(lambda t: empty_like(t, device=device), recurse=recurse)

    def cpu(self: M) -> M:
        """The module itself: it is on the CPU."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device: Any = None) -> Any:
        """Raise RuntimeError: this library runs on the CPU."""
        return Tensor().cuda(device)

    def type(self: M, dst_type: Any) -> M:
        """Convert all parameters and buffers, in place, integer ones too."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self: M) -> M:
        """Convert floating-point parameters and buffers to float32, in place."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self: M) -> M:
        """Convert floating-point parameters and buffers to float64, in place."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self: M) -> M:
        """Convert floating-point parameters and buffers to float16, in place; for storage, not for computing."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)
