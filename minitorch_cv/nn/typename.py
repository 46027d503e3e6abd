"""typename: how error messages name what they got."""

from __future__ import annotations

from typing import Any

from ..tensors.tensor import Tensor


def typename(obj: object) -> str:
    """The name of an object's type: 'torch.FloatTensor', 'int', 'mypackage.mymodule.MyClass' (as torch.typename).

    Of a class or a function it is its own: F.relu, where nn.ReLU() is meant, is told as relu.
    """
    if isinstance(obj, Tensor):
        return f"torch.{obj.dtype.tensor_type}Tensor"
    kind: Any = obj if hasattr(obj, "__qualname__") else type(obj)
    return (
        kind.__qualname__
        if kind.__module__ in ("builtins", "__builtin__")
        else f"{kind.__module__}.{kind.__qualname__}"
    )
