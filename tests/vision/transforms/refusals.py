"""Calls that our transforms and torchvision's must both refuse, with one type of error and in the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torchvision.transforms as theirs
import torchvision.transforms.v2 as v2
from PIL import Image

import minitorch_cv as mt
from minitorch_cv.vision import transforms as ours

PICTURE = Image.new("RGB", (6, 5))


class Ours:
    """What a call is made of, here."""

    T, F, tensor, zeros = ours, ours.functional, mt.tensor, mt.zeros
    float64, int32, int64 = mt.float64, mt.int32, mt.int64
    noise = ours.GaussianNoise


class Theirs:
    """The same in torchvision and PyTorch."""

    T, F, tensor, zeros = theirs, theirs.functional, torch.tensor, torch.zeros
    float64, int32, int64 = torch.float64, torch.int32, torch.int64
    noise = v2.GaussianNoise


def check_refused_by_both(call: Callable, kind: type[Exception], match: str) -> None:
    """`call(Ours)` and `call(Theirs)` raise `kind`, each with a message that matches."""
    for module in (Ours, Theirs):
        with pytest.raises(kind, match=match):
            call(module)
