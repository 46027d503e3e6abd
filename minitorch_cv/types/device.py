"""Devices: tensors are on the CPU; others can be named and compared, and are refused where something is to go there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn

_HINT = "this library runs on the CPU; write device='cpu' or leave the device out"
# Those that PyTorch knows by name.
_TYPES = (
    *("cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy"),
    *("vulkan", "mps", "meta", "hpu", "mtia", "privateuseone"),
)


class device:
    """`device('cpu')`, or the name of another device, for scripts that look which one there is (torch.device).

    Raises:   RuntimeError: for a type that PyTorch does not have, or an index that is none.
    """

    __slots__ = ("index", "type")
    index: int | None
    type: str

    def __init__(self, type: str | device, index: int | None = None) -> None:
        if isinstance(type, device):
            index = type.index
            type = type.type
        if not isinstance(type, str):
            raise TypeError(f"device(): expected a string such as 'cpu', got {type!r}")
        name, colon, number = type.partition(":")
        if colon:
            if index is not None or not number.isdigit() or str(int(number)) != number:
                raise RuntimeError(f"Invalid device string: '{type}'")
            index = int(number)
        if name not in _TYPES:
            raise RuntimeError(f"Expected one of {', '.join(_TYPES)} device type at start of device string: {name}")
        if name == "cpu" and index not in (None, 0):
            raise RuntimeError(f"CPU device index must be -1 or zero, got {index}")
        self.type = name
        self.index = index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __enter__(self) -> device:
        """Make new tensors on this device: the CPU, where they are made anyway (`with torch.device('cpu'):`)."""
        return check_device(self)

    def __exit__(self, *raised: object) -> None:
        """Nothing is to be put back."""

    def __reduce__(self) -> tuple:
        return (device, (self.type, self.index))


CPU = device("cpu")


def check_device(value: object) -> device:
    """The device a user named, None meaning the CPU.

    Raises:   RuntimeError: for any device but the CPU.
    """
    if value is None:
        return CPU
    wanted = device(value)  # type: ignore[arg-type]
    if wanted.type != "cpu":
        raise RuntimeError(f"device '{wanted}' is not available: {_HINT}")
    return wanted


def without_device(name: str, said: str, asking: Collection[str], error: type[Exception]) -> Callable[..., NoReturn]:
    """What the module of a device that is not there gives for a name that it does not have.

    Args:     name: the name, behind the module's.
              said: why it is not there.
              asking: names of functions that ask the device something.
              error: what these raise when they are called, as PyTorch's do on a machine without the device.
    Returns:  the function, for a name of `asking`.
    Raises:   AttributeError: for any other name.
    """
    if name.rpartition(".")[2] not in asking:
        raise AttributeError(f"{name}: {said}")

    def ask(*args: Any, **kwargs: Any) -> NoReturn:
        raise error(f"{name}: {said}")

    return ask


def get_default_device() -> device:
    """The CPU (torch.get_default_device)."""
    return CPU


def set_default_device(device: object) -> None:
    """Accept the CPU, which always is the default (torch.set_default_device).

    Raises:   RuntimeError: for any other device.
    """
    check_device(device)
