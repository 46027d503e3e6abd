"""PyTorch's names for the classes that scripts print most: `<class 'torch.Tensor'>`.

Others keep their own: where a class says that it is, `inspect` and `typing` look for its source and its names.
"""

from __future__ import annotations

from ..nn.parameter import Parameter
from ..tensors.tensor import Tensor
from ..types.device import device
from ..types.dtype import dtype
from ..types.size import Size

_PRINTED = {Tensor: "torch", Parameter: "torch.nn.parameter", Size: "torch", dtype: "torch", device: "torch"}


def rename() -> list[tuple[type, str]]:
    """Let the classes say that they are PyTorch's.

    Returns:  the classes with the modules that they were in, to be put back.
    """
    before = [(kind, kind.__module__) for kind in _PRINTED]
    for kind, module in _PRINTED.items():
        kind.__module__ = module
    return before
