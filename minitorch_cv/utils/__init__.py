"""What training needs around a model: `utils.data` loads its batches."""

from . import data

__all__ = ["data"]
