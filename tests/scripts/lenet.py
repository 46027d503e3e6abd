"""Homework: LeNet-5 in the style of the functional API, its shapes layer by layer, and a few steps of training."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.manual_seed(0)
rng = np.random.default_rng(5)
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        # 1 input image channel, 6 output channels, 5x5 square convolution
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.fc3(x)
        return x

    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features


net = Net().to(device)
print(net)
params = list(net.parameters())
print(len(params))
print(params[0].size())
for p in net.parameters():
    p.data.copy_(torch.from_numpy(rng.uniform(-1, 1, p.shape) / np.sqrt(p[0].numel())))
print("Number of parameters:", sum(p.numel() for p in net.parameters()))

input = torch.from_numpy(rng.standard_normal((1, 1, 32, 32))).float()
out = net(input)
print(out)
net.zero_grad()
out.backward(torch.ones(1, 10))
target = torch.linspace(-1, 1, 10).view(1, -1)
criterion = nn.MSELoss()
loss = criterion(net(input), target)
print(loss)
print(loss.grad_fn)
print(loss.grad_fn.next_functions[0][0])
print(loss.grad_fn.next_functions[0][0].next_functions[0][0])
net.zero_grad()
print("conv1.bias.grad before backward")
print(net.conv1.bias.grad)
loss.backward()
print("conv1.bias.grad after backward")
print(net.conv1.bias.grad)
learning_rate = 0.01
for f in net.parameters():
    f.data.sub_(f.grad.data * learning_rate)
print(net.fc3.bias)

classic = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2),
    nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5),
    nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Flatten(),
    nn.Linear(16 * 5 * 5, 120),
    nn.Sigmoid(),
    nn.Linear(120, 84),
    nn.Sigmoid(),
    nn.Linear(84, 10),
)
X = torch.zeros(size=(1, 1, 28, 28), dtype=torch.float32)
for layer in classic:
    X = layer(X)
    print(layer.__class__.__name__, "output shape: \t", X.shape)

images = torch.tensor(rng.random((40, 1, 32, 32)), dtype=torch.float32)
labels = torch.tensor(rng.integers(0, 10, 40))
images[torch.arange(40), 0, labels * 3, :] += 2.0
optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    running_loss = 0.0
    for i in range(0, 40, 8):
        inputs, targets = images[i : i + 8].to(device), labels[i : i + 8].to(device)
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print("[%d, %5d] loss: %.3f" % (epoch + 1, i + 1, running_loss / 5))
print("Finished Training")
with torch.no_grad():
    _, predicted = torch.max(net(images).data, 1)
    print("predicted", predicted.tolist(), (predicted == labels).sum().item())
