"""Tutorial: the quickstart. A dataset, a loader, a class, a training function and a test function."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(3)
prototypes = rng.random((10, 28 * 28)).astype(np.float32)


def make(count):
    targets = rng.integers(0, 10, count)
    images = prototypes[targets] + 0.8 * rng.standard_normal((count, 28 * 28)).astype(np.float32)
    return TensorDataset(torch.from_numpy(images).reshape(-1, 1, 28, 28), torch.from_numpy(targets))


training_data, test_data = make(320), make(100)
batch_size = 64
train_dataloader = DataLoader(training_data, batch_size=batch_size)
test_dataloader = DataLoader(test_data, batch_size=batch_size)
for X, y in test_dataloader:
    print(f"Shape of X [N, C, H, W]: {X.shape}")
    print(f"Shape of y: {y.shape} {y.dtype}")
    break

device = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
print(f"Using {device} device")


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(28 * 28, 64),
            nn.ReLU(),
            nn.Linear(64, 32),
            nn.ReLU(),
            nn.Linear(32, 10),
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits


model = NeuralNetwork().to(device)
print(model)
for layer in model.linear_relu_stack:
    if isinstance(layer, nn.Linear):
        bound = 1 / layer.in_features**0.5
        layer.weight.data = torch.tensor(rng.uniform(-bound, bound, layer.weight.shape), dtype=torch.float32)
        layer.bias.data = torch.tensor(rng.uniform(-bound, bound, layer.bias.shape), dtype=torch.float32)

loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-1)


def train(dataloader, model, loss_fn, optimizer):
    size = len(dataloader.dataset)
    model.train()
    for batch, (X, y) in enumerate(dataloader):
        X, y = X.to(device), y.to(device)
        pred = model(X)
        loss = loss_fn(pred, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if batch % 2 == 0:
            loss, current = loss.item(), (batch + 1) * len(X)
            print(f"loss: {loss:>7f}  [{current:>5d}/{size:>5d}]")


def test(dataloader, model, loss_fn):
    size = len(dataloader.dataset)
    num_batches = len(dataloader)
    model.eval()
    test_loss, correct = 0, 0
    with torch.no_grad():
        for X, y in dataloader:
            X, y = X.to(device), y.to(device)
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= num_batches
    correct /= size
    print(f"Test Error: \n Accuracy: {(100 * correct):>0.1f}%, Avg loss: {test_loss:>8f} \n")


for t in range(3):
    print(f"Epoch {t + 1}\n-------------------------------")
    train(train_dataloader, model, loss_fn, optimizer)
    test(test_dataloader, model, loss_fn)
print("Done!")

for name, param in model.named_parameters():
    print(f"Layer: {name} | Size: {param.size()} | Values : {param[:2]} \n")
print("total", sum(p.numel() for p in model.parameters() if p.requires_grad))
pred_probab = nn.Softmax(dim=1)(model(test_data[0][0].unsqueeze(0)))
y_pred = pred_probab.argmax(1)
print(f"Predicted class: {y_pred}, actual {test_data[0][1]}, {pred_probab.max().item():.4f}")
torch.save(model.state_dict(), "model.pth")
again = NeuralNetwork()
print(again.load_state_dict(torch.load("model.pth", weights_only=True)))
with torch.no_grad():
    print(torch.equal(again.eval()(X), model(X)))
