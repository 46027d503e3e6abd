"""AlexNet, a network of our own and a pretrained one on PASCAL VOC 2012, compared by mAP.

    python examples/voc/classify.py --data FOLDER         # FOLDER holds VOCdevkit/VOC2012
    python examples/voc/classify.py --data FOLDER --networks pretrained --model alexnet --weights alexnet.pth

The task and its measure are explained in voc/simple.py, which trains the simplest network. A pretrained one keeps its
last layer, which knows motorbikes, of which there are five to learn from; a new layer adds to what it says (see
PriorClassifier). The new layer learns alone first, then the whole network at a low rate; both by SGD, whose steps for
rare kinds are as small as their part in the loss: so what the old layer says of them stays. The scores are the means of
those for an image in three sizes and for its mirror images.

A tenth of the train split, drawn at random, is for validation, or learnt from too with --no-validation, when there is
nothing left to choose; VOC's val split is the test split here, looked at once for each network. A run that was cut off
goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import functools
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import (
    begin_run,
    compare,
    finish_run,
    fit,
    linear_probe,
    mean_average_precision,
    report,
    spread_subset,
)
from minitorch_cv.utils.command_line import existing_file, positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import VOCClassification
from minitorch_cv.vision.models import FINE_TUNABLE, VOCClassifier, alexnet, for_fine_tuning
from minitorch_cv.vision.models.imagenet_classes import IMAGENET_CLASSES
from minitorch_cv.vision.transforms import BatchAugment, ImageBatches, Resize

SIZE = 227
MEAN, STD = (0.455, 0.437, 0.404), (0.271, 0.267, 0.280)  # of the train split, by channel
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # the same of ImageNet, as its weights expect

# The course's networks, and one of our own with what happens when a part of it is taken away: what makes the network,
# the layer whose maps t-SNE shows, and whether the images are augmented.
NETWORKS = {
    "AlexNet": (lambda: alexnet(num_classes=20), "avgpool", True),
    "own": (lambda: VOCClassifier(), "features", True),
    "own, no batch norm": (lambda: VOCClassifier(batch_norm=False), "features", True),
    "own, shallower": (lambda: VOCClassifier(deeper=False), "features", True),
    "own, no augmentation": (lambda: VOCClassifier(), "features", False),
}
# ImageNet's classes that show a kind of VOC, or what it is often seen with, chosen on the train split; by number where
# they follow each other. It has none of people.
IN_IMAGENET = {
    "aeroplane": ["airliner", "warplane"],
    "bicycle": ["bicycle-built-for-two", "mountain bike", "tricycle"],
    "bird": [*range(7, 25), *range(80, 101), *range(127, 147)],
    "boat": [
        *("canoe", "catamaran", "fireboat", "gondola", "lifeboat", "schooner", "speedboat", "trimaran", "yawl"),
        *("lakeside", "paddle", "seashore"),
    ],
    "bottle": ["beer bottle", "pop bottle", "red wine", "water bottle", "wine bottle"],
    "bus": ["minibus", "school bus", "streetcar", "trolleybus"],
    "car": [
        *("beach wagon", "cab", "convertible", "jeep", "limousine", "minivan", "Model T", "racer", "sports car"),
        *("ambulance", "police van"),
    ],
    "cat": range(281, 286),
    "chair": ["barber chair", "dining table", "folding chair", "restaurant", "rocking chair"],
    "cow": ["ox"],
    "diningtable": ["dining table", "plate"],
    "dog": range(151, 269),
    "horse": ["horse cart", "sorrel"],
    "motorbike": ["moped", "motor scooter"],
    "pottedplant": ["pot"],
    "sheep": ["bighorn", "ram"],
    "sofa": ["studio couch"],
    "train": ["bullet train", "electric locomotive", "freight car", "passenger car", "steam locomotive"],
    "tvmonitor": ["desk", "desktop computer", "entertainment center", "monitor", "mouse", "screen", "television"],
}
PROBE_EPOCHS = 10  # of the new layer alone
SGD = functools.partial(torch.optim.SGD, momentum=0.9, weight_decay=1e-3)
RATE, FINE_RATE = 5e-4, 1e-3  # of networks that begin at random, by AdamW, and of a pretrained one, by SGD
SIZES = (160, 320)  # in which a pretrained one sees each test image besides


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds VOCdevkit")
    parser.add_argument("--networks", nargs="+", choices=[*NETWORKS, "pretrained"], default=list(NETWORKS))
    parser.add_argument("--model", choices=FINE_TUNABLE, default="alexnet", help="the network called pretrained")
    parser.add_argument("--weights", type=existing_file, help="torchvision's file of that network's weights")
    parser.add_argument("--epochs", type=positive_int, default=15)
    parser.add_argument("--no-validation", action="store_true", help="learn from the validation images too")
    parser.add_argument("--quick", action="store_true", help="a few images and one epoch, to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/voc-classify"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs, probe_epochs = (1, 1) if args.quick else (args.epochs, PROBE_EPOCHS)
    if ("pretrained" in args.networks) != (args.weights is not None):
        parser.error("--networks pretrained and --weights FILE go together: the one needs the other")

    # Every photograph is decoded and brought to one size once; the rest happens batch by batch.
    to_size = Resize((SIZE, SIZE))
    train_set, test_set = (VOCClassification(args.data, "2012", s, transform=to_size) for s in ("train", "val"))
    difficult = test_set.difficult  # (N, 20): kinds that only hard ones stand for do not count, as in VOC's own rules
    if args.quick:
        train_set, test_set = spread_subset(train_set, 160), spread_subset(test_set, 60)
        difficult = difficult[test_set.indices]
    images, test_images = (ImageBatches.from_dataset(dataset) for dataset in (train_set, test_set))
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = 0 if args.no_validation else len(indices) // 10
    val_indices, train_indices = indices[:held_out], indices[held_out:]

    runs = []
    for name in args.networks:
        torch.manual_seed(args.seed)
        if name == "pretrained":
            known = [[number_of(each) for each in IN_IMAGENET.get(kind, [])] for kind in VOCClassification.classes]
            model, new, new_rate, features = for_fine_tuning(args.model, 20, args.weights, known)
            (mean, std), rate, augmented = IMAGENET, FINE_RATE, True
        else:
            make_network, features, augmented = NETWORKS[name]
            model = make_network()
            mean, std, rate = MEAN, STD, RATE
        augment = BatchAugment(padding=24, padding_mode="reflect", flip=0.5, mean=mean, std=std)
        plain = augment.plain()
        train_batches = images.with_transform(augment if augmented else plain)
        train_loader = DataLoader(Subset(train_batches, train_indices), batch_size=32, shuffle=True, num_workers=1)
        val_loader = None
        if val_indices:
            val_loader = DataLoader(Subset(images.with_transform(plain), val_indices), batch_size=64)
        test_loader = DataLoader(test_images.with_transform(plain), batch_size=64)

        criterion = nn.BCEWithLogitsLoss()
        out = begin_run(
            folder / name.replace(",", "").replace(" ", "-"),
            f"VOC 2012: {name}",
            VOCClassification.classes,
            model,
            (1, 3, SIZE, SIZE),
            task="multilabel",
            seed=args.seed,
            settings={
                "network": name,
                "model": type(model).__name__,
                "weights": args.weights if name == "pretrained" else None,
                "augmentation": augmented,
                "epochs": epochs,
                "lr": rate,
                "epochs of the last layer alone": probe_epochs if name == "pretrained" else 0,
            },
            data={
                "name": f"PASCAL VOC 2012, {SIZE}×{SIZE}",
                "train": len(train_indices),
                "val": len(val_indices),
                "test": len(test_images),
            },
            notes=[
                f"Weights from {args.weights.name}, trained on ImageNet; its last layer stays as a prior."
                if name == "pretrained"
                else "All weights start at random; none were trained on other images."
            ],
        )
        metrics = {"mAP": mean_average_precision}
        if name == "pretrained":
            sgd = 10 * new_rate  # which is AdamW's
            linear_probe(model, new, train_loader, criterion, probe_epochs, sgd, metrics, out, optimizer=SGD)
            optimizer = SGD(model.parameters(), lr=rate)
        else:
            optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=epochs * len(train_loader))
        fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, metrics, out=out)
        result = finish_run(
            out,
            model,
            test_loader,
            criterion,
            mean=mean,
            std=std,
            ignore=difficult,
            features=features,
            mirror=name == "pretrained",
            sizes=SIZES if name == "pretrained" else (),
        )
        print(f"{name}: mAP {result['mAP']:.3f} (a constant score: {result['baseline_mAP']:.3f})")
        if result["without_positives"]:
            print(f"left out, not in the test split: {', '.join(result['without_positives'])}")
        print(f"page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'Networks on PASCAL VOC 2012')}")


def number_of(imagenet_class: str | int) -> int:
    return IMAGENET_CLASSES.index(imagenet_class) if isinstance(imagenet_class, str) else imagenet_class


if __name__ == "__main__":
    main()
