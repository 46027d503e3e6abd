"""Multiply-adds and nothing else: 1, 2, 4 or 8 sums at a time, each waiting only for itself.

Each function adds to its sums `turns` times and leaves them in `out` (8*VL numbers, so that nothing can be left out).
`shared_chains` hands out chains to the library's threads.
"""

from __future__ import annotations

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels.simd import fma, load, splat, store
from minitorch_cv.kernels.target import VL


@kernel
def one_chain(turns, out):
    """a = a*x + x, so many times: every multiply-add needs the result of the one before."""
    x = splat(np.float32(0.5))
    a = load(out, 0)
    for _ in range(turns):
        a = fma(a, x, x)
    store(out, 0, a)


@kernel
def two_chains(turns, out):
    """Two independent sums."""
    x = splat(np.float32(0.5))
    a, b = load(out, 0), load(out, VL)
    for _ in range(turns):
        a, b = fma(a, x, x), fma(b, x, x)
    store(out, 0, a)
    store(out, VL, b)


@kernel
def four_chains(turns, out):
    """Four independent sums."""
    x = splat(np.float32(0.5))
    a, b, c, d = load(out, 0), load(out, VL), load(out, 2 * VL), load(out, 3 * VL)
    for _ in range(turns):
        a, b, c, d = fma(a, x, x), fma(b, x, x), fma(c, x, x), fma(d, x, x)
    store(out, 0, a)
    store(out, VL, b)
    store(out, 2 * VL, c)
    store(out, 3 * VL, d)


@kernel
def eight_chains(turns, out):
    """Eight independent sums."""
    x = splat(np.float32(0.5))
    a, b, c, d = load(out, 0), load(out, VL), load(out, 2 * VL), load(out, 3 * VL)
    e, f, g, h = load(out, 4 * VL), load(out, 5 * VL), load(out, 6 * VL), load(out, 7 * VL)
    for _ in range(turns):
        a, b, c, d = fma(a, x, x), fma(b, x, x), fma(c, x, x), fma(d, x, x)
        e, f, g, h = fma(e, x, x), fma(f, x, x), fma(g, x, x), fma(h, x, x)
    store(out, 0, a)
    store(out, VL, b)
    store(out, 2 * VL, c)
    store(out, 3 * VL, d)
    store(out, 4 * VL, e)
    store(out, 5 * VL, f)
    store(out, 6 * VL, g)
    store(out, 7 * VL, h)


@kernel
def shared_chains(team, size, first, last, turns, out):
    """Chains first <= i < last, one after the other; chain i has its sum in the i-th 8*VL numbers of `out`.

    Called with the whole range and the address of the team's board, it comes back when all parts of `size` chains are
    done: `share` has had whoever is free call this function again for each. Such a part is computed below.
    """
    if share(team, size, first, last):
        return
    x = splat(np.float32(0.5))
    for i in range(first, last):
        a = load(out, i * 8 * VL)
        for _ in range(turns):
            a = fma(a, x, x)
        store(out, i * 8 * VL, a)


CHAINS = {1: one_chain, 2: two_chains, 4: four_chains, 8: eight_chains}
