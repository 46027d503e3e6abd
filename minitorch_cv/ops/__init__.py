"""Differentiable operations, one family a file: forward and backward beside each other."""
