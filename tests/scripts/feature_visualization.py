"""Homework: what a network sees. Hooks keep activations and gradients, filters and maps become pictures, Grad-CAM."""

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from torch import nn
from torchvision import transforms
from torchvision.utils import draw_bounding_boxes, draw_segmentation_masks, make_grid, save_image

rng = np.random.default_rng(12)
image = Image.fromarray(rng.integers(0, 256, (20, 20, 3), dtype=np.uint8)).resize((40, 40), Image.BILINEAR)
preprocess = transforms.Compose(
    [transforms.Resize(32), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.2] * 3)]
)
batch = preprocess(image).unsqueeze(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 12, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(12, 5)

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))


model = Net().eval()
for param in model.parameters():
    nn.init.constant_(param, 0.0)
    param.data.add_(torch.from_numpy(rng.normal(0, 0.15, param.shape).astype(np.float32)))

activations, gradients = {}, {}
for name, module in model.named_modules():
    if isinstance(module, nn.Conv2d):
        module.register_forward_hook(lambda m, i, o, name=name: activations.update({name: o.detach().clone()}))
        module.register_full_backward_hook(lambda m, gi, go, name=name: gradients.update({name: go[0].detach()}))
logits = model(batch)
category = logits.argmax(dim=1).item()
model.zero_grad()
logits[0, category].backward()
print(category, logits)
for name in activations:
    print(name, activations[name].shape, activations[name].mean(), gradients[name].shape, gradients[name].abs().sum())

weights = gradients["features.3"].mean(dim=(2, 3), keepdim=True)
cam = F.relu((weights * activations["features.3"]).sum(dim=1, keepdim=True))
cam = F.interpolate(cam, size=batch.shape[2:], mode="bilinear", align_corners=False)
cam = (cam - cam.min()) / (cam.max() - cam.min() + 1e-8)
print(cam.shape, cam.mean(), (cam > 0.5).sum())
heat = torch.cat([cam[0], torch.zeros_like(cam[0]), 1 - cam[0]])
overlay = 0.5 * heat + 0.5 * transforms.ToTensor()(image.resize((32, 32)))
save_image(overlay, "cam.png")
print(np.asarray(Image.open("cam.png")).shape, np.asarray(Image.open("cam.png")).mean())

filters = model.features[0].weight.data
grid = make_grid(filters, nrow=4, padding=1, normalize=True, scale_each=True, pad_value=0.5)
print(grid.shape, grid.mean(), grid.min(), grid.max())
maps = activations["features.0"][0].unsqueeze(1)
torchvision.utils.save_image(maps, "maps.png", nrow=8, normalize=True)
print(Image.open("maps.png").size, make_grid(maps, nrow=3).shape)

pixels = transforms.PILToTensor()(image)
boxes = torch.tensor([[2, 3, 20, 25], [10, 10, 38, 38]], dtype=torch.float)
boxed = draw_bounding_boxes(pixels, boxes, colors=["red", "#00ff00"], width=2)
print(boxed.shape, boxed.dtype, boxed.float().mean(), boxed[:, 3, 2])
masks = torch.zeros(2, 40, 40, dtype=torch.bool)
masks[0, :10], masks[1, 20:, 5:] = True, True
print(draw_segmentation_masks(pixels, masks, alpha=0.5, colors=["blue", "yellow"]).float().mean(dim=(1, 2)))

# a picture of an adversary: one step along the sign of the gradient
x = batch.clone().requires_grad_(True)
loss = F.cross_entropy(model(x), torch.tensor([category]))
(grad,) = torch.autograd.grad(loss, x)
adversary = x.detach() + 0.3 * grad.sign()
with torch.no_grad():
    after = F.cross_entropy(model(adversary), torch.tensor([category]))
print(loss.item(), after.item(), (after > loss).item())
