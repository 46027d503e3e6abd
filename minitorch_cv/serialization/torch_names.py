"""The names that stand in PyTorch's files, and what each of them is here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from ..types import dtype as dt
from ..utils.pickle_limits import NotAValue

# A storage is a run of memory; the file names its number format by a class.
STORAGE_OF_DTYPE = {d: f"{d.tensor_type}Storage" for d in dt.ALL_DTYPES}
DTYPE_OF_STORAGE = {name: d for d, name in STORAGE_OF_DTYPE.items()}
DTYPE_NAMED = {d.name: d for d in (*dt.ALL_DTYPES, dt.bfloat16)}

# What PyTorch has besides.
_MISSING_STORAGES = {
    "BFloat16Storage": "bfloat16",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8",
    "QInt32Storage": "qint32",
    "QUInt8Storage": "quint8",
    "QUInt4x2Storage": "quint4x2",
    "QUInt2x4Storage": "quint2x4",
}
_MISSING_DTYPES = {
    *_MISSING_STORAGES.values(),
    *("complex32", "uint16", "uint32", "uint64"),
    *("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in range(1, 8)),
    *(f"bits{kind}" for kind in ("8", "16", "1x8", "2x4", "4x2")),
}


class TorchGlobal(NotAValue):
    """A name in a file that is written, and read, without importing what it names."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __call__(self, *args: Any) -> NoReturn:
        """There for pickle's writer, which wants what stands for a function to be callable."""
        raise TypeError(f"{self.module}.{self.name} is a name in a file; it is not called here")


STORAGES = {name: TorchGlobal("torch", name) for name in DTYPE_OF_STORAGE}
DTYPES = {name: TorchGlobal("torch", name) for name in DTYPE_NAMED}


def check_dtype(name: str, file: str) -> None:
    """Refuse a storage or dtype of PyTorch's that is not one of ours.

    Raises:   NotImplementedError: naming the dtype.
    """
    missing = _MISSING_STORAGES.get(name, name)
    if missing in _MISSING_DTYPES:
        refuse_dtype(f"torch.{missing}", file)


def refuse_dtype(name: str, file: str, supported: Iterable[dt.dtype] = dt.ALL_DTYPES) -> NoReturn:
    """The error for a tensor of a format that this library does not have."""
    raise NotImplementedError(
        f"load: {file} holds a tensor of {name}, which this library does not have; it has "
        f"{', '.join(d.name for d in supported)}. Convert it where it was made: tensor.float(), or model.float()"
    )
