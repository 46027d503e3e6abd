"""Tutorial: one's own image dataset. Labels from a CSV file, images opened by Pillow, transforms, workers, collate."""

import csv
import os

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms

IMG_DIR = "data/pictures"


class CustomImageDataset(Dataset):
    def __init__(self, annotations_file, img_dir, transform=None, target_transform=None):
        with open(annotations_file, newline="") as f:
            self.img_labels = list(csv.reader(f))
        self.img_dir = img_dir
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self):
        return len(self.img_labels)

    def __getitem__(self, idx):
        name, label = self.img_labels[idx]
        image = Image.open(os.path.join(self.img_dir, name)).convert("RGB")
        label = int(label)
        if self.transform:
            image = self.transform(image)
        if self.target_transform:
            label = self.target_transform(label)
        return image, label


class AddBorder:
    """A transform of one's own."""

    def __init__(self, width, value=0.0):
        self.width, self.value = width, value

    def __call__(self, x):
        x = x.clone()
        x[:, : self.width] = x[:, -self.width :] = self.value
        x[..., : self.width] = x[..., -self.width :] = self.value
        return x

    def __repr__(self):
        return f"{self.__class__.__name__}(width={self.width})"


def main():
    os.makedirs(IMG_DIR, exist_ok=True)
    rng = np.random.default_rng(0)
    with open("labels.csv", "w", newline="") as f:
        for i in range(10):
            Image.fromarray(rng.integers(0, 256, (12 + i, 16, 3), dtype=np.uint8)).save(f"{IMG_DIR}/{i}.png")
            csv.writer(f).writerow([f"{i}.png", i % 3])

    transform = transforms.Compose(
        [
            transforms.Resize((16, 16), antialias=True),
            transforms.Grayscale(num_output_channels=3),
            transforms.ToTensor(),
            AddBorder(2, value=0.5),
            transforms.Lambda(lambda x: x * 2 - 1),
        ]
    )
    one_hot = transforms.Lambda(
        lambda y: torch.zeros(3, dtype=torch.float).scatter_(dim=0, index=torch.tensor(y), value=1)
    )
    dataset = CustomImageDataset("labels.csv", IMG_DIR, transform, one_hot)
    print(repr(transform.transforms[3]), len(dataset))
    image, label = dataset[4]
    print(image.shape, image.dtype, image.min(), image.max(), label)

    loader = DataLoader(dataset, batch_size=4, num_workers=2, drop_last=True)
    for i, (images, labels) in enumerate(loader):
        print(i, images.shape, images.mean(), labels.argmax(1))

    raw = CustomImageDataset("labels.csv", IMG_DIR, transforms.PILToTensor())

    def largest_first(batch):
        batch = sorted(batch, key=lambda item: -item[0].shape[1])
        return [image for image, _ in batch], torch.as_tensor([label for _, label in batch])

    for images, labels in DataLoader(raw, batch_size=5, collate_fn=largest_first):
        print([tuple(image.shape) for image in images], labels)
        print(images[0].dtype, images[0].float().mean())
    train, val = random_split(dataset, [0.7, 0.3], generator=torch.Generator().manual_seed(42))
    print(len(train), len(val), len(set(train.indices) | set(val.indices)))

    # mean and standard deviation of each channel, as one computes them for Normalize
    total, square, count = 0.0, 0.0, 0
    for images, _ in DataLoader(dataset, batch_size=3):
        total += images.sum(dim=[0, 2, 3])
        square += (images**2).sum(dim=[0, 2, 3])
        count += images.numel() // 3
    mean = total / count
    std = (square / count - mean**2).sqrt()
    print(mean, std)
    print(transforms.Normalize(mean.tolist(), std.tolist())(image).mean())


if __name__ == "__main__":
    main()
