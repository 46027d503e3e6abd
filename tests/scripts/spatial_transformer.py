"""A spatial transformer network: a small network that learns how to turn an image before it is classified."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.localization = nn.Sequential(
            nn.Conv2d(1, 4, kernel_size=5), nn.MaxPool2d(2, stride=2), nn.ReLU(True),
            nn.Conv2d(4, 6, kernel_size=3), nn.MaxPool2d(2, stride=2), nn.ReLU(True),
        )  # fmt: skip
        self.fc_loc = nn.Sequential(nn.Linear(6 * 2 * 2, 8), nn.ReLU(True), nn.Linear(8, 3 * 2))
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 8 * 8, 2)
        # the map that changes nothing, to begin with
        self.fc_loc[2].weight.data.zero_()
        self.fc_loc[2].bias.data.copy_(torch.tensor([1, 0, 0, 0, 1, 0], dtype=torch.float))

    def stn(self, x):
        theta = self.fc_loc(self.localization(x).view(-1, 6 * 2 * 2)).view(-1, 2, 3)
        grid = F.affine_grid(theta, x.size(), align_corners=False)
        return F.grid_sample(x, grid, align_corners=False)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(self.stn(x))), 2)
        return F.log_softmax(self.fc(x.flatten(1)), dim=1)


rng = np.random.default_rng(1)
images = rng.normal(0, 0.1, (20, 1, 16, 16)).astype(np.float32)
labels = np.arange(20) % 2
for image, label in zip(images, labels):
    place = rng.integers(2, 8)
    image[0, place : place + 6, place : place + 6] += 1 if label else np.tri(6, dtype=np.float32)
data, target = torch.from_numpy(images), torch.from_numpy(labels)

model = Net()
for name, parameter in model.named_parameters():
    if not name.startswith("fc_loc.2"):
        fan_in = np.prod(parameter.shape[1:]) if parameter.dim() > 1 else 16
        values = rng.uniform(-1, 1, tuple(parameter.shape)) / np.sqrt(fan_in)
        parameter.data.copy_(torch.from_numpy(values.astype(np.float32)))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for step in range(12):
    optimizer.zero_grad()
    loss = F.nll_loss(model(data), target)
    loss.backward()
    optimizer.step()
    if step % 4 == 3:
        print(f"step {step + 1}: loss {loss.item():.4f}, map {[round(v, 3) for v in model.fc_loc[2].bias.tolist()]}")
with torch.no_grad():
    turned = model.stn(data)
print(f"mean of the images {data.mean():.4f}, of what the network looks at {turned.mean():.4f}")
for mode in ("bilinear", "nearest", "bicubic"):
    for padding_mode in ("zeros", "border", "reflection"):
        grid = F.affine_grid(torch.tensor([[[0.9, -0.8, 0.3], [0.7, 1.1, -0.2]]]), (1, 1, 4, 4), align_corners=True)
        found = F.grid_sample(data[:1], grid, mode=mode, padding_mode=padding_mode, align_corners=True)
        print(mode, padding_mode, f"{found.abs().sum():.4f}")
smaller = F.interpolate(data[:2], size=(5, 7), mode="bicubic", align_corners=False)
print(f"{smaller.sum():.4f} {F.interpolate(data[:2], size=(5, 7), mode='bilinear', antialias=True).sum():.4f}")
