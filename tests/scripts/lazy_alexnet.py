"""A network in the manner of a textbook whose layers find out their input sizes, and are counted layer by layer."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def init_cnn(module):
    """Xavier's first values, for layers that know their shapes."""
    if type(module) is nn.Linear or type(module) is nn.Conv2d:
        nn.init.xavier_uniform_(module.weight)


class Classifier(nn.Module):
    def layer_summary(self, X_shape):
        X = torch.randn(*X_shape)
        for layer in self.net:
            X = layer(X)
            print(layer.__class__.__name__, "output shape:\t", X.shape)

    def apply_init(self, inputs, init=None):
        self.forward(*inputs)
        if init is not None:
            self.net.apply(init)

    def forward(self, X):
        return self.net(X)


class SmallAlexNet(Classifier):
    def __init__(self, num_classes=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyConv2d(8, kernel_size=5, stride=2, padding=1), nn.LazyBatchNorm2d(), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(12, kernel_size=3, padding=1), nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(16), nn.ReLU(), nn.Dropout(p=0.0),
            nn.LazyLinear(num_classes),
        )  # fmt: skip


model = SmallAlexNet(num_classes=4)
print(model)
try:
    print(sum(p.numel() for p in model.parameters()))
except ValueError as error:
    print("not yet:", str(error).split(".")[0].split(" in ")[0])
model.to("cpu")
model.layer_summary((1, 1, 20, 20))
model.apply_init([torch.zeros(2, 1, 20, 20)], init_cnn)
print(model)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

rng = np.random.default_rng(2)
for parameter in model.parameters():
    values = rng.uniform(-1, 1, tuple(parameter.shape)) / np.sqrt(max(np.prod(parameter.shape[1:]), 4))
    parameter.data.copy_(torch.from_numpy(values.astype(np.float32)))
images = torch.from_numpy(rng.normal(0, 1, (12, 1, 20, 20)).astype(np.float32))
labels = torch.from_numpy(np.arange(12) % 4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
model.train()
for epoch in range(4):
    loss = F.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"epoch {epoch + 1}, loss {loss.item():.4f}")

other = SmallAlexNet(num_classes=4)
print(other.load_state_dict(model.state_dict()))
model.eval(), other.eval()
with torch.no_grad():
    print(torch.allclose(model(images), other(images), atol=1e-5), model(images).argmax(dim=1).tolist())
