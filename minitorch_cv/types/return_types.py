"""The named tuples that functions with several results return, as torch.return_types."""

from __future__ import annotations

from collections import namedtuple


def _return_type(name: str, *fields: str) -> type:
    """A named tuple that prints as PyTorch's do."""

    def show(self: tuple) -> str:
        lines = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self))
        return f"torch.return_types.{name}(\n{lines})"

    base = namedtuple(name, fields)  # type: ignore[misc]
    return type(name, (base,), {"__slots__": (), "__repr__": show, "__module__": __name__})


max = _return_type("max", "values", "indices")
min = _return_type("min", "values", "indices")
median = _return_type("median", "values", "indices")
nanmedian = _return_type("nanmedian", "values", "indices")
mode = _return_type("mode", "values", "indices")
sort = _return_type("sort", "values", "indices")
topk = _return_type("topk", "values", "indices")
kthvalue = _return_type("kthvalue", "values", "indices")
cummax = _return_type("cummax", "values", "indices")
cummin = _return_type("cummin", "values", "indices")
aminmax = _return_type("aminmax", "min", "max")
linalg_slogdet = _return_type("linalg_slogdet", "sign", "logabsdet")
slogdet = _return_type("slogdet", "sign", "logabsdet")
linalg_qr = _return_type("linalg_qr", "Q", "R")
qr = _return_type("qr", "Q", "R")
linalg_eigh = _return_type("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_svd = _return_type("linalg_svd", "U", "S", "Vh")
svd = _return_type("svd", "U", "S", "V")
linalg_lstsq = _return_type("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
