"""A network that was trained on ImageNet, fine-tuned on Imagenette; batch norms frozen, and free.

    python examples/imagenette/finetune.py --data FOLDER --model resnet18 --weights resnet18.pth    # torchvision's file
    python examples/imagenette/finetune.py --data FOLDER --model squeezenet1_0 --weights squeezenet1_0.pth
    python examples/imagenette/finetune.py --data FOLDER                                            # random weights
    python examples/imagenette/finetune.py --data FOLDER --weights FILE --no-validation             # learn from all

With weights, ImageNet's last layer stays, which knows the ten classes among its thousand, and a new layer adds to what
it says of them (see PriorClassifier). The new layer learns alone first; then all learn, the new one at a higher rate.
Smoothed labels keep scores moderate that are sure from the beginning. With random weights the last layer is exchanged
for one of ten classes. A frozen batch norm normalises by the statistics of the images that the weights were trained on,
and keeps its factors; a free one goes by the new images. With random weights there is nothing worth freezing, and
SqueezeNet, AlexNet and VGG without _bn have no batch norms: then there is one variant. The rate falls to nothing, so
the weights of the last epoch are tested, once, on each image and its mirror image, by pretrained networks in two sizes,
chosen by the loss on validation images. After such choices there is nothing left to validate: with --no-validation the
network learns from those images too. A run that was cut off goes on where it was when the command is given again.
"""

from __future__ import annotations

import argparse
import functools
import os
from pathlib import Path

import minitorch_cv as torch
from minitorch_cv import nn
from minitorch_cv.training import begin_run, compare, finish_run, fit, linear_probe, report, spread_subset
from minitorch_cv.utils.command_line import existing_file, positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Imagenette
from minitorch_cv.vision.models import FINE_TUNABLE, for_fine_tuning
from minitorch_cv.vision.models.imagenet_classes import IMAGENET_CLASSES
from minitorch_cv.vision.transforms import BatchAugment, CenterCrop, Compose, ImageBatches, Resize

SIZE = 192
PROBE_EPOCHS = 4  # of the new layer alone, by SGD
SGD = functools.partial(torch.optim.SGD, momentum=0.9, weight_decay=1e-3)
RATE, BODY_RATE = 2e-4, 4e-5  # of it afterwards, and of all others; by AdamW
SMOOTHING = 0.1  # of the labels
SIZES = (176,)  # in which a pretrained network sees each test image besides
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as the weights expect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds imagenette2-160")
    parser.add_argument("--model", choices=FINE_TUNABLE, default="resnet18")
    parser.add_argument("--weights", type=existing_file, help="torchvision's file of the model's weights")
    parser.add_argument("--epochs", type=positive_int, default=10)
    parser.add_argument("--no-validation", action="store_true", help="learn from the validation images too")
    parser.add_argument("--quick", action="store_true", help="a few images, half their size, one epoch: to see it run")
    parser.add_argument("--out", type=Path, default=Path("runs/imagenette-finetune"))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}-quick") if args.quick else args.out
    epochs, size = (1, SIZE // 2) if args.quick else (args.epochs, SIZE)
    probe_epochs = (1 if args.quick else PROBE_EPOCHS) if args.weights else 0

    to_size = Compose([Resize(size), CenterCrop(size)])
    train_set, test_set = (Imagenette(args.data, split, "160px", transform=to_size) for split in ("train", "val"))
    classes = [names[0] for names in train_set.classes]
    known = [[IMAGENET_CLASSES.index(name)] for name in classes] if args.weights else None
    if args.quick:
        train_set, test_set = spread_subset(train_set, 100), spread_subset(test_set, 60)
    augment = BatchAugment(padding=size // 8, padding_mode="reflect", flip=0.5, mean=MEAN, std=STD)
    images = ImageBatches.from_dataset(train_set, augment)
    test_loader = DataLoader(ImageBatches.from_dataset(test_set, augment.plain()), batch_size=50)
    indices = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    held_out = 0 if args.no_validation else len(indices) // 10
    val_loader = None
    if held_out:
        val_loader = DataLoader(Subset(images.with_transform(augment.plain()), indices[:held_out]), batch_size=50)

    runs = []
    variants = ["random weights"]
    if args.weights is not None:
        norms = args.model.startswith("resnet") or args.model.endswith("_bn")
        variants = ["batch norm frozen", "batch norm free"] if norms else ["fine-tuned"]
    for variant in variants:
        torch.manual_seed(args.seed)
        train_loader = DataLoader(Subset(images, indices[held_out:]), batch_size=32, shuffle=True, num_workers=1)
        model, new, new_rate, features = for_fine_tuning(args.model, len(classes), args.weights, known)
        if variant == "batch norm frozen":
            for module in model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    nn.utils.freeze(module)  # its statistics too, through model.train()
        rate, body_rate = (RATE, BODY_RATE) if args.weights else (2e-3, 2e-3)
        out = begin_run(
            folder / variant.replace(" ", "-"),
            f"{type(model).__name__} on Imagenette: {variant}",
            classes,
            model,
            (1, 3, size, size),
            seed=args.seed,
            settings={
                "model": args.model,
                "start": f"from {args.weights.name}" if args.weights else "from random weights",
                "weights": args.weights,
                "variant": variant,
                "epochs": epochs,
                "lr": rate,
                "lr before the last layer": body_rate,
                "epochs of the last layer alone": probe_epochs,
                "label smoothing": SMOOTHING,
            },
            data={
                "name": f"Imagenette, {size}×{size}",
                "train": len(indices) - held_out,
                "val": held_out,
                "test": len(test_loader.dataset),
            },
            notes=[] if args.weights else ["From random weights: no weights trained on other images were given."],
        )
        criterion = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
        if probe_epochs:
            sgd = 10 * new_rate  # which is AdamW's
            linear_probe(model, new, train_loader, criterion, probe_epochs, sgd, out=out, optimizer=SGD)
        optimizer = torch.optim.AdamW(nn.utils.parameter_groups(model, {new: rate}, lr=body_rate), weight_decay=0.01)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=[group["lr"] for group in optimizer.param_groups], total_steps=epochs * len(train_loader)
        )
        fit(model, train_loader, val_loader, optimizer, criterion, epochs, scheduler, out=out)
        result = finish_run(
            out,
            model,
            test_loader,
            criterion,
            mean=MEAN,
            std=STD,
            features=features,
            mirror=True,
            sizes=SIZES if args.weights else (),
        )
        print(f"{variant}: test accuracy {result['accuracy']:.2%}, page: {report(out)}\n")
        runs.append(out)
    if len(runs) > 1:
        print(f"comparison: {compare(runs, folder / 'comparison.html', 'Batch norm frozen and free')}")


if __name__ == "__main__":
    main()
