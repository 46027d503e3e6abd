"""minitorch_cv: a deep-learning library for computer-vision courses, on NumPy and Numba, with PyTorch's semantics."""

from . import autograd
from .autograd import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .ops.activation_piecewise import hardshrink, prelu, relu, relu_, rrelu, rrelu_, threshold, threshold_
from .ops.activation_smooth import celu, celu_, selu, selu_
from .ops.arithmetic import (
    add,
    div,
    floor_divide,
    fmod,
    mul,
    neg,
    positive,
    pow,
    remainder,
    rsub,
    sub,
)
from .ops.copying import clone
from .ops.softmax import log_softmax, softmax
from .serialization import load, save
from .tensors import Tensor
from .types.dtype import (
    bool_ as bool,
)
from .types.dtype import (
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    set_default_dtype,
    short,
    uint8,
)
from .types.dtype import (
    float_ as float,
)
from .types.dtype import (
    int_ as int,
)

subtract, multiply, divide, true_divide, negative = sub, mul, div, div, neg
