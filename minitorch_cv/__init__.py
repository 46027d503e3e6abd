"""minitorch_cv: a deep-learning library for computer-vision courses, on NumPy and Numba, with PyTorch's semantics."""

from math import e, inf, nan, pi
from typing import Any

from . import (
    accelerator,
    amp,
    autograd,
    backends,
    compiler,
    cuda,
    distributed,
    hub,
    jit,
    linalg,
    mps,
    nn,
    onnx,
    optim,
    random,
    scripts,
    serialization,
    special,
    testing,
    utils,
    version,
    xpu,
)
from ._version import __version__
from .amp import GradScaler, autocast
from .amp.autocast_mode import is_autocast_enabled
from .autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from .compiler import compile
from .cuda import OutOfMemoryError
from .kernels import get_num_threads, set_num_threads
from .ops.activation_piecewise import hardshrink, prelu, relu, relu_, rrelu, rrelu_, threshold, threshold_
from .ops.activation_smooth import celu, celu_, selu, selu_
from .ops.arithmetic import (
    floor_divide,
    fmod,
    neg_,
    positive,
    rsub,
)
from .ops.average_pooling import adaptive_avg_pool1d, avg_pool1d
from .ops.blending import addcdiv, addcmul, lerp
from .ops.channel_norm import group_norm
from .ops.choosing import fmax, fmin, where
from .ops.clamping import clamp_, clamp_max, clamp_max_, clamp_min, clamp_min_
from .ops.combining import combinations, unravel_index, vander
from .ops.comparison import (
    allclose,
    eq,
    equal,
    ge,
    gt,
    isclose,
    isfinite,
    isin,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    le,
    lt,
    ne,
    signbit,
)
from .ops.convolution import conv1d, conv2d
from .ops.copying import clone
from .ops.counting import all, any, count_nonzero
from .ops.covariance import corrcoef, cov
from .ops.derived import cartesian_prod, cumulative_trapezoid, diff, inner, trapezoid
from .ops.determinants import det, logdet, slogdet
from .ops.distances import cosine_similarity, dist, pairwise_distance
from .ops.einsum import einsum, tensordot
from .ops.expanding import broadcast_shapes, broadcast_tensors, broadcast_to, meshgrid
from .ops.exponential import exp2, exp2_, exp_, expm1, expm1_, log1p_, log2, log2_, log10, log10_, log_, logaddexp
from .ops.extremes import amax, amin, aminmax, argmax, argmin, max, min
from .ops.factorizations import cholesky, cholesky_inverse, cholesky_solve, qr
from .ops.filling import fill_, heaviside, masked_fill, nan_to_num, nan_to_num_, zero_
from .ops.gamma_functions import erfc_, i0_, sinc_
from .ops.gathering import argwhere, gather, index_select, masked_select, nonzero, take, take_along_dim
from .ops.index_writing import index_add, index_copy, index_fill, masked_scatter
from .ops.indexing import index_put, index_put_
from .ops.joining import column_stack, concat, concatenate, dstack, hstack, vstack
from .ops.layer_norm import layer_norm, rms_norm
from .ops.least_squares import pinverse
from .ops.linear import bilinear
from .ops.logic import (
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
)
from .ops.matmul import addmm, addmv_, baddbmm, outer, trace
from .ops.max_pooling import adaptive_max_pool1d, max_pool1d, max_pool2d
from .ops.moments import std, std_mean, var, var_mean
from .ops.norms import logsumexp, norm
from .ops.operator_forms import batch_norm, dropout, embedding, instance_norm
from .ops.pairs import cdist, pdist
from .ops.pairwise_functions import gcd_, lcm_, ldexp, ldexp_, xlogy_
from .ops.permuting import moveaxis, movedim, permute, swapaxes, swapdims, t, transpose
from .ops.powers import abs_, reciprocal_, rsqrt, rsqrt_, sgn, sign, sqrt_, square_
from .ops.quantiles import nanmean, nanquantile, quantile
from .ops.rearranging import diag, diag_embed, diagflat, flip, fliplr, flipud, roll, rot90, tril, triu
from .ops.reductions import nansum, prod
from .ops.repeating import repeat_interleave, tile
from .ops.reshaping import atleast_1d, atleast_2d, atleast_3d, flatten, ravel, reshape, squeeze, unflatten, unsqueeze
from .ops.rounding import ceil_, floor_, frac, frac_, round_, trunc, trunc_
from .ops.scans import cummax, cummin, cumprod, cumsum
from .ops.scattering import index_reduce, scatter, scatter_add, scatter_reduce
from .ops.searching import bucketize, searchsorted
from .ops.shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from .ops.sigmoids import erf, erf_, logit, logit_, sigmoid_
from .ops.slicing import diagonal, narrow, select
from .ops.softmax import log_softmax, softmax
from .ops.sorting import argsort, kthvalue, median, mode, nanmedian, sort, topk
from .ops.spectra import svd
from .ops.splitting import chunk, dsplit, hsplit, split, split_with_sizes, tensor_split, unbind, vsplit
from .ops.striding import as_strided, as_strided_, resize_as_
from .ops.transposed_convolution import conv_transpose1d, conv_transpose2d
from .ops.trigonometry import (
    acos,
    acos_,
    acosh,
    acosh_,
    asin,
    asin_,
    asinh,
    asinh_,
    atan,
    atan2,
    atan_,
    atanh,
    atanh_,
    cos_,
    cosh,
    cosh_,
    deg2rad,
    deg2rad_,
    rad2deg,
    rad2deg_,
    sin_,
    sinh,
    sinh_,
    tan_,
    tanh_,
)
from .ops.uniqueness import bincount, histc, unique, unique_consecutive
from .ops.vector_products import block_diag, chain_matmul, matrix_exp
from .ops.view_writing import diagonal_scatter, select_scatter, slice_scatter
from .scripts import as_torch, load_ipython_extension, unload_ipython_extension
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
from .tensors.out_variants import (
    abs,
    add,
    addmv,
    addr,
    bmm,
    cat,
    ceil,
    clamp,
    copysign,
    cos,
    cross,
    digamma,
    div,
    dot,
    erfc,
    erfinv,
    exp,
    float_power,
    floor,
    gcd,
    hypot,
    i0,
    inverse,
    kron,
    lcm,
    lgamma,
    log,
    log1p,
    logaddexp2,
    logcumsumexp,
    matmul,
    matrix_power,
    maximum,
    mean,
    minimum,
    mm,
    msort,
    mul,
    mv,
    neg,
    nextafter,
    polygamma,
    pow,
    reciprocal,
    remainder,
    round,
    sigmoid,
    sin,
    sinc,
    sqrt,
    square,
    stack,
    sub,
    sum,
    tan,
    tanh,
    vdot,
    xlogy,
)
from .tensors.printing import set_printoptions
from .tensors.queries import is_complex, is_floating_point, is_nonzero, is_tensor, numel, result_type
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
from .tensors.storage import UntypedStorage
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
    set_default_tensor_type,
)
from .types import return_types
from .types.determinism import (
    are_deterministic_algorithms_enabled,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    set_float32_matmul_precision,
    use_deterministic_algorithms,
)
from .types.device import device, get_default_device, set_default_device
from .types.dtype import (
    bfloat16,
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
    bool_ as bool,
)
from .types.dtype import (
    float_ as float,
)
from .types.dtype import (
    int_ as int,
)
from .types.memory_format import channels_last, contiguous_format, layout, memory_format, preserve_format, strided
from .types.promotion import can_cast, promote_types
from .types.size import Size

subtract, multiply, divide, true_divide, negative = sub, mul, div, div, neg
absolute, clip, fix, ger, trapz = abs, clamp, trunc, outer, trapezoid
arcsin, arccos, arctan, arctan2, arcsinh, arccosh, arctanh = asin, acos, atan, atan2, asinh, acosh, atanh
not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
arcsin_, arccos_, arctan_, arcsinh_, arccosh_, arctanh_ = asin_, acos_, atan_, asinh_, acosh_, atanh_
negative_, clip_, fix_ = neg_, clamp_, trunc_
row_stack = vstack
newaxis = None


def __getattr__(name: str) -> Any:
    """`vision` and `training`, which are imported when they are first used.

    Raises:   AttributeError: for a name that is not there, with the nearest ones that are.
    """
    if name in ("training", "vision"):
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise AttributeError(scripts.missing_name("torch", name, globals()))
