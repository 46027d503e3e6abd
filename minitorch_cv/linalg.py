"""Linear algebra under the names of torch.linalg: norms, products, equations, and what matrices are made of."""

from .ops import combining, determinants, factorizations, inverses, least_squares, norms, spectra, vector_products
from .ops.determinants import linalg_slogdet as slogdet
from .ops.factorizations import linalg_qr as qr
from .ops.least_squares import lstsq
from .ops.matrix_checks import LinAlgError
from .ops.slicing import linalg_diagonal as diagonal
from .ops.spectra import eigh
from .ops.spectra import linalg_svd as svd
from .tensors.out_variants import matmul, takes_out

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]

cholesky, cross, det, eigvalsh = (
    takes_out(f, same_dtype=True)
    for f in (
        factorizations.linalg_cholesky,
        vector_products.linalg_cross,
        determinants.linalg_det,
        spectra.eigvalsh,
    )
)
inv, solve, solve_triangular, matrix_power = (
    takes_out(f, same_dtype=True)
    for f in (inverses.inv, inverses.solve, inverses.solve_triangular, inverses.matrix_power)
)
multi_dot, vecdot = (takes_out(f, same_dtype=True) for f in (vector_products.multi_dot, vector_products.vecdot))
norm, matrix_norm, vector_norm, svdvals = (
    takes_out(f, same_dtype=True) for f in (norms.linalg_norm, norms.matrix_norm, norms.vector_norm, norms.svdvals)
)
cond, matrix_rank, pinv, tensorinv, tensorsolve = (
    takes_out(f)
    for f in (
        least_squares.cond,
        least_squares.matrix_rank,
        least_squares.pinv,
        inverses.tensorinv,
        inverses.tensorsolve,
    )
)
matrix_exp, vander = vector_products.matrix_exp, combining.linalg_vander
