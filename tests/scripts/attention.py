"""Exercise: attention by einsum, a patch embedding, positions, layer norm; a very small vision transformer."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(2)


def attention(q, k, v, mask=None):
    d_k = q.size(-1)
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    p_attn = F.softmax(scores, dim=-1)
    return torch.einsum("bhqk,bhkd->bhqd", p_attn, v), p_attn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        assert dim % heads == 0
        self.heads = heads
        self.qkv = nn.Linear(dim, dim * 3, bias=False)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        b, t, d = x.shape
        qkv = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        out, weights = attention(q, k, v, mask)
        return self.proj(out.transpose(1, 2).contiguous().view(b, t, d)), weights


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attn = MultiHeadSelfAttention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Dropout(0.0), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))[0]
        return x + self.mlp(self.norm2(x))


class TinyViT(nn.Module):
    def __init__(self, patch=4, dim=12, depth=2, classes=3):
        super().__init__()
        self.patch_embed = nn.Conv2d(1, dim, kernel_size=patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, 5, dim))
        self.blocks = nn.Sequential(*[Block(dim, 3) for _ in range(depth)])
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.size(0), -1, -1), x], dim=1) + self.pos_embed
        return self.head(self.blocks(x)[:, 0])


model = TinyViT()
with torch.no_grad():
    for name, p in model.named_parameters():
        if "norm" not in name:
            p.copy_(torch.from_numpy(rng.standard_normal(p.shape) * 0.2))
print(model)
images = torch.from_numpy(rng.random((6, 1, 8, 8)).astype(np.float32))
labels = torch.tensor([0, 1, 2, 0, 1, 2])
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 3))
for step in range(5):
    loss = F.cross_entropy(model(images), labels, label_smoothing=0.1)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    print(f"{step} {loss.item():.4f} {norm:.4f} {scheduler.get_last_lr()[0]:.5f}")
mask = torch.tril(torch.ones(5, 5)).view(1, 1, 5, 5)
x = torch.from_numpy(rng.standard_normal((1, 5, 12))).float()
out, weights = model.blocks[0].attn(x, mask)
print(out[0, :2], weights[0, 0], torch.allclose(weights.sum(-1), torch.ones(1, 3, 5)))
q = torch.arange(6.0).view(1, 1, 3, 2)
print(
    attention(q, q, q)[0],
    torch.einsum("ii", torch.eye(3)),
    torch.einsum("ij->ji", q[0, 0]),
    torch.einsum("i,j->ij", q[0, 0, 0], q[0, 0, 1]),
)
print(
    torch.einsum("bij,bjk->bik", torch.ones(2, 2, 3), torch.ones(2, 3, 1)).flatten(),
    torch.bmm(torch.ones(2, 2, 3), torch.ones(2, 3, 1)).sum(),
)
position = torch.arange(4).unsqueeze(1)
div_term = torch.exp(torch.arange(0, 6, 2) * (-math.log(10000.0) / 6))
pe = torch.zeros(4, 6)
pe[:, 0::2] = torch.sin(position * div_term)
pe[:, 1::2] = torch.cos(position * div_term)
print(pe)
embedding = nn.Embedding(5, 3, padding_idx=0)
embedding.weight.data[1:] = torch.arange(12.0).view(4, 3)
tokens = torch.tensor([[1, 2, 0], [4, 0, 0]])
print(embedding, embedding(tokens), (tokens != 0).sum(1), F.embedding(tokens, embedding.weight).sum())
scale, shift = torch.chunk(torch.arange(8.0).view(2, 4), 2, dim=-1)
print(
    torch.addcmul(shift, scale, scale, value=2),
    torch.lerp(scale, shift, 0.25),
    torch.triu(torch.ones(3, 3), diagonal=1).bool(),
)
