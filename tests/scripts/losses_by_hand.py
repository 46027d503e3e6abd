"""Homework: cross-entropy from log_softmax, label smoothing, one-hot by scatter_, and other losses."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(13)
logits = torch.tensor(rng.standard_normal((6, 4)), dtype=torch.float32, requires_grad=True)
target = torch.tensor([0, 3, 1, 2, 2, 0])


def softmax(X):
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[range(len(y_hat)), y])


print(softmax(logits), softmax(logits).sum(1))
print(cross_entropy(softmax(logits), target), cross_entropy(softmax(logits), target).mean())


class MyCrossEntropy(nn.Module):
    def __init__(self, smoothing=0.0, weight=None, reduction="mean"):
        super().__init__()
        self.smoothing = smoothing
        self.reduction = reduction
        self.register_buffer("weight", weight)

    def forward(self, x, target):
        logprobs = F.log_softmax(x, dim=-1)
        nll = -logprobs.gather(dim=-1, index=target.unsqueeze(1)).squeeze(1)
        smooth = -logprobs.mean(dim=-1)
        loss = (1 - self.smoothing) * nll + self.smoothing * smooth
        return loss.mean() if self.reduction == "mean" else loss


for smoothing in (0.0, 0.1):
    mine = MyCrossEntropy(smoothing)(logits, target)
    theirs = nn.CrossEntropyLoss(label_smoothing=smoothing)(logits, target)
    (gradient,) = torch.autograd.grad(mine, logits)
    (other,) = torch.autograd.grad(theirs, logits)
    print(mine, theirs.item(), torch.allclose(gradient, other, atol=1e-7), gradient[0])
print(MyCrossEntropy(weight=torch.ones(4)), MyCrossEntropy(weight=torch.ones(4)).state_dict())

one_hot = torch.zeros(6, 4).scatter_(1, target.unsqueeze(1), 1)
print(one_hot, torch.equal(one_hot.long(), F.one_hot(target)), F.one_hot(torch.tensor([1, 0]), num_classes=3))
smooth = torch.full((6, 4), 0.1 / 4)
smooth.scatter_(1, target[:, None], 1 - 0.1 + 0.1 / 4)
print(F.cross_entropy(logits, smooth), F.cross_entropy(logits, one_hot))
print(F.nll_loss(F.log_softmax(logits, 1), target), F.nll_loss(F.log_softmax(logits, dim=1), target, reduction="sum"))
weight = torch.tensor([1.0, 2.0, 0.5, 1.0])
print(F.cross_entropy(logits, target, weight=weight), F.cross_entropy(logits, target, ignore_index=2))
print(F.cross_entropy(logits, target, reduction="none"))
try:
    F.cross_entropy(logits, torch.tensor([0, 4, 1, 2, 2, 0]))
except IndexError as error:
    print("IndexError:", str(error).endswith("out of bounds.") or "4" in str(error))
seg = torch.tensor(rng.standard_normal((2, 3, 4, 4)), dtype=torch.float32)
mask = torch.tensor(rng.integers(0, 3, (2, 4, 4)))
mask[0, 0] = -100
print(F.cross_entropy(seg, mask), nn.CrossEntropyLoss(reduction="none")(seg, mask).shape)

pred, true = torch.tensor([0.5, -1.0, 3.0], requires_grad=True), torch.tensor([0.0, 1.0, 2.5])
for loss_fn in (
    nn.MSELoss(),
    nn.L1Loss(),
    nn.SmoothL1Loss(),
    nn.HuberLoss(delta=0.5),
    nn.MSELoss(reduction="sum"),
    nn.L1Loss(reduction="none"),
    nn.SoftMarginLoss(),
    nn.PoissonNLLLoss(),
    nn.KLDivLoss(reduction="batchmean"),
):
    pred.grad = None
    loss = loss_fn(pred, true)
    loss.sum().backward()
    print(loss_fn, loss, pred.grad)
a, p, n = (torch.tensor(rng.standard_normal((5, 3)), dtype=torch.float32) for _ in range(3))
print(nn.TripletMarginLoss(margin=1.0)(a, p, n), nn.CosineSimilarity()(a, p), F.pairwise_distance(a, n))
print(nn.CosineEmbeddingLoss()(a, p, torch.tensor([1, -1, 1, 1, -1])), F.normalize(a, dim=1).norm(dim=1))
dice = 1 - 2 * (one_hot * softmax(logits)).sum() / (one_hot.sum() + softmax(logits).sum())
print("dice", dice)
print(F.kl_div(F.log_softmax(logits / 2, 1), F.softmax(logits.detach(), 1), reduction="batchmean") * 4)
