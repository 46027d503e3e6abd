"""Exercise: metrics by tensor operations. Confusion matrix, top-k, precision, IoU, ROC, nearest neighbours."""

import numpy as np
import torch

rng = np.random.default_rng(17)
num_classes, n = 5, 200
scores = torch.from_numpy(rng.standard_normal((n, num_classes)))
labels = torch.from_numpy(rng.integers(0, num_classes, n))
scores[torch.arange(n), labels] += 1.5
preds = scores.argmax(dim=1)

confusion_matrix = torch.zeros(num_classes, num_classes)
for t, p in zip(labels.view(-1), preds.view(-1)):
    confusion_matrix[t.long(), p.long()] += 1
print(confusion_matrix)
fast = torch.bincount(num_classes * labels + preds, minlength=num_classes**2).reshape(num_classes, num_classes)
print(torch.equal(confusion_matrix.long(), fast), fast.dtype)
print(confusion_matrix.diag() / confusion_matrix.sum(1))
tp = fast.diagonal()
precision, recall = tp / fast.sum(0), tp / fast.sum(1)
f1 = 2 * precision * recall / (precision + recall)
iou = tp / (fast.sum(0) + fast.sum(1) - tp)
print(precision, recall, f1, iou, f"macro {f1.mean():.4f} accuracy {tp.sum() / n:.4f}", sep="\n")


def accuracy(output, target, topk=(1,)):
    with torch.no_grad():
        maxk = max(topk)
        batch_size = target.size(0)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        res = []
        for k in topk:
            correct_k = correct[:k].reshape(-1).float().sum(0, keepdim=True)
            res.append(correct_k.mul_(100.0 / batch_size))
        return res


print(accuracy(scores, labels, topk=(1, 2, 3)))
correct = (preds == labels).sum().item()
print("Accuracy: %d/%d = %.2f %%" % (correct, n, 100.0 * correct / n), preds.eq(labels.view_as(preds)).sum())
class_correct = [0.0] * num_classes
c = (preds == labels).squeeze()
for i in range(n):
    class_correct[labels[i]] += c[i].item()
print(class_correct)
for name, count in {c: (preds == c).sum() for c in range(num_classes)}.items():
    print(f"predicted {name}: {count} {count.item() / n:.1%}")

# ROC of class 0
positive = labels == 0
order = torch.argsort(scores[:, 0], descending=True)
tpr = torch.cumsum(positive[order], 0) / positive.sum()
fpr = torch.cumsum(~positive[order], 0) / (~positive).sum()
auc = ((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum()
print("AUC", auc, tpr[::40], fpr[-1])

# worst mistakes, histogram, unique, quantities by class
confidence, guess = torch.softmax(scores, dim=-1).max(dim=-1)
wrong = torch.nonzero(guess != labels).squeeze(1)
print(wrong[confidence[wrong].topk(3).indices], confidence[wrong].max(), len(wrong))
print(torch.histc(confidence.float(), bins=5, min=0, max=1), torch.unique(labels, return_counts=True))
means = torch.zeros(num_classes, dtype=torch.double).index_add_(0, labels, confidence) / torch.bincount(labels)
print(means, torch.stack([confidence[labels == k].mean() for k in range(num_classes)]))
print(scores.median(dim=0).values, scores.kthvalue(10, dim=0).values, torch.std_mean(scores))
print(torch.where(confidence > 0.9, 1, 0).sum(), torch.any(confidence > 0.99), (confidence < 0.5).nonzero().shape)

# k nearest neighbours: squared distances by broadcasting and by the expanded square
train, test = scores[:150].float(), scores[150:].float()
d1 = ((test[:, None] - train[None]) ** 2).sum(-1)
d2 = test.pow(2).sum(1, keepdim=True) + train.pow(2).sum(1) - 2 * test @ train.T
print(torch.allclose(d1, d2, atol=1e-4), d1[:2, :3])
nearest = d1.topk(5, dim=1, largest=False).indices
votes = labels[:150][nearest].mode(dim=1).values
print((votes == labels[150:]).float().mean(), votes[:10])


class AverageMeter:
    def __init__(self):
        self.sum = self.count = 0

    def update(self, val, n=1):
        self.sum += val * n
        self.count += n


meter = AverageMeter()
for chunk in scores.split(64):
    meter.update(chunk.abs().mean(), len(chunk))
print(meter.sum / meter.count, scores.abs().mean())
boxes1, boxes2 = torch.tensor([[0, 0, 2, 2], [1, 1, 3, 3]]), torch.tensor([[1, 1, 2, 3]])
lt, rb = torch.max(boxes1[:, None, :2], boxes2[:, :2]), torch.min(boxes1[:, None, 2:], boxes2[:, 2:])
inter = (rb - lt).clamp(min=0).prod(2)
print(inter, inter / (4 + 2 - inter))
