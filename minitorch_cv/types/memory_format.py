"""Layouts and memory formats: what PyTorch's `layout=` and `memory_format=` arguments take here."""

from __future__ import annotations


class layout:
    """How elements are stored; the only instance is `strided`, dense memory."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # copies and pickles give the one instance back


class memory_format:
    """The order in which a tensor's dimensions lie in memory."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")


def numpy_order(op_name: str, value: object) -> str:
    """NumPy's letter for a memory format: "C" or, for preserve_format, "K"."""
    check_memory_format(op_name, value)
    return "C" if value is contiguous_format else "K"


def check_layout(op_name: str, value: object) -> None:
    """Raise unless `value` is None or strided."""
    if value is not None and value is not strided:
        raise RuntimeError(f"{op_name}: layout {value!r} is not supported; this library has torch.strided only")


def check_memory_format(op_name: str, value: object) -> None:
    """Raise unless `value` is a memory format."""
    if not isinstance(value, memory_format):
        raise TypeError(
            f"{op_name}(): argument 'memory_format' must be torch.memory_format, not {type(value).__name__}; "
            "supported are torch.contiguous_format and torch.preserve_format"
        )
