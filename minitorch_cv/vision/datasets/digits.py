"""The 8x8 scans of handwritten digits that come with scikit-learn: a dataset that is there without any download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .arrays import ArrayDataset
from .mnist import MNIST

_EVERY = 5  # each fifth scan of a class is for testing


class Digits(ArrayDataset):
    """1,797 handwritten digits, 8x8, with MNIST's interface: a sample is (PIL image of mode L, int).

    The scans' grey values 0..16 are scaled to 0..255. The split is fixed and stratified: of each class, in the order of
    the file, every fifth scan (the 5th, 10th, ...) is for testing: 1,442 to train, 355 to test. Scans by one hand are
    in both, which makes this test easier than one on new writers.

    Args:     root: not needed, nor is `download`: the scans are part of scikit-learn. Both are there so that this class
                can stand where MNIST stands.
              train: the training split, or the test split.
              transform: applied to the image.
              target_transform: applied to the class number.
    Raises:   ImportError: if scikit-learn is not installed.
    Source:   Kaynak 1995, the test part of the UCI set "Optical Recognition of Handwritten Digits".
    """

    classes = MNIST.classes

    def __init__(
        self,
        root: str | Path | None = None,
        train: bool = True,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        from sklearn.datasets import load_digits

        self.train = train
        scans = load_digits()
        chosen = np.flatnonzero(_for_testing(scans.target) != train)
        pixels = np.rint(scans.images[chosen] * (255 / 16)).astype(np.uint8)
        self._keep(pixels, scans.target[chosen])


def _for_testing(targets: np.ndarray) -> np.ndarray:
    chosen = np.zeros(len(targets), bool)
    for number in np.unique(targets):
        chosen[np.flatnonzero(targets == number)[_EVERY - 1 :: _EVERY]] = True
    return chosen
