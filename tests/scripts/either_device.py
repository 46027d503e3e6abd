"""A script for whatever device there is: it asks, sets switches, and pins memory only where that helps."""

import os
import random
import warnings

import numpy as np
import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.simplefilter("ignore")


def seed_everything(seed):
    random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)


def pick_device():
    if torch.cuda.is_available():
        print(torch.cuda.get_device_name(0), torch.version.cuda)
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    if hasattr(torch, "xpu") and torch.xpu.is_available():
        return torch.device("xpu")
    return torch.device("cpu")


seed_everything(42)
major, minor = (int(part) for part in torch.__version__.split(".")[:2])
print(major, minor >= 9, torch.__version__ >= "1.8", torch.__version__.split("+")[0], torchvision.__version__[:4])
device = pick_device()
print(device, device.type, device.index, torch.cuda.device_count(), torch.accelerator.is_available())
print(torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark, torch.are_deterministic_algorithms_enabled())
with torch.backends.cudnn.flags(enabled=False, benchmark=True):
    print(torch.backends.cudnn.benchmark)
print(torch.backends.cudnn.benchmark, torch.get_float32_matmul_precision(), torch.is_autocast_enabled())
torch.use_deterministic_algorithms(False)
kwargs = {"num_workers": 2, "pin_memory": True} if device.type == "cuda" else {"pin_memory": device.type == "cuda"}

rng = np.random.default_rng(0)
x = torch.from_numpy(rng.standard_normal((12, 3, 8, 8), dtype=np.float32))
y = torch.from_numpy(rng.integers(0, 2, 12))
loader = DataLoader(TensorDataset(x, y), batch_size=4, **kwargs)
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
for p in model.parameters():
    p.data = torch.from_numpy(rng.normal(0, 0.2, p.shape)).to(p.dtype)
model = model.to(device, memory_format=torch.channels_last)
if torch.cuda.device_count() > 1:
    model = nn.DataParallel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, foreach=None)
criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0], device=device)).to(device)
for epoch in range(2):
    for images, labels in loader:
        images = images.to(device, non_blocking=True, memory_format=torch.channels_last)
        labels = labels.to(device=device, non_blocking=True)
        for p in model.parameters():
            p.grad = None
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
        print(torch.cuda.max_memory_allocated())
    print(f"epoch {epoch}: {loss.item():.5f}")
torch.cuda.empty_cache()
torch.save({"model": model.state_dict(), "epoch": epoch}, "last.pt")
checkpoint = torch.load("last.pt", map_location=torch.device("cpu"))
checkpoint2 = torch.load("last.pt", map_location=lambda storage, loc: storage)
model.load_state_dict(checkpoint["model"])
print(
    checkpoint["epoch"],
    all(torch.equal(a, b) for a, b in zip(checkpoint["model"].values(), model.state_dict().values())),
)
print(list(checkpoint2["model"]) == list(checkpoint["model"]), next(model.parameters()).is_cuda, x.device)
zeros = torch.zeros(2, 2, device=device)
print(zeros, zeros.get_device() if zeros.is_cuda else "cpu", torch.ones_like(zeros, device=device).to("cpu").sum())
for wrong in ("cuda", "cuda:0"):
    try:
        torch.zeros(1).to(wrong)
        print("moved")
    except (RuntimeError, AssertionError) as error:
        print("not moved", isinstance(error, Exception))
torch.testing.assert_close(model(x)[0], model(x[:1])[0], rtol=10.0, atol=10.0)
try:
    torch.testing.assert_close(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.5, 3.0]))
except AssertionError as error:
    print(error)
