"""Tutorial: saving and loading. state_dicts of model, optimizer, scheduler; resuming; early stopping."""

import copy
import os

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
rng = np.random.default_rng(4)


class TheModelClass(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.bn = nn.BatchNorm2d(2)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv1(x))).flatten(1))


def build():
    model = TheModelClass()
    weights = np.random.default_rng(1)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.tensor(weights.normal(size=p.shape) * 0.3))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    return model.to(device), optimizer, scheduler


x = torch.tensor(rng.standard_normal((12, 1, 4, 4)), dtype=torch.float32)
y = torch.tensor(rng.integers(0, 3, 12))
criterion = nn.CrossEntropyLoss()


def train_epoch(model, optimizer, scheduler):
    model.train()
    optimizer.zero_grad()
    loss = criterion(model(x.to(device)), y.to(device))
    loss.backward()
    optimizer.step()
    scheduler.step()
    return loss.item()


model, optimizer, scheduler = build()
print("Model's state_dict:")
for param_tensor in model.state_dict():
    print(param_tensor, "\t", model.state_dict()[param_tensor].size())
print("Optimizer's state_dict:")
for var_name in optimizer.state_dict():
    print(var_name, "\t", optimizer.state_dict()[var_name])
for epoch in range(3):
    loss = train_epoch(model, optimizer, scheduler)
    print(epoch, loss)
PATH = "checkpoint.tar"
torch.save(
    {
        "epoch": epoch,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "loss": loss,
        "classes": ["a", "b", "c"],
    },
    PATH,
)
print(os.path.exists(PATH))
went_on = [train_epoch(model, optimizer, scheduler) for _ in range(3)]

model2, optimizer2, scheduler2 = build()
checkpoint = torch.load(PATH, map_location=device)
print(model2.load_state_dict(checkpoint["model_state_dict"]))
optimizer2.load_state_dict(checkpoint["optimizer_state_dict"])
scheduler2.load_state_dict(checkpoint["scheduler"])
print(checkpoint["epoch"], checkpoint["loss"], checkpoint["classes"], list(checkpoint))
resumed = [train_epoch(model2, optimizer2, scheduler2) for _ in range(3)]
print(went_on, resumed, went_on == resumed)
print(optimizer2.param_groups[0]["lr"], scheduler2.get_last_lr(), len(optimizer2.state))
print(torch.load(PATH, map_location="cpu", weights_only=True)["model_state_dict"]["bn.num_batches_tracked"])

torch.save([torch.arange(3), {"t": torch.ones(2, dtype=torch.float64)}], "tensors.pt")
print(torch.load("tensors.pt"))
with open("buffer.pt", "wb") as f:
    torch.save(torch.tensor([1.5]), f)
with open("buffer.pt", "rb") as f:
    print(torch.load(f))

try:
    nn.Linear(2, 2).load_state_dict(model.state_dict())
except RuntimeError as error:
    text = str(error)
    print(text.splitlines()[0], "Missing key(s)" in text, "Unexpected key(s)" in text)
print(model.load_state_dict({"fc.bias": torch.zeros(3)}, strict=False))


class EarlyStopping:
    def __init__(self, patience=2, delta=0.0):
        self.patience, self.delta = patience, delta
        self.counter, self.best_score, self.early_stop = 0, None, False

    def __call__(self, val_loss, model):
        score = -val_loss
        if self.best_score is None or score >= self.best_score + self.delta:
            self.best_score = score
            self.best = copy.deepcopy(model.state_dict())
            self.counter = 0
        else:
            self.counter += 1
            print(f"EarlyStopping counter: {self.counter} out of {self.patience}")
            self.early_stop = self.counter >= self.patience


model, optimizer, scheduler = build()
optimizer.param_groups[0]["lr"] = 1.5
stopper = EarlyStopping()
for epoch in range(15):
    loss = train_epoch(model, optimizer, scheduler)
    stopper(loss, model)
    if stopper.early_stop:
        print("stopped at", epoch, loss)
        break
changed = any(not torch.equal(a, b) for a, b in zip(stopper.best.values(), model.state_dict().values()))
model.load_state_dict(stopper.best)
print(changed, stopper.best_score, model.eval()(x)[0])

ema = copy.deepcopy(model)
for p_ema, p in zip(ema.parameters(), model.parameters()):
    p_ema.data.mul_(0.99).add_(p.data, alpha=0.01)
print(torch.allclose(ema.fc.weight, model.fc.weight), nn.utils.parameters_to_vector(model.parameters()).shape)
print(torch.nn.utils.clip_grad_value_(model.parameters(), 0.01), model.fc.weight.grad.abs().max() <= 0.01)
