"""A network trained on ImageNet names the images of Imagenette, among 1000 classes.

    python examples/imagenette/classify.py --data FOLDER --weights squeezenet1_0.pth
    python examples/imagenette/classify.py --data FOLDER --model resnet18 --weights DEFAULT

Nothing is trained: the weights are a file (.pth, .pt, .safetensors), or the name of published ones, which are fetched
if they are not on this machine. Images of the val split are taken evenly from all its classes, and counted as right if
the class is the first of the 1000, or among the first five. The published recipe brings a photograph to 256 pixels and
cuts out the middle 224; of images as small as these that takes away more than it helps, so here they are brought to
--size, and nothing is cut off but what makes them square.
"""

from __future__ import annotations

import argparse
import os

import minitorch_cv as torch
from minitorch_cv.training import accuracy, predict
from minitorch_cv.utils.command_line import positive_int
from minitorch_cv.utils.data import DataLoader, Subset
from minitorch_cv.vision.datasets import Imagenette
from minitorch_cv.vision.models import get_model, get_model_weights
from minitorch_cv.vision.transforms import InterpolationMode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("MINITORCH_CV_DATA"), help="folder that holds imagenette2-160")
    parser.add_argument("--model", default="squeezenet1_0", help="a model with published weights")
    parser.add_argument("--weights", default="DEFAULT", help="the path of a file, or the name of published weights")
    parser.add_argument("--images", type=positive_int, default=1000, help="how many images to count")
    parser.add_argument(
        "--size", type=positive_int, default=192, help="pixels of the shorter side that images are brought to"
    )
    parser.add_argument("--show", type=positive_int, default=5, help="of how many to print the first five classes")
    args = parser.parse_args()

    published = get_model_weights(args.model).DEFAULT
    names = published.meta["categories"]
    prepare = published.transforms(crop_size=args.size, resize_size=args.size, interpolation=InterpolationMode.BICUBIC)
    model = get_model(args.model, weights=args.weights)

    val_set = Imagenette(args.data, "val", "160px", transform=prepare)
    number_of = torch.tensor([names.index(synonyms[0]) for synonyms in val_set.classes])  # among ImageNet's classes
    indices = torch.linspace(0, len(val_set) - 1, args.images).long().tolist()
    found = predict(model, DataLoader(Subset(val_set, indices), batch_size=50), progress=True)
    targets = number_of[torch.tensor(found.targets)].numpy()

    plain = Imagenette(args.data, "val", "160px")
    for index in indices[:: max(1, len(indices) // args.show)][: args.show]:
        image, target = plain[index]
        print(f"\n{plain.classes[target][0]}:")
        predict(model, image, transform=prepare)
    print(
        f"\n{args.model}, {len(targets)} images, {len(names)} classes: top-1 {accuracy(found.scores, targets):.1%}, "
        f"top-5 {accuracy(found.scores, targets, k=5):.1%}"
    )


if __name__ == "__main__":
    main()
