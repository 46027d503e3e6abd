"""Tensor, its methods a family a file, and the functions that make tensors."""

from .tensor import Tensor

__all__ = ["Tensor"]
