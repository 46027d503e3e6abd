"""A small vision transformer: patches, a class token, positions, an encoder, trained on stripes and squares."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.manual_seed(42)


def pictures(count, rng):
    """8x8 pictures of vertical stripes, horizontal stripes and squares, with noise."""
    images, labels = np.zeros((count, 1, 8, 8), np.float32), np.arange(count) % 3
    for image, label in zip(images, labels):
        start = rng.integers(0, 2)
        if label == 0:
            image[0, :, start::2] = 1
        elif label == 1:
            image[0, start::2, :] = 1
        else:
            image[0, 2 + start : 6 + start, 2:6] = 1
    return images + rng.normal(0, 0.1, images.shape).astype(np.float32), labels


class PatchEmbedding(nn.Module):
    def __init__(self, size=8, patch=2, channels=1, dim=16):
        super().__init__()
        self.projection = nn.Conv2d(channels, dim, kernel_size=patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, dim))

    def forward(self, x):
        x = self.projection(x).flatten(2).transpose(1, 2)
        cls = self.cls_token.expand(x.size(0), -1, -1)
        return torch.cat((cls, x), dim=1) + self.positions


class Block(nn.Module):
    """A pre-norm block with an attention written out."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v)
        x = x + self.out(mixed.transpose(1, 2).reshape(b, n, d))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self, dim=16, heads=4, classes=3):
        super().__init__()
        self.embed = PatchEmbedding(dim=dim)
        layer = nn.TransformerEncoderLayer(
            d_model=dim, nhead=heads, dim_feedforward=32, dropout=0.0, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.block = Block(dim, heads)
        self.look = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.block(self.encoder(self.embed(x)))
        seen, shares = self.look(x[:, :1], x, x)
        return self.head(seen[:, 0]), shares


rng = np.random.default_rng(0)
model = ViT().to(device)
with torch.no_grad():
    for name, parameter in model.named_parameters():
        scale = 1 / math.sqrt(parameter.shape[-1])
        parameter.copy_(torch.from_numpy(rng.uniform(-scale, scale, parameter.shape).astype(np.float32)))
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
print(sorted(name for name in model.state_dict() if "self_attn" in name or "look" in name))

images, labels = pictures(48, rng)
loader = DataLoader(TensorDataset(torch.from_numpy(images), torch.from_numpy(labels)), batch_size=16)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6)
for epoch in range(6):
    model.train()
    total, correct = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        scores, _ = model(x)
        loss = F.cross_entropy(scores, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * y.size(0)
        correct += (scores.argmax(1) == y).sum().item()
    scheduler.step()
    print(f"epoch {epoch + 1}: loss {total / 48:.3f}, {correct} of 48 right")

model.eval()
with torch.inference_mode():
    scores, shares = model(torch.from_numpy(images[:6]))
    print(shares.shape, [round(value, 3) for value in shares.sum(-1).flatten().tolist()])
    mask = torch.triu(torch.full((4, 4), float("-inf")), diagonal=1)
    print(mask.tolist()[0])
    q = torch.arange(24.0).view(1, 2, 4, 3) / 24
    print(F.scaled_dot_product_attention(q, q, q, is_causal=True)[0, 0].tolist())
