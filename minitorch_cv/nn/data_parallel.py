"""DataParallel, which has one device here: the model itself; DistributedDataParallel, which can be imported."""

from __future__ import annotations

from typing import Any

from .module import Module


class DataParallel(Module):
    """Calls the module as it is, like PyTorch's on a machine without a GPU (torch.nn.DataParallel).

    Its state_dict has the module's names behind `module.`, as PyTorch's has.

    Args:     module: the model.
              device_ids, output_device, dim: for GPUs, of which there is none.
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module gives."""
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Can be imported, as scripts for several processes do; training runs in one process here, on all its cores.

    Raises:   ValueError: whenever it is made, as PyTorch's does where no group of processes was begun.
    """

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        raise ValueError(
            "DistributedDataParallel: Default process group has not been initialized: training runs in one process "
            "here, on all its cores. Leave it out, as where torch.distributed.is_initialized() is False"
        )
