"""Homework: logistic regression with one linear layer, BCELoss, and a decision threshold."""

import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(42)
rng = np.random.RandomState(0)
n_samples, n_features = 200, 6
X_numpy = rng.randn(n_samples, n_features)
y_numpy = (X_numpy @ rng.randn(n_features) + 0.5 * rng.randn(n_samples) > 0).astype(np.float64)

X = torch.from_numpy(X_numpy.astype(np.float32))
y = torch.from_numpy(y_numpy.astype(np.float32))
y = y.view(y.shape[0], 1)
X_train, X_test = X[:160], X[160:]
y_train, y_test = y[:160], y[160:]
mean, std = X_train.mean(0, keepdim=True), X_train.std(0, keepdim=True)
X_train, X_test = (X_train - mean) / std, (X_test - mean) / std
print(
    X_train.shape, y_train.shape, X_train.mean(0).abs().max() < 1e-6, y_train.sum(), y_train.unique(return_counts=True)
)


class LogisticRegression(nn.Module):
    def __init__(self, n_input_features):
        super(LogisticRegression, self).__init__()
        self.linear = nn.Linear(n_input_features, 1)

    def forward(self, x):
        y_predicted = torch.sigmoid(self.linear(x))
        return y_predicted


model = LogisticRegression(n_features)
print(model)
nn.init.constant_(model.linear.weight, 0.1)
nn.init.zeros_(model.linear.bias)
learning_rate = 0.1
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
print(criterion, optimizer)

num_epochs = 100
for epoch in range(num_epochs):
    y_predicted = model(X_train)
    loss = criterion(y_predicted, y_train)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if (epoch + 1) % 20 == 0:
        print(f"epoch: {epoch + 1}, loss = {loss.item():.4f}")

with torch.no_grad():
    y_predicted = model(X_test)
    y_predicted_cls = y_predicted.round()
    acc = y_predicted_cls.eq(y_test).sum() / float(y_test.shape[0])
    print(f"accuracy = {acc:.4f}")
    for threshold in (0.25, 0.5, 0.75):
        decided = (y_predicted > threshold).float()
        tp = (decided * y_test).sum()
        precision, recall = tp / decided.sum(), tp / y_test.sum()
        print(threshold, precision, recall, f"F1 {2 * precision * recall / (precision + recall):.3f}")
print(model.linear.weight, model.linear.bias)
print(optimizer.state_dict())

try:
    criterion(torch.tensor([0.5, 1.5]), torch.tensor([0.0, 1.0]))
except RuntimeError as error:
    print(type(error).__name__)
try:
    criterion(model(X_test), y_test.squeeze())
except ValueError as error:
    print(type(error).__name__)
try:
    model(X_test.double())
except RuntimeError as error:
    print(type(error).__name__)
try:
    model(X_test[:, :4])
except RuntimeError as error:
    print(type(error).__name__)

# Softmax regression: three classes, cross-entropy.
classes = torch.from_numpy(np.digitize(X_numpy[:, 0], [-0.5, 0.5]))
print(classes.dtype, torch.bincount(classes))
model = nn.Linear(n_features, 3)
with torch.no_grad():
    model.weight.copy_(torch.from_numpy(rng.randn(3, n_features)) * 0.1)
    model.bias.fill_(0)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(30):
    optimizer.zero_grad()
    output = model(X)
    loss = nn.CrossEntropyLoss()(output, classes)
    loss.backward()
    optimizer.step()
print(loss, (output.argmax(1) == classes).float().mean().item(), nn.Softmax(dim=1)(output)[:2])
