"""A number that tells whether an array has changed.

- `fingerprint(x)` -> an int, the same for the same numbers in the same order of memory; None if x has gaps

x: float32. Two arrays that differ have the same fingerprint once in 2**64 times. It is computed about as fast as memory
is read, and so takes less time than anything that is made of the numbers.
"""

import numpy as np

from minitorch_cv.kernels._jit import kernel
from minitorch_cv.kernels._team import share
from minitorch_cv.kernels._threads import over_range
from minitorch_cv.kernels.layout import Array

_BLOCK = 512  # words of 64 bits
_CHAINS = 8  # multiplications that are under way at a time, none waiting for another; divides _BLOCK
_COST = _BLOCK // 2
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)
_1, _2, _3, _4, _5, _6, _7 = map(np.uint64, range(1, 8))


def fingerprint(x: Array) -> int | None:
    """See above."""
    if not x.flags.c_contiguous:
        return None
    flat = x.reshape(-1)
    words = flat[: len(flat) // 2 * 2].view(np.uint64)
    if not words.flags.aligned:
        return None
    if len(words) < _BLOCK:
        return hash(x.tobytes())
    blocks = np.empty(len(words) // _BLOCK, np.uint64)
    over_range(_hash_blocks, len(blocks), _COST, words, blocks)
    return hash((blocks.tobytes(), flat[len(blocks) * _BLOCK * 2 :].tobytes()))


@kernel
def _mixed(h):
    """Every bit of h spread over the others; without the shift, the highest bit would never leave its place."""
    h *= _PRIME
    return h ^ (h >> _TURN)


@kernel
def _hash_blocks(team, size, first, last, words, blocks):
    if share(team, size, first, last):
        return
    for b in range(first, last):
        h0 = h1 = h2 = h3 = h4 = h5 = h6 = h7 = _PRIME
        begin = np.uint64(b * _BLOCK)
        for turn in range(_BLOCK // _CHAINS):
            i = begin + np.uint64(turn * _CHAINS)  # unsigned: an index below 0 need not be thought of
            h0 = _mixed(h0 ^ words[i])
            h1 = _mixed(h1 ^ words[i + _1])
            h2 = _mixed(h2 ^ words[i + _2])
            h3 = _mixed(h3 ^ words[i + _3])
            h4 = _mixed(h4 ^ words[i + _4])
            h5 = _mixed(h5 ^ words[i + _5])
            h6 = _mixed(h6 ^ words[i + _6])
            h7 = _mixed(h7 ^ words[i + _7])
        total = _PRIME
        for h in (h0, h1, h2, h3, h4, h5, h6, h7):
            total = _mixed(total ^ h)
        blocks[b] = total
