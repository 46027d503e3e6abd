"""Linear layers, Embedding, and layers of two inputs, as ONNX nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..program import Value
from .activations import Emit
from .graph import Graph


def linear(g: Graph, x: str, rank: int, weight: str, bias: str) -> str:
    """x @ weight.T + bias; without a bias if its name is empty."""
    if rank == 2:
        return g.add("Gemm", x, weight, *([bias] if bias else []), transB=1)
    product = g.add("MatMul", x, g.add("Transpose", weight, perm=[1, 0]))
    return g.add("Add", product, bias) if bias else product


def _linear(g: Graph, m: Any, x: str, v: Value) -> str:
    return linear(g, x, len(v.shape), g.tensor(m.weight), "" if m.bias is None else g.tensor(m.bias))


def _embedding(g: Graph, m: Any, x: str, v: Value) -> str:
    if m.max_norm is not None:
        raise NotImplementedError("Embedding: max_norm, which changes the table, is not supported in ONNX export")
    return g.add("Gather", g.tensor(m.weight), x, axis=0)


def _bilinear(g: Graph, m: Any, a: str, b: str, v: Value) -> str:
    result = g.add("Einsum", a, g.tensor(m.weight), b, equation="...i,oij,...j->...o")
    return result if m.bias is None else g.add("Add", result, g.tensor(m.bias))


def _cosine_similarity(g: Graph, m: Any, a: str, b: str, v: Value) -> str:
    axes = g.integers([m.dim])
    dot = g.add("ReduceSum", g.add("Mul", a, b), axes, keepdims=0)
    norms = [g.add("Max", g.add("ReduceL2", x, axes, keepdims=0), g.number(m.eps, v)) for x in (a, b)]
    return g.add("Div", dot, g.add("Mul", *norms))


def _pairwise_distance(g: Graph, m: Any, a: str, b: str, v: Value) -> str:
    distance = g.add("Abs", g.add("Add", g.add("Sub", a, b), g.number(m.eps, v)))
    powers = g.add("ReduceSum", g.add("Pow", distance, g.number(m.norm, v)), g.integers([-1]), keepdims=int(m.keepdim))
    return g.add("Pow", powers, g.number(1 / m.norm, v))


PRODUCTS: dict[str, Emit] = {"Embedding": _embedding, "Linear": _linear}
OF_TWO: dict[str, Callable[[Graph, Any, str, str, Value], str]] = {
    "Bilinear": _bilinear,
    "CosineSimilarity": _cosine_similarity,
    "PairwiseDistance": _pairwise_distance,
}
