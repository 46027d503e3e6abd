"""Tensor's matrix products: the operator @ and methods."""

from __future__ import annotations

from typing import Any

from ..autograd.variable import Variable
from ..ops import derived
from ..ops import matmul as ops


class ProductMethods(Variable):
    """@, matmul, mm, bmm, dot and their like; see ops/matmul.py for what each does."""

    __slots__ = ()

    matmul = ops.matmul
    mm = ops.mm
    bmm = ops.bmm
    mv = ops.mv
    dot = ops.dot
    outer = ops.outer
    inner = derived.inner
    addmm = ops.addmm
    addmm_ = ops.addmm_
    baddbmm = ops.baddbmm
    baddbmm_ = ops.baddbmm_
    addmv = ops.addmv
    addmv_ = ops.addmv_
    addr = ops.addr
    addr_ = ops.addr_
    trace = ops.trace
    ger = outer

    def __matmul__(self, other: Any) -> Any:
        return ops.matmul(self, other) if isinstance(other, Variable) else NotImplemented

    def __rmatmul__(self, other: Any) -> Any:
        return ops.matmul(other, self) if isinstance(other, Variable) else NotImplemented
