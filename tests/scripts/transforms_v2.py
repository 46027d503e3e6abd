"""Tutorial: the newer transforms, on single images; a small convolutional network on what they give."""

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.transforms import v2

rng = np.random.default_rng(2)
picture = Image.fromarray(rng.integers(0, 256, (18, 22, 3), dtype=np.uint8))
to_tensor = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
image = to_tensor(picture)
print(image.shape, image.dtype, image.mean(), image.max())
raw = v2.ToImage()(picture)
print(raw.shape, raw.dtype, raw.float().mean(), v2.ToDtype(torch.float64)(raw).sum(), v2.Identity()(raw).shape)
print(v2.ToImage()(np.asarray(picture)).float().std(), v2.ToImage()(np.asarray(picture)[:, :, 0]).shape)
preprocess = v2.Compose(
    [
        v2.Resize((16, 16), antialias=True),
        v2.ToImage(),
        v2.CenterCrop(12),
        v2.RandomHorizontalFlip(p=1.0),
        v2.Grayscale(num_output_channels=3),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
    ]
)
x = preprocess(picture).unsqueeze(0)
print(x.shape, x.mean(), x.std(), x[0, :, 3, 4])
augment = v2.Compose([v2.RandomResizedCrop(8), v2.ColorJitter(0.3), v2.RandomRotation(10), v2.RandomErasing(p=1.0)])
print(augment(image).shape)
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU(), nn.Flatten(), nn.Linear(400, 2))
for p in net.parameters():
    p.data = torch.from_numpy(rng.normal(0, 0.1, p.shape)).float()
print(net(x))
left, right, label = v2.Compose([v2.RandomCrop(5), v2.RandomHorizontalFlip()])(raw, raw, 7)
print(type(left).__name__, left.shape, bool((left == right).all()), label)
sample = v2.RandomVerticalFlip(p=1.0)({"image": raw, "label": torch.tensor(3), "names": ["a", "b"]})
print(
    sample["label"], sample["names"], sample["image"].float()[:, 0, 0], v2.functional.resize(raw, [5, 7]).float().mean()
)
