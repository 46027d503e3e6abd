"""A convolutional network on MNIST, and a t-SNE of any of its layers.

    python examples/mnist/cnn.py --data FOLDER                         # FOLDER holds MNIST/raw/*-ubyte.gz
    python examples/mnist/cnn.py --data FOLDER --layer features.7      # t-SNE of another layer's output

Four 3x3 convolutions with batch normalisation, max-pooling and dropout; images are shifted at random by up to two
pixels; AdamW under a one-cycle learning rate, and an average of the last weights. The last 5,000 training images are
for validation; the test images are looked at once, at the end. A run that was cut off goes on where it was when the
command is given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import ExponentialMovingAverage, begin_run, finish_run, fit, report
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import MNIST
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.1307,), (0.3081,)  # of MNIST's training images


class CNN(nn.Module):
    """28x28 grey images to 10 class scores."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *self.conv(1, 32),  # (N, 1, 28, 28) -> (N, 32, 28, 28)
            *self.conv(32, 32),
            nn.MaxPool2d(2),  # -> (N, 32, 14, 14)
            nn.Dropout(0.2),
            *self.conv(32, 64),
            *self.conv(64, 64),
            nn.MaxPool2d(2),  # -> (N, 64, 7, 7)
            nn.Dropout(0.3),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, 256, bias=False),
            nn.BatchNorm1d(256),
            nn.ReLU(),
            nn.Dropout(0.4),
            nn.Linear(256, 10),
        )

    @staticmethod
    def conv(c: int, o: int) -> list[nn.Module]:
        return [nn.Conv2d(c, o, kernel_size=3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(images))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds MNIST/raw")
    parser.add_argument("--epochs", type=positive_int, default=15)
    parser.add_argument("--layer", default="classifier.3", help="whose output t-SNE shows (default: 256 numbers)")
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/mnist-cnn"), help="folder of the run")
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)
    model = CNN()
    if args.layer not in dict(model.named_modules()):
        parser.error(f"--layer {args.layer}: expected one of {', '.join(n for n, _ in model.named_modules() if n)}")

    train_set, test_set = MNIST(args.data, train=True), MNIST(args.data, train=False)
    augment = BatchAugment(padding=2, mean=MEAN, std=STD)  # a crop of 28x28 from 32x32: a shift
    images, test_images = ImageBatches(train_set, augment), ImageBatches(test_set, augment.plain())
    indices = range(len(images))[:500] if args.quick else range(len(images))
    held_out = len(indices) // 12
    train_part = Subset(images, indices[:-held_out])
    val_part = Subset(images.with_transform(augment.plain()), indices[-held_out:])
    test_part = Subset(test_images, range(len(test_images))[:200]) if args.quick else test_images

    train_loader = DataLoader(train_part, batch_size=128, shuffle=True, num_workers=1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.02)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=4e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    out = begin_run(
        folder,
        "CNN on MNIST",
        [name[:1] for name in train_set.classes],  # "0 - zero" is 0
        model,
        (1, 1, 28, 28),
        seed=args.seed,
        settings={"optimizer": "AdamW", "lr": 4e-3, "epochs": epochs},
        data={"name": "MNIST", "train": len(train_part), "val": len(val_part), "test": len(test_part)},
    )
    fit(
        model,
        train_loader,
        DataLoader(val_part, batch_size=500),
        optimizer,
        nn.CrossEntropyLoss(),
        epochs,
        scheduler,
        callbacks=[ExponentialMovingAverage(0.998)],
        out=out,
    )
    test_loader = DataLoader(test_part, batch_size=500)
    result = finish_run(out, model, test_loader, nn.CrossEntropyLoss(), mean=MEAN, std=STD, features=args.layer)
    print(f"test accuracy {result['accuracy']:.2%} after {epochs} epochs, page: {report(out)}")


if __name__ == "__main__":
    main()
