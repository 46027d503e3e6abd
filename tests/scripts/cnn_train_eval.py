"""Homework: a CNN with BatchNorm and Dropout; what train() and eval() switch, and what running statistics are."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(8)


class CNN(nn.Module):
    def __init__(self, num_classes=5, p=0.5):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, kernel_size=3, padding="same", bias=False),
            nn.BatchNorm2d(16),
            nn.LeakyReLU(0.1, inplace=True),
            nn.Dropout2d(p),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        self.dropout = nn.Dropout(p=p)
        self.classifier = nn.Linear(16, num_classes)

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        return self.classifier(self.dropout(x))


model = CNN(p=0.0)
print(model)
for name, p in model.named_parameters():
    if p.dim() > 1:
        p.data = torch.tensor(rng.standard_normal(tuple(p.shape)) * 0.2, dtype=p.dtype)
    elif name.endswith("bias"):
        nn.init.zeros_(p)
x = torch.from_numpy(rng.standard_normal((16, 3, 12, 12)).astype("float32")) * 2 + 1
y = torch.from_numpy(rng.integers(0, 5, size=16))
print(model.training, model.features[1].training)
print({k: tuple(v.shape) for k, v in model.state_dict().items()})

optimizer = torch.optim.AdamW(model.parameters(), lr=3e-2, weight_decay=1e-2)
for step in range(6):
    model.train()
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        val = F.cross_entropy(model(x), y)
    print(f"step {step}: train {loss.item():.4f}  eval {val.item():.4f}")
bn = model.features[1]
print(bn.running_mean, bn.running_var, bn.num_batches_tracked, bn.momentum, bn.eps)
print([name for name, _ in model.named_buffers()], sum(b.numel() for b in model.buffers()))

# the batch's own statistics against the stored ones
bn = nn.BatchNorm2d(3)
out = bn(x)
print(out.mean(dim=(0, 2, 3)).abs().max() < 1e-5, out.var(dim=(0, 2, 3), unbiased=False))
print(bn.running_mean, x.mean((0, 2, 3)) * 0.1)
print(bn.running_var, 0.9 + 0.1 * x.var((0, 2, 3)))
bn.eval()
print(
    torch.allclose(
        bn(x), (x - bn.running_mean[:, None, None]) / torch.sqrt(bn.running_var[:, None, None] + bn.eps), atol=1e-5
    )
)
for module in model.modules():
    if isinstance(module, nn.BatchNorm2d):
        module.eval()
        module.weight.requires_grad_(False)
        module.bias.requires_grad = False
print([n for n, p in model.named_parameters() if not p.requires_grad])

# dropout
drop = nn.Dropout(0.5)
ones = torch.ones(10000)
dropped = drop(ones)
print(drop, sorted(dropped.unique().tolist()), 0.45 < (dropped == 0).float().mean() < 0.55)
drop.eval()
print(torch.equal(drop(ones), ones), F.dropout(ones, 0.5, training=False).sum(), F.dropout(ones, p=1.0).sum())
d2 = nn.Dropout2d(0.3)(torch.ones(50, 20, 3, 3))
print(d2.flatten(2).std(-1).max(), d2.shape)
model = CNN(p=0.5).eval()
with torch.no_grad():
    print(torch.equal(model(x), model(x)), model.train()(x).shape, model.training)
try:
    nn.BatchNorm1d(4)(torch.ones(1, 4))
except ValueError as error:
    print(type(error).__name__)
print(nn.LayerNorm([3, 12, 12])(x).mean().abs() < 1e-5, nn.GroupNorm(1, 3)(x).std(), nn.InstanceNorm2d(3, affine=True))
