"""The processor that kernels are compiled for: how wide its vectors are and how many of them it holds.

- `NAME`: "avx512", "avx2" or "portable"
- `VL`: float32 numbers (lanes) in a vector register
- `BLOCK_ROWS`, `BLOCK_VECTORS`: the block of a matrix product that the registers hold (microkernel.py)
- `PANEL`: the columns of that block, `BLOCK_VECTORS * VL`

The processor is the one that Numba compiles for: this machine's, or the one that Numba's own settings name, such as
NUMBA_CPU_NAME=haswell NUMBA_CPU_FEATURES=+avx2,+fma or NUMBA_CPU_NAME=generic.
"""

from llvmlite import binding
from numba.core import config


def _has(feature: str) -> bool:
    chosen: str | None = config.CPU_FEATURES  # type: ignore[attr-defined]  # Numba sets its options at run time
    if chosen is None:
        return bool(binding.get_host_cpu_features().get(feature, False))
    return f"+{feature}" in chosen.split(",")


# A block of rows x vectors takes rows*vectors accumulators, the vectors of the right-hand side and one for the left:
# 14*2 + 2 + 1 of 32 registers, 6*2 + 2 + 1 of 16. More would spill to memory, fewer would wait for the adders.
if _has("avx512f"):
    NAME, VL, BLOCK_ROWS = "avx512", 16, 14
elif _has("avx2") and _has("fma"):
    NAME, VL, BLOCK_ROWS = "avx2", 8, 6
else:
    NAME, VL, BLOCK_ROWS = "portable", 4, 6
BLOCK_VECTORS = 2
PANEL = BLOCK_VECTORS * VL
