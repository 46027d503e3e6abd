"""Layers' functions in the front door's form, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt
from tests.checks import check_op, normal


@pytest.mark.parametrize("name", ["batch_norm", "instance_norm"])
@pytest.mark.parametrize("statistics", [True, False])
def test_norms(name, statistics):
    arrays = [normal(4, 3, 5, 2), normal(3, seed=1), normal(3, seed=2), normal(3, seed=3), np.abs(normal(3, seed=4))]

    def of(library):
        def call(x, weight, bias, mean, var):
            mean, var = mean.detach().clone(), var.detach().clone()
            y = getattr(library, name)(x, weight, bias, mean, var, statistics, 0.2, 1e-3, False)
            return y + (mean + var).reshape(3, 1, 1)  # what was stored counts too

        return call

    check_op(of(mt), of(torch), arrays, finite_differences=False)


def test_dropout():
    check_op(lambda x: mt.dropout(x, 0.5, False), lambda x: torch.dropout(x, 0.5, False), [normal(3, 4)])
    check_op(lambda x: mt.dropout(x, 1.0, train=True), lambda x: torch.dropout(x, 1.0, train=True), [normal(3, 4)])


@pytest.mark.parametrize("padding_idx", [-1, 2])
def test_embedding(padding_idx):
    places = np.array([[0, 2], [2, 1]])
    check_op(
        lambda w: mt.embedding(w, mt.from_numpy(places), padding_idx),
        lambda w: torch.embedding(w, torch.from_numpy(places), padding_idx),
        [normal(4, 3)],
        finite_differences=False,
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda L, x, w: L.conv2d(x, w, None, 1, 1),
        lambda L, x, w: L.conv1d(x.reshape(6, 2, 6), w[:, :, 0], padding=1),
        lambda L, x, w: L.conv_transpose2d(x, w.transpose(0, 1), stride=2),
        lambda L, x, w: L.max_pool2d(x, 2),
        lambda L, x, w: L.avg_pool1d(x[0], 2),
        lambda L, x, w: L.layer_norm(x, (6, 6)),
        lambda L, x, w: L.group_norm(x, 2),
        lambda L, x, w: L.pixel_shuffle(x.repeat(1, 2, 1, 1), 2),
    ],
)
def test_layers_at_the_front_door(call):
    check_op(
        lambda x, w: call(mt, x, w) + 0 * w.sum(),
        lambda x, w: call(torch, x, w) + 0 * w.sum(),
        [normal(1, 2, 6, 6), normal(3, 2, 3, 3, seed=1)],
        finite_differences=False,
    )
