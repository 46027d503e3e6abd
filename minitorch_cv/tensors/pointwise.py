"""Tensor's element-by-element methods; see the files of ops/ for what each does."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import (
    blending,
    choosing,
    clamping,
    exponential,
    filling,
    gamma_functions,
    pairwise_functions,
    powers,
    rounding,
    sigmoids,
    trigonometry,
)


class PointwiseMethods(Variable):
    """exp, log, sqrt, abs, sin, clamp, where, masked_fill and their like, with their in-place forms."""

    __slots__ = ()

    exp = exponential.exp
    exp_ = exponential.exp_
    exp2 = exponential.exp2
    exp2_ = exponential.exp2_
    expm1 = exponential.expm1
    expm1_ = exponential.expm1_
    log = exponential.log
    log_ = exponential.log_
    log2 = exponential.log2
    log2_ = exponential.log2_
    log10 = exponential.log10
    log10_ = exponential.log10_
    log1p = exponential.log1p
    log1p_ = exponential.log1p_
    logaddexp = exponential.logaddexp

    sqrt = powers.sqrt
    sqrt_ = powers.sqrt_
    rsqrt = powers.rsqrt
    rsqrt_ = powers.rsqrt_
    square = powers.square
    square_ = powers.square_
    reciprocal = powers.reciprocal
    reciprocal_ = powers.reciprocal_
    abs = powers.abs
    abs_ = powers.abs_
    sign = powers.sign
    sign_ = powers.sign_
    sgn = powers.sgn
    sgn_ = powers.sgn_
    absolute, absolute_, __abs__ = abs, abs_, abs

    sin = trigonometry.sin
    sin_ = trigonometry.sin_
    cos = trigonometry.cos
    cos_ = trigonometry.cos_
    tan = trigonometry.tan
    tan_ = trigonometry.tan_
    asin = trigonometry.asin
    asin_ = trigonometry.asin_
    acos = trigonometry.acos
    acos_ = trigonometry.acos_
    atan = trigonometry.atan
    atan_ = trigonometry.atan_
    atan2 = trigonometry.atan2
    atan2_ = trigonometry.atan2_
    sinh = trigonometry.sinh
    sinh_ = trigonometry.sinh_
    cosh = trigonometry.cosh
    cosh_ = trigonometry.cosh_
    tanh = trigonometry.tanh
    tanh_ = trigonometry.tanh_
    asinh = trigonometry.asinh
    asinh_ = trigonometry.asinh_
    acosh = trigonometry.acosh
    acosh_ = trigonometry.acosh_
    atanh = trigonometry.atanh
    atanh_ = trigonometry.atanh_
    deg2rad = trigonometry.deg2rad
    rad2deg = trigonometry.rad2deg
    deg2rad_ = trigonometry.deg2rad_
    rad2deg_ = trigonometry.rad2deg_
    arcsin, arccos, arctan, arctan2, arcsinh, arccosh, arctanh = asin, acos, atan, atan2, asinh, acosh, atanh
    arcsin_, arccos_, arctan_, arctan2_ = asin_, acos_, atan_, atan2_
    arcsinh_, arccosh_, arctanh_ = asinh_, acosh_, atanh_

    sigmoid = sigmoids.sigmoid
    sigmoid_ = sigmoids.sigmoid_
    logit = sigmoids.logit
    logit_ = sigmoids.logit_
    erf = sigmoids.erf
    erf_ = sigmoids.erf_
    erfc = gamma_functions.erfc
    erfc_ = gamma_functions.erfc_
    erfinv = gamma_functions.erfinv
    erfinv_ = gamma_functions.erfinv_
    lgamma = gamma_functions.lgamma
    lgamma_ = gamma_functions.lgamma_
    digamma = gamma_functions.digamma
    digamma_ = gamma_functions.digamma_
    sinc = gamma_functions.sinc
    sinc_ = gamma_functions.sinc_
    i0 = gamma_functions.i0
    i0_ = gamma_functions.i0_

    def polygamma(self, n: int) -> Any:
        """The n-th derivative of digamma."""
        return gamma_functions.polygamma(n, self)

    def polygamma_(self, n: int) -> Any:
        """Take the n-th derivative of digamma, in place."""
        return gamma_functions.polygamma_(n, self)

    hypot = pairwise_functions.hypot
    hypot_ = pairwise_functions.hypot_
    xlogy = pairwise_functions.xlogy
    xlogy_ = pairwise_functions.xlogy_
    logaddexp2 = pairwise_functions.logaddexp2
    copysign = pairwise_functions.copysign
    copysign_ = pairwise_functions.copysign_
    float_power = pairwise_functions.float_power
    float_power_ = pairwise_functions.float_power_
    gcd = pairwise_functions.gcd
    gcd_ = pairwise_functions.gcd_
    lcm = pairwise_functions.lcm
    lcm_ = pairwise_functions.lcm_
    ldexp = pairwise_functions.ldexp
    ldexp_ = pairwise_functions.ldexp_
    nextafter = pairwise_functions.nextafter
    nextafter_ = pairwise_functions.nextafter_

    floor = rounding.floor
    floor_ = rounding.floor_
    ceil = rounding.ceil
    ceil_ = rounding.ceil_
    round = rounding.round
    round_ = rounding.round_
    trunc = rounding.trunc
    trunc_ = rounding.trunc_
    frac = rounding.frac
    frac_ = rounding.frac_
    fix, fix_ = trunc, trunc_

    clamp = clamping.clamp
    clamp_ = clamping.clamp_
    clamp_min = clamping.clamp_min
    clamp_min_ = clamping.clamp_min_
    clamp_max = clamping.clamp_max
    clamp_max_ = clamping.clamp_max_
    clip, clip_ = clamp, clamp_

    maximum = choosing.maximum
    minimum = choosing.minimum
    fmax = choosing.fmax
    fmin = choosing.fmin

    def where(self, condition: Variable, other: Any) -> Any:
        """self where condition holds, other elsewhere."""
        return choosing.where(condition, self, other)

    fill_ = filling.fill_
    zero_ = filling.zero_
    fill_diagonal_ = filling.fill_diagonal_
    masked_fill = filling.masked_fill
    masked_fill_ = filling.masked_fill_
    nan_to_num = filling.nan_to_num
    nan_to_num_ = filling.nan_to_num_
    heaviside = filling.heaviside

    lerp = blending.lerp
    lerp_ = blending.lerp_
    addcmul = blending.addcmul
    addcmul_ = blending.addcmul_
    addcdiv = blending.addcdiv
    addcdiv_ = blending.addcdiv_
