"""Homework: several objects in an image. VOC's annotations as vectors of zeros and ones, average precision."""

import numpy as np
import torch
import torch.nn as nn
from sklearn.metrics import average_precision_score
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import VOCDetection

VOC_CLASSES = [
    *["aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog"],
    *["horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"],
]


def encode_labels(target):
    objects = target["annotation"]["object"]
    vector = torch.zeros(len(VOC_CLASSES))
    for obj in objects:
        if int(obj["difficult"]) == 0:
            vector[VOC_CLASSES.index(obj["name"])] = 1
    return vector


transform = transforms.Compose([transforms.Resize((24, 24)), transforms.ToTensor()])
raw = VOCDetection("data", year="2012", image_set="train")
print(raw)
print(len(raw), raw[0][0].size, raw[1][1]["annotation"]["object"][0]["bndbox"], raw[0][1]["annotation"]["filename"])
train_set = VOCDetection("data", "2012", "train", transform=transform, target_transform=encode_labels)
val_set = VOCDetection("data", "2012", "val", transform=transform, target_transform=encode_labels)
train_loader = DataLoader(train_set, batch_size=4)
val_loader = DataLoader(val_set, batch_size=4)


class SimpleClassifier(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 5, stride=2, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.pool = nn.AdaptiveAvgPool2d((3, 3))
        self.fc = nn.Linear(72, num_classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn(self.conv1(x))))
        return self.fc(x.view(x.size()[0], -1))


classifier = SimpleClassifier(len(VOC_CLASSES))
rng = np.random.default_rng(0)
classifier.conv1.weight.data = torch.FloatTensor(rng.normal(0, 0.1, (8, 3, 5, 5)))
classifier.fc.weight.data = torch.FloatTensor(rng.normal(0, 0.1, (20, 72)))
classifier.fc.bias.data.fill_(-1)
criterion = nn.MultiLabelSoftMarginLoss()
optimizer = torch.optim.Adam(classifier.parameters(), lr=1e-2)


def run(loader, train):
    classifier.train(train)
    losses, outputs, targets = [], [], []
    for images, labels in loader:
        with torch.set_grad_enabled(train):
            logits = classifier(images)
            loss = criterion(logits, labels)
        if train:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        outputs.append(torch.sigmoid(logits).detach().numpy())
        targets.append(labels.numpy())
    y_true, y_score = np.concatenate(targets), np.concatenate(outputs)
    seen = y_true.any(axis=0)
    return np.mean(losses), average_precision_score(y_true[:, seen], y_score[:, seen], average=None), seen.sum()


for epoch in range(3):
    loss, ap, count = run(train_loader, True)
    print(f"epoch {epoch}: train loss {loss:.4f} mAP {ap.mean():.3f} of {count} classes")
    loss, ap, count = run(val_loader, False)
    print(f"epoch {epoch}:   val loss {loss:.4f} mAP {ap.mean():.3f} of {count} classes")
labels = next(iter(val_loader))[1]
print(labels.sum(dim=1), nn.BCEWithLogitsLoss(pos_weight=torch.full((20,), 2.0))(torch.zeros_like(labels), labels))
