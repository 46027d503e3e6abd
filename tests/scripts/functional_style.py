"""Tutorial: what layers are. From bare tensors, by functions, to modules, optimizers and loaders, a step at a time."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(12)
n, c, bs, lr = 256, 64, 64, 0.5
y_train = rng.integers(0, 10, n)
x_train = (rng.random((10, c))[y_train] + 0.3 * rng.standard_normal((n, c))).astype("float32")
x_train, y_train = map(torch.tensor, (x_train, y_train))
print(x_train.shape, y_train.min(), y_train.max())
start = rng.standard_normal((c, 10)).astype("float32")
weights = torch.from_numpy(start / math.sqrt(c))
weights.requires_grad_()
bias = torch.zeros(10, requires_grad=True)


def log_softmax(x):
    return x - x.exp().sum(-1).log().unsqueeze(-1)


def model(xb):
    return log_softmax(xb @ weights + bias)


def nll(input, target):
    return -input[range(target.shape[0]), target].mean()


def accuracy(out, yb):
    preds = torch.argmax(out, dim=1)
    return (preds == yb).float().mean()


xb, yb = x_train[0:bs], y_train[0:bs]
print(model(xb)[0], nll(model(xb), yb), accuracy(model(xb), yb))
for epoch in range(2):
    for i in range((n - 1) // bs + 1):
        xb, yb = x_train[i * bs : (i + 1) * bs], y_train[i * bs : (i + 1) * bs]
        loss = nll(model(xb), yb)
        loss.backward()
        with torch.no_grad():
            weights -= weights.grad * lr
            bias -= bias.grad * lr
            weights.grad.zero_()
            bias.grad.zero_()
print(nll(model(xb), yb), accuracy(model(xb), yb), F.cross_entropy(xb @ weights + bias, yb))


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.from_numpy(start / math.sqrt(c)))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, xb):
        return xb @ self.weights + self.bias


class Lambda(nn.Module):
    def __init__(self, func):
        super().__init__()
        self.func = func

    def forward(self, x):
        return self.func(x)


def loss_batch(model, loss_func, xb, yb, opt=None):
    loss = loss_func(model(xb), yb)
    if opt is not None:
        loss.backward()
        opt.step()
        opt.zero_grad()
    return loss.item(), len(xb)


def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
    for epoch in range(epochs):
        model.train()
        for xb, yb in train_dl:
            loss_batch(model, loss_func, xb, yb, opt)
        model.eval()
        with torch.no_grad():
            losses, nums = zip(*[loss_batch(model, loss_func, xb, yb) for xb, yb in valid_dl])
        print(epoch, np.sum(np.multiply(losses, nums)) / np.sum(nums))


train_dl = DataLoader(TensorDataset(x_train, y_train), batch_size=bs)
valid_dl = DataLoader(TensorDataset(x_train[:50], y_train[:50]), batch_size=bs * 2)
logistic = Logistic()
fit(2, logistic, F.cross_entropy, optim.SGD(logistic.parameters(), lr=lr), train_dl, valid_dl)
with torch.no_grad():
    for p in logistic.parameters():
        p -= p * 0.01
print(logistic.bias, logistic)
cnn = nn.Sequential(
    Lambda(lambda x: x.view(-1, 1, 8, 8)),
    nn.Conv2d(1, 8, kernel_size=3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 10, kernel_size=3, stride=2, padding=1),
    nn.ReLU(),
    nn.AvgPool2d(2),
    Lambda(lambda x: x.view(x.size(0), -1)),
)
for p in cnn.parameters():
    p.data = torch.from_numpy(rng.uniform(-0.3, 0.3, p.shape)).float()
print(cnn)
fit(3, cnn, F.cross_entropy, optim.SGD(cnn.parameters(), lr=0.1, momentum=0.9), train_dl, valid_dl)


def net(x, params, training=True):
    x = F.conv2d(x.view(-1, 1, 8, 8), params["w1"], params["b1"], stride=1, padding="same")
    x = F.batch_norm(x, params["mean"], params["var"], training=training, momentum=0.3)
    x = F.max_pool2d(F.leaky_relu(x, 0.1), kernel_size=2)
    x = F.dropout(x, p=0.0, training=training)
    x = F.adaptive_avg_pool2d(x, (2, 2)).flatten(start_dim=1)
    return F.log_softmax(F.linear(x, params["w2"], params["b2"]), dim=1)


params = {"w1": (4, 1, 3, 3), "b1": (4,), "w2": (10, 16), "b2": (10,)}
params = {k: torch.tensor(rng.normal(0, 0.3, s), dtype=torch.float32, requires_grad=True) for k, s in params.items()}
buffers = {"mean": torch.zeros(4), "var": torch.ones(4)}
opt = optim.RMSprop([params["w1"], params["w2"], params["b2"]], lr=1e-2, momentum=0.5)
for step in range(4):
    loss = F.nll_loss(net(x_train, {**params, **buffers}), y_train)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(step, loss, buffers["mean"])
with torch.inference_mode():
    out = net(x_train, {**params, **buffers}, training=False)
print(out.shape, out.requires_grad, accuracy(out, y_train).item(), params["w2"].grad.norm())
h = torch.sigmoid(F.linear(x_train[:2], weights.t(), bias))
print(
    h,
    torch.tanh(h).sum(),
    F.elu(h - 1),
    F.hardswish(h),
    F.softplus(h)[0],
    F.normalize(h, p=1, dim=1).sum(1),
    F.silu(-h)[0],
)
