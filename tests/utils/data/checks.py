"""What the tests of utils.data share: small datasets for either library, and comparisons of results and errors."""

import numpy as np
import pytest
import torch

import minitorch_cv as mt


def stream_of(module, values, length=True):
    class Stream(module.IterableDataset):
        def __iter__(self):
            return iter(values)

    if length:
        Stream.__len__ = lambda self: len(values)
    return Stream()


def listed(module, values):
    class Listed(module.Dataset):
        def __getitem__(self, index):
            return values[index]

        def __len__(self):
            return len(values)

    return Listed()


def raises_alike(call_ours, call_theirs, match):
    """Both raise, the same type of error."""
    with pytest.raises(Exception) as reference:
        call_theirs()
    with pytest.raises(reference.type, match=match) as found:
        call_ours()
    assert found.type is reference.type


def plain(value):
    """Tensors of either library, in any container, as (dtype name, nested list); everything else as it is."""
    if isinstance(value, (mt.Tensor, torch.Tensor)):
        return str(value.dtype).removeprefix("torch."), value.tolist()
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.tolist()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value).__name__, [plain(v) for v in value]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [plain(v) for v in value]
    if isinstance(value, dict):
        return type(value).__name__, {k: plain(v) for k, v in value.items()}
    return value
