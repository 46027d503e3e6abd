"""Homework: a look at features. A forward hook collects them, PCA and t-SNE lay them out, neighbours classify them."""

import numpy as np
import torch
import torch.nn as nn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import KNeighborsClassifier
from torch.utils.data import ConcatDataset, DataLoader
from torchvision import models
from torchvision.datasets import FashionMNIST
from torchvision.transforms import Compose, Grayscale, Resize, ToTensor

transform = Compose([Resize(33), Grayscale(3), ToTensor()])
parts = [FashionMNIST("data", train=train, transform=transform) for train in (True, False)]
loader = DataLoader(ConcatDataset(parts), batch_size=10)
model = models.squeezenet1_1(weights=None)
rng = np.random.default_rng(6)
for name, param in model.named_parameters():
    fan_in = param[0].numel() if param.dim() > 1 else 1
    numbers = rng.normal(0, (2 / fan_in) ** 0.5, param.shape) if param.dim() > 1 else np.zeros(param.shape)
    param.data = torch.as_tensor(numbers, dtype=torch.float32)
model.eval()
features, labels = [], []


def hook(module, inputs, output):
    features.append(output.mean(dim=(2, 3)).detach().cpu())


handle = model.features[4].register_forward_hook(hook)
with torch.no_grad():
    for images, targets in loader:
        model(images)
        labels.append(targets)
handle.remove()
X, y = torch.cat(features).numpy(), torch.cat(labels).numpy()
print(X.shape, X.dtype, X.mean(), X.std(), np.bincount(y))
model(images)
print(len(features))

pca = PCA(n_components=4, svd_solver="full").fit(X)
print(pca.explained_variance_ratio_.round(4), np.abs(pca.transform(X)[:3, :2]).round(3))
embedded = TSNE(n_components=2, perplexity=5.0, init="pca", method="exact", max_iter=250, random_state=0).fit_transform(
    X
)
print(embedded.shape, embedded.dtype, np.isfinite(embedded).all())
neighbours = KNeighborsClassifier(n_neighbors=1).fit(X[: len(parts[0])], y[: len(parts[0])])
print("1-NN:", neighbours.score(X[len(parts[0]) :], y[len(parts[0]) :]))

unit = nn.functional.normalize(torch.from_numpy(X), dim=1)
similarity = unit @ unit.T
similarity.fill_diagonal_(-1)
print(similarity.max(dim=1).values[:5], similarity.topk(2, dim=1).indices[:3])
centres = torch.stack([unit[torch.from_numpy(y == c)].mean(0) for c in range(10)])
print((unit @ centres.T).argmax(1).eq(torch.from_numpy(y)).float().mean())
