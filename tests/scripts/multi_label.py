"""Homework: multi-label classification with BCEWithLogitsLoss and pos_weight, and its metrics by tensor operations."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(21)
n, d, labels = 120, 12, 4
X = torch.tensor(rng.standard_normal((n, d)), dtype=torch.float32)
W = torch.tensor(rng.standard_normal((d, labels)), dtype=torch.float32)
Y = (X @ W > 2.0).float()
pos = Y.sum(dim=0)
pos_weight = (n - pos) / pos
print("positives", pos, "weights", pos_weight)
model = nn.Sequential(nn.Linear(d, 16), nn.GELU(), nn.Linear(16, labels))
for i, p in enumerate(model.parameters()):
    p.data = torch.from_numpy(rng.uniform(-0.3, 0.3, p.shape).astype(np.float32))
criterion = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.1)
for epoch in range(1, 31):
    logits = model(X)
    loss = criterion(logits, Y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        with torch.no_grad():
            pred = torch.sigmoid(logits) >= 0.5
            hamming = (pred != Y.bool()).float().mean()
            exact = (pred == Y).all(dim=1).float().mean()
            tp = (pred & (Y == 1)).sum(0)
            fp = torch.logical_and(pred, Y == 0).sum(0)
            fn = (~pred & Y.bool()).sum(0)
            f1 = 2 * tp / (2 * tp + fp + fn)
            print(
                f"{epoch:3d} loss {loss:.4f} hamming {hamming:.4f} exact {exact:.3f} macro-F1 {f1.mean():.4f}", tp, f1
            )
print(loss)
print(nn.MultiLabelSoftMarginLoss()(logits, Y).item(), F.multilabel_soft_margin_loss(logits, Y, reduction="none")[:3])
print(F.binary_cross_entropy_with_logits(logits, Y, reduction="sum"), F.binary_cross_entropy(torch.sigmoid(logits), Y))
weight = torch.rand(labels).fill_(0.5)
print(nn.BCELoss(weight=weight)(logits.sigmoid(), Y), criterion, criterion.pos_weight)


class FocalLoss(nn.Module):
    """A student's own loss."""

    def __init__(self, alpha=0.25, gamma=2):
        super().__init__()
        self.alpha, self.gamma = alpha, gamma

    def forward(self, inputs, targets):
        bce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
        pt = torch.exp(-bce)
        return (self.alpha * (1 - pt) ** self.gamma * bce).mean()


loss = FocalLoss()(model(X), Y)
optimizer.zero_grad()
loss.backward()
print(loss, model[0].weight.grad.abs().sum(), model[2].bias.grad)
extreme = torch.tensor([1e4, -1e4, 0.0], requires_grad=True)
out = F.binary_cross_entropy_with_logits(extreme, torch.tensor([0.0, 1.0, 1.0]))
out.backward()
print(out, extreme.grad)
