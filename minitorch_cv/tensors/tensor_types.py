"""FloatTensor, LongTensor and the other old constructors by dtype."""

from __future__ import annotations

from ..types import dtype as dt
from .legacy import TensorType
from .tensor import Tensor

FloatTensor = TensorType(dt.float32, Tensor)
DoubleTensor = TensorType(dt.float64, Tensor)
HalfTensor = TensorType(dt.float16, Tensor)
LongTensor = TensorType(dt.int64, Tensor)
IntTensor = TensorType(dt.int32, Tensor)
ShortTensor = TensorType(dt.int16, Tensor)
CharTensor = TensorType(dt.int8, Tensor)
ByteTensor = TensorType(dt.uint8, Tensor)
BoolTensor = TensorType(dt.bool_, Tensor)
