"""Tensor's reductions, and what sorts, counts or adds up along a dimension; see ops/ for what each does."""

from __future__ import annotations

from ..autograd.variable import Variable
from ..ops import counting, derived, extremes, moments, norms, quantiles, reductions, scans, sorting, uniqueness


class ReductionMethods(Variable):
    """sum, mean, var, max, argmax, norm, cumsum, sort, topk and their like."""

    __slots__ = ()

    sum = reductions.sum
    nansum = reductions.nansum
    nanmean = quantiles.nanmean
    mean = reductions.mean
    prod = reductions.prod

    var = moments.var
    std = moments.std

    max = extremes.max
    min = extremes.min
    amax = extremes.amax
    amin = extremes.amin
    aminmax = extremes.aminmax
    argmax = extremes.argmax
    argmin = extremes.argmin

    any = counting.any
    all = counting.all
    count_nonzero = counting.count_nonzero

    norm = norms.norm
    logsumexp = norms.logsumexp

    cumsum = scans.cumsum
    cumprod = scans.cumprod
    cumsum_ = scans.cumsum_
    cumprod_ = scans.cumprod_
    logcumsumexp = scans.logcumsumexp
    cummax = scans.cummax
    cummin = scans.cummin

    sort = sorting.sort
    argsort = sorting.argsort
    msort = sorting.msort
    topk = sorting.topk
    kthvalue = sorting.kthvalue
    median = sorting.median
    nanmedian = sorting.nanmedian
    mode = sorting.mode
    quantile = quantiles.quantile
    nanquantile = quantiles.nanquantile
    diff = derived.diff

    unique = uniqueness.unique
    unique_consecutive = uniqueness.unique_consecutive
    bincount = uniqueness.bincount
    histc = uniqueness.histc
