"""Homework: convolutional autoencoders with ConvTranspose2d and with Upsample; padding, shuffling, unpooling."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(31)


def seed_weights(model):
    for p in model.parameters():
        p.data = torch.from_numpy(rng.uniform(-0.25, 0.25, p.shape)).type_as(p)
    return model


class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 4, 3, stride=2, padding=1),
            nn.ReLU(),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, kernel_size=2, stride=2),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


class UpsampleAutoencoder(ConvAutoencoder):
    def __init__(self):
        super().__init__()
        self.decoder = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(4, 8, 3, padding=1, padding_mode="reflect"),
            nn.ELU(),
            nn.Upsample(size=(16, 16), mode="bilinear", align_corners=False),
            nn.ZeroPad2d(1),
            nn.Conv2d(8, 1, 3),
            nn.Sigmoid(),
        )


yy, xx = np.mgrid[:16, :16]
disks = [((yy - rng.integers(4, 12)) ** 2 + (xx - rng.integers(4, 12)) ** 2 < 9) for _ in range(24)]
images = torch.tensor(np.array(disks), dtype=torch.float32).unsqueeze(1)
print(images.shape, images.mean())
for cls in (ConvAutoencoder, UpsampleAutoencoder):
    model = seed_weights(cls())
    print(model)
    print("parameters:", sum(p.numel() for p in model.parameters()), model.encoder(images).shape, model(images).shape)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)
    criterion = nn.MSELoss()
    for epoch in range(5):
        noisy = images + torch.from_numpy(0.1 * rng.standard_normal(images.shape)).float()
        recon = model(noisy.clamp(0.0, 1.0))
        loss = criterion(recon, images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f"Epoch:{epoch + 1}, Loss:{loss.item():.4f}")
    psnr = -10 * torch.log10(F.mse_loss(model(images), images))
    print("PSNR", psnr, (model(images) > 0.5).sum().item() >= 0)


class VAE(nn.Module):
    """The sampling is left to the caller, so that the draw is known."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(256, 32)
        self.fc21, self.fc22 = nn.Linear(32, 3), nn.Linear(32, 3)
        self.fc3, self.fc4 = nn.Linear(3, 32), nn.Linear(32, 256)

    def reparameterize(self, mu, logvar, eps):
        std = torch.exp(0.5 * logvar)
        return mu + eps * std

    def forward(self, x, eps):
        h = F.relu(self.fc1(x.view(-1, 256)))
        mu, logvar = self.fc21(h), self.fc22(h)
        z = self.reparameterize(mu, logvar, eps)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


vae = seed_weights(VAE())
optimizer = torch.optim.Adamax(vae.parameters(), lr=5e-3)
for step in range(4):
    recon, mu, logvar = vae(images, torch.from_numpy(rng.standard_normal((24, 3))).float())
    bce = F.binary_cross_entropy(recon, images.view(-1, 256), reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    optimizer.zero_grad()
    (bce + kld).backward()
    optimizer.step()
    print(step, bce / 24, kld.item() / 24)
print(torch.randn_like(mu).shape, nn.PixelShuffle(2)(torch.arange(16.0).view(1, 4, 2, 2)))
pool, unpool = nn.MaxPool2d(2, stride=2, return_indices=True), nn.MaxUnpool2d(2, stride=2)
out, indices = pool(torch.arange(16.0).view(1, 1, 4, 4))
print(indices, unpool(out, indices))
print(F.interpolate(torch.arange(4.0).view(1, 1, 2, 2), scale_factor=2, mode="bilinear", align_corners=True))
print(F.pad(torch.arange(6).view(1, 2, 3), (1, 2, 0, 1), value=-1), F.pad(images, (2, 2, 1, 1), mode="replicate").shape)
