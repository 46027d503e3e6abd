"""Recipe: mixed precision, compiled where there is a GPU, on the CPU as usual; gradient scaling and accumulation."""

import warnings

import numpy as np
import torch
from torch import nn
from torch.cuda.amp import GradScaler as OldGradScaler
from torch.cuda.amp import autocast as old_autocast

warnings.simplefilter("ignore")  # of what is not available on a CPU
device = "cuda" if torch.cuda.is_available() else "cpu"
use_amp = torch.cuda.is_available()
torch.set_float32_matmul_precision("high")
torch.backends.cuda.matmul.allow_tf32 = True
torch.backends.cudnn.allow_tf32 = True
rng = np.random.default_rng(1)
data = torch.tensor(rng.standard_normal((6, 8, 10)), dtype=torch.float32, device=device)
targets = torch.tensor(rng.standard_normal((6, 8, 4)), dtype=torch.float32, device=device)


def make_model():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
    numbers = np.random.default_rng(2)
    for p in net.parameters():
        p.data.copy_(torch.tensor(numbers.normal(0, 0.3, p.shape)))
    net = net.to(device)
    return torch.compile(net) if device == "cuda" else net


loss_fn = nn.MSELoss().to(device)


@torch.compile(disable=not torch.cuda.is_available(), dynamic=False)
def penalty(model):
    return sum(p.square().sum() for p in model.parameters())


def train(scaler, context, clip=None):
    net = make_model()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(2):
        for input, target in zip(data, targets):
            with context():
                output = net(input)
                assert output.dtype is (torch.float16 if use_amp else torch.float32)
                loss = loss_fn(output, target) + 1e-3 * penalty(net)
            scaler.scale(loss).backward()
            if clip:
                scaler.unscale_(opt)
                norm = torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=clip)
            scaler.step(opt)
            scaler.update()
            opt.zero_grad()
        print(epoch, loss.item(), scaler.get_scale(), scaler.is_enabled(), norm.item() if clip else "")
    return net


def new_context():
    return torch.autocast(device_type=device, dtype=torch.float16, enabled=use_amp)


plain = train(torch.amp.GradScaler(device, enabled=use_amp), new_context)
train(torch.GradScaler(enabled=use_amp), lambda: torch.amp.autocast(device, enabled=use_amp), clip=0.5)
train(OldGradScaler(), old_autocast)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=5)
scaled = train(scaler, new_context, clip=0.5)
print([torch.allclose(a, b, rtol=0.5) for a, b in zip(plain.parameters(), scaled.parameters())])
print(scaler.state_dict())

# an overflow leaves out a step and halves the scale
net = make_model()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
before = net[0].weight.detach().clone()
scaler.scale(net(data[0]).sum() * float("inf")).backward()
scaler.step(opt)
scaler.update()
print(torch.equal(before, net[0].weight), scaler.get_scale())
opt.zero_grad()
iters_to_accumulate = 3
for i in range(6):
    with torch.autocast(device_type=device, enabled=use_amp):
        loss = loss_fn(net(data[i]), targets[i]) / iters_to_accumulate
    scaler.scale(loss).backward()
    if (i + 1) % iters_to_accumulate == 0:
        scaler.step(opt)
        scaler.update()
        opt.zero_grad()
        print(i, loss.item(), scaler.get_scale())
checkpoint = {"model": net.state_dict(), "optimizer": opt.state_dict(), "scaler": scaler.state_dict()}
torch.save(checkpoint, "checkpoint.pt")
loaded = torch.load("checkpoint.pt", map_location=device)
resumed = torch.amp.GradScaler("cpu")
resumed.load_state_dict(loaded["scaler"])
print(resumed.get_scale(), resumed.get_growth_interval(), loaded["scaler"])
for wrong in (lambda: resumed.step(opt), lambda: resumed.load_state_dict({})):
    try:
        wrong()
    except (AssertionError, RuntimeError) as error:
        print(type(error).__name__, error)


@torch.autocast("cpu", enabled=False)
def forward(x):
    return net(x)


print(forward(data[1]).sum())
