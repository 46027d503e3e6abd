"""Weights and batches that both libraries get: drawn by NumPy from fixed seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from .models import Model


def set_weights(library: Any, model: Any, seed: int = 0) -> None:
    """Give a model its initial weights: normal with variance 1/inputs, small biases, batch norm near the identity."""
    rng = np.random.default_rng(seed)
    state = model.state_dict()
    for key in sorted(state):  # whatever the order in which a library registers them
        shape = tuple(state[key].shape)
        if len(shape) > 1:
            drawn = rng.standard_normal(shape, np.float32) * np.float32(np.prod(shape[1:]) ** -0.5)
        elif key.endswith("running_var"):
            drawn = np.ones(shape, np.float32)
        elif key.endswith("running_mean"):
            drawn = np.zeros(shape, np.float32)
        elif key.endswith("num_batches_tracked"):
            continue
        else:
            drawn = 0.05 * rng.standard_normal(shape, np.float32)
            drawn += 1 if key.endswith("weight") else 0
        state[key] = library.from_numpy(drawn)
    model.load_state_dict(state)


def draw_batches(model: Model, batch: int, count: int, channels_last: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Images (N, C, H, W) float32 and labels (N,) int64; images in memory as (N, H, W, C) if channels_last."""
    rng = np.random.default_rng(1)
    batches = []
    for _ in range(count):
        images = rng.standard_normal((batch, *model.image), np.float32)
        if channels_last:
            images = np.ascontiguousarray(images.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        batches.append((images, rng.integers(0, model.classes, batch)))
    return batches
