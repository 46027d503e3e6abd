"""Samples: images, labels and other things in nested tuples, lists and dicts, in the order of PyTorch's pytrees."""

from __future__ import annotations

import copy
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from typing import Any

_DICTS = (dict, OrderedDict, defaultdict)


def leaves_of(sample: Any) -> list[Any]:
    """What lies in a sample, in order; a sample that is no container is a leaf."""
    if type(sample) in _DICTS:
        return [leaf for value in sample.values() for leaf in leaves_of(value)]
    return [leaf for value in sample for leaf in leaves_of(value)] if _is_sequence(sample) else [sample]


def with_leaves(sample: Any, leaves: Iterator[Any]) -> Any:
    """The same containers with other leaves."""
    if type(sample) in _DICTS:
        made = copy.copy(sample)
        for key, value in sample.items():
            made[key] = with_leaves(value, leaves)
        return made
    if not _is_sequence(sample):
        return next(leaves)
    values = [with_leaves(value, leaves) for value in sample]
    if hasattr(sample, "_fields"):
        return type(sample)(*values)
    return deque(values, sample.maxlen) if isinstance(sample, deque) else type(sample)(values)


def _is_sequence(sample: Any) -> bool:
    return type(sample) in (list, tuple, deque) or (isinstance(sample, tuple) and hasattr(sample, "_fields"))
