"""Tutorial: transforms. What each does to an image, in a row, on PIL images and on tensors; a look at random ones."""

import random

import numpy as np
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as TF
from PIL import Image
from torchvision.transforms import InterpolationMode

rng = np.random.default_rng(3)
ramp = np.add.outer(np.arange(20), np.arange(24)) * 5
array = np.stack([ramp, ramp[::-1], np.full_like(ramp, 90)], axis=-1) + rng.integers(0, 20, (20, 24, 3))
orig_img = Image.fromarray(array.astype(np.uint8))
tensor = TF.pil_to_tensor(orig_img)
print(orig_img.size, TF.get_image_size(orig_img), tensor.shape, tensor.dtype, TF.to_tensor(orig_img).mean(dim=(1, 2)))

deterministic = {
    "resize": T.Resize(size=12),
    "resize both": T.Resize((10, 30), interpolation=InterpolationMode.NEAREST),
    "center crop": T.CenterCrop(size=(8, 10)),
    "pad": T.Pad(padding=(1, 2), fill=7, padding_mode="constant"),
    "pad by mirror": T.Pad(padding=3, padding_mode="reflect"),
    "gray": T.Grayscale(),
    "always flip": T.RandomHorizontalFlip(p=1.0),
    "always turn": T.RandomVerticalFlip(p=1.0),
    "never flip": T.RandomHorizontalFlip(p=0.0),
    "invert": T.RandomInvert(p=1.0),
    "posterize": T.RandomPosterize(bits=2, p=1.0),
    "solarize": T.RandomSolarize(threshold=192, p=1.0),
    "equalize": T.RandomEqualize(p=1.0),
    "rotate": T.RandomRotation(degrees=(90, 90)),
    "shift": T.RandomAffine(degrees=0, translate=None, shear=(10, 10)),
}
for name, transform in deterministic.items():
    image = transform(orig_img)
    print(f"{name:14s}", transform, image.size, image.mode, np.asarray(image).mean().round(2))
for name in ("resize", "center crop", "pad", "gray", "always flip", "invert", "solarize"):
    result = deterministic[name](tensor)
    print(f"{name:14s}", tuple(result.shape), result.dtype, result.float().mean())

print([tuple(crop.size) for crop in T.FiveCrop(size=(8, 8))(orig_img)], len(T.TenCrop(8)(orig_img)))
crops = T.Compose([T.TenCrop(8), T.Lambda(lambda crops: torch.stack([T.ToTensor()(crop) for crop in crops]))])(orig_img)
print(crops.shape, crops.mean(dim=(1, 2, 3)))
bright = TF.adjust_brightness(orig_img, 1.5)
print(np.asarray(bright).mean(), np.asarray(TF.adjust_contrast(orig_img, 0.5)).std())
print(np.asarray(TF.adjust_saturation(orig_img, 0.0))[0, 0], np.asarray(TF.adjust_hue(orig_img, 0.25))[3, 4])
print(TF.crop(tensor, top=2, left=3, height=4, width=5).sum(), TF.hflip(tensor)[0, 0, :4], TF.vflip(tensor)[0, 0, :4])
print(TF.rotate(orig_img, 45, expand=True).size, TF.gaussian_blur(tensor, kernel_size=[5, 5], sigma=[1.0, 1.0]).sum())

augment = T.Compose(
    [
        T.RandomResizedCrop(16, scale=(0.5, 1.0)),
        T.RandomHorizontalFlip(),
        T.RandomApply([T.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)], p=0.8),
        T.RandomChoice([T.RandomRotation(15), T.RandomAffine(10, translate=(0.1, 0.1), scale=(0.8, 1.2))]),
        T.ToTensor(),
        T.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        T.RandomErasing(p=1.0, scale=(0.1, 0.2), value=0),
    ]
)
print(augment)
torch.manual_seed(0)
random.seed(0)
batch = torch.stack([augment(orig_img) for _ in range(8)])
torch.manual_seed(0)
random.seed(0)
again = torch.stack([augment(orig_img) for _ in range(8)])
print(batch.shape, torch.equal(batch, again), not torch.equal(batch[0], batch[1]), (batch == 0).any().item())
flips = sum(np.array_equal(T.RandomHorizontalFlip()(orig_img), orig_img) for _ in range(200))
print(60 < flips < 140)

inverse = T.Compose([T.Normalize([0, 0, 0], [1 / 0.5] * 3), T.Normalize([-0.5] * 3, [1, 1, 1]), T.ToPILImage()])
normalized = T.Compose([T.ToTensor(), T.Normalize([0.5] * 3, [0.5] * 3)])(orig_img)
print(normalized.min(), normalized.max(), np.abs(np.asarray(inverse(normalized)).astype(int) - array).max())
for wrong in (lambda: T.CenterCrop(-1)(3), lambda: T.ToTensor()("a path"), lambda: T.RandomRotation(-3)):
    try:
        wrong()
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
