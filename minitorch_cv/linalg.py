"""Linear algebra under the names of torch.linalg: norms, products, equations, and what matrices are made of."""

from .ops import combining, determinants, factorizations, inverses, least_squares, spectra, vector_products
from .ops.determinants import linalg_slogdet as slogdet
from .ops.factorizations import linalg_qr as qr
from .ops.least_squares import lstsq
from .ops.matmul import matmul
from .ops.matrix_checks import LinAlgError
from .ops.norms import linalg_norm as norm
from .ops.norms import matrix_norm, svdvals, vector_norm
from .ops.slicing import linalg_diagonal as diagonal
from .ops.spectra import eigh
from .ops.spectra import linalg_svd as svd
from .tensors.out_variants import takes_out

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

cholesky, cond, cross, det = (
    takes_out(f)
    for f in (factorizations.linalg_cholesky, least_squares.cond, vector_products.linalg_cross, determinants.linalg_det)
)
inv, solve, solve_triangular, tensorinv, tensorsolve, matrix_power = (
    takes_out(f)
    for f in (
        inverses.inv,
        inverses.solve,
        inverses.solve_triangular,
        inverses.tensorinv,
        inverses.tensorsolve,
        inverses.matrix_power,
    )
)
matrix_rank, pinv, eigvalsh = (takes_out(f) for f in (least_squares.matrix_rank, least_squares.pinv, spectra.eigvalsh))
multi_dot, vecdot = (takes_out(f) for f in (vector_products.multi_dot, vector_products.vecdot))
matrix_exp, vander = vector_products.matrix_exp, combining.linalg_vander
