"""Rows of a table looked up by index, and indices as one-hot rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.operation import Array, Operation
from ..autograd.variable import V, Variable
from .accumulation import add_rows
from .arguments import as_number, check_tensor


@dataclass(eq=False, repr=False)
class Embedding(Operation):
    """weight[index]. In backward the row `padding_idx` gets nothing, and rows may be averaged over their uses."""

    padding_idx: int | None
    scale_grad_by_freq: bool

    def forward(self, index: Array, weight: Array) -> Array:
        self.index, self.weight_shape = index, weight.shape
        return weight[index]

    def backward(self, grad_out: Array) -> tuple:
        rows, columns = self.weight_shape
        positions = self.index.reshape(-1).astype(np.int64)
        grad_weight = np.zeros((rows, columns), grad_out.dtype)
        add_rows(grad_weight, positions, grad_out.reshape(len(positions), columns))
        if self.scale_grad_by_freq:
            uses = np.bincount(positions, minlength=rows)
            grad_weight /= np.maximum(uses, 1).astype(grad_out.dtype)[:, None]
        if self.padding_idx is not None:
            grad_weight[self.padding_idx] = 0
        return None, grad_weight


def embedding(
    input: Variable,
    weight: V,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> V:
    """The rows of `weight` that `input` names.

    Args:     input: (...) int64 or int32, 0 <= input < V.
              weight: (V, D).
              padding_idx: this row gets no gradient.
              max_norm: rows that are used and longer are first shortened to it, in place.
              norm_type: the p of that length.
              scale_grad_by_freq: divide each row's gradient by the number of times it is used.
    Returns:  (..., D).
    Raises:   IndexError: for an index out of range. AssertionError: for such a padding_idx.
              NotImplementedError: for sparse=True.
    """
    check_tensor("embedding", input)
    check_tensor("embedding", weight, "weight")
    if sparse:
        raise NotImplementedError("embedding: sparse=True is not supported: gradients are dense here; leave it False")
    if weight.ndim != 2:
        raise RuntimeError(
            f"embedding: 'weight' must be 2-D, (num_embeddings, embedding_dim), got {list(weight.shape)}"
        )
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise AssertionError(
                f"embedding: Padding_idx must be within num_embeddings: got {padding_idx} for {rows} embeddings"
            )
        padding_idx %= rows
    if input.array.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "embedding: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, "
            f"Int; but got torch.{input.dtype.tensor_type}Tensor instead. Convert it: input.long()."
        )
    outside = (input.array < 0) | (input.array >= rows)
    if outside.any():
        raise IndexError(
            f"embedding: index out of range in self: {input.array[outside][0].item()}, expected 0 <= index < {rows}"
        )
    if max_norm is not None:
        max_norm = as_number("embedding", "max_norm", max_norm)
        norm_type = as_number("embedding", "norm_type", norm_type)
        _shorten_rows(weight, np.unique(input.array), max_norm, norm_type)
    return Embedding(padding_idx, scale_grad_by_freq)(input, weight)


def _shorten_rows(weight: Variable, used: Array, max_norm: float, norm_type: float) -> None:
    """Scale the used rows that are longer than max_norm, in place and unrecorded."""
    weight.check_inplace("embedding", recording=False)
    lengths = np.linalg.norm(weight.array[used].astype(np.float64), norm_type, axis=1)
    long = lengths > max_norm
    scale = max_norm / (lengths[long] + 1e-7)
    weight.array[used[long]] *= scale[:, None].astype(weight.array.dtype)
    weight.bump_version()


def one_hot(tensor: V, num_classes: int = -1) -> V:
    """Class indices as rows of zeros with a single one.

    Args:     tensor: (...) int64, 0 <= tensor < num_classes.
              num_classes: -1 means one more than the largest index.
    Returns:  (..., num_classes) int64.
    Raises:   RuntimeError: for an index out of range, another dtype, or if there is nothing to infer the number of
              classes from.
    """
    check_tensor("one_hot", tensor, "tensor")
    if isinstance(num_classes, bool) or not hasattr(num_classes, "__index__"):
        raise TypeError(f"one_hot(): argument 'num_classes' must be int, not {type(num_classes).__name__}")
    index: Any = tensor.array
    if index.dtype != np.int64:
        raise RuntimeError(
            f"one_hot is only applicable to index tensor of type LongTensor, got {tensor.dtype.name}; use .long()."
        )
    if index.size == 0 and num_classes <= 0:
        raise RuntimeError("one_hot: Can not infer total number of classes from empty tensor.")
    classes = int(index.max()) + 1 if num_classes == -1 else num_classes
    if index.size and index.min() < 0:
        raise RuntimeError(f"one_hot: Class values must be non-negative, got {index.min()}.")
    if index.size and index.max() >= classes:
        raise RuntimeError(
            f"one_hot: Class values must be smaller than num_classes, got {index.max()} with num_classes={classes}."
        )
    return tensor.wrap((index[..., None] == np.arange(classes)).astype(np.int64))
