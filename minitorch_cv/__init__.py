"""minitorch_cv: a deep-learning library for computer-vision courses, on NumPy and Numba, with PyTorch's semantics."""

from . import autograd, random
from .autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
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
from .ops.expanding import broadcast_shapes, broadcast_tensors, broadcast_to, meshgrid
from .ops.gathering import argwhere, gather, index_select, masked_select, nonzero, take, take_along_dim
from .ops.index_writing import index_add, index_copy, index_fill, masked_scatter
from .ops.indexing import index_put
from .ops.joining import cat, column_stack, concat, concatenate, dstack, hstack, stack, vstack
from .ops.permuting import moveaxis, movedim, permute, swapaxes, swapdims, t, transpose
from .ops.rearranging import diag, diag_embed, flip, fliplr, flipud, roll, rot90, tril, triu
from .ops.repeating import repeat_interleave, tile
from .ops.reshaping import atleast_1d, atleast_2d, atleast_3d, flatten, ravel, reshape, squeeze, unflatten, unsqueeze
from .ops.scattering import scatter, scatter_add, scatter_reduce
from .ops.slicing import diagonal, narrow, select
from .ops.softmax import log_softmax, softmax
from .ops.splitting import chunk, split, split_with_sizes, tensor_split, unbind
from .serialization import load, save
from .tensors import Tensor
from .tensors.creation import (
    as_tensor,
    asarray,
    empty,
    empty_like,
    from_numpy,
    full,
    full_like,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from .tensors.generator import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .tensors.queries import is_complex, is_floating_point, is_nonzero, is_tensor, numel
from .tensors.sampling import (
    bernoulli,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from .tensors.sequences import arange, eye, linspace, logspace, tril_indices, triu_indices
from .tensors.tensor_types import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)
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
from .types.memory_format import contiguous_format, layout, memory_format, preserve_format, strided

subtract, multiply, divide, true_divide, negative = sub, mul, div, div, neg
row_stack = vstack
