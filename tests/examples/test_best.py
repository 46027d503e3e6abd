"""The parts of examples/cifar100/best.py that its short run does not reach."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

import minitorch_cv as mt
from examples.cifar100.best import ProgressiveResizing, initialise
from minitorch_cv import nn, training
from minitorch_cv.utils.data import DataLoader, TensorDataset
from minitorch_cv.vision.models import ResNet9
from tests.checks import normal

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python takes long for whole networks")


class Sizes(nn.Module):
    """A classifier that notes the sizes of the images it is given."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2))
        self.seen = []

    def forward(self, images):
        self.seen.append((self.training, images.shape[-1]))
        return self.layers(images)


@pytest.mark.parametrize("cut", [None, 1, 2])
def test_images_are_small_first_and_in_training_only(tmp_path, cut):
    batches = DataLoader(
        TensorDataset(mt.tensor(normal(4, 3, 32, 32).astype(np.float32)), mt.arange(4) % 2), batch_size=4
    )

    def fit(model, epochs):
        optimizer = mt.optim.SGD(model.parameters(), lr=0.1)
        callbacks = [ProgressiveResizing(24, 2)]
        training.fit(
            model,
            batches,
            batches,
            optimizer,
            nn.CrossEntropyLoss(),
            epochs,
            callbacks=callbacks,
            out=tmp_path,
            progress=False,
        )

    if cut:
        fit(Sizes(), cut)
    model = Sizes()
    fit(model, 4)
    expected = [(True, 24), (False, 32)] * 2 + [(True, 32), (False, 32)] * 2
    assert model.seen == expected[2 * (cut or 0) :]
    model(mt.zeros(1, 3, 32, 32))
    assert model.seen[-1] == (True, 32), "the hook is gone"


def test_the_first_layer_whitens_and_blocks_begin_as_the_identity():
    mt.manual_seed(0)
    model = ResNet9(num_classes=10, width=16)
    images = mt.tensor(normal(200, 3, 12, 12).astype(np.float32))
    images[:, 1] += images[:, 0]  # channels and neighbours that go together, as in photographs
    images[:, :, :, 1:] += images[:, :, :, :-1].clone()
    initialise(model, images)
    weight = model.conv1[0].weight.detach()
    with mt.no_grad():
        found = nn.functional.conv2d(images, weight, stride=3).numpy()
    covariance = np.cov(found.transpose(1, 0, 2, 3).reshape(16, -1))
    np.testing.assert_allclose(covariance, np.eye(16), atol=0.02)
    assert np.abs(np.cov(images.numpy().transpose(1, 0, 2, 3).reshape(3, -1)) - np.eye(3)).max() > 0.5
    x = mt.tensor(normal(2, 32, 8, 8).astype(np.float32))
    model.train()
    np.testing.assert_array_equal(model.res1(x).detach().numpy(), 0)
