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

_BY_NAME = {f"torch.{t.__name__}": t for t in (FloatTensor, DoubleTensor, HalfTensor)}


def set_default_tensor_type(t: TensorType | str) -> None:
    """Set the dtype of tensors made from Python floats, the old way (torch.set_default_tensor_type).

    Args:     t: DoubleTensor, "torch.DoubleTensor" or the like.
    Raises:   TypeError: if it is not the type of a floating-point tensor on the CPU.
    """
    found = _BY_NAME.get(t) if isinstance(t, str) else t
    if not isinstance(found, TensorType) or not found.dtype.is_floating_point:
        raise TypeError(
            f"set_default_tensor_type: only floating-point types are supported as the default type, got {t!r}; "
            f"there are {', '.join(_BY_NAME)}"
        )
    dt.set_default_dtype(found.dtype)
