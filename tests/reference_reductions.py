"""The slow, obvious versions of reductions: one lane at a time, one number after the other."""

from __future__ import annotations

import math

import numpy as np


def lanes(x, dims):
    """(index of the result, numbers that go into it, in the order of memory) for a reduction over dims (None: all)."""
    dims = tuple(range(x.ndim)) if dims is None else tuple(d % x.ndim for d in np.atleast_1d(dims))
    kept = [d for d in range(x.ndim) if d not in dims]
    for index in np.ndindex(*[x.shape[d] for d in kept]):
        where = [slice(None)] * x.ndim
        for d, i in zip(kept, index):
            where[d] = i
        yield index, [float(v) for v in x[tuple(where)].reshape(-1)]


def reduce(function, x, dims=None, keepdim=False):
    """function(list of numbers) of each lane."""
    reduced = range(x.ndim) if dims is None else [d % x.ndim for d in np.atleast_1d(dims)]
    out = np.zeros([n for d, n in enumerate(x.shape) if d not in reduced])
    for index, numbers in lanes(x, dims):
        out[index] = function(numbers)
    return np.expand_dims(out, tuple(reduced)) if keepdim else out


def scan(function, x, dim):
    """function(list of numbers) -> list of as many, of each lane along dim."""
    moved = np.moveaxis(x, dim, -1)
    out = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape[:-1]):
        out[index] = function([float(v) for v in moved[index]])
    return np.moveaxis(out, -1, dim)


def mean(numbers):
    """The sum divided by the number."""
    return math.fsum(numbers) / len(numbers)


def var(numbers, correction=1):
    """The mean squared distance from the mean."""
    center = mean(numbers)
    return math.fsum((v - center) ** 2 for v in numbers) / (len(numbers) - correction)


def median(numbers):
    """The middle one, the lower of two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]


def logsumexp(numbers):
    """log(sum(exp(v)))."""
    return math.log(math.fsum(math.exp(v) for v in numbers))


def norm(numbers, p):
    """sum(|v|**p) ** (1/p) and its limits."""
    sizes = [abs(v) for v in numbers]
    if p == math.inf:
        return max(sizes)
    if p == -math.inf:
        return min(sizes)
    if p == 0:
        return sum(v != 0 for v in sizes)
    return math.fsum(v**p for v in sizes) ** (1 / p)


def running(step):
    """The list of step(step(a, b), c) ... of the first numbers."""

    def scanned(numbers):
        found = []
        for v in numbers:
            found.append(v if not found else step(found[-1], v))
        return found

    return scanned


REDUCTIONS = {
    "sum": math.fsum,
    "nansum": math.fsum,
    "mean": mean,
    "prod": math.prod,
    "amax": max,
    "amin": min,
    "var": var,
    "std": lambda numbers: math.sqrt(var(numbers)),
    "logsumexp": logsumexp,
    "norm": lambda numbers: norm(numbers, 2),
}

SCANS = {
    "cumsum": running(lambda a, b: a + b),
    "cumprod": running(lambda a, b: a * b),
    "cummax": running(max),
    "cummin": running(min),
}
