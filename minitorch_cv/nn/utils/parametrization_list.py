"""ParametrizationList: what a parametrized tensor is computed from, and by which modules."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ...autograd.grad_mode import no_grad
from ...tensors.tensor import Tensor
from ..containers import ModuleList
from ..module import Module
from ..parameter import Parameter


class ParametrizationList(ModuleList):
    """Computes a tensor of a module: the modules in turn, the first applied to the originals that are kept here.

    `register_parametrization` makes it; it is `module.parametrizations[tensor_name]`. The first module's right_inverse,
    the identity if it has none, says what the originals are: one tensor, `original`, or several, `original0`,
    `original1`, ...

    Args:     modules: the parametrizations.
              original: the parameter or buffer that they are registered for. If there is one original it is this
                object, so that optimisers keep it.
              unsafe: let them change the shape and dtype.
    Raises:   ValueError: for no modules, or if they do not give back a tensor like the original one.
    """

    original: Tensor

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        before = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):  # then it counts as the identity
                        new = module.right_inverse(new)
        self.is_tensor = isinstance(new, Tensor)
        if self.is_tensor:
            self.ntensors = 1
            self._keep_one(original, new)
        elif isinstance(new, Sequence):
            self.ntensors = len(new)
            self._keep_several(original, new)
        else:
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )
        if not unsafe:
            check_like(
                self(), *before, "the tensor, unless `unsafe` flag is enabled", "unparametrized ", "parametrized "
            )

    def _keep_one(self, original: Tensor, new: Tensor) -> None:
        if original.dtype != new.dtype:
            raise ValueError(
                "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
            )
        original.data = new
        register(self, "original", original)

    def _keep_several(self, original: Tensor, new: Sequence[Any]) -> None:
        for i, tensor in enumerate(new):
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                    f"Got element {i} of the sequence with type {type(tensor).__name__}."
                )
            if isinstance(original, Parameter):  # for the user to add to the optimiser
                tensor = Parameter(tensor, original.requires_grad)
            register(self, f"original{i}", tensor.requires_grad_(original.requires_grad))

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the modules give `value`: what assigning to the parametrized tensor does.

        Raises:   RuntimeError: if a module has no right_inverse. ValueError: if one returns something else than
                the originals are.
        """
        new: Any = value
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                new = module.right_inverse(new)
        if self.is_tensor:
            self._set_one(new)
        else:
            self._set_several(new)

    def _set_one(self, new: Any) -> None:
        if not isinstance(new, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(new).__name__}")
        if new.dtype != self.original.dtype:
            raise ValueError(
                f"The tensor returned by `right_inverse` has dtype {new.dtype} while `original` has dtype "
                f"{self.original.dtype}"
            )
        self.original.data = new

    def _set_several(self, new: Any) -> None:
        if not isinstance(new, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(new).__name__}.")
        if len(new) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. "
                f"Got a sequence of length {len(new)}."
            )
        for i, tensor in enumerate(new):
            kept = getattr(self, f"original{i}")
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    f"'right_inverse' must return a sequence of tensors. Got element {i} of type "
                    f"{type(tensor).__name__}."
                )
            if tensor.dtype != kept.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {tensor.dtype} while `original{i}` has dtype "
                    f"{kept.dtype}"
                )
            kept.data = tensor

    def forward(self) -> Tensor:
        """The parametrized tensor."""
        first, *others = self
        if self.is_tensor:
            x = first(self.original)
        else:
            x = first(*(getattr(self, f"original{i}") for i in range(self.ntensors)))
        for module in others:
            x = module(x)
        return x


def register(module: Module, name: str, tensor: Tensor) -> None:
    """Add a tensor to a module: a parameter as one, any other as a buffer."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def check_like(found: Any, shape: Any, dtype: Any, what: str, old: str, new: str) -> None:
    """Complain unless a parametrization gave a tensor of this shape and dtype.

    Raises:   ValueError: naming both, with `old` and `new` before what differs.
    """
    if not isinstance(found, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(found).__name__}.")
    for name, wanted, got in (("dtype", dtype, found.dtype), ("shape", shape, found.shape)):
        if wanted != got:
            raise ValueError(
                f"Registering a parametrization may not change the {name} of {what}.\n"
                f"{old}{name}: {wanted}\n{new}{name}: {got}"
            )
