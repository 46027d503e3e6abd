"""Tensor's linear algebra; see the files of ops/ for what each method does."""

from __future__ import annotations

from ..autograd.variable import Variable
from ..ops import covariance, determinants, distances, factorizations, inverses, least_squares, spectra, vector_products


class LinearAlgebraMethods(Variable):
    """inverse, det, cholesky, svd, cross, cov and their like, under the names that Tensor has; more are in linalg."""

    __slots__ = ()

    inverse = inverses.inverse
    matrix_power = inverses.matrix_power
    det = determinants.det
    logdet = determinants.logdet
    slogdet = determinants.slogdet
    cholesky = factorizations.cholesky
    cholesky_solve = factorizations.cholesky_solve
    cholesky_inverse = factorizations.cholesky_inverse
    qr = factorizations.qr
    svd = spectra.svd
    pinverse = least_squares.pinverse

    matrix_exp = vector_products.matrix_exp
    cross = vector_products.cross
    vdot = vector_products.vdot
    kron = vector_products.kron

    cov = covariance.cov
    corrcoef = covariance.corrcoef
    dist = distances.dist
