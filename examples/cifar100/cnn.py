"""A convolutional network on CIFAR-100, with a cross-entropy of one's own.

    python examples/cifar100/cnn.py --data FOLDER         # FOLDER holds cifar-100-python/{train,test,meta}

The loss is written from log_softmax, as in the course, and is checked against the library's before it is used. A tenth
of the training images, drawn at random, is for validation; the test images are looked at once, at the end. A run that
was cut off goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import minitorch_cv as torch
import minitorch_cv.nn.functional as F
from minitorch_cv import nn
from minitorch_cv.training import begin_run, finish_run, fit, report
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import CIFAR100
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches

MEAN, STD = (0.507, 0.487, 0.441), (0.267, 0.256, 0.276)  # of CIFAR-100's training images, by channel


class CrossEntropy(nn.Module):
    """The mean of -log p(true class), p being the softmax of the scores."""

    def forward(self, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        log_p = F.log_softmax(scores, dim=1)  # (N, classes)
        return -log_p.gather(1, labels.unsqueeze(1)).mean()


class CNN(nn.Module):
    """Three pairs of 3x3 convolutions; each pair halves the image and doubles the number of maps."""

    def __init__(self, num_classes: int = 100) -> None:
        super().__init__()
        self.features = nn.Sequential(*self.pair(3, 32), *self.pair(32, 64), *self.pair(64, 128))
        self.classifier = nn.Sequential(
            nn.Flatten(),  # (N, 128, 4, 4) -> (N, 2048)
            nn.Dropout(0.3),
            nn.Linear(128 * 4 * 4, 256),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(256, num_classes),
        )

    @staticmethod
    def pair(c: int, o: int) -> list[nn.Module]:
        return [
            nn.Conv2d(c, o, 3, padding=1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(),
            nn.Conv2d(o, o, 3, padding=1, bias=False),
            nn.BatchNorm2d(o),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(images))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder of cifar-100-python")
    parser.add_argument("--epochs", type=positive_int, default=20)
    parser.add_argument("--quick", action="store_true", help="1,000 images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/cifar100-cnn"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)
    check(CrossEntropy())

    train_set, test_set = CIFAR100(args.data, train=True), CIFAR100(args.data, train=False)
    augment = BatchAugment(padding=4, flip=0.5, mean=MEAN, std=STD)
    train_batches = ImageBatches(train_set, augment)
    test_batches = ImageBatches(test_set, augment.plain())
    indices = torch.randperm(len(train_batches), generator=torch.Generator().manual_seed(0)).tolist()
    test_indices = list(range(len(test_batches)))
    if args.quick:
        indices, test_indices = indices[:1000], test_indices[:500]
    held_out = len(indices) // 10
    val_part = Subset(train_batches.with_transform(augment.plain()), indices[:held_out])
    train_part, test_part = Subset(train_batches, indices[held_out:]), Subset(test_batches, test_indices)

    model = CNN()
    train_loader = DataLoader(train_part, batch_size=128, shuffle=True, num_workers=1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=3e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    out = begin_run(
        folder,
        "CNN on CIFAR-100",
        train_set.classes,
        model,
        (1, 3, 32, 32),
        seed=args.seed,
        settings={"loss": "own cross-entropy", "optimizer": "AdamW", "lr": 3e-3, "epochs": epochs},
        data={"name": "CIFAR-100", "train": len(train_part), "val": len(val_part), "test": len(test_part)},
    )
    val_loader = DataLoader(val_part, batch_size=500)
    fit(model, train_loader, val_loader, optimizer, CrossEntropy(), epochs, scheduler, out=out)
    result = finish_run(
        out,
        model,
        DataLoader(test_part, batch_size=500),
        CrossEntropy(),
        mean=MEAN,
        std=STD,
        features="classifier.2",  # 256 numbers an image
    )
    print(f"test accuracy {result['accuracy']:.2%}, top-5 {result['top5_accuracy']:.2%}, page: {report(out)}")


def check(own: nn.Module) -> None:
    """The own loss and its gradient must be those of the library's."""
    labels = torch.randint(0, 100, (16,))
    theirs = torch.randn(16, 100, requires_grad=True)
    ours = theirs.detach().clone().requires_grad_()
    F.cross_entropy(theirs, labels).backward()
    own(ours, labels).backward()
    difference = (ours.grad - theirs.grad).abs().max().item()
    print(f"own cross-entropy: gradients differ by {difference:.1e} from the library's")
    if difference > 1e-6:
        raise SystemExit("the own cross-entropy is wrong")


if __name__ == "__main__":
    main()
