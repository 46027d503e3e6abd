"""What two_files.py imports: training and evaluation, and a keeper of the best weights."""

import torch
from torch.nn import functional as F


def train_one_epoch(model, loader, optimizer, scheduler=None):
    model.train()
    total = 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        total += loss.item() * len(labels)
    return total / len(loader.dataset)


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    correct, total = 0, 0.0
    for images, labels in loader:
        logits = model(images)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        correct += (logits.argmax(-1) == labels).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


class Checkpoint:
    def __init__(self, path):
        self.path, self.best = path, float("inf")

    def save(self, value, epoch, **parts):
        if value < self.best:
            self.best = value
            torch.save({"epoch": epoch, "best": value, **{k: v.state_dict() for k, v in parts.items()}}, self.path)
            return True
        return False

    def load(self, **parts):
        state = torch.load(self.path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        self.best = state["best"]
        return state["epoch"]
