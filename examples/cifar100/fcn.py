"""A fully connected network on CIFAR-100, with the training loop and the cross-entropy written out.

    python examples/cifar100/fcn.py --data FOLDER         # FOLDER holds cifar-100-python/{train,test,meta}

A tenth of the training images, drawn at random, is for validation; the test images are looked at once, at the end. A
run that was cut off goes on with the epoch after its last when the command is given again.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tqdm import tqdm

import minitorch_cv as torch
import minitorch_cv.nn.functional as F
from minitorch_cv import nn
from minitorch_cv.training import (
    accuracy,
    begin_run,
    evaluate,
    finish_run,
    load_checkpoint,
    report,
    save_checkpoint,
)
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


class FCN(nn.Module):
    """Every number of a 32x32 colour image connected to every unit of the first layer."""

    def __init__(self, num_classes: int = 100) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),  # (N, 3, 32, 32) -> (N, 3072)
            *self.block(3072, 1024),
            *self.block(1024, 1024),
            *self.block(1024, 512),
            nn.Linear(512, num_classes),
        )

    @staticmethod
    def block(inputs: int, outputs: int) -> list[nn.Module]:
        return [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU(), nn.Dropout(0.3)]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder of cifar-100-python")
    parser.add_argument("--epochs", type=positive_int, default=30)
    parser.add_argument("--quick", action="store_true", help="1,000 images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/cifar100-fcn"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)

    train_set, test_set = CIFAR100(args.data, train=True), CIFAR100(args.data, train=False)
    augment = BatchAugment(padding=2, flip=0.5, mean=MEAN, std=STD)
    images, test_images = ImageBatches(train_set, augment), ImageBatches(test_set, augment.plain())
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    test_indices = list(range(len(test_images)))
    if args.quick:
        indices, test_indices = indices[:1000], test_indices[:500]
    held_out = len(indices) // 10
    train_loader = DataLoader(Subset(images, indices[held_out:]), batch_size=128, shuffle=True)
    val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=500)
    test_loader = DataLoader(Subset(test_images, test_indices), batch_size=500)

    model = FCN()
    criterion = CrossEntropy()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=2e-3, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    out = begin_run(
        folder,
        "Fully connected network on CIFAR-100",
        train_set.classes,
        model,
        (1, 3, 32, 32),
        seed=args.seed,
        settings={"loss": "own cross-entropy", "optimizer": "AdamW", "lr": 2e-3, "epochs": epochs},
        data={"name": "CIFAR-100", "train": len(train_loader.dataset), "val": held_out, "test": len(test_indices)},
    )

    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer, scheduler=scheduler)
    for epoch in range(len(history.get("seconds", [])) + 1, epochs + 1):
        begin = time.perf_counter()
        model.train()
        loss_sum = right = seen = 0.0
        for batch, labels in tqdm(train_loader, desc=f"epoch {epoch}/{epochs}", leave=False, disable=None):
            scores = model(batch)  # forward: one score for each class
            loss = criterion(scores, labels)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient
            scheduler.step()  # next step's learning rate

            loss_sum += loss.item() * len(labels)
            right += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
        validation = evaluate(model, val_loader, criterion, {"accuracy": accuracy})
        row = {
            "train_loss": loss_sum / seen,
            "train_accuracy": right / seen,
            "val_loss": validation["loss"],
            "val_accuracy": validation["accuracy"],
            "seconds": time.perf_counter() - begin,
        }
        for name, value in row.items():
            history.setdefault(name, []).append(value)
        save_checkpoint(out, history, model=model, optimizer=optimizer, scheduler=scheduler)
        print(
            f"epoch {epoch:2d}: training accuracy {row['train_accuracy']:.2%}, "
            f"validation accuracy {row['val_accuracy']:.2%}, {row['seconds']:.1f} s"
        )
    result = finish_run(out, model, test_loader, criterion, mean=MEAN, std=STD, features="layers.11")
    print(f"test accuracy {result['accuracy']:.2%}, top-5 {result['top5_accuracy']:.2%}, page: {report(out)}")


if __name__ == "__main__":
    main()
