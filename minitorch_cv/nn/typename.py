"""typename: how error messages name what they got."""

from __future__ import annotations

from ..tensors.tensor import Tensor


def typename(obj: object) -> str:
    """The name of an object's type: 'torch.FloatTensor', 'int', 'mypackage.mymodule.MyClass' (as torch.typename)."""
    if isinstance(obj, Tensor):
        return f"torch.{obj.dtype.tensor_type}Tensor"
    kind = type(obj)
    return (
        kind.__qualname__
        if kind.__module__ in ("builtins", "__builtin__")
        else f"{kind.__module__}.{kind.__qualname__}"
    )
