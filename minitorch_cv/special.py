"""Special functions under the names of torch.special."""

from .ops import exponential, gamma_functions, norms, pairwise_functions, sigmoids
from .ops.softmax import log_softmax, softmax
from .tensors.out_variants import log1p, round, sigmoid, takes_out

__all__ = [
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammaln",
    "i0",
    "log1p",
    "log_softmax",
    "logit",
    "logsumexp",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlog1py",
    "xlogy",
]

digamma, erfc, erfinv, gammaln, i0, polygamma, sinc = (
    takes_out(f)
    for f in (
        gamma_functions.digamma,
        gamma_functions.erfc,
        gamma_functions.erfinv,
        gamma_functions.lgamma,
        gamma_functions.i0,
        gamma_functions.polygamma,
        gamma_functions.sinc,
    )
)
erf, exp2, expm1, logit, logsumexp, xlog1py, xlogy = (
    takes_out(f)
    for f in (
        sigmoids.erf,
        exponential.exp2,
        exponential.expm1,
        sigmoids.logit,
        norms.logsumexp,
        pairwise_functions.xlog1py,
        pairwise_functions.xlogy,
    )
)
expit, psi = sigmoid, digamma
