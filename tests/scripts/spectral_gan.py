"""Homework: a GAN with spectral normalisation, weight normalisation in the generator, and an average of its weights."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
import torch.nn.utils.parametrize as parametrize
from torch import nn
from torch.nn.modules.module import register_module_forward_hook
from torch.nn.utils import parametrizations, spectral_norm
from torch.nn.utils.parametrizations import weight_norm
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

rng = np.random.default_rng(3)


def numbers(*shape):
    return torch.from_numpy(rng.normal(0.0, 0.3, shape)).float()


def fill(module):
    """Numbers that do not depend on the library."""
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.is_floating_point() and tensor.ndim > 0:
                tensor.copy_(numbers(*tensor.shape).abs() if tensor.ndim == 1 else numbers(*tensor.shape))


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = spectral_norm(nn.Conv2d(1, 4, 4, 2, 1))
        self.second = parametrizations.spectral_norm(nn.Conv2d(4, 4, 4, 2, 1))
        self.last = parametrizations.spectral_norm(nn.Linear(16, 1), n_power_iterations=2)

    def forward(self, x):
        x = F.leaky_relu(self.first(x), 0.2)
        return self.last(F.leaky_relu(self.second(x), 0.2).flatten(1))


generator = nn.Sequential(
    weight_norm(nn.ConvTranspose2d(3, 4, 4)),
    nn.BatchNorm2d(4),
    nn.ReLU(),
    weight_norm(nn.ConvTranspose2d(4, 1, 2, 2), dim=1),
    nn.Tanh(),
)
critic = Critic()
fill(generator)
fill(critic)
print(generator)
print(critic)
print(list(critic.state_dict()))
print([name for name, _ in generator.named_parameters()])

average = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(0.9))
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-2, betas=(0.5, 0.9))
d_optimizer = torch.optim.SGD(critic.parameters(), lr=1e-2)
schedule = SWALR(g_optimizer, swa_lr=1e-3, anneal_epochs=3, anneal_strategy="linear")
for step in range(5):
    real = numbers(6, 1, 8, 8)
    fake = generator(numbers(6, 3, 1, 1))
    d_loss = F.relu(1 - critic(real)).mean() + F.relu(1 + critic(fake.detach())).mean()
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    with parametrize.cached():
        g_loss = -critic(generator(numbers(6, 3, 1, 1))).mean()
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    schedule.step()
    average.update_parameters(generator)
    print(f"step {step}: critic {d_loss.item():.4f} generator {g_loss.item():.4f} lr {schedule.get_last_lr()[0]:.5f}")

update_bn([numbers(6, 3, 1, 1) for _ in range(3)], average)
print(average.n_averaged, average.module[1].num_batches_tracked)
average.eval()
z = numbers(2, 3, 1, 1)
averaged = average(z)
frozen = copy.deepcopy(average.module)
for layer in (frozen[0], frozen[3]):
    parametrize.remove_parametrizations(layer, "weight")
print(frozen)
shapes = []
with register_module_forward_hook(lambda module, args, output: shapes.append((type(module).__name__, output.shape[0]))):
    plain = frozen(z)
print(shapes)
print(f"{plain.abs().mean().item():.4f} {(plain - averaged).abs().max().item() < 1e-5}")
critic.eval()
print(torch.round(critic(plain) * 1000).squeeze(1).tolist())
singular = np.linalg.svd(critic.last.weight.detach().numpy(), compute_uv=False)
print(f"{singular[0]:.4f}")
