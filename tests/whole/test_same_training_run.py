"""The same script trains under both libraries: from equal weights, on equal batches, the losses stay equal.

Every network below is written once, as a function of the module that plays `torch`.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

import minitorch_cv as mt

STEPS = 16


def lenet(nn):
    """LeNet-5 for 3x12x12 images."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 3, padding=1),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 2 * 2, 20),
        nn.Sigmoid(),
        nn.Linear(20, 5),
    )


def batch_normalised(nn):
    """Strides, groups, dilation, batch normalisation, adaptive pooling."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.LeakyReLU(0.1),
        nn.Conv2d(8, 8, 3, padding="same", groups=8, dilation=2),
        nn.GroupNorm(2, 8),
        nn.GELU(),
        nn.Conv2d(8, 12, 1),
        nn.BatchNorm2d(12, momentum=None),
        nn.SiLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(48, 5),
    )


def residual(nn):
    """A block written as a class, as in every course's ResNet."""

    class Block(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
            self.bn2 = nn.BatchNorm2d(channels)
            self.relu = nn.ReLU(inplace=True)

        def forward(self, x):
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += x
            return self.relu(out)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 6, 3, padding=1)
            self.blocks = nn.ModuleList([Block(6) for _ in range(2)])
            self.head = nn.Linear(6, 5)

        def forward(self, x):
            x = nn.functional.relu(self.stem(x))
            for block in self.blocks:
                x = nn.functional.max_pool2d(block(x), 2)
            return self.head(x.mean(dim=(2, 3)))

    return Net()


def mlp(nn):
    """Fully connected, on the pixels."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(432, 32), nn.BatchNorm1d(32), nn.ELU(), nn.Linear(32, 16), nn.PReLU(), nn.Linear(16, 5)
    )


OPTIMIZERS = {
    "sgd": lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3),
    "adam": lambda optim, p: optim.Adam(p, lr=0.01),
    "adamw": lambda optim, p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop": lambda optim, p: optim.RMSprop(p, lr=0.001, centered=True, momentum=0.5),
}


def train(library, network, optimizer_name, weights, images, labels):
    """The teaching script; the losses of its steps."""
    nn, optim = library.nn, library.optim
    model = network(nn).to(library.float64)
    model.load_state_dict({name: library.from_numpy(array.copy()) for name, array in weights.items()})
    optimizer = OPTIMIZERS[optimizer_name](optim, model.parameters())
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    losses = []
    model.train()
    for step in range(STEPS):
        rows = slice(step % 4 * 4, step % 4 * 4 + 4)
        inputs, targets = library.from_numpy(images[rows].copy()), library.from_numpy(labels[rows].copy())
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    model.eval()
    with library.no_grad():
        scores = model(library.from_numpy(images.copy())).numpy()
    return losses, scores, {name: value.numpy() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("optimizer_name", OPTIMIZERS)
@pytest.mark.parametrize("network", [lenet, batch_normalised, residual, mlp])
def test_losses_scores_and_weights_stay_equal(network, optimizer_name):
    rng = np.random.default_rng(0)
    images, labels = rng.standard_normal((16, 3, 12, 12)), rng.integers(0, 5, 16)
    torch.manual_seed(0)
    weights = {name: value.numpy() for name, value in network(torch.nn).double().state_dict().items()}
    ours = train(mt, network, optimizer_name, weights, images, labels)
    theirs = train(torch, network, optimizer_name, weights, images, labels)
    # Rounding differs and training amplifies it; a wrong gradient would show in the first digits.
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-7, atol=1e-8)
    assert list(ours[2]) == list(theirs[2])
    for name, value in theirs[2].items():
        np.testing.assert_allclose(ours[2][name], value, rtol=1e-7, atol=1e-8, err_msg=name)
    assert min(theirs[0]) < theirs[0][0]
