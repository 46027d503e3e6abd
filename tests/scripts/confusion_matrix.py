"""Homework: where a classifier errs. Confusion matrix, report of classes, top-k accuracy, confident mistakes."""

import numpy as np
import torch
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

transform = transforms.Compose([transforms.Resize(14), transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
train_set = datasets.FashionMNIST("data", train=True, transform=transform, download=False)
test_set = datasets.FashionMNIST("data", train=False, transform=transform, download=False)
train_loader = DataLoader(train_set, batch_size=10)
test_loader = DataLoader(test_set, batch_size=6)
rng = np.random.default_rng(8)
model = nn.Sequential(nn.Flatten(), nn.Linear(196, 10))
with torch.no_grad():
    for param in model.parameters():
        param.copy_(torch.from_numpy(rng.normal(scale=0.03, size=param.shape)).float())
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}: loss {loss:.4f}")

model.eval()
y_true, y_pred, scores = [], [], []
with torch.inference_mode():
    for images, labels in test_loader:
        logits = model(images)
        scores.append(logits.softmax(dim=-1).cpu())
        y_pred.extend(logits.argmax(1).cpu().numpy())
        y_true.extend(labels.cpu().numpy())
scores = torch.cat(scores)
print(accuracy_score(y_true, y_pred), scores.shape)
matrix = confusion_matrix(y_true, y_pred, labels=np.arange(10))
print(matrix)
by_hand = torch.zeros(10, 10, dtype=torch.int64)
for t, p in zip(y_true, y_pred):
    by_hand[t, p] += 1
print((by_hand.numpy() == matrix).all())
pairs = torch.tensor(np.array(y_true)) * 10 + torch.as_tensor(np.array(y_pred))
print(torch.equal(torch.bincount(pairs, minlength=100).view(10, 10), by_hand))
print(by_hand.diag() / by_hand.sum(1))
names = test_set.classes
print(classification_report(y_true, y_pred, target_names=names, digits=3, zero_division=0))

target = torch.tensor(y_true)
for k in (1, 3, 5):
    _, top = scores.topk(k, dim=1, largest=True, sorted=True)
    print(f"top-{k}: {top.eq(target.view(-1, 1).expand_as(top)).any(dim=1).float().mean().item():.3f}")
wrong = (torch.tensor(y_pred) != target).nonzero(as_tuple=True)[0]
confidence = scores[wrong].max(dim=1).values
order = confidence.argsort(descending=True)
print(wrong[order], confidence[order])
for i in wrong[order][:2]:
    print(f"image {i.item()} is {names[y_true[i]]}, taken for {names[y_pred[i]]}")
