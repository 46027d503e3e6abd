"""Special functions under the names of torch.special."""

from .ops import exponential, norms, pairwise_functions, sigmoids
from .ops.softmax import log_softmax, softmax
from .tensors.out_variants import (
    digamma,
    erfc,
    erfinv,
    i0,
    log1p,
    polygamma,
    round,
    sigmoid,
    sinc,
    takes_out,
    xlogy,
)
from .tensors.out_variants import lgamma as gammaln

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

erf, exp2, expm1, logit, logsumexp, xlog1py = (
    takes_out(f)
    for f in (
        sigmoids.erf,
        exponential.exp2,
        exponential.expm1,
        sigmoids.logit,
        norms.logsumexp,
        pairwise_functions.xlog1py,
    )
)
expit, psi = sigmoid, digamma
