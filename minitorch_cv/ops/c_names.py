"""How PyTorch names dtypes in messages that come out of its C++ code."""

from __future__ import annotations

from ..types import dtype as dt

C_NAMES = {
    dt.float16: "c10::Half",
    dt.float32: "float",
    dt.float64: "double",
    dt.int8: "signed char",
    dt.int16: "short int",
    dt.int32: "int",
    dt.int64: "long int",
    dt.uint8: "unsigned char",
    dt.bool_: "bool",
}
