"""Tutorial: transfer learning. A backbone is frozen, its head replaced, and parts learn at different rates."""

import copy

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.optim import lr_scheduler

rng = np.random.default_rng(11)


def numpy_init(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.as_tensor(rng.normal(0, 0.2, size=tuple(p.size()))))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, stride=2)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU(True))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 100)

    def forward(self, x):
        x = self.layer1(self.relu(self.conv1(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


torch.manual_seed(0)
pretrained = Backbone()
numpy_init(pretrained)
model_conv = copy.deepcopy(pretrained)
for param in model_conv.parameters():
    param.requires_grad = False
num_ftrs = model_conv.fc.in_features
model_conv.fc = nn.Linear(num_ftrs, 2)
numpy_init(model_conv.fc)
print([(n, p.requires_grad) for n, p in model_conv.named_parameters()])
optimizer_conv = optim.SGD(filter(lambda p: p.requires_grad, model_conv.parameters()), lr=0.1, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_conv, step_size=3, gamma=0.1)
x = torch.tensor(rng.standard_normal((10, 3, 11, 11)), dtype=torch.float)
y = torch.tensor([0, 1] * 5)


def train_model(model, criterion, optimizer, scheduler, num_epochs=4):
    best_acc, best = 0.0, copy.deepcopy(model.state_dict())
    for epoch in range(num_epochs):
        print(f"Epoch {epoch}/{num_epochs - 1}")
        for phase in ["train", "val"]:
            model.train() if phase == "train" else model.eval()
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(x)
                _, preds = torch.max(outputs, 1)
                loss = criterion(outputs, y)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
            if phase == "train":
                scheduler.step()
            epoch_acc = torch.sum(preds == y.data).double() / len(y)
            print(f"{phase} Loss: {loss.item():.4f} Acc: {epoch_acc:.4f}")
            if phase == "val" and epoch_acc > best_acc:
                best_acc, best = epoch_acc, copy.deepcopy(model.state_dict())
    print(f"Best val Acc: {best_acc:4f}")
    model.load_state_dict(best)
    return model


model_conv = train_model(model_conv, nn.CrossEntropyLoss(), optimizer_conv, exp_lr_scheduler)
print(torch.equal(model_conv.conv1.weight, pretrained.conv1.weight), model_conv.conv1.weight.grad)

# parameter groups
model_ft = copy.deepcopy(pretrained)
head = list(map(id, model_ft.fc.parameters()))
base_params = [p for p in model_ft.parameters() if id(p) not in head]
optimizer = optim.Adam(
    [{"params": base_params, "lr": 1e-4}, {"params": model_ft.fc.parameters(), "weight_decay": 0.01}], lr=1e-2
)
print(optimizer)
print([len(g["params"]) for g in optimizer.param_groups], [g["lr"] for g in optimizer.param_groups])
scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
for i in range(4):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model_ft(x), y * 7)
    loss.backward()
    optimizer.step()
    scheduler.step()
    print(loss, scheduler.get_last_lr())
model_ft.fc = nn.Identity()
optimizer.add_param_group({"params": [nn.Parameter(torch.zeros(2))], "lr": 0.5})
print(model_ft(x).shape, model_ft, len(optimizer.param_groups))

# part of a state_dict into another network
other = Backbone()
state = {k: v for k, v in pretrained.state_dict().items() if not k.startswith("fc")}
print(other.load_state_dict(state, strict=False))
try:
    other.load_state_dict({"fc.weight": torch.zeros(3, 8), "extra": torch.zeros(1)})
except RuntimeError as error:
    print(str(error).splitlines()[0], "extra" in str(error), "size mismatch for fc.weight" in str(error))
features = nn.Sequential(*list(other.children())[:-1])
print(features(x).flatten(1).shape, torch.equal(other.conv1.weight, features[0].weight))
