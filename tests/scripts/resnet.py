"""Homework: residual blocks, ModuleList and Sequential, weights initialised by apply(), the tree of modules."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
    expansion = 1

    def __init__(self, in_channels, num_channels, use_1x1conv=False, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, num_channels, kernel_size=3, padding=1, stride=stride, bias=False)
        self.conv2 = nn.Conv2d(num_channels, num_channels, kernel_size=3, padding=1, bias=False)
        if use_1x1conv:
            self.conv3 = nn.Conv2d(in_channels, num_channels, kernel_size=1, stride=stride)
        else:
            self.conv3 = None
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)

    def forward(self, X):
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)


class ResNet(nn.Module):
    def __init__(self, arch, num_classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList()
        channels = 8
        for i, (blocks, width) in enumerate(arch):
            layers = []
            for j in range(blocks):
                layers.append(
                    Residual(channels, width, use_1x1conv=j == 0 and i > 0, stride=2 if j == 0 and i > 0 else 1)
                )
                channels = width
            self.stages.append(nn.Sequential(*layers))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(channels, num_classes)
        self.register_buffer("mean", torch.tensor([0.5, 0.5, 0.5]).view(1, 3, 1, 1), persistent=False)

    def forward(self, x):
        x = self.stem(x - self.mean)
        for stage in self.stages:
            x = stage(x)
        return self.fc(self.avgpool(x).flatten(1))


rng = np.random.RandomState(7)


def init_weights(m):
    if isinstance(m, nn.Conv2d):
        nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        fan_out = m.out_channels * m.kernel_size[0] * m.kernel_size[1]
        print(type(m).__name__, abs(m.weight.std().item() / (2 / fan_out) ** 0.5 - 1) < 0.5)
        m.weight.data = torch.tensor(rng.randn(*m.weight.shape) * (2 / fan_out) ** 0.5).float()
    elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
        nn.init.constant_(m.weight, 1)
        nn.init.constant_(m.bias, 0)
    if getattr(m, "bias", None) is not None:
        m.bias.data.zero_()
    if type(m) is nn.Linear:
        m.weight.data.copy_(torch.from_numpy(rng.randn(*m.weight.shape)) * 0.05)


net = ResNet(((1, 8), (2, 12)))
net.apply(init_weights)
print(net)
x = torch.from_numpy(rng.rand(4, 3, 16, 16)).to(torch.float32)
print(net(x))
blk = Residual(3, 6, use_1x1conv=True, stride=2)
print(blk(x).shape)
for name, module in net.named_children():
    print(name, type(module).__name__, sum(p.numel() for p in module.parameters()))
print([name for name, m in net.named_modules() if isinstance(m, nn.Conv2d)])
print(len(list(net.modules())), len(net.stages), net.stages[1][0].conv3, net.stages[0][0].conv3)
print(list(net.state_dict())[:8], "mean" in net.state_dict())
print(net.get_submodule("stages.1.1").conv2.weight.shape, net.get_parameter("fc.bias").shape)

optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[2, 4], gamma=0.1)
target = torch.tensor([0, 1, 2, 3])
for epoch in range(5):
    loss = F.cross_entropy(net(x), target)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    grad_norm = nn.utils.clip_grad_norm_(net.parameters(), max_norm=5.0)
    optimizer.step()
    scheduler.step()
    print(epoch, loss.item(), grad_norm, scheduler.get_last_lr(), optimizer.param_groups[0]["lr"])

d = nn.ModuleDict({"relu": nn.ReLU(), "prelu": nn.PReLU()})
print(d, list(d.keys()), d["prelu"](torch.tensor([-1.0])))
s = nn.Sequential()
s.add_module("lin", nn.Linear(2, 3, bias=False))
s.append(nn.Tanh())
print(s, len(s), s[-1], s.lin.weight.shape, s[0:1])
