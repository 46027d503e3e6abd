"""Homework: linear regression, first by hand in NumPy's manner, then with autograd, then with nn and optim."""

import math

import numpy as np
import torch

rng = np.random.default_rng(1)
true_w = torch.tensor([2, -3.4])
true_b = 4.2
features = torch.from_numpy(rng.standard_normal((200, 2))).float()
labels = torch.matmul(features, true_w) + true_b
labels += torch.tensor(rng.normal(0, 0.01, labels.shape), dtype=torch.float32)
print(features[0], "\nlabel:", labels[0])


def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    np.random.default_rng(0).shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch = torch.tensor(indices[i : min(i + batch_size, num_examples)])
        yield features[batch], labels[batch]


def linreg(X, w, b):
    return torch.matmul(X, w) + b


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


w = torch.zeros((2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(3):
    for X, y in data_iter(10, features, labels):
        loss = squared_loss(linreg(X, w, b), y)
        loss.sum().backward()
        sgd([w, b], 0.03, 10)
    with torch.no_grad():
        train_l = squared_loss(linreg(features, w, b), labels)
        print(f"epoch {epoch + 1}, loss {float(train_l.mean()):f}")
print(f"error in w: {true_w - w.reshape(true_w.shape)}")
print(f"error in b: {true_b - b}")

# A cubic that follows a sine.
x = torch.linspace(-math.pi, math.pi, 500)
y = torch.sin(x)
a, b, c, d = (torch.tensor(v, requires_grad=True) for v in (0.1, 0.2, -0.1, 0.05))
for step in range(200):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum()
    if step % 50 == 49:
        print(step, loss.item())
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= 1e-6 * p.grad
            p.grad = None
print(f"Result: y = {a.item()} + {b.item()} x + {c.item()} x^2 + {d.item()} x^3")

# The same with layers.
p = torch.tensor([1, 2, 3])
xx = x.unsqueeze(-1).pow(p)
model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
model[0].weight.data.fill_(0.05)
model[0].bias.data.zero_()
loss_fn = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
for t in range(200):
    y_pred = model(xx)
    loss = loss_fn(y_pred, y)
    if t % 50 == 49:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
linear_layer = model[0]
cubic = linear_layer.weight[:, 2].item()
print(f"Result: y = {linear_layer.bias.item()} + {linear_layer.weight[:, 0].item()} x + {cubic} x^3")


class Polynomial3(torch.nn.Module):
    """A module with plain parameters."""

    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(0.5))
        self.b = torch.nn.Parameter(torch.tensor([-0.5]))

    def forward(self, x):
        return self.a + self.b * x

    def string(self):
        return f"y = {self.a.item()} + {self.b.item()} x"


model = Polynomial3()
print(model, list(model.parameters()), dict(model.named_parameters()))
print(model.string(), model(x).sum())
normal_equations = torch.cat([features, torch.ones(200, 1)], 1).double()
lhs = normal_equations.T @ normal_equations
print(lhs.diag(), lhs.trace(), np.linalg.solve(lhs.numpy(), (normal_equations.T @ labels.double()).numpy()).round(4))
