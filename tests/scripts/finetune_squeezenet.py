"""Homework: SqueezeNet for another number of classes; first its new head, then everything at two rates."""

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset
from torchvision import models, transforms
from torchvision.datasets import ImageFolder


def load_pretrained(model, seed=3):
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                fan_in = module.in_channels * module.kernel_size[0] * module.kernel_size[1]
                module.weight.copy_(torch.tensor(rng.normal(0, (2 / fan_in) ** 0.5, module.weight.shape)))
                module.bias.zero_()


def set_parameter_requires_grad(model, feature_extracting):
    if feature_extracting:
        for param in model.parameters():
            param.requires_grad = False


num_classes = 2
model = models.squeezenet1_1()
load_pretrained(model)
set_parameter_requires_grad(model.features, True)
model.classifier[1] = nn.Conv2d(512, num_classes, kernel_size=(1, 1), stride=(1, 1))
model.num_classes = num_classes
model.classifier[0] = nn.Dropout(p=0.0)  # so that runs can be compared
load_pretrained(model.classifier)
print(model.classifier)
print("Params to learn:")
params_to_update = []
for name, param in model.named_parameters():
    if param.requires_grad:
        params_to_update.append(param)
        print("\t", name, tuple(param.shape))

tfm = transforms.Compose([transforms.Resize((33, 33)), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)])
dataset = ImageFolder("data/ants_and_bees/train", transform=tfm)
train_set = Subset(dataset, list(range(0, len(dataset), 2)))
loader = DataLoader(train_set, batch_size=len(train_set), num_workers=0, pin_memory=False)
images, labels = next(iter(loader))
print(images.shape, labels, dataset.targets)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)


def accuracy(model):
    model.eval()
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


optimizer = torch.optim.AdamW(params_to_update, lr=1e-2, weight_decay=0.01)
for step in range(3):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    print(f"head  step {step} loss {loss.item():.5f} accuracy {accuracy(model):.2f}")
print(model.features[0].weight.grad is None, model.classifier[1].weight.grad.norm())

for param in model.features[-1].parameters():
    param.requires_grad_(True)
optimizer = torch.optim.SGD(
    [
        {"params": model.features[-1].parameters(), "lr": 1e-3},
        {"params": model.classifier.parameters()},
    ],
    lr=1e-2,
    momentum=0.9,
)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3)
for step in range(3):
    model.train()
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    scheduler.step()
    print(f"last  step {step} loss {loss.item():.5f}", [f"{g['lr']:.6f}" for g in optimizer.param_groups])
print(sum(p.numel() for p in model.parameters()), sum(p.numel() for p in model.parameters() if p.requires_grad))

state = model.state_dict()
other = models.squeezenet1_1(num_classes=2)
print(other.load_state_dict(state), accuracy(other))
bare = models.squeezenet1_1()
kept = {k: v for k, v in state.items() if not k.startswith("classifier")}
result = bare.load_state_dict(kept, strict=False)
print(result.missing_keys, result.unexpected_keys)
