"""A network that was trained on ImageNet, fine-tuned on the 15-Scenes images.

    python examples/scenes15/finetune.py --data FOLDER --model resnet18 --weights resnet18.pth      # torchvision's file
    python examples/scenes15/finetune.py --data FOLDER --model squeezenet1_0 --weights squeezenet1_0.pth
    python examples/scenes15/finetune.py --data FOLDER                                              # random weights

The last layer (of SqueezeNet the whole classifier) is exchanged for one of 15 classes. With weights, it learns alone
first; then the layers before it learn too, at a lower rate. The rate falls to nothing, so the weights of the last epoch
are tested, once, on each image and its mirror image. A run that was cut off goes on where it was when the command is
given again.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import begin_run, finish_run, fit, linear_probe, report, spread_subset
from minitorch_cv.utils.command_line import existing_file, positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Scenes15
from minitorch_cv.vision.models import FINE_TUNABLE, for_fine_tuning
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, Grayscale, ImageBatches, Resize

SIZE, LARGER = 224, 248  # pixels: what the network sees, and what a random crop of that is taken from
PROBE_EPOCHS = 4  # of the new layer alone
RATE, BODY_RATE = 1e-3, 4e-5  # of it afterwards, and of the layers before it
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as the weights expect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds scenes15")
    parser.add_argument("--model", choices=FINE_TUNABLE, default="resnet18")
    parser.add_argument("--weights", type=existing_file, help="torchvision's file of the model's weights")
    parser.add_argument("--epochs", type=positive_int, default=20)
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/scenes15-finetune"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    epochs = 1 if args.quick else args.epochs
    probe_epochs = (1 if args.quick else PROBE_EPOCHS) if args.weights else 0
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    torch.manual_seed(args.seed)

    # The images are grey; the network takes three channels, so they get three equal ones.
    to_size = Compose([Resize(LARGER), CenterCrop(LARGER), Grayscale(num_output_channels=3)])
    train_set, test_set = (Scenes15(args.data, split, transform=to_size) for split in ("train", "test"))
    classes = train_set.classes
    if args.quick:
        train_set, test_set = spread_subset(train_set, 100), spread_subset(test_set, 60)
    augment = BatchAugment(size=SIZE, flip=0.5, mean=MEAN, std=STD)
    images = ImageBatches.from_dataset(train_set, augment)
    test_loader = DataLoader(ImageBatches.from_dataset(test_set, augment.plain()), batch_size=50)
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = len(indices) // 10
    train_loader = DataLoader(Subset(images, indices[held_out:]), batch_size=32, shuffle=True, num_workers=1)
    val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=50)

    model, new, new_rate, features = for_fine_tuning(args.model, len(classes), args.weights)
    rate, body_rate = (RATE, BODY_RATE) if args.weights else (2e-3, 2e-3)
    start = f"from {args.weights.name}" if args.weights else "from random weights"
    out = begin_run(
        folder / ("fine-tuned" if args.weights else "random-weights"),
        f"{type(model).__name__} on 15-Scenes, {start}",
        classes,
        model,
        (1, 3, SIZE, SIZE),
        seed=args.seed,
        settings={
            "model": args.model,
            "start": start,
            "weights": args.weights,
            "epochs": epochs,
            "lr": rate,
            "lr before the last layer": body_rate,
            "epochs of the last layer alone": probe_epochs,
            "loss": "weighted by class",
        },
        data={
            "name": f"15-Scenes, {SIZE}×{SIZE}",
            "train": len(indices) - held_out,
            "val": held_out,
            "test": len(test_loader.dataset),
        },
        notes=[
            "The losses of training and validation weigh the classes, that of the test does not.",
            *([] if args.weights else ["From random weights: no weights trained on other images were given."]),
        ],
    )
    # The test split has 100 images of every class, the train split 110 to 310: what is rare weighs more in the loss.
    counts = torch.bincount(images.targets[indices[held_out:]], minlength=len(classes))
    criterion = nn.CrossEntropyLoss(weight=len(train_loader.dataset) / (len(classes) * counts.clamp(min=1)))
    if probe_epochs:
        linear_probe(model, new, train_loader, criterion, probe_epochs, new_rate, out=out)
    optimizer = torch.optim.AdamW(nn.utils.parameter_groups(model, {new: rate}, lr=body_rate), weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=[group["lr"] for group in optimizer.param_groups], total_steps=epochs * len(train_loader)
    )
    fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, out=out)
    result = finish_run(
        out, model, test_loader, nn.CrossEntropyLoss(), mean=MEAN, std=STD, features=features, mirror=True
    )
    print(f"{start}: test accuracy {result['accuracy']:.2%}, page: {report(out)}")


if __name__ == "__main__":
    main()
