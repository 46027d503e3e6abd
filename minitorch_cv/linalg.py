"""Norms and products of vectors and matrices under the names of torch.linalg."""

from .ops.matmul import matmul
from .ops.norms import linalg_norm as norm
from .ops.norms import matrix_norm, svdvals, vector_norm

__all__ = ["matmul", "matrix_norm", "norm", "svdvals", "vector_norm"]
