"""Kinds of objects in photographs: a simple network on PASCAL VOC 2012, with the training loop written out.

    python examples/voc/simple.py --data FOLDER         # FOLDER holds VOCdevkit/VOC2012

Several of 20 kinds may be in one photograph, so each gets a yes or no of its own: a score for each, binary
cross-entropy on all. A network is measured by its mean average precision (mAP): the mean over the kinds of how well the
photographs with an object are ranked before those without. A score that says nothing has an average precision equal to
the share of photographs with the object; that baseline stands beside the result. Kinds that occur in no test photograph
are left out and named. Objects that are marked as difficult are taken for absent in training and validation, and do
not count in the test.

A tenth of the train split, drawn at random, is for validation; VOC's val split is the test split here, looked at once.
A run that was cut off goes on with the epoch after its last when the command is given again.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from tqdm import tqdm

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import (
    begin_run,
    evaluate,
    finish_run,
    load_checkpoint,
    mean_average_precision,
    report,
    save_checkpoint,
    spread_subset,
)
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import VOCClassification
from minitorch_cv.vision.models import SimpleClassifier
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches, Resize

SIZE = 227
MEAN, STD = (0.455, 0.437, 0.404), (0.271, 0.267, 0.280)  # of the train split, by channel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds VOCdevkit")
    parser.add_argument("--epochs", type=positive_int, default=20)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/voc-simple"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs = 1 if args.quick else args.epochs
    torch.manual_seed(args.seed)

    # Every photograph is decoded and brought to one size once; a batch is then normalised in one pass.
    to_size = Resize((SIZE, SIZE))
    train_set, test_set = (VOCClassification(args.data, "2012", s, transform=to_size) for s in ("train", "val"))
    difficult = test_set.difficult  # (N, 20): kinds that only hard ones stand for do not count, as in VOC's own rules
    if args.quick:
        train_set, test_set = spread_subset(train_set, 160), spread_subset(test_set, 60)
        difficult = difficult[test_set.indices]
    normalise = BatchAugment(mean=MEAN, std=STD)
    images, test_images = (ImageBatches.from_dataset(dataset, normalise) for dataset in (train_set, test_set))
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    train_loader = DataLoader(Subset(images, indices[held_out:]), batch_size=32, shuffle=True)
    val_loader = DataLoader(Subset(images, indices[:held_out]), batch_size=64)
    test_loader = DataLoader(test_images, batch_size=64)

    model = SimpleClassifier()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.02)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=5e-4, epochs=epochs, steps_per_epoch=len(train_loader)
    )
    out = begin_run(
        folder,
        "VOC 2012: simple classifier",
        VOCClassification.classes,
        model,
        (1, 3, SIZE, SIZE),
        task="multilabel",
        seed=args.seed,
        settings={"optimizer": "AdamW", "lr": 5e-4, "epochs": epochs},
        data={
            "name": f"PASCAL VOC 2012, {SIZE}×{SIZE}",
            "train": len(train_loader.dataset),
            "val": held_out,
            "test": len(test_images),
        },
        notes=["All weights start at random; none were trained on other images."],
    )

    # What a run that was cut off has come to, to go on from there; else empty.
    history = load_checkpoint(out, model=model, optimizer=optimizer, scheduler=scheduler)
    for epoch in range(len(history.get("seconds", [])) + 1, epochs + 1):
        begin = time.perf_counter()
        model.train()
        loss_sum = seen = 0.0
        for photographs, kinds in tqdm(train_loader, desc=f"epoch {epoch}/{epochs}", leave=False, disable=None):
            scores = model(photographs)  # forward: one score for each kind, above 0 for yes
            loss = criterion(scores, kinds)  # how wrong they are, as one number
            optimizer.zero_grad()  # forget the gradients of the last step
            loss.backward()  # how the loss changes with every parameter
            optimizer.step()  # move every parameter a little against its gradient
            scheduler.step()  # next step's learning rate

            loss_sum += loss.item() * len(kinds)
            seen += len(kinds)
        validation = evaluate(model, val_loader, criterion, {"mAP": mean_average_precision})
        row = {
            "train_loss": loss_sum / seen,
            "val_loss": validation["loss"],
            "val_mAP": validation["mAP"],
            "seconds": time.perf_counter() - begin,
        }
        for name, value in row.items():
            history.setdefault(name, []).append(value)
        save_checkpoint(out, history, model=model, optimizer=optimizer, scheduler=scheduler)
        print(
            f"epoch {epoch:2d}: training loss {row['train_loss']:.4f}, validation loss {row['val_loss']:.4f}, "
            f"mAP {row['val_mAP']:.3f}, {row['seconds']:.1f} s"
        )
    result = finish_run(out, model, test_loader, criterion, mean=MEAN, std=STD, ignore=difficult, features="fc2")
    print(f"mAP {result['mAP']:.3f} (a constant score: {result['baseline_mAP']:.3f}), page: {report(out)}")
    if result["without_positives"]:
        print(f"left out, not in the test split: {', '.join(result['without_positives'])}")


if __name__ == "__main__":
    main()
