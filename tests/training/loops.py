"""A small problem, and the training loop on it in PyTorch, as one writes it by hand.

All is float64: in float32 a rounding that turns a ReLU on or off takes two right trainings apart.
"""

from __future__ import annotations

import torch

import minitorch_cv as mt
from tests.checks import rng

CLASSES, FEATURES = 4, 6


def samples(count, seed):
    """Points around four centres: inputs (N, 6), classes (N,)."""
    random = rng(seed)
    centres = rng(99).standard_normal((CLASSES, FEATURES)) * 2
    labels = random.integers(0, CLASSES, count)
    return centres[labels] + random.standard_normal((count, FEATURES)), labels


def network(library, dropout=0.0):
    """A small network of either library, with batch norm."""
    nn = library.nn
    return nn.Sequential(
        nn.Linear(FEATURES, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, CLASSES)
    ).double()


def pair_of_networks():
    """Ours, and PyTorch's with the same weights."""
    ours, theirs = network(mt), network(torch)
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    return ours, theirs


def loader(library, inputs, labels, batch_size=8, **kwargs):
    """A DataLoader of either library."""
    data = library.utils.data
    dataset = data.TensorDataset(library.from_numpy(inputs), library.from_numpy(labels))
    return data.DataLoader(dataset, batch_size=batch_size, **kwargs)


def torch_loop(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler=None, each_step=False):
    """What `fit` does, written out in PyTorch; a list of values for each name."""
    history = {name: [] for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr")}
    for _ in range(epochs):
        history["lr"].append(optimizer.param_groups[0]["lr"])
        for split, batches in (("train", train_loader), ("val", val_loader)):
            model.train(split == "train")
            total = right = count = 0
            for inputs, labels in batches:
                with torch.set_grad_enabled(split == "train"):
                    scores = model(inputs)
                    loss = criterion(scores, labels)
                if split == "train":
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    if scheduler is not None and each_step:
                        scheduler.step()
                total += loss.item() * len(labels)
                right += (scores.argmax(1) == labels).sum().item()
                count += len(labels)
            history[f"{split}_loss"].append(total / count)
            history[f"{split}_accuracy"].append(right / count)
        if scheduler is not None and not each_step:
            if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
                scheduler.step(history["val_loss"][-1])
            else:
                scheduler.step()
    return history
